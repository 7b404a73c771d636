/** The edge of stability of a run: drawn and told where its rule has a limit, and nowhere else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { defaultConfig } from '../../web/engine/config/config.js';
import { RULE_BY_NAME } from '../../web/engine/config/schema.js';
import { tellProgress } from '../../web/ui/events/narrator.js';
import { edgeNote, sharpnessInWords, sharpnessLayersOf } from '../../web/ui/live/edge.js';
import { Run } from '../../web/ui/state/run.js';

const RATE = 0.1;

/**
 * A run of 50 steps at one rate whose sharpness was measured.
 *
 * @param {import('../../web/engine/config/config.js').Config['optimizer']} optimizer
 * @param {number} limit  as the core says it; NaN for none
 * @param {number[]} values  measured after 10 steps, 20 and so on
 */
function measuredRun(optimizer, limit, values) {
  const run = new Run({
    id: 1,
    name: 'test',
    color: '',
    config: { ...defaultConfig(), optimizer, lr: RATE },
    dataId: null,

    series: SERIES_MAKER,
  });
  const rates = new Float32Array(50).fill(RATE);
  run.series.lr.appendColumn(rates, 0, 1, rates.length);
  run.step = rates.length;
  run.summary = { clipped_fraction: 0 };
  run.unplaced = values.map((value, i) => ({ step: 10 * (i + 1), value, limit }));
  run.placeSharpness();
  return run;
}

/** What the event log is told. @param {Run} run */
function told(run) {
  /** @type {string[]} */
  const log = [];
  const note = (/** @type {any} */ _run, /** @type {string} */ _tone, /** @type {string} */ text) => log.push(text);
  tellProgress(/** @type {any} */ ({ log: { entries: [], note } }), run);
  return log;
}

test('a run whose rule has a limit draws its edge, and tells where it stands', () => {
  const run = measuredRun('sgd', 2, [10, 19, 21]);
  assert.equal(run.edge.length, 3);
  assert.ok(Math.abs((run.edge.at(20) ?? 0) - 20) < 1e-4);
  const layers = sharpnessLayersOf(run, [], 'ink');
  assert.deepEqual(
    layers.map(({ label }) => label),
    ['λmax', '2/η, the edge'],
  );
  assert.equal(layers[1].series, run.edge);
  assert.equal(edgeNote(run), 'η λmax = 2.1, at the edge');
  assert.equal(edgeNote(measuredRun('sgd', 2, [10])), 'η λmax = 1, below it');
  assert.equal(edgeNote(measuredRun('adam', 38, [500])), 'η λmax = 50, beyond it, preconditioned as the rule is');
  assert.equal(sharpnessInWords(/** @type {any} */ (run.sharpest)), 'largest eigenvalue 21, unstable above 20');
  assert.match(told(run).join(' '), /^The sharpness has reached 2\/η = 20: this is the edge of stability\./);
});

test('a sharpness far beyond its limit has not reached the edge: nothing hovers there', () => {
  const thrown = measuredRun('sgd', 2, [10, 240]);
  assert.equal(thrown.reachedEdge, null);
  assert.deepEqual(told(thrown), []);
  assert.equal(measuredRun('sgd', 2, [10, 240, 21]).reachedEdge?.step, 30);
});

test('a rule without a limit draws no edge, and nothing is said of one', () => {
  const rule = /** @type {import('../../web/engine/config/schema.js').Rule} */ (RULE_BY_NAME.get('sgd'));
  const { limit } = rule;
  rule.limit = null;
  try {
    const run = measuredRun('sgd', Number.NaN, [1, 1e6]);
    const parent = measuredRun('sgd', Number.NaN, [1]);
    assert.equal(run.sharpness.length, 2);
    assert.equal(run.edge.length, 0);
    assert.equal(run.reachedEdge, null);
    assert.deepEqual(
      sharpnessLayersOf(run, [], 'ink').map(({ label }) => label),
      ['λmax'],
    );
    for (const layer of sharpnessLayersOf(run, [{ run: parent, until: 20 }], 'ink').filter(
      ({ color }) => color === 'lr',
    )) {
      assert.equal(layer.series.length, 0);
    }
    assert.equal(edgeNote(run), 'η λmax = 100,000, no known edge');
    assert.equal(sharpnessInWords(/** @type {any} */ (run.sharpest)), 'largest eigenvalue 1e6');
    assert.deepEqual(told(run), []);
  } finally {
    rule.limit = limit;
  }
});

test('a sharpness that is no number stands nowhere against the edge', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const run = measuredRun('sgd', 2, [10, value]);
    assert.equal(edgeNote(run), 'λmax is not a finite number');
    assert.equal(sharpnessInWords(/** @type {any} */ (run.sharpest)), 'the largest eigenvalue is not a finite number');
    assert.equal(run.reachedEdge, null);
  }
});
