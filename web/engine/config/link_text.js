/**
 * Links as they come back from chats, mails and web pages: with `&amp;` for `&`, encoded as a whole, with what those who
 * pass them on put in to follow them. What is meant beyond doubt is read; what is not becomes a problem.
 */

import { CHANGES } from './config.js';
import { shorten } from './names.js';
import { SCHEMA } from './schema.js';

/** @typedef {import('./config.js').Problem} Problem */

/** What mailers, advertisers and social networks add to links: of whoever clicks, not of what is trained. */
const TRACKING = new Set(
  [
    [
      'fbclid',
      'gclid',
      'gclsrc',
      'gbraid',
      'wbraid',
      'dclid',
      'msclkid',
      'twclid',
      'ttclid',
      'yclid',
      'igshid',
      'igsh',
    ],
    ['li_fat_id', 'rdt_cid', 'epik', 'mc_cid', 'mc_eid', 'mkt_tok', 'vero_id', 'srsltid', 's_kwcid', 'si', 'spm'],
    [
      '_ga',
      '_gl',
      '_hsenc',
      '_hsmi',
      '__hstc',
      '__hssc',
      '__hsfp',
      'hsctatracking',
      'ref',
      'ref_src',
      'ref_url',
      'source',
    ],
  ].flat(),
);

/**
 * A link's query without what links catch on their way.
 *
 * @param {string} search  with or without a leading ? or #
 * @returns {string}  without
 */
export function tidySearch(search) {
  return unwrap(search.replace(/^[?#]/, ''))
    .split('&')
    .map((part) => part.replace(/^(amp;)+/i, ''))
    .filter((part) => part !== '' && !isTracking(part))
    .join('&');
}

/** A query that was encoded as a whole has no = of its own. @param {string} query */
function unwrap(query) {
  if (query.includes('=') || !/%(25)*3D/i.test(query)) return query;
  return (decodeWhole(query) ?? query).replace(/^[?#]/, '');
}

/** @param {string} part */
function isTracking(part) {
  const name = part.split('=', 1)[0].toLowerCase();
  return name.startsWith('utm_') || TRACKING.has(name);
}

/**
 * @param {string} search
 * @returns {{ settings: Record<string, string>, problems: Problem[] }}
 */
export function splitSearch(search) {
  /** @type {Map<string, string>} */
  const settings = new Map();
  /** @type {Problem[]} */
  const problems = [];
  for (const part of tidySearch(search).split('&')) {
    if (part === '') continue;
    // An encoded = parts a name from its value where no other does.
    const parted = part.includes('=') ? part : part.replace(/%(25)*3D/i, '=');
    const at = parted.indexOf('=');
    const written = decodeWhole(at < 0 ? parted : parted.slice(0, at));
    const value = decodeWhole(at < 0 ? '' : parted.slice(at + 1));
    if (written === null || value === null) {
      problems.push({ field: null, message: `The link is damaged at "${shorten(part)}".` });
      continue;
    }
    const name = knownName(written);
    const before = settings.get(name);
    if (before !== undefined && name === CHANGES) settings.set(name, `${before},${value}`);
    else {
      settings.set(name, plainValue(name, value));
      if (before !== undefined && before !== settings.get(name)) {
        const message = `${name} is in the link more than once: "${shorten(value)}" counts, the last.`;
        problems.push({ field: name, message });
      }
    }
  }
  // fromEntries makes own members even of a name such as __proto__.
  return { settings: Object.fromEntries(settings), problems };
}

/** A setting's name, whatever the case and dashes that it was written with. @param {string} written */
function knownName(written) {
  const plain = written.trim().toLowerCase().replaceAll('-', '_');
  return plain === CHANGES || SCHEMA.fields.some(({ name }) => name === plain) ? plain : written;
}

/** What stands around a value without being seen: blanks, breaks, marks of no width. */
const UNSEEN = /^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$/g;

/** A value without what mailers and chats wrap around it, and an option's name in whatever case. @param {string} name @param {string} written */
function plainValue(name, written) {
  const field = SCHEMA.fields.find((known) => known.name === name);
  // A model's text may be laid out in lines.
  const value = field && field.kind !== 'text' ? written.replace(UNSEEN, '') : written;
  const plain = value.toLowerCase();
  return field?.options?.some((option) => String(option.name) === plain) ? plain : value;
}

/** What only an encoded text is made of: a blank or a # shows that it is none any more. */
const ENCODED = /^[\w.~!*'()+-]*(%[0-9a-f]{2}[\w.~!*'()+-]*)+$/i;

/** A part that was encoded once or, on its way, again. @param {string} part @returns {string | null} */
function decodeWhole(part) {
  let text = decodePart(part);
  while (text !== null && ENCODED.test(text)) text = decodePart(text);
  return text;
}

/** What a part of a link says. @param {string} text @returns {string | null}  null where the percent-encoding is broken */
export function decodePart(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
