"""The gateway's own refusals, each as native callers and as JSON callers get it."""

import base64
from dataclasses import dataclass

DOMAIN = "partnerlink"
CODES = {
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "RESOURCE_EXHAUSTED": 8,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}


@dataclass(frozen=True)
class Refusal:
    """When Envoy answers by itself and `when` (CEL) holds, this is the answer."""

    when: str
    status: int
    code: str
    reason: str
    message: str
    retry: bool = False
    # JSON callers are told Envoy's own words, such as where their JSON is broken.
    own_words: bool = False


def _denied(why: str) -> str:
    return f"response.code_details.startsWith('jwt_authn_access_denied{{{why}')"


# The first that holds counts. README.md shows this table.
REFUSALS = [
    Refusal(_denied("Jwt_is_missing"), 401, "UNAUTHENTICATED", "TOKEN_MISSING",
            "A token is needed."),
    Refusal(_denied("Jwt_is_expired"), 401, "UNAUTHENTICATED", "TOKEN_EXPIRED",
            "The token has expired."),
    Refusal(_denied("Jwks_remote_fetch"), 503, "UNAVAILABLE", "DEPENDENCY_UNAVAILABLE",
            "The keys that tokens are checked with cannot be had now.", retry=True),
    Refusal(_denied(""), 401, "UNAUTHENTICATED", "TOKEN_INVALID", "The token is not valid here."),
    Refusal("response.code == 404", 404, "NOT_FOUND", "METHOD_NOT_FOUND",
            "There is no such path, verb or method."),
    Refusal("response.code == 413 || response.code == 431", 413, "RESOURCE_EXHAUSTED",
            "MESSAGE_TOO_LARGE", "The message or its headers are too large."),
    Refusal("response.code == 429", 429, "RESOURCE_EXHAUSTED", "RATE_LIMITED",
            "Too many calls: slow down.", retry=True),
    Refusal("response.code == 408 || response.code == 504", 504, "DEADLINE_EXCEEDED", "DEADLINE",
            "The deadline has passed."),
    Refusal("response.code_details.contains('grpc_json_transcode_failure')"
            " && response.code == 400", 400, "INVALID_ARGUMENT", "FIELD_INVALID",
            "The request is malformed.", own_words=True),
    Refusal("response.code >= 400 && response.code < 500", 400, "INVALID_ARGUMENT", "FIELD_INVALID",
            "The request is malformed."),
    Refusal("response.code >= 500", 503, "UNAVAILABLE", "DEPENDENCY_UNAVAILABLE",
            "The service does not answer now.", retry=True),
]

# The transcoder makes JSON calls look like gRPC, but leaves their path in a header.
NATIVE = (
    "'content-type' in request.headers"
    " && request.headers['content-type'].startsWith('application/grpc')"
    " && !('x-envoy-original-path' in request.headers)"
)


def mappers(protoset) -> list[dict]:
    """Envoy's local reply mappers: for each refusal one for native callers, one for all others."""
    known = protoset.enum_names("partnerlink.common.v1.ErrorReason")
    made = []
    for refusal in REFUSALS:
        if refusal.reason not in known:
            raise ValueError(f"{refusal.reason} is no ErrorReason of the protoset")
        title = f"{refusal.code} {refusal.reason}"
        made.append({"title": f"{title}, native", "body": _native(refusal, protoset)})
        made.append({"title": f"{title}, JSON", "body": _json(refusal)})
    return made


def _filter(expression: str) -> dict:
    return {
        "extension_filter": {
            "name": "envoy.access_loggers.extension_filters.cel",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3"
                ".ExpressionFilter",
                "expression": expression,
            },
        }
    }


def _header(name: str, value: str) -> dict:
    return {
        "header": {"key": name, "value": value},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }


def _details(refusal: Refusal) -> list[dict]:
    details = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": refusal.reason,
            "domain": DOMAIN,
            "metadata": {},
        }
    ]
    if refusal.own_words:
        violation = {"field": "", "description": "%LOCAL_REPLY_BODY%"}
        details.append(
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [violation],
            }
        )
    if refusal.retry:
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"})
    return details


def _native(refusal: Refusal, protoset) -> dict:
    status = protoset.message("google.rpc.Status")(
        code=CODES[refusal.code], message=refusal.message
    )
    info = protoset.message("google.rpc.ErrorInfo")(reason=refusal.reason, domain=DOMAIN)
    status.details.add().Pack(info)
    if refusal.retry:
        retry = protoset.message("google.rpc.RetryInfo")()
        retry.retry_delay.seconds = 1
        status.details.add().Pack(retry)
    packed = base64.b64encode(status.SerializeToString()).decode().rstrip("=")
    return {
        "filter": _filter(f"({refusal.when}) && {NATIVE}"),
        # A response of trailers only; with another status or a body, gRPC-Web would get its code
        # from the HTTP status.
        "status_code": 200,
        "body_format_override": {
            "content_type": "application/grpc",
            "text_format_source": {"inline_string": ""},
        },
        "headers_to_add": [
            _header("grpc-status", str(CODES[refusal.code])),
            _header("grpc-message", refusal.message),
            _header("grpc-status-details-bin", packed),
        ],
    }


def _json(refusal: Refusal) -> dict:
    mapper = {
        "filter": _filter(refusal.when),
        "status_code": refusal.status,
        "body_format_override": {
            "content_type": "application/json",
            "json_format": {
                "code": CODES[refusal.code],
                "message": "%LOCAL_REPLY_BODY%" if refusal.own_words else refusal.message,
                "details": _details(refusal),
            },
        },
    }
    if refusal.retry:
        mapper["headers_to_add"] = [_header("retry-after", "1")]
    return mapper
