/** `--shard` and `--out` of the range test and of the playbook's procedures: several machines, one result. */

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, makeFolder, runJson } from './helpers.js';

const TINY = [
  '--dataset',
  'moons',
  '--samples',
  '100',
  '--model',
  'linear(4) tanh',
  '--steps',
  '60',
  '--eval-every',
  '20',
];

/** @param {Record<string, any>} result */
const withoutTime = ({ seconds, ...rest }) => rest;

/** @param {string[]} paths @param {string} to */
async function joinFiles(paths, to) {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  await writeFile(to, texts.join(''));
}

test('shards of a range test share its seeds, and their files join', async (t) => {
  const folder = await makeFolder(t);
  const path = (/** @type {string} */ name) => join(folder, `${name}.jsonl`);
  const words = ['lr-find', ...TINY, '--seeds', '3', '--points', '40'];
  const parts = [];
  for (const i of [1, 2]) parts.push(await runJson([...words, '--shard', `${i}/2`, '--out', path(`${i}`)]));
  assert.deepEqual(
    parts.map(({ seeds }) => seeds.map((/** @type {any} */ { seed }) => seed)),
    [[1, 3], [2]],
  );
  await joinFiles([path('1'), path('2')], path('all'));
  const before = await readFile(path('all'), 'utf8');
  assert.deepEqual(withoutTime(await runJson([...words, '--out', path('all')])), withoutTime(await runJson(words)));
  assert.equal(await readFile(path('all'), 'utf8'), before, 'nothing was measured again');
  await runJson([...words, '--points', '50', '--out', path('all')]);
  assert.equal((await readFile(path('all'), 'utf8')).split('\n').length, 7, 'another grid is another test');

  await assertRefused([...words, '--shard', '4/4'], /--shard 4\/4 has no part of 3 seeds/);
  await assertRefused([...words, '--shard', '1/2', '--try'], /--try needs the whole test/);
  await writeFile(path('1'), '{"type":"trial","key":"","changes":{}}\n');
  await assertRefused([...words, '--out', path('1')], /line 1 is not a curve of an LR range test/);
});

test('shards of a procedure go as far as they can, and say what they wait for', async (t) => {
  const folder = await makeFolder(t);
  const path = (/** @type {string | number} */ name) => join(folder, `${name}.jsonl`);
  const words = ['clip', ...TINY, '--seeds', '2', '--thresholds', '1', '--variants', 'off'];
  await writeFile(path('all'), '');
  let rounds = 0;
  for (; rounds < 6; rounds++) {
    const results = [];
    for (const i of [1, 2]) {
      await joinFiles([path('all')], path(i));
      results.push(await runJson([...words, '--shard', `${i}/2`, '--out', path(i)]));
    }
    if (results.every(({ waits }) => waits === undefined)) break;
    for (const { complete, waits } of results.filter((result) => result.waits)) {
      assert.equal(complete, false);
      assert.match(waits, /^\d trainings? of other shards must be there/);
    }
    const lines = (await Promise.all([1, 2].map((i) => readFile(path(i), 'utf8')))).join('').trimEnd().split('\n');
    await writeFile(path('all'), `${[...new Set(lines)].join('\n')}\n`);
  }
  assert.ok(rounds >= 1 && rounds < 6, `${rounds}`);
  const joined = await runJson([...words, '--out', path('all')]);
  assert.deepEqual(withoutTime(joined), withoutTime(await runJson(words)));
  await assertRefused([...words, '--shard', '1/2'], /--shard needs --out FILE/);
});
