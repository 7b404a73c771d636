/**
 * The page's address: `?data=…&lr=…#view=sweep`. The query holds the settings, the part after # which view is open;
 * `#view=lessons/early-spike` opens something within a view, `#view=optimizers/surface=beale&lr=0.01` brings a view its
 * own settings. The link to a run that has ended also holds how its digest begins, `digest=5b3467ea1f2c09d4`, so that
 * whoever opens it sees whether the same bits came out, and `version=0.1.0`, which page promised them. `preset=spiral`
 * says what the settings began as, whatever was changed since; alone it opens them. `lesson=figure-7` opens that lesson
 * beside the live view.
 *
 * @typedef {import('../../engine/config/config.js').Problem} Problem
 */

import { decodePart, tidySearch } from '../../engine/config/link_text.js';
import { shorten } from '../../engine/config/names.js';
import { readingFromParts } from '../../engine/config/reading_text.js';
import { VERSION } from '../../generated/schema.js';

/** Digits of a digest that a link holds: 64 bits, which no two runs share by chance. */
const DIGITS = 16;

/**
 * What a query may name besides settings and how data is read, and how a sentence goes on that refuses something else.
 * The server's data set may have any name.
 */
const NAMED = /** @type {const} */ ([
  { name: 'data', form: /^/, is: '' },
  {
    name: 'digest',
    form: new RegExp(`^[0-9a-f]{${DIGITS}}$`),
    is: `is how a digest begins, ${DIGITS} digits from 0 to f`,
  },
  { name: 'version', form: /^\d[\w.-]{0,30}$/, is: 'is a version such as 0.1.0' },
  { name: 'preset', form: /^[\w.-]{1,40}$/, is: 'names a preset of the page' },
  { name: 'lesson', form: /^[\w.-]{1,40}$/, is: 'names a lesson' },
]);

/**
 * The name of the server's data set in a query, the digest that it promises and the version of the page that did, the
 * preset that it began as, the lesson that it opens, how data is to be read, and the rest of it; null where it has none.
 * @param {string} search
 * @returns {{ slug: string | null, digest: string | null, version: string | null, preset: string | null,
 *   lesson: string | null, reading: import('../../engine/config/reading_text.js').Reading, rest: string,
 *   problems: Problem[] }}  problems: what is wrong with them
 */
export function splitAddress(search) {
  /** @type {Problem[]} */
  const problems = [];
  /** @type {Map<string, string>} */
  const said = new Map();
  const others = tidySearch(search)
    .split('&')
    .filter((part) => part !== '' && !takeNamed(part, said, problems));
  const { reading, rest, refused } = readingFromParts(others);
  for (const part of refused)
    problems.push({ field: null, message: `Data cannot be read by "${shorten(part)}". It is left out.` });
  const get = (/** @type {typeof NAMED[number]['name']} */ name) => said.get(name) ?? null;
  return {
    slug: get('data'),
    digest: get('digest'),
    version: get('version'),
    preset: get('preset'),
    lesson: get('lesson'),
    reading,
    rest: rest.join('&'),
    problems,
  };
}

/**
 * Takes a part of a query that names something; the first of a name counts.
 * @param {string} part @param {Map<string, string>} said  by name @param {Problem[]} problems
 * @returns {boolean}  whether it is such a part
 */
function takeNamed(part, said, problems) {
  const [written, ...values] = part.split('=');
  const named = NAMED.find(({ name }) => name === written.toLowerCase());
  if (!named || values.length === 0) return false;
  const { name, form, is } = named;
  const value = decodePart(values.join('=')) ?? '';
  const before = said.get(name);
  const say = (/** @type {string} */ message) => problems.push({ field: null, message });
  if (!form.test(value)) say(`${name} ${is}, not "${shorten(value)}". It is left out.`);
  else if (before === undefined) said.set(name, value);
  else if (before !== value) say(`${name} is in the link more than once: "${shorten(before)}" counts, the first.`);
  return true;
}

/**
 * An address's settings. What stands behind # and names no view was meant as settings too: `&#38;` for & puts them there.
 * @param {{ search: string, hash: string }} address
 */
export function searchOf({ search, hash }) {
  if (hash === '' || readPlace(hash).view) return search;
  const rest = hash.replace(/^#\??/, '').replace(/(^|&?#)(38|x26);/gi, '&');
  return `${search || '?'}&${rest}`;
}

/** What a link says of a run's digest, and who computed it. @param {string} digest  in full */
export function promiseDigest(digest) {
  return `version=${VERSION}&digest=${digest.slice(0, DIGITS)}`;
}

/** @param {string} hash the address from its # on @returns {{ view: string, item: string }} both '' where it names none */
export function readPlace(hash) {
  const [, view = '', item = ''] = /^#view=([\w-]+)(?:\/(.+))?$/.exec(hash.replaceAll('&amp;', '&')) ?? [];
  return { view: view.toLowerCase(), item };
}

/** @param {string} view @param {string} item @returns {string} '' for the live view */
export function writePlace(view, item) {
  if (view === 'live') return '';
  return `#view=${view}${item ? `/${item}` : ''}`;
}
