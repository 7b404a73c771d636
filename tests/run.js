/**
 * Runs the JavaScript tests: one process more at once than there are cores, since some wait for a browser. A file has a
 * process of its own, unless its folder brings them together. What a process says stands together, and the counts come
 * last.
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
import { ALONE, isAll } from './together.js';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

/**
 * What takes longest begins first, and what keeps but one core busy before what keeps several: then no core waits for
 * another at the end.
 */
const FOLDERS = ['cli', 'browser', 'browsers', 'engine', 'web'];
const LONGEST = [
  'cli/all.js',
  'browser/all.1.js',
  'engine/all.js',
  'browser/all.2.js',
  'cli/patients.test.js',
  'cli/gallery.test.js',
];

const wanted = process.argv.slice(2);
const names = FOLDERS.filter((folder) => wanted.length === 0 || wanted.includes(folder)).flatMap((folder) => {
  const inside = readdirSync(join(TESTS, folder));
  const found = inside.filter((name) => name.endsWith('.test.js'));
  if (found.length === 0) throw new Error(`no tests in tests/${folder}`);
  const paths = (inside.some(isAll) ? inside.filter(isAll) : found).map((name) => `${folder}/${name}`);
  const alone = ALONE.filter((path) => path.startsWith(`${folder}/`));
  return [...new Set([...alone, ...paths.sort()])];
});
const ordered = [...LONGEST.filter((name) => names.includes(name)), ...names.filter((name) => !LONGEST.includes(name))];

/** For a process of tests: what waits for something that never comes fails, and is named, instead of hanging. */
const PATIENCE_MS = 15 * 60_000;

const events = run({
  files: ordered.map((name) => join(TESTS, name)),
  concurrency: availableParallelism() + 1,
  timeout: PATIENCE_MS,
});
events.on('test:fail', () => {
  process.exitCode = 1;
});
events.compose(new spec()).pipe(process.stdout);
