// The page's words in the reader's language. A new language is a file like en.js and its line here.
import de from './de.js';
import en from './en.js';
import pl from './pl.js';

export const LANGUAGES = {en, de, pl};
const DEFAULT = 'en';
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const COUNTRIES = 'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR ' +
  'BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ' +
  'ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID ' +
  'IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY ' +
  'MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ ' +
  'OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO ' +
  'SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN ' +
  'VU WF WS YE YT ZA ZM ZW';

let language = DEFAULT;
let words = LANGUAGES[DEFAULT];

export function use(tag) {
  language = tag;
  words = LANGUAGES[tag];
}

export const current = () => language;

// The first of these BCP-47 tags, each also without its last subtags, that there are words for.
export function choose(tags) {
  for (const tag of tags) {
    let left = String(tag).toLowerCase();
    while (left) {
      if (Object.hasOwn(LANGUAGES, left)) return left;
      left = left.slice(0, Math.max(left.lastIndexOf('-'), 0));
    }
  }
  return DEFAULT;
}

// The words for `key` with the values in place of `{name}`.
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => isolated(values[name]));
}

export const has = (key) => Object.hasOwn(words, key);

export function days(count) {
  return new Intl.NumberFormat(language, {style: 'unit', unit: 'day', unitDisplay: 'long'}).format(count);
}

export function date(text) {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
  }).format(new Date(text));
}

export function country(code) {
  try {
    return new Intl.DisplayNames([language], {type: 'region'}).of(code);
  } catch {
    return code;
  }
}

// Codes and names, in the language's order.
export function countries() {
  const named = COUNTRIES.split(' ').map((code) => [code, country(code)]);
  return named.sort((a, b) => a[1].localeCompare(b[1], language));
}

// A name that is written from right to left must not turn the words around it.
function isolated(value) {
  const text = String(value ?? '');
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
