/**
 * `trainscope bench`: that it measures what it says, for all the peers that it can be without. How fast anything is
 * decides nothing here.
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareOutcomes } from '../bench/agreement.js';
import { listWorks } from '../bench/works.js';
import { assertRefused, makeFolder, makeImageFiles, ROOT, runCli } from './helpers.js';

/** Glyphs, whatever data this machine has. */
const WITHOUT_DATA = { env: { TRAINSCOPE_FASHION_MNIST: join(ROOT, 'no-such-folder') } };

test('--quick --json: a row per work with its spread, and losses that agree', async () => {
  const words = [
    'bench',
    '--quick',
    '--peers',
    'none',
    '--works',
    'W1-momentum,W2,EVAL,W5',
    '--before',
    ROOT,
    '--json',
  ];
  const { code, stdout } = await runCli(words, WITHOUT_DATA);
  assert.equal(code, 0);
  const { rows, agreement, works, machine, rounds } = JSON.parse(stdout);
  // This checkout is the one before, too.
  const before = agreement.filter((/** @type {any} */ { peer }) => peer === 'trainscope-before');
  assert.deepEqual(
    before.map((/** @type {any} */ { work }) => work),
    ['W1-momentum', 'W2', 'EVAL', 'W5'],
  );
  const ours = rows.filter(
    (/** @type {any} */ { peer, threads, arithmetic }) =>
      peer === 'trainscope' && threads === 1 && arithmetic === 'plain',
  );
  assert.deepEqual(
    ours.map((/** @type {any} */ { work, unit }) => [work, unit]),
    [
      ['W1-momentum', 'samples/s'],
      ['W2', 'steps/s'],
      ['EVAL', 'images/s'],
      ['W5', 'steps/s'],
    ],
  );
  for (const { median, min, max, ratio } of ours) {
    assert.ok(min > 0 && min <= median && median <= max);
    assert.equal(ratio, 1);
  }
  assert.ok(agreement.length >= 4);
  assert.ok(agreement.every((/** @type {any} */ { agrees }) => agrees));
  assert.equal(works.length, 4);
  assert.ok(machine.cpu && machine.cores > 0 && rounds > 0);
});

test('floating-point operations are those counted by hand', () => {
  const flops = Object.fromEntries(listWorks().map((work) => [work.id, work.flops]));
  // conv1 235,200, conv2 480,000, then 96,000, 20,160 and 1,680: backward twice that, without the inputs' gradient.
  assert.equal(flops.EVAL, 833_040);
  assert.equal(flops['W1-adam'], 3 * 833_040 - 235_200);
  // Of 1,024 positions 6 for each of 4 · (3 + 1 + 4 + 4) · 64² + 64 · 65 weights, and 12 for each of 4 · 64 · 64.
  assert.equal(flops.W4, 1024 * (6 * 200_768 + 196_608));
  assert.equal(flops.W5, 1024 * 6 * (2 * 64 * 256 + 64 * 16));
  assert.equal(flops.W3, 3 * 2 * (784 * 512 + 512 * 512 + 512 * 10) - 2 * 784 * 512);
});

test('a peer that computes something else is found out', () => {
  const [work] = listWorks();
  const losses = Array.from({ length: 40 }, (_, i) => 2.3 * 0.98 ** i);
  const ours = { losses, norms: [0.2] };
  /** @param {(loss: number, i: number) => number} change @param {number} [norm] */
  const judge = (change, norm = 0.2) =>
    compareOutcomes(work, ours, { losses: losses.map(change), norms: [norm] }).agrees;
  assert.equal(
    judge((loss) => loss + 1e-5),
    true,
  );
  assert.equal(
    judge((loss) => loss + 2e-3),
    false,
  );
  assert.equal(
    judge((loss, i) => (i < 30 ? loss : loss + 0.03)),
    false,
  );
  assert.equal(
    judge((loss, i) => (i < 30 ? loss : Number.NaN)),
    false,
  );
  assert.equal(
    judge((loss) => loss, 0.21),
    false,
  );
});

test('what it refuses', async (t) => {
  await assertRefused(['bench', '--peers', 'tfsj'], /--peers does not know tfsj; did you mean tfjs\?/);
  await assertRefused(['bench', '--works', 'W9'], /--works does not know W9/);
  await assertRefused(['bench', '--lr', '1'], /--lr/);
  await assertRefused(
    ['bench', '--before', '/no/such/folder'],
    /--before \/no\/such\/folder: no checkout of Trainscope/,
  );
  await assertRefused(['bench', '--data', '/no/such/folder'], /no such file or folder/);
  const folder = await makeFolder(t, makeImageFiles(20));
  await assertRefused(['bench', '--data', folder], /made for Fashion-MNIST, but this is 1 × 6 × 6 in 2 classes/);
});
