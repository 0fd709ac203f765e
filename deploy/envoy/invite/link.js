// The fragment of the page's address: `#<link token>`, and `&access_token=…` where the deployer's
// login has handed over. Browsers send a fragment to no server.

// Takes the access token out of the address and the history at once; the link may stay.
export function readFragment() {
  const [link, ...parameters] = location.hash.slice(1).split('&');
  const access = new URLSearchParams(parameters.join('&')).get('access_token') || '';
  if (parameters.length) replaceAddress(link, location.search);
  return {link: decode(link), access};
}

// Puts a link that was typed or pasted, whole or from its `#` on, where an opened one is.
export function openLink(typed) {
  replaceAddress(typed.trim().replace(/^.*#/s, '').split('&')[0], location.search);
}

export function setLanguage(language) {
  const query = new URLSearchParams(location.search);
  query.set('lang', language);
  replaceAddress(location.hash.slice(1), `?${query}`);
}

// What the token says of its bearer, unverified: for the person to read; the services decide.
export function claimsOf(access) {
  try {
    const body = atob(access.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(body, (c) => c.charCodeAt(0))));
    return {account: String(claims.account || ''), roles: [claims.roles].flat().map(String)};
  } catch {
    return {account: '', roles: []};
  }
}

function replaceAddress(link, query) {
  history.replaceState(null, '', location.pathname + query + (link ? `#${link}` : ''));
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
