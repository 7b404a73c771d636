/** After a blow-up the axis ends near where training began, and every value above it is marked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curvesOf, edgeMarksOf } from '../../web/charts/line/layers.js';
import { rangeOf } from '../../web/charts/line/scene.js';
import { StepSeries } from '../../web/charts/series.js';
import { lossCeiling, trialsCeiling } from '../../web/ui/shared/ceilings.js';

const AXES = { logX: false, logY: true, fixedX: false, shift: 0, zero: false, share: false };

/** What is drawn of losses on a chart 400 pixels wide. @param {number[]} losses @param {{ logY?: boolean, ceiling?: number }} [how] */
function draw(losses, { logY = true, ceiling = 30 * losses[0] } = {}) {
  const series = new StepSeries();
  for (const loss of losses) series.append(loss);
  const axes = { ...AXES, logY };
  const window = { from: 0, to: losses.length - 1, columns: 400, logX: false, logY };
  const canvas = { axes, window, width: 400, paint: (/** @type {string} */ color) => color };
  const layers = [{ label: 'training', color: 'loss', series }];
  const curves = curvesOf(layers, canvas);
  const range = rangeOf({ layers, from: 0, to: window.to, ceiling }, curves, axes);
  return { range, marks: edgeMarksOf(curves, range, canvas) };
}

const CALM = Array.from({ length: 100 }, (_, step) => 2.3 * 0.98 ** step);

test('a loss of 1e34 does not press what came before it into a line', () => {
  const { range, marks } = draw([...CALM, 50, 1e4, 1e34, Number.POSITIVE_INFINITY, Number.NaN]);
  assert.equal(range.max, 30 * 2.3);
  assert.ok(range.min < CALM[99] && range.min > CALM[99] / 2);
  assert.ok(marks.length >= 1 && marks.every(({ edge, color }) => edge === 'top' && color === 'instability'));
  assert.ok(Math.min(...marks.map(({ x }) => x)) >= 100, '50 still has a place');
});

test('values above are marked wherever they are, but no mark lies on another', () => {
  const apart = [...CALM, ...Array(400).fill(1e9), ...CALM, Number.NaN, ...CALM];
  const { marks } = draw(apart);
  const steps = marks.map(({ x }) => x);
  assert.ok(steps.some((x) => x < 120) && steps.some((x) => x > 480 && x <= 500), 'from the first to the last');
  assert.ok(
    steps.some((x) => Math.abs(x - 600) < 3),
    'and what is no number',
  );
  assert.ok(marks.length < 60, `${marks.length} marks`);
});

test('what stays below has the axis that it needs; a linear one is lower', () => {
  assert.ok(draw([...CALM, 20]).range.max < 30);
  assert.deepEqual(draw([...CALM, 20]).marks, []);
  assert.ok(Math.abs(draw([...CALM, 20], { logY: false }).range.max - 3 * 2.3) < 1e-9);
  const { range, marks } = draw([1e30, 1e31, 1e32], { ceiling: 69 });
  assert.ok(range.max === 69 && range.min > 0 && range.min < 69, 'an axis also where all lies above it');
  assert.ok(marks.length > 0);
});

test('the ceiling stands over the first loss, or that of guessing; where neither is known there is none', () => {
  const runOf = (/** @type {number} */ first, /** @type {any} */ summary) => {
    const loss = new StepSeries(5);
    loss.append(first);
    return /** @type {any} */ ({ series: { loss }, startStep: 5, summary });
  };
  assert.equal(lossCeiling(runOf(4, { baseline_loss: 2.5 })), 120);
  assert.equal(lossCeiling(runOf(0.125, { baseline_loss: 2.5 })), 75, 'a fork, or weights that were trained already');
  assert.equal(lossCeiling(runOf(Number.NaN, null)), undefined);
  assert.equal(trialsCeiling([{ baseline_loss: 2 }, { baseline_loss: 3 }]), 90);
});
