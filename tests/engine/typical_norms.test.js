/** What is told of a run's gradient norms and of what was clipped, against the rows of the same run counted by hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normsInWords, summaryNormsInWords } from '../../web/engine/words/norms.js';
import { createEngine } from '../../web/platform/node/index.js';

/** @typedef {import('../../web/engine/core/record.js').MetricsRow} MetricsRow */

const engine = await createEngine();
const POINTS = { dataset: 'moons', samples: 300, model: 'linear(16) relu linear(16) relu', batch: 16, steps: 400 };

/**
 * A run to its end, its rows and what is told of it.
 * @param {import('../../web/engine/config/config.js').GivenConfig} settings
 */
function train(settings) {
  const { config, problems } = engine.parseConfig({ ...POINTS, ...settings });
  assert.deepEqual(problems, []);
  const trainer = engine.createTrainer(config);
  const rows = trainer.step(Infinity);
  const told = { rows, summary: trainer.summary(), episodes: trainer.episodes(), bins: trainer.normBins() };
  trainer.dispose();
  return told;
}

/** @param {MetricsRow[]} rows @param {number} percentile */
function percentileOf(rows, percentile) {
  return (
    engine.gradientNormStats(
      rows.map(({ grad_norm }) => grad_norm),
      { percentile },
    ).threshold ?? Number.NaN
  );
}

/** Within the 2 % of a run's bins. @param {number} told @param {number} exact */
function assertTold(told, exact) {
  assert.ok(Math.abs(told / exact - 1) < 0.02, `${told} is told, ${exact} it is`);
}

test('a suggested threshold leaves out the norms of an instability that lasts', () => {
  const broken = { lr: 0.05, clip_percentile: 75, changes: [{ step: 200, field: 'lr', value: 30 }] };
  const { rows, summary, episodes } = train(broken);
  const [{ begin, norm_typical }] = episodes;
  assert.ok(begin >= 20 && rows.length > begin + 20, `from step ${begin} on, ${rows.length} steps`);
  const before = rows.slice(0, begin);
  assert.deepEqual([summary.typical_count, summary.in_episode], [begin, 1]);
  assert.match(summaryNormsInWords(summary), / before the instability/);
  assertTold(summary.norm_suggested, percentileOf(before, 75));
  assertTold(summary.typical_p90, percentileOf(before, 90));
  assertTold(summary.typical_p50, percentileOf(before, 50));
  assert.equal(norm_typical, summary.typical_p90);
  assertTold(summary.norm_p90, percentileOf(rows, 90));
  assert.ok(Math.abs(summary.norm_p90 / summary.typical_p90 - 1) > 0.2, 'with the instability it is another');
});

test('norms are typical again once the run has recovered', () => {
  const bumped = [
    { step: 100, field: 'lr', value: 1 },
    { step: 110, field: 'lr', value: 0.05 },
  ];
  const { rows, summary, episodes } = train({ lr: 0.05, changes: bumped });
  const [{ begin, recovered_at }] = episodes;
  assert.ok(episodes.length === 1 && recovered_at > begin + 5 && recovered_at < 350, `recovered at ${recovered_at}`);
  const apart = rows.filter((_, step) => step < begin || step >= recovered_at);
  assert.deepEqual([summary.typical_count, summary.in_episode], [apart.length, 0]);
  assertTold(summary.typical_p90, percentileOf(apart, 90));
  assert.match(summaryNormsInWords(summary), / apart from the /);
});

test('all norms of a stable run are typical, from as many on as adaptive clipping waits for', () => {
  const { rows, summary, episodes } = train({ lr: 0.05 });
  assert.deepEqual(episodes, []);
  assert.equal(summary.typical_count, rows.length);
  assert.equal(summary.norm_suggested, summary.norm_p90);
  const short = train({ lr: 0.05, steps: 19 }).summary;
  assert.ok(Number.isNaN(short.norm_suggested) && Number.isNaN(short.typical_p50) && short.norm_p90 > 0);
  assert.ok(train({ lr: 0.05, steps: 20 }).summary.norm_suggested > 0);
});

test('the clipped share is that of the steps with a threshold in force', () => {
  /** @type {import('../../web/engine/config/config.js').GivenConfig[]} */
  const ways = [
    { clip: 'norm', clip_norm: 0.1 },
    {
      changes: [
        { step: 300, field: 'clip', value: 'norm' },
        { step: 0, field: 'clip_norm', value: 0.05 },
      ],
    },
    { clip: 'adaptive', clip_percentile: 30 },
    { clip: 'update', clip_norm: 1e-4, changes: [{ step: 200, field: 'clip', value: 'off' }] },
    { clip: 'norm', clip_norm: 0.05, warmup_steps: 100, clip_in_warmup: false },
    { clip: 'off' },
  ];
  const shares = ways.map((way) => {
    const { rows, summary } = train({ lr: 0.05, ...way });
    const inForce = rows.filter(({ clip_threshold }) => clip_threshold > 0);
    const clipped = rows.filter(({ clip_scale }) => clip_scale < 1);
    assert.equal(summary.clippable_steps, inForce.length);
    assert.equal(summary.clipped_steps, clipped.length);
    assert.equal(summary.clipped_fraction, inForce.length ? clipped.length / inForce.length : 0);
    const scales = inForce.reduce((sum, { clip_scale }) => sum + clip_scale, 0);
    assert.equal(summary.clip_scale, inForce.length ? Math.fround(scales / inForce.length) : 1);
    return summary.clippable_steps;
  });
  assert.deepEqual(shares, [400, 100, 381, 200, 400, 0]);
});

test('a norm of 0 is told as 0, in no bin, and a percentile is never above the largest norm', () => {
  // Without an input there is no gradient but the biases', and a perfect guess has none either.
  const images = new Float32Array(40);
  const dataset = engine.createDataset({ images, targets: new Float32Array(20), shape: [2] });
  const trainer = engine.createTrainer({ model: '', init_gain: 0, steps: 60, batch: 10 }, dataset);
  trainer.step(Infinity);
  const { norm_p50, norm_p90, norm_max, norm_suggested, tiny_norms } = trainer.summary();
  assert.deepEqual([norm_p50, norm_p90, norm_max, tiny_norms], [0, 0, 0, 60]);
  assert.ok(Number.isNaN(norm_suggested), 'nothing to clip at');
  assert.ok(trainer.normBins().every((count) => count === 0));
  assert.deepEqual(trainer.normHistogram(), { edges: [], counts: [] });
  trainer.dispose();
  // Below all bins it is told as that, and no threshold follows from it.
  const right = train({ dataset: 'blobs', optimizer: 'sgd', lr: 390, model: '', steps: 300 });
  const tiny = right.rows.filter(({ grad_norm }) => grad_norm < 1e-12).length;
  assert.ok(tiny > 150 && right.summary.tiny_norms === tiny);
  assert.equal(normsInWords({ ...right.summary, when: '' }).split(',')[0], 'median below 1e-12');
  assert.ok(Number.isNaN(right.summary.norm_suggested));
  const none = train({ steps: 0 }).summary;
  assert.equal(normsInWords({ ...none, when: '' }), 'median –, 90th percentile –, largest –', 'of no steps');
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { summary } = train({ batch: 0, lr: 0, steps: 30, seed });
    assert.ok(summary.norm_p90 <= summary.norm_max && summary.norm_p50 <= summary.norm_max);
  }
});

test('where the loss is not finite there is no accuracy: outputs that are no numbers guess nothing', () => {
  const trainer = engine.createTrainer({ ...POINTS, lr: 0.05 });
  const broken = trainer.parameters.map(({ data }) => ({ data: data.map(() => Number.NaN) }));
  assert.equal(typeof trainer.evaluate('val')?.accuracy, 'number');
  trainer.setParameters(broken);
  for (const split of /** @type {const} */ (['train', 'val'])) {
    const score = trainer.evaluate(split);
    assert.ok(!Number.isFinite(score?.loss), `${score?.loss}`);
    assert.equal(score?.accuracy, null);
  }
  trainer.dispose();
});
