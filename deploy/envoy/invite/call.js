// Calls of InvitationService by JSON, and what became of them.

// A little more than the gateway waits for a service.
const PATIENCE_MS = 15000;
// The answer to a call that has done its work may be lost like this.
const UNSURE = /^(DEADLINE|DEPENDENCY_UNAVAILABLE)$/;
const ids = new Map();

// Calls `invitations:<method>` beside the page. The answer is `{body}` or `{refusal}`; a refusal has
// a reason, `NETWORK` where nothing came back, the violations by field, the seconds to wait, and
// whether the call may have done its work all the same.
export async function call(method, request, access = '') {
  const headers = {'content-type': 'application/json'};
  if (access) headers.authorization = `Bearer ${access}`;
  try {
    const response = await fetch(`v1/invitations:${method}`, {
      method: 'POST', headers, body: JSON.stringify(request), cache: 'no-store',
      credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body = await response.json();
    return response.ok ? {body} : {refusal: refusalOf(method, body, response)};
  } catch {
    return {refusal: {reason: 'NETWORK', violations: [], seconds: 0, unsure: method !== 'lookup'}};
  }
}

// The same request always has the same id, so that saying it again is doing it once.
export function withRequestId(method, request) {
  const key = method + JSON.stringify(request);
  if (!ids.has(key)) ids.set(key, newUuid());
  return {...request, requestId: ids.get(key)};
}

function refusalOf(method, status, response) {
  const details = Array.isArray(status.details) ? status.details : [];
  const detail = (name) => details.find((each) => String(each['@type']).endsWith(`.${name}`)) || {};
  const delay = response.headers.get('retry-after') || detail('RetryInfo').retryDelay;
  const reason = detail('ErrorInfo').reason || 'INTERNAL';
  return {
    reason,
    unsure: method !== 'lookup' && UNSURE.test(reason),
    violations: detail('BadRequest').fieldViolations || [],
    seconds: Math.ceil(parseFloat(delay)) || 0,
  };
}

// crypto.randomUUID is there on secure origins only.
function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
