/**
 * Runs the JavaScript tests: one process more at once than there are cores, since some wait for a browser. A file has a
 * process of its own, unless its folder brings all of them into one. What a process says stands together, and the counts
 * come last.
 *
 *     node tests/run.js            all of them
 *     node tests/run.js cli web    those of some folders
 */

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

/** What takes longest begins first: then no core waits for another at the end. */
const FOLDERS = ['cli', 'browser', 'browsers', 'engine', 'web'];
const LONGEST = ['cli/gallery.test.js', 'engine/all.js', 'cli/patients.test.js'];
/** Imports all tests of its folder. */
const ALL = 'all.js';

const wanted = process.argv.slice(2);
const names = FOLDERS.filter((folder) => wanted.length === 0 || wanted.includes(folder)).flatMap((folder) => {
  const inside = readdirSync(join(TESTS, folder));
  const found = inside.filter((name) => name.endsWith('.test.js'));
  if (found.length === 0) throw new Error(`no tests in tests/${folder}`);
  return (inside.includes(ALL) ? [ALL] : found.sort()).map((name) => `${folder}/${name}`);
});
const isLong = (/** @type {string} */ name) => LONGEST.includes(name);
const ordered = [...names.filter(isLong), ...names.filter((name) => !isLong(name))];

const events = run({ files: ordered.map((name) => join(TESTS, name)), concurrency: availableParallelism() + 1 });
events.on('test:fail', () => {
  process.exitCode = 1;
});
events.compose(new spec()).pipe(process.stdout);
