/** `trainscope gallery`: list, run and check. One quick check of all phenomena is what most of these tests look at. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ENTRIES } from '../../web/engine/study/gallery/index.js';
import { assertRefused, ROOT, runCli, runJson, spawnCli } from './helpers.js';

/** Of every entry, on several threads. @type {any[]} */
let checked;
before(async () => {
  const jobs = `${Math.max(2, cpus().length)}`;
  const { stdout } = await runCli(['gallery', 'check', '--quick', '--jobs', jobs, '--json']);
  checked = JSON.parse(stdout).results;
});

/** Of one entry, on one thread. @type {any} */
let ran;
const ranOnOneThread = async () => {
  ran ??= await runJson(['gallery', 'run', 'clip-bad-init', '--quick', '--jobs', '1']);
  return ran;
};

/** @param {string} id */
const find = (id) => checked.find((result) => result.id === id);

test('list: every entry with its title, line and needs', async () => {
  const { entries } = await runJson(['gallery', 'list']);
  assert.deepEqual(
    entries.map((/** @type {any} */ { id }) => id),
    ENTRIES.map(({ id }) => id),
  );
  for (const entry of entries) {
    for (const member of ['id', 'title', 'line', 'needs', 'criterion']) assert.ok(entry[member], entry.id);
  }
  const { stdout, code } = await spawnCli(['gallery']);
  assert.equal(code, 0);
  for (const { id, line } of entries) assert.ok(stdout.includes(id) && stdout.includes(line), id);
});

for (const { id } of ENTRIES) {
  test(`check: ${id} is shown`, (t) => {
    const { passed, skipped, figure } = find(id);
    if (skipped) return t.skip(figure);
    t.diagnostic(figure);
    assert.equal(passed, true, figure);
  });
}

test('check: an entry passes, and the JSON has the members of the contract', () => {
  assert.equal(checked.length, ENTRIES.length);
  const { id, passed, figure, criterion } = find('noisy-range-test');
  assert.equal(id, 'noisy-range-test');
  assert.equal(passed, true, figure);
  assert.match(figure, /at batch 8 it suggests .*at batch 512 it suggests /);
  assert.ok(criterion);
});

test('check: one that fails its criterion exits with 1, and the result is printed all the same', async () => {
  // One seed alone has no spread.
  const { code, stdout, stderr } = await runCli(['gallery', 'check', 'noisy-range-test', '--seeds', '1', '--json']);
  assert.equal(code, 1);
  const { results } = JSON.parse(stdout);
  assert.equal(results.length, 1);
  assert.equal(results[0].passed, false);
  assert.equal(stderr, 'trainscope: not shown: noisy-range-test\n');
});

test('check: the result does not depend on --jobs', async () => {
  const [one, two] = [await ranOnOneThread(), find('clip-bad-init')];
  assert.equal(one.passed, true, one.figure);
  assert.equal(two.figure, one.figure);
});

test('run: a table of what happened, and the trials as JSON', async () => {
  const words = ['gallery', 'run', 'clip-bad-init', '--quick'];
  const { stdout, code } = await runCli(words);
  assert.equal(code, 0);
  for (const words of ['✕ diverged', 'clipped at 10', 'Criterion: ', 'Shown: ', 'Why: ']) {
    assert.ok(stdout.includes(words), words);
  }
  const { id, passed, cells } = await ranOnOneThread();
  assert.equal(id, 'clip-bad-init');
  assert.equal(passed, true);
  assert.deepEqual(
    cells.map((/** @type {any} */ { trials }) => trials.length),
    [1, 1, 1, 1],
  );
  assert.equal(cells[0].trials[0].diverged, true);
});

const NO_DATA = { env: { TRAINSCOPE_FASHION_MNIST: join(ROOT, 'no-such-folder') } };

test('without Fashion-MNIST, what needs it is skipped by check and refused by run', {
  skip: existsSync(join(ROOT, 'data/fashion-mnist')) && 'the data are there',
}, async () => {
  const { code, stdout } = await runCli(['gallery', 'check', 'cyclical', '--json'], NO_DATA);
  assert.equal(code, 0);
  const [{ passed, skipped, figure }] = JSON.parse(stdout).results;
  assert.deepEqual([passed, skipped, figure], [null, true, 'skipped: no Fashion-MNIST']);
  const spoken = await runCli(['gallery', 'check', 'cyclical'], NO_DATA);
  assert.match(spoken.stdout, /skipped: no Fashion-MNIST[\s\S]*0 of 1 shown, 1 skipped/);
  const refused = await runCli(['gallery', 'run', 'cyclical'], NO_DATA);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /needs Fashion-MNIST.*trainscope data fashion-mnist/);
});

test('what it refuses', async () => {
  await assertRefused(['gallery', 'run', 'figure-8'], /no entry figure-8; did you mean figure-/);
  await assertRefused(['gallery', 'check', 'clip-outlier'], /did you mean clip-outliers\?/);
  await assertRefused(['gallery', 'chek'], /not "chek"; did you mean check\?/);
  await assertRefused(['gallery', 'run'], /name the entry/);
  await assertRefused(['gallery', 'list', 'figure-7'], /takes no entry/);
  await assertRefused(['gallery', 'run', 'figure-7', 'figure-4'], /"figure-4" is one word too many/);
  await assertRefused(['gallery', 'check', 'figure-7', '--seeds', '0'], /--seeds must be a whole number between 1/);
  await assertRefused(['gallery', 'run', 'figure-7', '--data', '/no/such/folder'], /no such file or folder/);
});
