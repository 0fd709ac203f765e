// Shows a state of the page. Whatever others have written goes in as text, never as markup.
import {claimsOf} from './link.js';
import {country, current, date, days, has, say} from './text.js';

const SECTIONS = {
  none: ['paste'], loading: [], wrong: ['paste'], failed: ['again'], closed: ['request'],
  asked: ['request', 'effects', 'agreement', 'answer'], accepted: ['outcome'], declined: [],
};

// After these it may be the person's own company that has answered.
const ANSWERED = /^INVITATION_(USED|EXHAUSTED|DECLINED)$/;

export const element = (id) => document.getElementById(id);

// The words that stand in the page by themselves, in its present language.
export function fillWords() {
  document.documentElement.lang = current();
  for (const each of document.querySelectorAll('[data-text]')) each.textContent = say(each.dataset.text);
  for (const each of document.querySelectorAll('[data-label]')) {
    each.setAttribute('aria-label', say(each.dataset.label));
  }
}

export const mayBeOwn = ({page, look}) => page === 'closed' && ANSWERED.test(look.notAcceptableReason);

export function show(state) {
  const shown = [...SECTIONS[state.page], ...(mayBeOwn(state) ? ['answer'] : [])];
  for (const id of new Set(Object.values(SECTIONS).flat())) element(id).hidden = !shown.includes(id);
  showTitle(state);
  if (state.look) {
    showRequest(state);
    showEffects(state.look);
    element('agreement-text').textContent = state.look.agreement.text;
    element('agreement-text').lang = state.look.agreement.locale || '';
    element('agreement-version').textContent = say('agreement.version', state.look.agreement);
    showAnswer(state);
  }
  if (state.redemption) showOutcome(state);
}

export function focusOn(id) {
  element(id).focus();
}

// Says what is under way while `run` runs, and keeps a second push of a button out.
export async function busy(key, run) {
  document.body.setAttribute('aria-busy', 'true');
  element('status').textContent = say(key);
  for (const each of document.querySelectorAll('main button')) each.setAttribute('aria-disabled', 'true');
  try {
    return await run();
  } finally {
    document.body.removeAttribute('aria-busy');
    element('status').textContent = '';
    for (const each of document.querySelectorAll('main button')) each.removeAttribute('aria-disabled');
  }
}

// A refusal in words, with each violated field named, marked and one click away.
export function refuse({reason, violations, seconds, unsure}, fields = []) {
  const known = has(`reason.${reason}`);
  const more = (unsure ? ` ${say('once')}` : '') + (seconds > 1 ? ` ${say('wait', {seconds})}` : '');
  const marked = [...new Set([...fields, ...violations.map(({field}) => field)])];
  showRefusal(say(known ? `reason.${reason}` : 'reason.other', {reason}) + more, marked);
}

export function markFields(fields) {
  clearRefusal();
  showRefusal(say('reason.fields'), fields);
}

export function clearRefusal() {
  element('refusal').hidden = true;
  for (const each of document.querySelectorAll('.error')) each.remove();
  for (const each of document.querySelectorAll('[aria-invalid]')) {
    each.removeAttribute('aria-invalid');
    describe(each, (ids) => ids.filter((id) => !id.endsWith('-error')));
  }
}

function showRefusal(words, fields) {
  // In a long page beside the form that it is about.
  element(element('answer').hidden ? 'status' : 'answer-title').after(element('refusal'));
  element('refusal-text').textContent = words;
  element('refusal-fields').replaceChildren(...fields.map(markField).filter(Boolean));
  element('refusal').hidden = false;
  focusOn('refusal');
}

// Marks the field and makes the line that leads to it. A fragment would lead there too, but the
// fragment is the link's.
function markField(field) {
  const input = document.querySelector(`[data-field="${CSS.escape(field)}"]`);
  if (!input || !has(`field.${field}`)) return null;
  const error = make('p', say(`field.${field}`));
  Object.assign(error, {className: 'error', id: `${input.id}-error`});
  (input.closest('.choice') || input).after(error);
  input.setAttribute('aria-invalid', 'true');
  describe(input, (ids) => [...ids, error.id]);
  const button = make('button', error.textContent);
  button.type = 'button';
  button.addEventListener('click', () => input.focus());
  return make('li', button);
}

function describe(input, change) {
  const ids = change((input.getAttribute('aria-describedby') || '').split(' ').filter(Boolean));
  if (ids.length) input.setAttribute('aria-describedby', ids.join(' '));
  else input.removeAttribute('aria-describedby');
}

function showTitle({page, look, redemption, decline, before}) {
  const names = look ? namesOf(look) : {};
  let [title, lead] = [page, page];
  if (page === 'asked') [title, lead] = [has(`title.${look.kind}`) ? look.kind : 'CUSTOMER', ''];
  if (page === 'closed') {
    const reason = look.notAcceptableReason;
    title = lead = has(`title.${reason}`) ? reason : 'closed';
  }
  if (page === 'accepted') title = acceptedTitle(outcomesOf(look, redemption));
  if (page === 'accepted' && before) {
    title = lead = 'accepted_before';
    names.date = date(redemption.acceptTime);
  }
  if (page === 'declined' && before) {
    title = lead = 'declined_before';
    names.date = date(decline.declineTime);
  }
  element('title').textContent = say(`title.${title}`, names);
  element('lead').textContent = has(`lead.${lead}`) ? say(`lead.${lead}`, names) : '';
  document.title = `${element('title').textContent} – Partnerlink`;
}

function acceptedTitle(outcomes) {
  const refused = outcomes.filter(({state}) => state === 'REFUSED').length;
  if (!refused) return 'accepted';
  return refused === outcomes.length ? 'refused' : 'accepted_in_part';
}

// Of each relationship, or of the one partnership.
function outcomesOf(look, {relationships, partnership}) {
  return partnership ? [{...partnership, type: 'PARTNERSHIP', partner: look.partner.name}] : relationships || [];
}

function namesOf({partner, provider}) {
  return {partner: nameOf(partner), provider: nameOf(provider)};
}

const nameOf = (partner) => partner?.displayName || partner?.name || '';

function showRequest({page, look}) {
  const facts = [['request.partner', placed(look.partner)]];
  if (look.provider) facts.push(['request.provider', placed(look.provider)]);
  const expired = look.state === 'EXPIRED';
  if (look.expireTime && (page === 'asked' || expired)) {
    const time = make('time', date(look.expireTime));
    time.dateTime = look.expireTime;
    facts.push([expired ? 'request.was_until' : 'request.until', time]);
  }
  element('request-facts').replaceChildren(
    ...facts.flatMap(([key, value]) => [make('dt', say(key)), make('dd', value)]));
}

function placed(partner) {
  const name = nameOf(partner);
  return partner.country ? say('request.place', {name, country: country(partner.country)}) : name;
}

function showEffects(look) {
  const lines = (look.relationships || []).map((each) => effectOf(look, each));
  if (look.kind === 'PARTNERSHIP') lines.push(make('li', say('effect.PARTNERSHIP', namesOf(look))));
  if (look.grantRequest) lines.push(grantOf(look));
  else if (look.kind !== 'PARTNERSHIP') lines.push(make('li', say('effect.no_grant')));
  element('effects-list').replaceChildren(...lines);
}

function effectOf(look, {type, partner}) {
  const key = has(`effect.${type}`) ? `effect.${type}` : 'effect.other';
  return make('li', say(key, {partner: named(look, partner), type}));
}

// The name of one of the invitation's partners, from its `partners/{id}`.
function named({partner, provider}, name) {
  return nameOf([partner, provider].find((each) => each?.name === name)) || name;
}

function grantOf(look) {
  const {roles, durationDays, autoExtend} = look.grantRequest;
  const line = make('li', say('effect.grant', {...namesOf(look), days: days(durationDays || 730)}));
  const list = make('ul');
  list.append(...roles.map((role) => make('li', roleName(role))));
  line.append(list);
  if (autoExtend) line.append(make('p', say('effect.extends', {days: days(autoExtend)})));
  return line;
}

const roleName = (role) => (has(`role.${role}`) ? say(`role.${role}`) : role);

// Where nothing can be answered any more, only whether this account has.
function showAnswer(state) {
  const {look, access} = state;
  const {account, roles} = claimsOf(access);
  const own = mayBeOwn(state);
  element('answer-title').textContent = say(own ? 'own' : 'answer');
  element('sign-in-why').textContent = say(own ? 'own.why' : 'sign_in.why');
  element('accept').hidden = element('decline').hidden = own;
  element('sign-in').hidden = Boolean(access);
  element('signed-in').hidden = !access;
  const who = own ? 'who.not_answered' : 'who.known';
  element('who').textContent = account ? say(who, {account}) : say('who.unknown');
  element('sign-up').hidden = own || !/^https?:\/\//.test(look.signUpUrl);
  if (!element('sign-up').hidden) element('sign-up-link').href = look.signUpUrl;
  element('reason-label').textContent = say('decline.reason', namesOf(look));
  showRights(look.grantRequest, roles.includes('billing_admin') && !roles.includes('global_admin'));
}

// What was ticked stays so when the page is shown anew.
function showRights(grantRequest, billing) {
  element('rights').hidden = !grantRequest;
  const before = new Map([...element('roles').querySelectorAll('input')].map((box) => [box.value, box.checked]));
  const boxes = (grantRequest?.roles || []).map((role) => {
    const box = Object.assign(make('input'), {type: 'checkbox', value: role, checked: before.get(role) ?? true});
    box.addEventListener('change', () => { element('grant-yes').checked = true; });
    const label = make('label', box);
    label.className = 'choice';
    label.append(make('span', roleName(role)));
    return label;
  });
  element('roles').replaceChildren(element('roles-title'), ...boxes);
  element('rights-billing').hidden = !billing;
  if (billing) element('grant-no').checked = true;
}

function showOutcome({look, redemption, granted, before}) {
  const outcomes = outcomesOf(look, redemption);
  const lines = outcomes.map((each) => {
    const type = say(has(`type.${each.type}`) ? `type.${each.type}` : 'type.other');
    const why = has(`reason.${each.reason}`) ? say(`reason.${each.reason}`) : each.reason;
    return say(`outcome.${each.state}`, {partner: named(look, each.partner), type, why});
  });
  const pending = outcomes.some(({state}) => state === 'PENDING');
  // Of an answer given before it is not known whether it gave them, until they are there.
  const known = !before || !pending || redemption.grant;
  if (look.grantRequest && known) lines.push(say(`outcome.${grantState(redemption, granted && pending)}`));
  element('outcome-list').replaceChildren(...lines.map((line) => make('li', line)));
  element('check-again').hidden = !pending;
}

function grantState(redemption, onItsWay) {
  if (redemption.grant) return 'granted';
  return onItsWay ? 'granting' : 'not_granted';
}

function make(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}
