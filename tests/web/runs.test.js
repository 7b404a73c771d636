/** What the table of runs says of a run, and the CSV of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { defaultConfig } from '../../web/engine/config/config.js';
import { METRICS_BYTES } from '../../web/engine/core/record.js';
import { runsToCsv, runToCsv } from '../../web/ui/shared/export.js';
import { scoresOf } from '../../web/ui/shared/scores.js';
import { Run } from '../../web/ui/state/run.js';

/** @param {[number | string | null, number | string | null][]} pairs  loss and accuracy */
const evaluations = (pairs) => pairs.map(([val_loss, val_accuracy]) => ({ val_loss, val_accuracy }));

test('best loss and best accuracy are each by themselves, last is last', () => {
  const rising = [
    [0.5, 0.8],
    [0.3, 0.85],
    [0.4, 0.9],
  ];
  assert.deepEqual(scoresOf(evaluations(/** @type {any} */ (rising))), {
    bestLoss: 0.3,
    lastLoss: 0.4,
    bestAccuracy: 0.9,
    lastAccuracy: 0.9,
  });
});

test('a run that diverged keeps its best; regression and runs without validation data have no accuracy', () => {
  const lost = scoresOf(
    evaluations([
      [0.5, 0.8],
      ['NaN', null],
    ]),
  );
  assert.equal(lost.bestLoss, 0.5);
  assert.ok(Number.isNaN(lost.lastLoss));
  assert.equal(lost.lastAccuracy, null, 'that of an earlier evaluation would stand beside its loss');
  assert.deepEqual(scoresOf(evaluations([[2, null]])), {
    bestLoss: 2,
    lastLoss: 2,
    bestAccuracy: null,
    lastAccuracy: null,
  });
  const none = { bestLoss: null, lastLoss: null, bestAccuracy: null, lastAccuracy: null };
  assert.deepEqual(scoresOf(evaluations([[null, null]])), none);
  assert.deepEqual(scoresOf([]), none);
});

test('the table as CSV has a row per run, and quotes what may hold commas', () => {
  const run = {
    name: 'the "long" one',
    status: 'complete',
    step: 600,
    seconds: 1.5,
    inForce: { clip: 'off' },
    summary: { clipped_steps: 0, clipped_fraction: 0 },
    evaluations: evaluations([
      [0.5, 0.75],
      [0.625, 0.875],
    ]),
  };
  assert.deepEqual(runsToCsv([/** @type {any} */ (run)], () => 'η 0.1 → 0.2, batch 64 → 8').split('\n'), [
    'run,changed,status,steps,best_val_loss,last_val_loss,best_val_accuracy,last_val_accuracy,clipped_fraction,seconds',
    '"the ""long"" one","η 0.1 → 0.2, batch 64 → 8",complete,600,0.5,0.625,0.875,0.875,,1.5',
    '',
  ]);
});

/** A run of rows with nothing but their steps, which has taken chunks of these sizes. @param {number[]} sizes */
function runOfChunks(sizes) {
  const run = new Run({
    id: 1,
    name: 'long',
    color: 'run-1',
    config: defaultConfig(),
    dataId: null,
    series: SERIES_MAKER,
  });
  for (const rowCount of sizes) {
    const rows = new ArrayBuffer(METRICS_BYTES * rowCount);
    const view = new DataView(rows);
    for (let row = 0; row < rowCount; row++) view.setInt32(METRICS_BYTES * row, run.step + row, true);
    const message = { rows, rowCount, step: run.step + rowCount, evaluations: [], sharpness: [], episodes: [] };
    run.take(/** @type {any} */ (message));
  }
  return run;
}

test('of a long run the first steps are exported, every one of them, and how many there are is said', () => {
  const run = runOfChunks([200_000, 100_000, 10, 10]);
  const lines = runToCsv(run).trimEnd().split('\n');
  const last = lines.pop() ?? '';
  const kept = Number(/^# only the first (\d+) steps are kept$/.exec(last)?.[1]);
  assert.ok(kept >= 200_000 && kept < 300_000);
  const steps = lines.slice(1).map((line) => Number(line.split(',')[0]));
  assert.equal(steps.length, kept);
  assert.ok(steps.every((step, i) => step === i));
});

test('a run that is kept whole says nothing of it', () => {
  assert.doesNotMatch(runToCsv(runOfChunks([1000, 24])), /#/);
});
