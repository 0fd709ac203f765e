// The page behind an invitation's link: looks it up, and lets an administrator answer it. What is
// secret, the link and the access token, stays in this module's state and the address's fragment.
import {call, withRequestId} from './call.js';
import {answerForm, company, rolesGiven} from './forms.js';
import {openLink, readFragment, setLanguage} from './link.js';
import {choose, current, LANGUAGES, say, use} from './text.js';
import {busy, clearRefusal, element, fillWords, focusOn, markFields, mayBeOwn, refuse, show} from './view.js';

// `page` is one of none, loading, wrong, failed, asked, closed, accepted, declined.
// `before`: the redemption, or the refusal (`decline`), is not of now.
const state = {
  page: 'loading', link: '', access: '', look: null, redemption: null, decline: null, granted: false, before: false,
};
// After these the invitation stands elsewhere than the page says: it is looked up anew.
const MOVED = /^(INVITATION_(?!NOT_FOUND)|AGREEMENT_VERSION|PARTNER_SUSPENDED|PARTNERSHIP_INACTIVE)/;
const SIGN_IN = /^TOKEN_/;

async function open() {
  const {link, access} = readFragment();
  Object.assign(state, {
    link, look: null, redemption: null, decline: null, before: false, access: access || state.access,
  });
  clearRefusal();
  if (!link) return turnTo('none');
  turnTo('loading');
  await look();
}

// Looks the link up; `quietly` where the person is in the middle of something else.
async function look(quietly = false) {
  const {link} = state;
  const {body, refusal} = await busy('loading', () =>
    call('lookup', {token: link.slice(0, 512), locale: current()}));
  if (state.link !== link) return;
  if (body) {
    state.look = body;
    turnTo(body.acceptable ? 'asked' : 'closed', quietly);
    await lookForOwn();
  } else if (/^(INVITATION_NOT_FOUND|FIELD_INVALID)$/.test(refusal.reason)) {
    turnTo('wrong');
  } else if (!quietly) {
    turnTo('failed');
    refuse(refusal);
  }
}

// Looks once more, as whom the person is signed in: who has accepted before is told what came of it,
// who has declined before that it did.
async function lookForOwn() {
  const {link, access} = state;
  if (!access || !state.look) return;
  const {body, refusal} = await busy('loading', () =>
    call('lookup', {token: link.slice(0, 512), locale: current()}, access));
  if (state.link !== link || state.access !== access) return;
  if (body?.redemption) {
    Object.assign(state, {redemption: body.redemption, before: true});
    turnTo('accepted');
  } else if (body?.decline) {
    Object.assign(state, {decline: body.decline, before: true});
    turnTo('declined');
  } else if (refusal && mayBeOwn(state)) {
    // Here there is no answer that would be refused for it.
    if (SIGN_IN.test(refusal.reason)) state.access = '';
    show(state);
    refuse(refusal, state.access ? [] : ['access_token']);
  }
}

function turnTo(page, quietly = false) {
  state.page = page;
  show(state);
  if (!quietly && page !== 'loading') focusOn('title');
}

async function signIn() {
  const access = element('access-token').value.trim().replace(/^bearer\s+/i, '');
  // Anything else cannot be sent in a header.
  if (!/^[\x21-\x7e]{1,8192}$/.test(access)) return markFields(['access_token']);
  state.access = access;
  element('access-token').value = '';
  clearRefusal();
  show(state);
  focusOn('answer-title');
  await lookForOwn();
}

function signOut() {
  state.access = '';
  clearRefusal();
  show(state);
  focusOn('access-token');
}

async function accept() {
  const wrong = answerForm.faults();
  if (wrong.length) return markFields(wrong);
  const roles = rolesGiven(state.look.grantRequest);
  const request = {token: state.link, agreementVersion: state.look.agreement.version, confirm: true, ...roles};
  if (company.isAsked()) request.company = company.read();
  const {body, refusal} = await send('accept', request);
  if (refusal) return accepting(refusal);
  const granted = Boolean(state.look.grantRequest) && !roles.declineGrant;
  Object.assign(state, {redemption: body, request, granted, before: false});
  turnTo('accepted');
}

async function accepting(refusal) {
  if (refusal.reason === 'COMPANY_REQUIRED' && !company.isAsked()) company.ask();
  if (refusal.reason === 'AGREEMENT_VERSION') element('confirm').checked = false;
  await refused(refusal);
}

// The same request again, with the same id: it is not done twice, but tells what is so now.
async function checkAgain() {
  if (state.before) return lookForOwn();
  const {body, refusal} = await send('accept', state.request);
  if (refusal) return refuse(refusal);
  state.redemption = body;
  turnTo('accepted');
}

async function decline() {
  const {body, refusal} = await send('decline', {token: state.link, reason: element('reason').value.trim()});
  if (refusal) return refused(refusal);
  if (!body) return;
  Object.assign(state, {decline: null, before: false});
  turnTo('declined');
}

async function send(method, request) {
  clearRefusal();
  return busy('sending', () => call(method, withRequestId(method, request), state.access));
}

async function refused(refusal) {
  if (SIGN_IN.test(refusal.reason)) {
    state.access = '';
    show(state);
  }
  if (MOVED.test(refusal.reason)) await look(true);
  if (/^(closed|accepted|declined)$/.test(state.page)) return focusOn('title');
  refuse(refusal, SIGN_IN.test(refusal.reason) ? ['access_token'] : []);
}

async function speak(language, asked) {
  use(language);
  fillWords();
  company.fillCountries();
  makeLanguages();
  show(state);
  if (!asked) return;
  setLanguage(language);
  clearRefusal();
  document.querySelector('#languages [aria-pressed=true]').focus();
  if (state.look && /^(asked|closed)$/.test(state.page)) await look(true);
}

function makeLanguages() {
  element('languages').replaceChildren(...Object.entries(LANGUAGES).map(([tag, {name}]) => {
    const button = document.createElement('button');
    Object.assign(button, {type: 'button', lang: tag, textContent: name});
    button.setAttribute('aria-pressed', String(tag === current()));
    button.addEventListener('click', () => speak(tag, true));
    return button;
  }));
}

function onSubmit(id, run) {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault();
    if (!document.body.hasAttribute('aria-busy')) run();
  });
}

function onClick(id, run) {
  element(id).addEventListener('click', () => {
    if (!document.body.hasAttribute('aria-busy')) run();
  });
}

onSubmit('paste', () => {
  openLink(element('link').value);
  element('link').value = '';
  open();
});
onSubmit('sign-in', signIn);
onSubmit('accept', accept);
onSubmit('decline', decline);
onClick('sign-out', signOut);
onClick('try-again', open);
onClick('check-again', checkAgain);
addEventListener('hashchange', open);
// A page that the browser brings back must not show what somebody else has left in it.
addEventListener('pageshow', (event) => event.persisted && location.reload());
speak(choose([new URLSearchParams(location.search).get('lang') || [], ...navigator.languages].flat()));
open();
