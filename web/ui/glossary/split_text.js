/** Finds the glossary's words in a sentence. */

import { TERMS } from './terms.js';

/** @typedef {import('./terms.js').Term} Term */

/** Longer words first, so that "full batch" is not "batch". */
const LONGEST_FIRST = [...TERMS].sort((a, b) => b.term.length - a.term.length);

const WORDS = new RegExp(
  `(?<![\\p{L}\\p{N}_-])(?:${LONGEST_FIRST.map(({ forms }) => `(${forms})`).join('|')})(?![\\p{L}\\p{N}_-])`,
  'giu',
);

/**
 * A sentence in pieces, whose words are those of the glossary where it has them: each where it stands first.
 *
 * @param {string} text
 * @returns {{ text: string, term: Term | null }[]}
 */
export function splitText(text) {
  /** @type {{ text: string, term: Term | null }[]} */
  const pieces = [];
  /** @type {Set<Term>} */
  const told = new Set();
  let from = 0;
  for (const match of text.matchAll(WORDS)) {
    const term = LONGEST_FIRST[match.slice(1).findIndex((group) => group !== undefined)];
    if (told.has(term)) continue;
    told.add(term);
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), term: null });
    pieces.push({ text: match[0], term });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), term: null });
  return pieces;
}
