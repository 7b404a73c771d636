/**
 * The table of faults: what is injected, by which test, and what was lost. Outside the tests' run, since some take long.
 *
 *     node tests/faults/faults.js            all of them
 *     node tests/faults/faults.js worker     those whose line says so
 *
 * A test that passes lost nothing: each compares files, results or digests with those of an undisturbed run, or with what
 * was there before. Exit 1 where one fails, or a row finds no test.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('../', import.meta.url));

/** @type {[fault: string, file: string, test: string][]} */
const FAULTS = [
  [
    'worker throws in mid-run, in a browser that keeps nothing',
    'browser/kept.test.js',
    'a worker that breaks costs nothing',
  ],
  ['worker closed under trials of a study', 'cli/sweep.test.js', 'the trial of a worker that dies'],
  [
    'workers closed in the middle, others share their memory',
    'cli/shared_data.test.js',
    'workers that end in the middle',
  ],
  ['worker that reads the data is lost', 'cli/shared_data.test.js', 'where the reader is lost'],
  ['worker busy with one step for long', 'cli/worker.test.js', 'a slow network is cut into slices'],
  ['one step longer than a worker may be silent', 'cli/worker.test.js', 'one step that takes longer than a worker'],
  ['a run that can never fit, in crowded memory', 'cli/worker.test.js', 'a run that can never fit costs no ended run'],
  ['worker that no longer answers', 'cli/worker.test.js', 'a worker that no longer answers is replaced'],
  ['worker that never begins', 'cli/worker.test.js', 'a worker that breaks before it was ready'],
  ['messages that are none', 'cli/worker.test.js', 'messages that are none are answered'],
  ['engine that cannot be loaded', 'cli/worker.test.js', 'an engine that cannot be loaded'],
  ['trap in wasm beside others', 'cli/shared_data.test.js', 'after a trap nothing that shared'],
  ['state of a snapshot that was made up', 'engine/snapshots.test.js', 'a state that was made up'],
  ['snapshot with any of its parts changed', 'engine/snapshots.test.js', 'whatever changed in a snapshot'],
  ['out of memory beside other runs', 'cli/shared_data.test.js', 'a run that finds no room'],
  ['out of memory: data, engine, run', 'engine/common_memory.test.js', 'a full memory'],
  ['reload in mid-run, with changes by hand; two tabs', 'browser/kept.test.js', 'a reload in mid-run'],
  ['closed tab, and the same run asked for by two', 'web/kept.test.js', 'a run in the middle is offered'],
  ['browser killed in mid-run', 'faults/injected.test.js', 'kill -9 of the browser'],
  ['quota: none at all while training', 'faults/injected.test.js', 'a quota of nothing'],
  ['quota: room only for the newest', 'web/kept.test.js', 'without room older runs go'],
  ['IndexedDB that keeps nothing', 'web/kept.test.js', 'a browser that keeps nothing'],
  ['offline while loading; a new version meanwhile', 'browser/kept.test.js', 'the page opens without a network'],
  ['offline while training', 'faults/injected.test.js', 'no network while a run trains'],
  ['kill -9 in mid-inspect', 'cli/inspect.test.js', 'kill -9 in mid-inspect'],
  ['disk full: --out, --save, --report', 'cli/files.test.js', 'a full disk loses neither'],
  ['disk full: a sweep file', 'cli/files.test.js', 'a sweep that the disk takes a part of'],
  ['standard output full, or closed early', 'cli/files.test.js', 'a full standard output is one line'],
  ['kill -9 in a sweep', 'cli/sweep.test.js', 'a sweep that was killed goes on'],
  ['kill -9 in a diagnosis', 'faults/injected.test.js', 'kill -9 in a diagnosis'],
  ['kill -9 in a training', 'faults/injected.test.js', 'kill -9 in a training'],
  ['SIGTERM in a training', 'cli/files.test.js', 'a run that is interrupted'],
  ['Ctrl-C in a sweep', 'cli/sweep.test.js', 'Ctrl-C ends a sweep'],
  ['two writers of one file', 'cli/files.test.js', 'two sweeps into one file'],
  ['log that was cut off', 'cli/formats.test.js', 'a log that was cut off'],
];

/** @param {string} file @param {string} name  how the test's begins @returns {Promise<boolean>} whether there is one, and it passes */
async function passes(file, name) {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const words = ['--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`, file];
  const child = spawn(process.execPath, words, { cwd: TESTS, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const text of child.stdout) said += text;
  const lines = said.split('\n').filter((line) => /^\s*(not )?ok \d/.test(line) && line.includes(name));
  const ran = lines.filter((line) => !line.includes('# SKIP'));
  return ran.length > 0 && ran.every((line) => line.trimStart().startsWith('ok'));
}

const wanted = process.argv[2] ?? '';
let lost = 0;
for (const [fault, file, name] of FAULTS.filter((row) => row.join(' ').includes(wanted))) {
  const isWhole = await passes(file, name);
  if (!isWhole) lost++;
  console.log(`${isWhole ? 'lost: nothing ' : 'lost: SOMETHING'} | ${fault.padEnd(58)} | ${file}`);
}
console.log(lost === 0 ? 'Nothing was lost.' : `${lost} fault(s) cost something.`);
process.exitCode = lost === 0 ? 0 : 1;
