/** What a sentence says of a user's text: a name that is unknown, and the one that was likely meant. */

import leven from 'leven';
import { FIELD_BY_NAME } from './schema.js';

/** Longest user text that a sentence repeats. */
const QUOTED_MAX = 40;

/** As much of a user's text as a sentence repeats. @param {string} text */
export function shorten(text) {
  return plainText(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text);
}

/** A stranger's text in one line, without what a terminal would obey or a reader would not see. @param {string} text */
export function plainText(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '\ufffd');
}

/** How a sentence about an unknown name goes on. @param {string} name @param {string[]} names */
export function unknownName(name, names) {
  const nearest = nearestName(name, names);
  return nearest ? `"${shorten(name)}": did you mean ${nearest}?` : `"${shorten(name)}".`;
}

/** A name of which only the begin was typed, in letters that are wrong. */
const BEGUN = 0.9;

/** As names are compared. @param {string} name */
const plainName = (name) => name.toLowerCase().replaceAll(/[- ]/g, '_').replace(/^_+/, '');

/**
 * The name that a user most likely meant, or null where nothing is near. A setting is also meant by what the page calls
 * it, such as learning_rate.
 *
 * @param {string} name
 * @param {string[]} names
 * @returns {string | null}
 */
export function nearestName(name, names) {
  const typed = plainName(name.slice(0, QUOTED_MAX));
  /** @type {string | null} */
  let nearest = null;
  // Half of the letters may be wrong, but not more.
  let fewest = Math.max(1, Math.floor(typed.length / 2)) + 1;
  for (const candidate of names) {
    const known = plainName(candidate);
    if (typed && plainName(FIELD_BY_NAME.get(known)?.label ?? '') === typed) return candidate;
    // A name that goes on as typed is nearer than one with another letter, and the same one nearest.
    const isBegun = known.startsWith(typed) && typed.length > 1 && known !== typed;
    const edits = isBegun ? BEGUN : leven(typed, known);
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** A user's value as a sentence may repeat it. @param {unknown} value */
export function describeValue(value) {
  if (typeof value === 'string') return `"${shorten(value)}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return String(value);
  return isList(value) ? 'a list' : `a value of type ${typeof value}`;
}

/** @param {unknown} value @returns {value is unknown[]} */
export function isList(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false; // A proxy that was revoked.
  }
}
