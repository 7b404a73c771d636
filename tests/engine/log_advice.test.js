/** What is said of logs, held to what was written into them: no alarm on a calm run, none missing on one that is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLogs } from '../../web/engine/logs/read_logs.js';
import { inspectLogs } from '../../web/engine/study/inspect/inspect.js';
import { createEngine } from '../../web/platform/node/index.js';
import { bytesOf, csvOf } from './log_writers.js';

const engine = await createEngine();

/** Noise that is the same in every run of the tests: from -1 to 1. @param {number} i */
const noiseOf = (i) => 2 * ((((i * 7919 + 13) * 104729) % 65537) / 65537) - 1;

/** Inspects the one run of a log. @param {Record<string, unknown>[] | string} rows */
async function inspectRun(rows) {
  const bytes = bytesOf(typeof rows === 'string' ? rows : csvOf(rows));
  const { runs } = inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes }])).inspection;
  assert.equal(runs.length, 1);
  return { ...runs[0], noted: runs[0].notes.join(' '), advised: runs[0].advice.join(' ') };
}

/** A calm run of 1,000 steps. @param {(i: number) => object} [change] of the row of a step @param {number} [rows] */
function calm(change = () => ({}), rows = 1000) {
  return Array.from({ length: rows }, (_, step) => ({
    step,
    loss: 0.5 + 2 * Math.exp(-step / 100) + 0.02 * noiseOf(step),
    lr: 1e-3,
    grad_norm: 1 + 0.3 * noiseOf(step + 5000),
    ...change(step),
  }));
}

test('the code of what is advised has the warmup and the threshold of its sentences, and no others', async () => {
  const late = (/** @type {number} */ i) => (i > 700 ? { loss: 4 } : {});
  const bare = await inspectRun(calm(late));
  assert.equal(bare.verdict, 'mid');
  assert.doesNotMatch(bare.advised, /[Ww]armup/);
  assert.doesNotMatch(bare.code?.command ?? '', /warmup/, 'none is advised');
  const warm = await inspectRun(calm((i) => ({ ...late(i), lr: 1e-3 * Math.min(1, (i + 1) / 20) })));
  assert.match(warm.code?.command ?? '', /--warmup-steps 20 /, 'as it was');
  const early = await inspectRun(calm((i) => ({ lr: 1e-3 * Math.min(1, (i + 1) / 20), ...(i > 20 && { loss: 9 }) })));
  assert.match(early.advised, /20 steps are too few.*; try 60,/);
  assert.match(early.code?.command ?? '', /--warmup-steps 60 /);
  const clipped = await inspectRun(calm((i) => ({ ...late(i), grad_norm: i % 9 ? 1 : 0.8 })));
  assert.match(clipped.advised, /clipped at 1 already.*a third of it \(0\.33\)/);
  assert.match(clipped.code?.command ?? '', /--clip-norm 0\.33 /);
});

test('a rate that falls and is back at once is no triangle', async () => {
  const wave = (/** @type {number} */ step) => 0.5 * (1 + Math.cos((Math.PI * (step % 250)) / 250));
  assert.equal((await inspectRun(calm((i) => ({ lr: 0.05 * wave(i) })))).schedule, null);
  const triangle = (/** @type {number} */ step) => Math.abs(1 - (step % 200) / 100);
  assert.equal((await inspectRun(calm((i) => ({ lr: 0.01 + 0.05 * triangle(i) })))).schedule, 'triangular');
});

test('of a run that died there is no highest loss and no highest norm, whether NaN or zeros were logged', async () => {
  for (const loss of [0, 'nan']) {
    const dead = await inspectRun(calm((i) => (i > 700 ? { loss, grad_norm: 'nan' } : {})));
    assert.equal(dead.diverged_at, 701);
    assert.deepEqual(
      dead.episodes.map(({ peak, loss_peak }) => [peak, loss_peak]),
      [[701, Number.POSITIVE_INFINITY]],
    );
    assert.doesNotMatch(dead.noted, /The norm peaks/);
  }
});

test('a training loss above the validation loss is no sum because of that', async () => {
  const dropout = (/** @type {number} */ i) => (i % 50 ? {} : { val_loss: 0.25 + Math.exp(-i / 100) });
  assert.match((await inspectRun(calm(dropout))).noted, /about 2 times the validation loss: dropout, .* alone do so/);
});
