/**
 * What is wrong with settings: what counts as better, what is suspected, and small real patients, each a healthy setting
 * with one thing done to it. The ward (tests/ward) has many more of them.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizeBefore, resetGains, strongestDropout, withoutDropout } from '../../web/engine/model_text/repairs.js';
import { isClearlyBetter, isSurelyBetter, meanLoss } from '../../web/engine/study/judge/better.js';
import { CAUSES } from '../../web/engine/study/judge/causes.js';
import { Procedure } from '../../web/engine/study/procedure/procedure.js';
import { RateSweep } from '../../web/engine/study/procedure/rate_sweep.js';
import { findCauses } from '../../web/engine/study/procedure/yours/counterfactuals.js';
import {
  generalizes,
  isBelowGuessing,
  judgeOwn,
  lacksSamples,
} from '../../web/engine/study/procedure/yours/own_verdict.js';
import { listSuspects, mayHaveOutliers } from '../../web/engine/study/procedure/yours/suspects.js';
import { describeYours } from '../../web/engine/study/procedure/yours/yours.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';

/** @typedef {import('../../web/engine/config/config.js').GivenConfig} GivenConfig */

const engine = await createEngine();
const now = () => performance.now();

/** @param {GivenConfig} settings */
function makeConfig(settings) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  return config;
}

/**
 * Runs that ended so; L₀ is 1.
 *
 * @param {(number | null)[]} losses  of the best checkpoints; null: it never learned
 * @param {{ accuracy?: number | null, verdict?: 'stable' | 'mid' }} [how]
 */
function point(losses, { accuracy = 0.9, verdict = 'stable' } = {}) {
  const trials = losses.map((loss) => ({
    baseline_loss: 1,
    infeasible: loss === null,
    verdict,
    best: { step: 10, loss: loss ?? 1, accuracy },
  }));
  return { trials };
}

test('clearly better: so much that it matters, in most seeds, more than they differ by', () => {
  const own = point([0.5, 0.52, 0.54]);
  assert.equal(isClearlyBetter(point([0.25, 0.26, 0.27]), own), true);
  assert.equal(
    isClearlyBetter(point([0.36, 0.37, 0.38], { accuracy: 0.91 }), own),
    true,
    'more than a tenth, and some accuracy',
  );
  assert.equal(isClearlyBetter(point([0.38, 0.39, 0.4]), own), false, 'less than 15 % of the loss of guessing');
  assert.equal(
    isClearlyBetter(point([0.46, 0.47, 0.48], { accuracy: 0.94 }), own),
    true,
    'but it shows in the accuracy',
  );
  assert.equal(isClearlyBetter(point([0.25, 0.26, 0.8]), own), false, 'one seed loses');
  assert.equal(isClearlyBetter(point([0.1, 0.4, 0.6]), point([0.2, 0.52, 0.9])), false, 'the seeds differ by more');
  assert.equal(isClearlyBetter(point([0.3, null, null]), own), false, 'most do not learn');
  assert.equal(
    isClearlyBetter(point([0.9, 0.9, 0.9]), point([null, null, null])),
    true,
    'it learns, the other does not',
  );
  assert.equal(isClearlyBetter(own, own), false);
});

test('clearly better: a smaller gain counts where what it goes without is odd, or training is calm again', () => {
  const [own, other] = [point([0.5, 0.51, 0.52]), point([0.45, 0.46, 0.47])];
  assert.equal(isClearlyBetter(other, own), false);
  assert.equal(isClearlyBetter(other, own, { isOdd: true }), true);
  assert.equal(isClearlyBetter(other, point([0.5, 0.51, 0.52], { verdict: 'mid' })), true);
});

test('clearly better: a run that keeps to its end what the other loses, where best checkpoints do not show it', () => {
  const ends = (/** @type {number} */ accuracy) => ({
    trials: point([0.5, 0.52, 0.54]).trials.map((trial) => ({ ...trial, val: { loss: 1, accuracy } })),
  });
  assert.equal(isClearlyBetter(ends(0.8), ends(0.5)), true);
  assert.equal(isClearlyBetter(ends(0.8), ends(0.75)), false);
});

test('clearly better: regression is held against its own loss, since noise is a large part of it', () => {
  const of = (/** @type {number[]} */ losses) => point(losses, { accuracy: null });
  assert.equal(isClearlyBetter(of([0.06, 0.061, 0.062]), of([0.09, 0.095, 0.1])), true);
  assert.equal(isClearlyBetter(of([0.086, 0.087, 0.088]), of([0.09, 0.095, 0.1])), false);
});

test('more surely better: as good in the median, and no seed is left behind', () => {
  const [steady, lucky] = [point([0.4, 0.42, 0.44]), point([0.39, 0.42, 0.6])];
  assert.equal(isSurelyBetter(steady, lucky), true);
  assert.equal(isSurelyBetter(lucky, steady), false);
  assert.equal(isSurelyBetter(point([0.5, 0.52, 0.54]), lucky), false, 'worse in the median');
  assert.equal(isSurelyBetter(steady, point([0.39, 0.42, null])), true, 'a seed that never learns counts as guessing');
  assert.ok(Math.abs(meanLoss(/** @type {any} */ (point([0.4, null, 7]).trials)) - 0.8) < 1e-12);
});

// ---- suspects --------------------------------------------------------------------------------------------------------

const POST = '(residual(linear(8) relu linear(8)) layernorm)*3';

/** What of some settings is suspected, odd ones with a star. @param {GivenConfig} settings @returns {string[]} */
function suspectsOf(settings) {
  const config = makeConfig({ dataset: 'moons', model: 'linear(8) relu', ...settings });
  const norms = { max: 10, typical: 4, typical_p50: 2 };
  const trial = /** @type {any} */ ({ config, grad_norm: norms, clipped_fraction: config.clip === 'off' ? 0 : 0.3 });
  return listSuspects({ config, model: config.model, trials: [trial] }).map(
    ({ cause, isOdd }) => `${cause}${isOdd ? '*' : ''}`,
  );
}

test('outliers are suspected where there may be some: put there, or in data of one’s own that are no tokens', () => {
  const may = (/** @type {GivenConfig} */ settings) => {
    const config = makeConfig(settings);
    return mayHaveOutliers(config, config.model);
  };
  assert.equal(may({ dataset: 'moons', outliers: 0.01 }), true);
  assert.equal(may({ dataset: 'custom', model: 'linear(8) relu' }), true);
  assert.equal(may({ dataset: 'custom', model: 'embed(8) rnn(8)' }), false);
  assert.equal(may({ dataset: 'recall' }), false);
  assert.equal(may({ dataset: 'glyphs' }), false);
});

test('nothing is suspected of plain settings, and each setting that is far off is', () => {
  assert.deepEqual(suspectsOf({}), []);
  /** @type {[GivenConfig, string][]} */
  const cases = [
    [{ dataset: 'glyphs', standardize: 'off' }, 'data_scale*'],
    [{ outliers: 0.01 }, 'outliers*'],
    [{ model: 'linear(8) batchnorm relu', batch: 1 }, 'batchnorm_batch*'],
    [{ init_gain: 8 }, 'initialization*'],
    [{ model: 'linear(8,gain=9) relu' }, 'initialization*'],
    [{ init: 'torch' }, 'initialization'],
    [{ model: POST }, 'norm_placement*'],
    [{ optimizer: 'adam', epsilon: 1 }, 'epsilon*'],
    [{ optimizer: 'adam', beta1: 0.96, beta2: 0.9 }, 'beta2*'],
    [{ optimizer: 'rmsprop', rho: 0.99999 }, 'beta2*'],
    [{ momentum: 0.999 }, 'momentum*'],
    [{ momentum: 0.95 }, 'momentum'],
    [{ momentum: 0 }, 'momentum'],
    [{ optimizer: 'nadam', beta1: 0.999 }, 'momentum*'],
    [{ weight_decay: 1 }, 'weight_decay*'],
    [{ optimizer: 'adamw', weight_decay: 0.1 }, 'weight_decay'],
    [{ clip: 'norm', clip_norm: 0.01 }, 'clipping*'],
    [{ clip: 'norm', clip_norm: 3 }, 'clipping'],
    [{ warmup_steps: 5000 }, 'schedule*'],
    [{ batch: 1 }, 'batch_noise'],
    [{ model: '(linear(8) relu)*6' }, 'no_normalization'],
    [{ model: 'linear(8) (residual(relu linear(8)))*6' }, 'no_normalization'],
    [{ label_noise: 0.3 }, 'not_optimization*'],
    [{ model: 'linear(8) dropout(0.9) relu' }, 'not_optimization*'],
    [{ model: 'linear(8) (relu dropout(p=0.3))*1' }, 'not_optimization'],
  ];
  for (const [settings, expected] of cases) {
    assert.ok(suspectsOf(settings).includes(expected), `${JSON.stringify(settings)}: ${suspectsOf(settings)}`);
  }
  const named = new Set(cases.map(([, name]) => name.replace('*', '')));
  const rest = CAUSES.map(({ id }) => id).filter((id) => !named.has(id));
  assert.deepEqual(rest, ['rate_too_high', 'rate_too_low', 'none'], 'every other cause has a case here');
});

test('models are repaired: normalization before the branch, gains that are far from 1, and dropout', () => {
  assert.equal(normalizeBefore(POST)?.model, '(residual(layernorm linear(8) relu linear(8)))*3');
  assert.equal(normalizeBefore('residual(layernorm linear(8) relu)'), null);
  assert.equal(resetGains('linear(8,gain=9) relu conv(4,3,1,0,0.01)')?.model, 'linear(8) relu conv(4,3,1,0)');
  assert.equal(resetGains('embed(8) position(9) mean')?.model, 'embed(8) position mean');
  assert.equal(resetGains('embed(8) position() position mean'), null, 'a gain that is left out is 1');
  assert.equal(resetGains('linear(8,gain=0.7071) residual(linear(8) relu linear(8,gain=0))'), null);
  const dropping = 'linear(8) (linear(8) dropout(0.2) relu)*2 residual(relu dropout(p=0.8) linear(8))';
  assert.equal(withoutDropout(dropping)?.model, 'linear(8) (linear(8) relu)*2 residual(relu linear(8))');
  assert.equal(strongestDropout(dropping), 0.8);
  assert.equal(withoutDropout('linear(8) relu'), null);
});

test('how settings fare that do not learn: frozen far above guessing is no instability, and half of each is one', () => {
  const frozen = { diverged: false, infeasible: true, verdict: 'stable', episodes: [], baseline_loss: 1 };
  /** @param {object[]} more */
  const verdictOf = (...more) =>
    judgeOwn(/** @type {any} */ ({ trials: more.map((one) => ({ ...frozen, ...one })) }), ['clipping'], null);
  const ends = (/** @type {number} */ last50) => ({ train: { first: 3, last50, loss: last50 } });
  const blind = (/** @type {number} */ last50) => ({ ...ends(last50), val: { loss: last50, accuracy: 0.36 } });
  assert.equal(verdictOf(blind(3), blind(2.9), blind(3.1)), 'dead');
  assert.equal(verdictOf(ends(3), ends(2.9), ends(3.1)), 'slow', 'a regression far above guessing');
  assert.equal(verdictOf(ends(5), ends(6), ends(7)), 'early');
  const trained = { ...ends(0.5), infeasible: false };
  assert.equal(verdictOf(trained, trained, ends(3)), 'stable');
  assert.equal(verdictOf(trained, { ...trained, verdict: 'mid', episodes: [{ kind: 'mid' }] }, ends(3)), 'mid');
});

test('what is learned by heart and no better than guessing with other samples is no success', () => {
  /** @type {(losses: number[], training: number) => any[]} */
  const trials = (losses, training) =>
    losses.map((loss) => ({ baseline_loss: 1, best: { loss }, train: { last50: training } }));
  assert.equal(lacksSamples(trials([1.1, 0.9, 0.8], 0.01)), true);
  assert.equal(lacksSamples(trials([1.1, 0.9, 0.8], 0.8)), false, 'it has not learned them by heart');
  assert.equal(lacksSamples(trials([0.6, 0.9, 0.8], 0.01)), false);
  assert.equal(generalizes(trials([0.6, 0.9, 0.8], 0.01)), true);
  assert.equal(isBelowGuessing(trials([1.02, 0.98, 0.9], 0.8)), false);
  assert.equal(isBelowGuessing(trials([1.02, 0.94, 0.9], 0.8)), true);
});

// ---- real patients ---------------------------------------------------------------------------------------------------

const SMALL = { samples: 200, val_samples: 200, steps: 200, model: 'linear(16) tanh linear(16) tanh' };
const MOONS = { ...SMALL, dataset: 'moons', lr: 0.1 };
const PLANE = { ...SMALL, dataset: 'plane', lr: 0.05 };
const SPIRAL = { ...SMALL, dataset: 'spiral', optimizer: 'adam', lr: 0.03, steps: 300 };
const GLYPHS = {
  dataset: 'glyphs',
  downsample: 4,
  samples: 400,
  val_samples: 200,
  steps: 150,
  model: 'linear(24) relu',
};

/** @param {GivenConfig} settings */
async function examine(settings) {
  const config = makeConfig(settings);
  /** @type {import('../../web/engine/data/dataset.js').Dataset[]} */
  const datasets = [];
  const runner = makeLocalRunner((planned) => {
    const dataset = engine.generateDataset(planned);
    datasets.push(dataset);
    return engine.createTrainer(planned, dataset);
  });
  const procedure = new Procedure({ runner, config, now }, () => {});
  const sweep = new RateSweep(procedure);
  const [baseline] = await procedure.trainings.train([config], 3);
  sweep.byRate.set(config.lr, baseline);
  await sweep.run();
  const found = await findCauses({ procedure, baseline, swept: [...sweep.byRate.values()] });
  for (const dataset of datasets) dataset.dispose();
  return describeYours(found, baseline);
}

/** @type {[title: string, settings: GivenConfig, cause: string, verdict: string | null][]} */
const PATIENTS = [
  ['a rate far too low', { ...MOONS, lr: 1e-5 }, 'rate_too_low', 'slow'],
  ['a rate 46 × too high', { ...PLANE, lr: 2.3 }, 'rate_too_high', null],
  ['η · λ > 2', { ...SPIRAL, optimizer: 'sgd', lr: 0.3, weight_decay: 10 }, 'weight_decay', 'diverged'],
  ['ε = 1', { ...SPIRAL, epsilon: 1 }, 'epsilon', 'slow'],
  ['momentum 0.999', { ...PLANE, momentum: 0.999 }, 'momentum', null],
  ['a gain of 20', { ...MOONS, init_gain: 20 }, 'initialization', null],
  ['a threshold of 1e-4', { ...MOONS, clip: 'norm', clip_norm: 1e-4 }, 'clipping', null],
  [
    'a rate that is gone after 20 steps',
    { ...MOONS, schedule: 'step', decay_steps: 10, decay_rate: 0.01 },
    'schedule',
    null,
  ],
  ['pixels from 0 to 255', { ...GLYPHS, lr: 0.05, standardize: 'off' }, 'data_scale', null],
  ['labels of which half are wrong', { ...MOONS, label_noise: 0.5 }, 'not_optimization', null],
  ['dropout of nine tenths', { ...MOONS, model: 'linear(16) dropout(0.9) tanh' }, 'not_optimization', null],
  ['too few samples', { ...MOONS, noise: 0.3, samples: 16, steps: 300 }, 'not_optimization', 'stable'],
  ['nothing', MOONS, 'none', 'stable'],
  ['nothing, regression', PLANE, 'none', 'stable'],
  ['nothing, a full batch', { ...MOONS, batch: 0 }, 'none', 'stable'],
];

for (const [title, settings, cause, verdict] of PATIENTS) {
  test(`suffers from ${title}: ${cause}`, async () => {
    const yours = await examine(settings);
    assert.equal(yours.causes[0], cause, yours.says.join(' '));
    if (verdict !== null) assert.equal(yours.verdict, verdict);
    const isGiven = cause === 'not_optimization' && !String(settings.model).includes('dropout');
    assert.equal(yours.fix === null, cause === 'none' || isGiven);
    if (yours.fix) {
      const { config, problems } = engine.parseConfig({ ...settings, ...yours.fix.changes });
      assert.deepEqual(problems, []);
      const trainer = engine.createTrainer(config, engine.generateDataset(config));
      trainer.step(Infinity);
      const own = /** @type {{ loss: number }} */ (trainer.evaluate('val'));
      const told = /** @type {{ loss: number }} */ (yours.fix.val);
      assert.ok(own.loss < 2 * told.loss + 0.02 && told.loss < 2 * own.loss + 0.02, `${own.loss} ${told.loss}`);
    }
    assert.doesNotMatch(yours.says.join(' '), /undefined|NaN|null|–/);
  });
}

test('a rate search ends where the engine takes no higher rate', async () => {
  const settings = { dataset: 'circle', optimizer: 'nesterov', clip: 'norm', clip_norm: 1e-6, lr: 300000, steps: 60 };
  const yours = await examine(settings);
  assert.ok(Array.isArray(yours.causes));
});
