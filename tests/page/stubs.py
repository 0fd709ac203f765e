"""Answers that stand in for the service's: of states that are hard to come by, or still to come."""

import json

PARTNER = {"name": "partners/contoso", "displayName": "Contoso Resale", "country": "PL"}
PROVIDER = {"name": "partners/fabrikam", "displayName": "Fabrikam Großhandel", "country": "DE"}
RESELLER_EDGE = {"type": "RESELLER", "partner": PARTNER["name"]}
PROVIDER_EDGE = {"type": "PROVIDER", "partner": PROVIDER["name"]}
GRANT = {"roles": ["user_admin", "license_admin"], "durationDays": 730, "autoExtend": 180}


def looked(**changes) -> dict:
    """What LookupInvitation answers."""
    return {
        "kind": "CUSTOMER", "partner": PARTNER, "state": "PENDING", "acceptable": True,
        "notAcceptableReason": "ERROR_REASON_UNSPECIFIED", "expireTime": "2026-12-10T11:30:00Z",
        "agreement": {"version": "2026-11", "text": "The agreement.", "locale": "en"},
        "relationships": [RESELLER_EDGE], "grantRequest": GRANT, "signUpUrl": "",
    } | changes


def combined(**changes) -> dict:
    return looked(kind="CUSTOMER_WITH_PROVIDER", provider=PROVIDER,
                  relationships=[RESELLER_EDGE, PROVIDER_EDGE], **changes)


def redeemed(*states: dict, grant: str = "") -> dict:
    edges = [RESELLER_EDGE, PROVIDER_EDGE]
    return {"name": "partners/contoso/invitations/1/redemptions/2", "grant": grant,
            "relationships": [edge | {"relationship": "", "reason": "ERROR_REASON_UNSPECIFIED"} | state
                              for edge, state in zip(edges, states)]}


def refusal(reason: str, *fields: str) -> dict:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason,
                "domain": "partnerlink", "metadata": {}}]
    if fields:
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
            {"field": field, "description": "is wrong"} for field in fields]})
    return {"code": 9, "message": "Refused.", "details": details}


def answering(**answers) -> str:
    """A script in which these methods answer this: `{method: [(status, body, headers), …]}`, one
    after the other, the last again and again."""
    queues = {method: [list(each) for each in given] for method, given in answers.items()}
    return f"""{{
      const queues = {json.dumps(queues)}, send = window.fetch;
      window.fetch = async (url, options) => {{
        const queue = queues[url.split(':').pop()];
        if (!queue) return send(url, options);
        const [status, body, headers] = queue.length > 1 ? queue.shift() : queue[0];
        return new Response(JSON.stringify(body), {{status, headers: headers || {{}}}});
      }};
    }}"""


# The first good answer to an acceptance is lost on its way.
LOSING_THE_ANSWER = """{
  const send = window.fetch;
  let lost = false;
  window.fetch = async (url, options) => {
    const answer = await send(url, options);
    if (lost || !answer.ok || !url.endsWith(':accept')) return answer;
    lost = true;
    throw new TypeError('connection lost');
  };
}"""
