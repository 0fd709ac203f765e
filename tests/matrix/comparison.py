"""Whether two answers are the same to who gets them, and whether one tells what it must not."""

import json

from api import Answer

# Differ between any two answers.
OF_EVERY_ANSWER = {"date", "x-request-id", "x-envoy-upstream-service-time"}
# Of what two equal calls make: their own names, times and versions.
MADE = {"name", "createTime", "updateTime", "etag", "issueTime", "expireTime", "termEndTime",
        "effectiveEndTime", "consistencyToken", "nextPageToken"}


def differences(foreign: Answer, absent: Answer, names: tuple[str, str]) -> list[str]:
    """How the answer for somebody else's thing differs from that for one that is not there. `names`
    are the two: a success may repeat the one that it was asked for."""
    found = []
    if (foreign.code, foreign.http_status) != (absent.code, absent.http_status):
        found.append(f"{foreign} is not {absent}")
    elif foreign.ok:
        shown = [plain(answer.body, name) for answer, name in zip((foreign, absent), names)]
        if shown[0] != shown[1]:
            found.append(f"{shown[0]} is not {shown[1]}")
    else:
        if (foreign.message, foreign.raw) != (absent.message, absent.raw):
            found.append(f"{foreign} {foreign.raw!r} is not {absent} {absent.raw!r}")
        if visible(foreign.headers) != visible(absent.headers):
            found.append(f"{visible(foreign.headers)} is not {visible(absent.headers)}")
    return found


def visible(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in OF_EVERY_ANSWER}


def plain(body, name: str):
    """A body without what was made for it and without the name that it was asked for."""
    if isinstance(body, dict):
        return {key: plain(value, name) for key, value in body.items() if key not in MADE}
    if isinstance(body, list):
        return [plain(value, name) for value in body]
    return body.replace(name, "…") if isinstance(body, str) else body


def told(answer: Answer, secrets: set[str], request: dict) -> set[str]:
    """The secrets that an answer tells. A success may say again what the request said, and so may a
    refusal that is about the request; NOT_FOUND may not."""
    text = json.dumps(answer.body) + answer.message + answer.raw.decode("latin-1") + json.dumps(
        answer.metadata) + json.dumps(answer.headers)
    found = {secret for secret in secrets if secret in text.casefold()}
    if answer.code == "NOT_FOUND":
        return found
    asked = json.dumps(request).casefold()
    return {secret for secret in found if secret not in asked}
