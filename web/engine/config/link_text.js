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
  if (query.includes('=') || !/%3D/i.test(query)) return query;
  return (decodePart(query) ?? query).replace(/^[?#]/, '');
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
    const at = part.indexOf('=');
    const written = decodePart(at < 0 ? part : part.slice(0, at));
    const value = decodePart(at < 0 ? '' : part.slice(at + 1));
    if (written === null || value === null) {
      problems.push({ field: null, message: `The link is damaged at "${shorten(part)}".` });
      continue;
    }
    const name = knownName(written);
    const before = settings.get(name);
    if (before !== undefined && name === CHANGES) settings.set(name, `${before},${value}`);
    else {
      settings.set(name, knownOption(name, value));
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

/** An option's name, likewise. @param {string} name @param {string} value */
function knownOption(name, value) {
  const options = SCHEMA.fields.find((field) => field.name === name)?.options ?? [];
  const plain = value.trim().toLowerCase();
  return options.some((option) => String(option.name) === plain) ? plain : value;
}

/** @param {string} text @returns {string | null}  null where the percent-encoding is broken */
function decodePart(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
