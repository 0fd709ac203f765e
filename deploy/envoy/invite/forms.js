// What the person fills in to accept: the rights, the company, the consent.
import {countries, say} from './text.js';
import {element} from './view.js';

const DOMAINS = /[\s,;]+/;

// The role fields of AcceptInvitation.
export function rolesGiven(grantRequest) {
  if (!grantRequest) return {};
  const boxes = [...element('roles').querySelectorAll('input')];
  const given = boxes.filter((box) => box.checked).map((box) => box.value);
  if (element('grant-no').checked || !given.length) return {declineGrant: true};
  return given.length === boxes.length ? {} : {acceptedRoles: given};
}

export const answerForm = {
  // The fields that are plainly wrong before anything is sent.
  faults() {
    const faults = [];
    if (company.isAsked()) {
      if (!element('company-name').value.trim()) faults.push('company.display_name');
      if (!element('company-country').value) faults.push('company.country');
    }
    if (!element('confirm').checked) faults.push('confirm');
    return faults;
  },
};

export const company = {
  isAsked: () => !element('company').hidden,
  ask: () => { element('company').hidden = false; },

  read() {
    const text = (id) => element(id).value.trim();
    return {
      displayName: text('company-name'),
      country: text('company-country'),
      domains: text('company-domains').split(DOMAINS).filter(Boolean),
      registrationNumber: text('company-number'),
      contact: {
        displayName: text('contact-name'), emailAddress: text('contact-mail'), phoneNumber: text('contact-phone'),
      },
    };
  },

  // In the page's language; the choice stays.
  fillCountries() {
    const select = element('company-country');
    const chosen = select.value;
    const options = [['', say('company.choose')], ...countries()].map(([code, name]) => new Option(name, code));
    select.replaceChildren(...options);
    select.value = chosen;
  },
};
