/**
 * The tests of a folder in one process, or in a few that share them: for most files, what a process costs to begin (and
 * a browser, and its first page) is more than what they test.
 *
 * all.js imports all of its folder; all.1.js and all.2.js import half of it each. A file that is brought together has no
 * `before` of its own: it would not be waited for.
 */

import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Those that have a process of their own: they take longest, or set up what the others must not see. */
export const ALONE = ['cli/gallery.test.js', 'cli/patients.test.js', 'browser/golden.test.js'];

/** Of file names. @param {string} name */
export const isAll = (name) => /^all(\.\d+)?\.js$/.test(name);

/** @param {string} place  URL of the file that brings them together */
export async function importTests(place) {
  const folder = new URL('.', place);
  const inside = readdirSync(folder).sort();
  const shares = inside.filter(isAll);
  const own = shares.indexOf(basename(fileURLToPath(place)));
  const isAlone = (/** @type {string} */ name) => ALONE.includes(`${basename(fileURLToPath(folder))}/${name}`);
  const names = inside.filter((name) => name.endsWith('.test.js') && !isAlone(name));
  for (const name of names.filter((_, i) => i % shares.length === own)) await import(new URL(name, folder).href);
}
