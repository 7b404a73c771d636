/** Presets do what their sentences say. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CARD_FIGURES } from '../../web/card_figures.js';
import { isInstability, nameVerdict } from '../../web/engine/config/verdicts.js';
import { figure7 } from '../../web/engine/study/gallery/entries/figure_7.js';
import { createEngine } from '../../web/platform/node/index.js';
import { PRESETS } from '../../web/presets.js';
import { curveOf } from '../fixtures/card_curve.js';

const engine = await createEngine();

/** Drawn once for all presets: those with fewer take the first of them, which are the same. */
const GLYPHS = engine.generateDataset({ dataset: 'glyphs' });

/** @param {import('../../web/engine/config/config.js').Config} config */
const createTrainer = (config) => engine.createTrainer(config, config.dataset === 'glyphs' ? GLYPHS : undefined);

/** Trains to the end. @param {Record<string, any>} settings */
function train(settings) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  const trainer = createTrainer(config);
  const rows = trainer.step(config.warmup_steps + config.steps);
  const summary = trainer.summary();
  const episodes = trainer.episodes();
  const accuracy = Number(trainer.evaluate('val')?.accuracy);
  trainer.dispose();
  return { summary, episodes, accuracy, curve: curveOf({ rows, summary }) };
}

test('every preset is a config without problems', () => {
  for (const { id, config } of PRESETS) assert.deepEqual(engine.parseConfig(config).problems, [], id);
});

test('a few bad files: the run limps, and the clip that its norms suggest saves it', () => {
  const preset = PRESETS.find(({ id }) => id === 'outliers');
  const unclipped = train({ ...preset?.config });
  assert.deepEqual(unclipped.curve, CARD_FIGURES.outliers.own, 'the curve of its card');
  assert.equal(unclipped.summary.infeasible, 0, 'its norms are those of a network that learns');
  assert.ok(unclipped.accuracy < 0.75, `${unclipped.accuracy}`);
  const clip_norm = Number(unclipped.summary.norm_suggested.toPrecision(3));
  const clipped = train({ ...preset?.config, clip: 'norm', clip_norm });
  assert.ok(clipped.accuracy > 0.85, `${clipped.accuracy}`);
  assert.ok(clipped.summary.clipped_fraction < 0.2, `${clipped.summary.clipped_fraction}`);
});

/** @param {string} id */
const configOf = (id) => PRESETS.find((preset) => preset.id === id)?.config ?? {};

test('a rate that is too small: nothing is wrong, and it takes for ever; one that is too large never learns', () => {
  const small = train(configOf('too-small'));
  assert.deepEqual(small.curve, CARD_FIGURES['too-small'].own, 'the curve of its card');
  assert.deepEqual(small.episodes, []);
  assert.ok(small.accuracy > 0.3 && small.accuracy < 0.75, `${small.accuracy}`);
  const large = train(configOf('too-large'));
  assert.ok(large.episodes[0].begin < 5, 'it leaves in the first steps');
  assert.equal(large.summary.infeasible, 1);
});

test('the early spike breaks within five steps, and learns with a warmup', () => {
  const { episodes } = train(configOf('early-spike'));
  assert.ok(episodes[0].detected_at <= 5);
  const warm = train({ ...configOf('early-spike'), warmup_steps: 100 });
  assert.equal(warm.summary.infeasible, 0);
  assert.ok(warm.accuracy > 0.7, `${warm.accuracy}`);
});

test('sudden, in mid-training: the start of the lesson, whose story it tells', () => {
  const config = configOf('sudden');
  const [first] = figure7.cells;
  assert.deepEqual(config, { ...figure7.config, ...first.config });
  const { summary, episodes, curve } = train(config);
  assert.deepEqual(curve, CARD_FIGURES.sudden.own, 'the curve of its card');
  const last = episodes[episodes.length - 1];
  assert.ok(last.begin > 300 && last.loss_before < 1 && last.recovered_at < 0);
  assert.equal(summary.infeasible, 1, 'it does not come back');
  const gentle = train({ ...config, lr: 0.03 });
  assert.equal(gentle.summary.infeasible, 0);
  assert.deepEqual(gentle.episodes, []);
});

test('forty layers without normalization diverge at once', () => {
  const { summary } = train(configOf('deep-residual'));
  assert.ok(summary.diverged_at >= 0 && summary.diverged_at < 10, `${summary.diverged_at}`);
});

test('Post-LN learns nothing, and with a warmup it learns: both curves of its card', () => {
  const config = configOf('post-ln');
  const { own, beside } = CARD_FIGURES['post-ln'];
  const cold = train(config);
  assert.equal(cold.summary.infeasible, 1);
  assert.deepEqual(cold.curve, own);
  const warm = train({ ...config, warmup_steps: 200 });
  assert.ok(warm.accuracy > 0.5, `${warm.accuracy}`);
  assert.deepEqual(warm.curve, beside);
});

test('the opening preset learns at its rate, and where its scale says unstable a run is found so; every card has its curve', () => {
  const { config } = PRESETS[0];
  const { rates, own } = CARD_FIGURES[PRESETS[0].id];
  const { curve, summary } = train(config);
  assert.deepEqual(curve, own);
  assert.equal(nameVerdict(summary.verdict), 'stable');
  assert.ok(rates && rates.unstable !== null && rates.slow !== null);
  assert.ok(rates.slow < Number(config.lr) && rates.best < rates.unstable && Number(config.lr) < rates.unstable);
  // The schedule of the whole run, of which the first steps decide.
  const trainer = createTrainer(engine.parseConfig({ ...config, lr: rates.unstable }).config);
  trainer.step(300);
  assert.ok(isInstability(nameVerdict(trainer.summary().verdict)));
  trainer.dispose();
  for (const { id, card } of PRESETS) {
    assert.equal(id in CARD_FIGURES, !!card, id);
    assert.equal(!!CARD_FIGURES[id]?.beside, !!card?.beside, id);
  }
});

test('a transformer sorts after a few hundred steps, digits of one’s own too', () => {
  const { config } = engine.parseConfig(configOf('transformer-sorts'));
  const trainer = engine.createTrainer(config);
  trainer.step(config.warmup_steps + config.steps);
  const exact = Number(trainer.evaluate('val')?.exact);
  assert.ok(exact > 0.9, `${exact} of the answers right`);
  assert.equal(trainer.generate('31415926|').tokens.join(''), '11234569');
  trainer.dispose();
});
