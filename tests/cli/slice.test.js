/** `trainscope slice`: the loss around a run. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, runCli, runJson } from './helpers.js';

const SMALL = ['--dataset', 'moons', '--steps', '80', '--model', 'linear(6) tanh', '--places', '5'];

test('slice trains as train does, stops where it is told, and prints losses row by row', async () => {
  const whole = await runJson(['slice', ...SMALL]);
  const trained = await runJson(['train', ...SMALL.slice(0, 6)]);
  assert.equal(whole.digest, trained.digest);
  assert.equal(whole.step, 80);
  assert.deepEqual(
    whole.losses.map((/** @type {number[]} */ row) => row.length),
    [5, 5, 5, 5, 5],
  );
  assert.ok(whole.geometry.explained > 0.5);
  assert.equal(whole.last.step, 79);
  assert.deepEqual([whole.path[0].step, whole.path.at(-1).step], [0, 80]);
  const early = await runJson(['slice', ...SMALL, '--step', '20', '--plane', 'random', '--threads', '2']);
  assert.equal(early.step, 20);
  assert.equal(early.plane, 'random');
  assert.deepEqual(early.region, { a: [-1, 1], b: [-1, 1] });
  // The middle of a random plane's map is where the run stands.
  assert.equal(early.losses[2][2], early.loss);
});

test('slice says in words what it found, and what is wrong with what was asked', async () => {
  const { stdout } = await runCli(['slice', ...SMALL]);
  assert.match(stdout, /^step +80$/m);
  assert.match(stdout, /^5 × 5 places, each the mean loss of the first 256 training samples/m);
  const refused = (/** @type {string[]} */ words, /** @type {RegExp} */ sentence) =>
    assertRefused(['slice', ...SMALL, ...words], sentence);
  await refused(['--step', '81'], /^trainscope: --step 81 is beyond the run, which has 80 steps\n$/);
  await refused(['--step', '1'], /^trainscope: --plane: The path spans no plane: it takes at least 3 points, not 2\./);
  await refused(['--reach', '0'], /^trainscope: --reach must be/);
});
