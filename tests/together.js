/** The tests of a folder in one process: for most files, what a process costs to begin is more than what they test. */

import { readdirSync } from 'node:fs';

/** @param {string | URL} place  URL of a file in the folder */
export async function importTests(place) {
  const folder = new URL('.', place);
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.test.js')) await import(new URL(name, folder).href);
  }
}
