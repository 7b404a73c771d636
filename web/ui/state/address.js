/**
 * The page's address: `?data=…&lr=…#view=sweep`. The query holds the settings, the part after # which view is open;
 * `#view=lessons/early-spike` opens something within a view, `#view=optimizers/surface=beale&lr=0.01` brings a view its
 * own settings. The link to a run that has ended also holds how its digest begins, `digest=5b3467ea1f2c09d4`, so that
 * whoever opens it sees whether the same bits came out, and `version=0.1.0`, which page promised them. `preset=spiral`
 * says what the settings began as, whatever was changed since. `lesson=figure-7` opens that lesson beside the live view.
 */

import { tidySearch } from '../../engine/config/link_text.js';
import { readingFromParts } from '../../engine/config/reading_text.js';
import { VERSION } from '../../generated/schema.js';

/** Digits of a digest that a link holds: 64 bits, which no two runs share by chance. */
const DIGITS = 16;

/**
 * The name of the server's data set in a query, the digest that it promises and the version of the page that did, the
 * preset that it began as, the lesson that it opens, how data is to be read, and the rest of it; null where it has none.
 * What is no digest stays in the rest, where it is reported.
 * @param {string} search
 */
export function splitAddress(search) {
  const parts = tidySearch(search).split('&').filter(Boolean);
  const data = parts.find((part) => part.startsWith('data='));
  const digest = parts.find((part) => new RegExp(`^digest=[0-9a-f]{${DIGITS}}$`).test(part));
  const lesson = parts.find((part) => /^lesson=[\w.-]+$/.test(part));
  const version = parts.find((part) => /^version=\d[\w.-]{0,30}$/.test(part));
  const preset = parts.find((part) => /^preset=[\w.-]{1,40}$/.test(part));
  const named = [data, digest, version, preset, lesson];
  const { reading, rest } = readingFromParts(parts.filter((part) => !named.includes(part)));
  let slug = null;
  try {
    slug = data === undefined ? null : decodeURIComponent(data.slice(5).replaceAll('+', ' '));
  } catch {
    slug = '';
  }
  return {
    slug,
    digest: digest?.slice('digest='.length) ?? null,
    version: version?.slice('version='.length) ?? null,
    preset: preset?.slice('preset='.length) ?? null,
    lesson: lesson?.slice('lesson='.length) ?? null,
    reading,
    rest: rest.join('&'),
  };
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
