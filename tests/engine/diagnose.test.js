/**
 * The diagnosis and its studies: what they decide, on trials made by hand, so that every branch is reached; and one
 * small diagnosis of a real network.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDiagnosis } from '../../web/cli/study/study_text.js';
import { defaultConfig } from '../../web/engine/config/config.js';
import {
  addNormalization,
  addResiduals,
  normalizeResiduals,
  startBranchesAtZero,
} from '../../web/engine/model_text/architecture_edits.js';
import { formatModel, parseModel } from '../../web/engine/model_text/model_text.js';
import { addQknorm, listNormalizations } from '../../web/engine/model_text/normalizations.js';
import { judgePoint } from '../../web/engine/study/judge/judge.js';
import { describeNorms, sayNorms } from '../../web/engine/study/judge/trial_words.js';
import { isCured, isSick, judgeInstability, kindOf } from '../../web/engine/study/judge/verdict.js';
import { creditWarmup } from '../../web/engine/study/procedure/after_warmup.js';
import { runClipStudy } from '../../web/engine/study/procedure/clip.js';
import {
  equivalentRateOf,
  isAggressive,
  planClipVariants,
  readThreshold,
  sayAggressive,
} from '../../web/engine/study/procedure/clip_threshold.js';
import { lowest } from '../../web/engine/study/procedure/compared.js';
import { diagnose } from '../../web/engine/study/procedure/diagnose.js';
import { headlineOf, isBeyondSeeds } from '../../web/engine/study/procedure/diagnosis_words.js';
import { PATIENTS } from '../../web/engine/study/procedure/patients.js';
import { judgeProbe, planProbe } from '../../web/engine/study/procedure/probe.js';
import { Procedure } from '../../web/engine/study/procedure/procedure.js';
import { chooseRemedy } from '../../web/engine/study/procedure/remedies.js';
import { Trainings } from '../../web/engine/study/procedure/trainings.js';
import { findWarmup, planWarmups, runWarmupStudy } from '../../web/engine/study/procedure/warmup.js';
import { formatReport } from '../../web/engine/study/report/report.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../web/engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../../web/engine/study/procedure/compared.js').Compared} Compared
 * @typedef {import('../../web/engine/study/procedure/clip.js').Aggressive} Aggressive
 *
 * @typedef {{ best?: number | null, verdict?: 'stable' | 'early' | 'mid', infeasible?: boolean, diverged?: boolean,
 *             accuracy?: number, clipped?: number, norm?: number }} Fate  how a made-up training goes; what is missing goes well
 */

const engine = await createEngine();
const now = () => performance.now();

/** @param {import('../../web/engine/config/config.js').GivenConfig} [settings] */
function makeConfig(settings = {}) {
  const { config, problems } = engine.parseConfig({ dataset: 'moons', steps: 400, ...settings });
  assert.deepEqual(problems, []);
  return config;
}

/** An episode of the given kind. @param {'early' | 'mid'} kind */
function makeEpisode(kind) {
  const begin = kind === 'early' ? 1 : 200;
  return {
    begin,
    detected_at: begin + 3,
    peak: begin + 5,
    kind,
    recovered_at: null,
    loss_before: 0.5,
    loss_peak: 2,
    norm_peak: 60,
    norm_typical: 3,
  };
}

/**
 * A trial of a config, as a made-up network would give it.
 *
 * @param {Config} config
 * @param {Fate} fate
 * @returns {TrialResult}
 */
function makeTrial(
  config,
  { best = 0.5, accuracy = 0.8, verdict = 'stable', infeasible = false, diverged = false, clipped = 0, norm = 2 },
) {
  const steps = diverged ? 5 : config.warmup_steps + config.steps;
  const score = { loss: best ?? NaN, accuracy };
  return {
    // As a real one has it: with the model that is meant where none is given.
    config: { ...config, model: config.model ?? engine.schema.models.points },
    seed: config.seed,
    steps,
    diverged,
    diverged_at: diverged ? 5 : null,
    infeasible: infeasible || diverged,
    verdict,
    episodes: verdict === 'stable' ? [] : [makeEpisode(verdict)],
    train_samples: 1000,
    baseline_loss: 0.69,
    best: best === null ? null : { step: 100, ...score },
    val: best === null ? null : score,
    train: { loss: 0.4, last50: 0.4, first: 0.7 },
    grad_norm: {
      p50: norm / 2,
      p90: norm,
      max: 10 * norm,
      untypical: 0,
      suggested: norm,
      typical: norm,
      typical_p50: norm / 2,
    },
    norm_histogram: { edges: [norm / 4, norm, 10 * norm], counts: [steps, 1] },
    clipped_fraction: clipped,
    clip_scale: clipped > 0 ? 0.4 : 1,
    curve: {
      step: [0, 1],
      loss: [0.7, 0.6],
      smoothed: [0.7, 0.65],
      accuracy: [0.5, 0.6],
      norm: [norm, norm],
      lr: [0, config.lr],
    },
    evaluations: [
      { step: 1, train_loss: 0.7, val_loss: 0.7, val_accuracy: 0.5 },
      { step: 2, train_loss: 0.6, val_loss: 0.6, val_accuracy: 0.6 },
    ],
    sharpness: [],
    seconds: 0.01,
    digest: 'd',
  };
}

/** A runner whose trainings are made up. @param {(config: Config) => Fate} fate @returns {TrialRunner & { asked: Config[] }} */
function makeRunner(fate) {
  /** @type {Config[]} */
  const asked = [];
  return {
    jobs: 2,
    asked,
    async trial(config, { signal } = {}) {
      signal?.throwIfAborted();
      asked.push(config);
      return makeTrial(config, fate(config));
    },
  };
}

/** Best is lowest at 0.03: a parabola over the logarithm. @param {number} lr */
const lossAt = (lr) => 0.3 + 0.05 * Math.log10(lr / 0.03) ** 2;

// ---- deciding --------------------------------------------------------------------------------------------------------

test('sick: half of the seeds unstable, or too high a rate to learn at all; too low a rate is only slow', () => {
  const config = makeConfig();
  const of = (/** @type {Fate[]} */ fates) => fates.map((fate) => makeTrial(config, fate));
  assert.equal(isSick(of([{}, {}, { verdict: 'mid' }]), 0.1, 0.03), false);
  assert.equal(isSick(of([{}, { verdict: 'early' }]), 0.1, 0.03), true);
  assert.equal(isSick(of([{ infeasible: true }]), 0.1, 0.03), true);
  assert.equal(isSick(of([{ infeasible: true }]), 0.001, 0.03), false, 'slow, not sick');
});

test('the kind of an instability: the majority, and mid on ties', () => {
  const config = makeConfig();
  const of = (/** @type {Fate['verdict'][]} */ kinds) => kinds.map((verdict) => makeTrial(config, { verdict }));
  assert.equal(kindOf(of(['stable', 'stable'])), null);
  assert.equal(kindOf(of(['early', 'early', 'mid'])), 'early');
  assert.equal(kindOf(of(['early', 'mid'])), 'mid');
});

test('the verdict: the own settings first, then the edge, then the probe; a distant instability does not matter', () => {
  const config = makeConfig({ lr: 0.03 });
  const fine = [makeTrial(config, {})];
  const mid = [makeTrial(config, { verdict: 'mid' })];
  const early = [makeTrial(config, { verdict: 'early' })];
  const swept = [
    { lr: 0.03, trials: fine },
    { lr: 0.3, trials: mid },
  ];
  const far = { lr_best: 0.03, best_loss: 0.3, lr_unstable: 0.3, at_edge: false, lr_sensitivity: null };
  assert.deepEqual(judgeInstability({ lr: 0.03, baseline: fine, rates: far, swept, probe: null }), {
    verdict: 'stable',
    where: null,
    lr: null,
  });
  assert.deepEqual(
    judgeInstability({ lr: 0.03, baseline: fine, rates: { ...far, at_edge: true }, swept, probe: null }),
    { verdict: 'mid', where: 'edge', lr: 0.3 },
  );
  assert.equal(
    judgeInstability({ lr: 0.1, baseline: early, isHarmless: true, rates: far, swept, probe: null }).verdict,
    'stable',
    'what costs nothing is none that matters',
  );
  assert.deepEqual(judgeInstability({ lr: 0.1, baseline: early, rates: far, swept, probe: null }), {
    verdict: 'early',
    where: 'baseline',
    lr: 0.1,
  });
  const probe = { lr: 0.06, early: true, batch_rise: 3 };
  assert.deepEqual(judgeInstability({ lr: 0.03, baseline: fine, rates: far, swept, probe }), {
    verdict: 'early',
    where: 'probe',
    lr: 0.06,
  });
  const dead = [makeTrial(config, { infeasible: true })];
  assert.equal(
    judgeInstability({ lr: 0.2, baseline: dead, rates: far, swept, probe: null }).verdict,
    'mid',
    'runs that die silently take the kind of the next rate that shows one',
  );
});

test('cured: against a mid-training instability an early spike does not count', () => {
  const config = makeConfig();
  const spike = makeTrial(config, { verdict: 'early' });
  assert.equal(isCured([spike], 'mid'), true);
  assert.equal(isCured([spike], 'early'), false);
  assert.equal(isCured([makeTrial(config, { verdict: 'mid' })], 'early'), false);
  assert.equal(
    isCured([makeTrial(config, {}), makeTrial(config, { infeasible: true })], 'mid'),
    false,
    'half is too few',
  );
});

test('aggressive clipping is recommended only where nothing else solves', () => {
  const remedy = (/** @type {any} */ kind, /** @type {boolean} */ solved, aggressive = false) =>
    /** @type {any} */ ({ kind, solved, aggressive });
  const clip = remedy('clipping', true, true);
  const lower = remedy('lower_rate', true);
  assert.equal(chooseRemedy([remedy('warmup', false), clip, lower]), lower);
  assert.equal(chooseRemedy([remedy('warmup', false), clip]), clip);
  assert.equal(chooseRemedy([remedy('warmup', false)]), null);
});

test('the remedy to begin with is the first that solves, unless another gains more than twice as much', () => {
  const remedy = (/** @type {any} */ kind, /** @type {number} */ median_best) =>
    /** @type {any} */ ({ kind, solved: true, aggressive: false, median_best, untreated_best: 1.8 });
  const [adam, norm, lower] = [remedy('optimizer', 1.6), remedy('normalization', 0.2), remedy('lower_rate', 0.1)];
  assert.equal(chooseRemedy([adam, norm, lower]), norm);
  assert.equal(chooseRemedy([adam, lower]), lower);
  assert.equal(chooseRemedy([remedy('warmup', 0.8), norm])?.kind, 'warmup');
});

// ---- trainings -------------------------------------------------------------------------------------------------------

test('trainings train nothing twice and keep account of steps', async () => {
  const runner = makeRunner(() => ({}));
  const trainings = new Trainings({ runner, budget: 2000 });
  const config = makeConfig();
  assert.equal(trainings.costOf([config, config], 3), 1200);
  const [point] = await trainings.train([config], 3);
  assert.deepEqual(
    point.trials.map(({ seed }) => seed),
    [1, 2, 3],
  );
  assert.equal(trainings.stepsTaken, 1200);
  assert.equal(trainings.stepsLeft, 800);
  assert.equal(trainings.costOf([config], 3), 0);
  assert.equal(trainings.canAfford([{ ...config, lr: 1 }], 3), false);
  await trainings.train([config, { ...config, lr: 1 }], 1);
  assert.equal(runner.asked.length, 4);
  assert.deepEqual(trainings.describeRun(point.trials[0], { ...config, lr: 7 }).changes, { lr: config.lr });
});

test('a comparison ranks by the median of best, feasible points only', async () => {
  /** @type {Map<number, Fate>} */
  const fates = new Map([
    [0.1, { best: 0.2, infeasible: true }],
    [0.2, { best: 0.4 }],
    [0.3, { best: 0.5 }],
  ]);
  const candidates = [0.1, 0.2, 0.3].map((lr) => ({ id: `${lr}`, label: `rate ${lr}`, config: makeConfig({ lr }) }));
  const runner = makeRunner(({ lr }) => fates.get(lr) ?? {});
  const procedure = new Procedure({ runner, config: makeConfig({ lr: 0.1 }), now }, () => {});
  const outcome = await procedure.compare(candidates, 'the rates');
  assert.ok(outcome);
  assert.equal(lowest(outcome.compared).id, '0.2');
  assert.equal(outcome.compared[1].figures.loss, 0.4);
  assert.deepEqual(outcome.compared[1].changes, { lr: 0.2 });
  assert.equal(outcome.compared[1].runs.length, 3);
});

// ---- warmup ----------------------------------------------------------------------------------------------------------

test('warmups: orders of magnitude, none above 10 % of the steps', () => {
  assert.deepEqual(planWarmups(10000), [10, 100, 1000]);
  assert.deepEqual(planWarmups(3750), [10, 100, 375]);
  assert.deepEqual(planWarmups(300), [10, 30]);
  assert.deepEqual(planWarmups(50), [5]);
  assert.deepEqual(planWarmups(5), []);
  assert.deepEqual(planWarmups(1000, 50), [100]);
});

test('the warmup study: ramp, hold twice as long, shortest first; scaled down where 10 × is out of reach', async () => {
  const config = makeConfig({ steps: 1000, schedule: 'cosine' });
  const runner = makeRunner(({ lr, warmup_steps }) => (lr <= 0.6 && warmup_steps >= 100 ? {} : { verdict: 'early' }));
  const search = await findWarmup({ trainings: new Trainings({ runner }), config, lr_unstable: 0.2, seeds: 3 });
  assert.equal(search.multiple, 3);
  assert.equal(search.base_lr, 0.6);
  assert.equal(search.warmup_steps, 100);
  assert.equal(search.tried[0].base_lr, 2, '10 × first');
  for (const { schedule, warmup_steps, steps } of runner.asked) {
    assert.equal(schedule, 'constant');
    assert.equal(steps, 2 * warmup_steps);
    assert.ok(warmup_steps <= 100);
  }
  assert.match(search.says.join(' '), /10 × \(2\) and 5 × \(1\)/);
  assert.match(search.says.join(' '), /scaled down from 10 ×/);
});

test('a found warmup is prepended and compared with the baseline; a long one gets its advice', async () => {
  const config = makeConfig({ steps: 1000 });
  const runner = makeRunner(({ warmup_steps, lr }) =>
    warmup_steps >= 100 ? { best: 0.2 } : { best: 0.6, verdict: lr > 0.01 ? 'early' : 'stable' },
  );
  const { study } = await runWarmupStudy({ runner, config, lr_unstable: 0.05, seeds: 3, now });
  assert.equal(study.multiple, 10);
  const compared = /** @type {Compared[]} */ (study.compared);
  const warm = compared.find(({ id }) => id === `warmup-${config.lr}`);
  assert.equal(warm?.changes.warmup_steps, 100);
  assert.equal(warm.runs[0].steps, 1100, 'prepended: the run is longer');
  assert.match(study.offer?.settings ?? '', /warmup_steps=100/);
  assert.equal(study.needs_more_steps, true);
  assert.match(study.says.join(' '), /more than 5 %/);
});

test('lengths of warmup can be chosen: those are tried, and no others', async () => {
  const runner = makeRunner(({ warmup_steps }) =>
    warmup_steps >= 30 ? { best: 0.2 } : { best: 0.6, verdict: 'early' },
  );
  const config = makeConfig({ steps: 1000 });
  const { study } = await runWarmupStudy({ runner, config, lr_unstable: 0.05, lengths: [250, 5, 30], seeds: 1, now });
  const tried = study.search.tried.map((/** @type {{ warmup_steps: number }} */ { warmup_steps }) => warmup_steps);
  assert.deepEqual(tried, [5, 30, 250]);
  assert.equal(study.warmup_steps, 30);
  assert.match(
    study.evidence.flatMap(({ says }) => says).join(' '),
    /Lengths tried: 5, 30 and 250 steps, as they were chosen/,
  );
});

test('a warmup is not credited with a checkpoint that was reached on the way up', () => {
  const config = makeConfig({ steps: 400, warmup_steps: 100 });
  const evaluations = [50, 100, 150, 500].map((step, i) => ({
    step,
    train_loss: 1,
    val_loss: [0.2, 0.3, 0.9, 0.8][i],
    val_accuracy: 0.5,
  }));
  const trial = { ...makeTrial(config, {}), evaluations, best: { step: 50, loss: 0.2, accuracy: 0.5 } };
  const point = { config, trials: [trial], figures: judgePoint([trial]) };
  const credited = creditWarmup(point, makeConfig({ steps: 400 }));
  assert.deepEqual(credited.trials[0].best, { step: 500, loss: 0.8, accuracy: 0.5 });
  assert.equal(credited.figures.loss, 0.8);
  assert.equal(creditWarmup(point, config), point, 'a warmup that the examined settings have themselves');
});

// ---- clipping --------------------------------------------------------------------------------------------------------

test('λ is the median of the percentiles of runs that neither diverged nor died', () => {
  const config = makeConfig();
  const trials = [
    makeTrial(config, { norm: 2 }),
    makeTrial(config, { norm: 4 }),
    makeTrial(config, { norm: 0.001, infeasible: true }),
  ];
  assert.equal(readThreshold(trials)?.threshold, 3);
  assert.equal(readThreshold([makeTrial(config, { diverged: true })]), null);
  // What is told beside it is of the same runs: one word has one number.
  assert.equal(describeNorms(trials).norm_p90, 3);
  assert.match(
    sayNorms(trials)[0],
    /90th percentile 3 \(2 of 3 seeds, those that learn\); its largest value of all is/,
  );
});

test('clipping more than half of the steps is a lower rate in disguise: its equivalent runs beside it', async () => {
  const config = makeConfig({ lr: 0.1, optimizer: 'sgd' });
  const runner = makeRunner(({ clip, clip_norm }) => ({
    norm: 2,
    clipped: clip === 'norm' && clip_norm < 1 ? 0.9 : 0.1,
  }));
  const { study } = await runClipStudy({ runner, config, now });
  const compared = /** @type {Compared[]} */ (study.compared);
  const aggressive = /** @type {Aggressive[]} */ (study.aggressive);
  assert.equal(study.measured.threshold, 2);
  assert.deepEqual(
    aggressive.map(({ id }) => id),
    ['clip-0.667', 'clip-0.2'],
  );
  const twin = compared.find(({ id }) => id === 'twin-clip-0.2');
  assert.deepEqual(twin?.changes, { lr: 0.04 }, 'no clipping, lr × the mean of what it was multiplied by');
  assert.match(study.evidence.flatMap(({ says }) => says).join(' '), /more than 50 %/);
  const ids = compared.map(({ id }) => id);
  assert.ok(ids.includes('adaptive') && ids.includes('update'));
});

test('variants fit the update rule, and an Adam has no equivalent rate', () => {
  const adam = makeConfig({ optimizer: 'adam', clip: 'norm', clip_norm: 0.1, warmup_steps: 10 });
  assert.equal(equivalentRateOf(adam, [makeTrial(adam, {})]), null);
  assert.deepEqual(
    planClipVariants(adam, 1).map(({ kind }) => kind),
    ['adaptive', 'in_warmup'],
  );
  const momentum = makeConfig({ lr: 0.1, momentum: 0.9 });
  const update = planClipVariants(momentum, 2).find(({ kind }) => kind === 'update');
  assert.equal(update?.config.clip_norm, 2, 'lr / (1 - γ) · λ');
  assert.equal(isAggressive([makeTrial(adam, { clipped: 0.5 })]), false);
});

// ---- the probe -------------------------------------------------------------------------------------------------------

test('the probe: 2 × lr*, every step, and what coarse evaluation would have seen', () => {
  const config = makeConfig({ steps: 4000, eval_every: 50 });
  const planned = planProbe(config, 0.1);
  assert.equal(planned.lr, 0.2);
  assert.equal(planned.steps, 500);
  assert.equal(planned.eval_every, 1);
  const losses = Array.from({ length: 500 }, (_, i) => (i < 10 ? 8 : 0.6));
  const trial = {
    ...makeTrial(planned, { verdict: 'early' }),
    evaluations: losses.map((loss, i) => ({ step: i + 1, train_loss: loss, val_loss: loss, val_accuracy: 0.5 })),
    curve: {
      step: losses.map((_, i) => i),
      loss: losses,
      smoothed: losses,
      accuracy: losses.map(() => 0.5),
      norm: losses,
      lr: losses,
    },
  };
  const { figures, says } = judgeProbe(trial, 50);
  assert.equal(figures.early, true);
  assert.equal(figures.hidden, true);
  assert.equal(figures.peak?.loss, 8);
  assert.equal(figures.coarse_peak?.loss, 0.6);
  assert.match(says.join(' '), /would have missed it/);
  assert.equal(judgeProbe(trial, 5).figures.hidden, false);
  const quiet = { ...trial, evaluations: trial.evaluations.map((one) => ({ ...one, val_loss: 0.6 })) };
  assert.equal(judgeProbe(quiet, 50).figures.early, false, 'a costly batch is no blow-up of the network');
});

// ---- models ----------------------------------------------------------------------------------------------------------

test('model texts are edited as the playbook says, and stay texts that the engine accepts', () => {
  const cases = [
    [
      normalizeResiduals,
      'linear(8) (residual(linear(8) relu linear(8)) layernorm)*3',
      'linear(8) (residual(linear(8) relu linear(8) layernorm))*3',
    ],
    [normalizeResiduals, 'linear(8) residual(linear(8) relu)', 'linear(8) residual(linear(8) relu layernorm)'],
    [normalizeResiduals, 'linear(8) residual(linear(8) relu layernorm)', null],
    [addNormalization, '(linear(8) relu)*2 # deep', '(linear(8) layernorm relu)*2'],
    [addNormalization, 'linear(8) batchnorm relu', null],
    [addResiduals, '(linear(8) tanh)*3', 'linear(8) tanh residual(linear(8) tanh layernorm)*2'],
    [
      addResiduals,
      'linear(8) relu linear(8) relu linear(4) relu',
      'linear(8) relu residual(linear(8) relu layernorm) linear(4) relu',
    ],
    [addResiduals, 'linear(8) residual(linear(8) relu)', null],
    [
      startBranchesAtZero,
      'linear(8) residual(linear(8, gain=0.5) relu)*2',
      'linear(8) rezero(linear(8,gain=0.5) relu)*2',
    ],
    [startBranchesAtZero, 'linear(8) relu', null],
    [addQknorm, '(attention(4) relu)*2', '(attention(4,qknorm=1) relu)*2'],
    [addQknorm, 'attention(2, 1, 0, rope=1)', 'attention(2,causal=1,qknorm=1,rope=1)'],
    [addQknorm, 'attention(2, qknorm=0) attention(heads=2)', 'attention(2,qknorm=1) attention(2,qknorm=1)'],
    [addQknorm, 'attention(2, qknorm=1)', null],
    [addQknorm, 'linear(8) relu', null],
  ];
  for (const [edit, text, expected] of /** @type {[(text: string) => any, string, string | null][]} */ (cases)) {
    const result = edit(text)?.model ?? null;
    assert.equal(result, expected, text);
    if (result !== null) assert.equal(engine.checkModel(result), null, result);
  }
  const normalized = (/** @type {string} */ text) => listNormalizations(text).map((edit) => edit?.model);
  const behind = 'embed(8) (residual(attention(2)) layernorm)*2';
  assert.deepEqual(normalized(behind), ['embed(8) residual(layernorm attention(2))*2 layernorm'], 'Post-LN as Pre-LN');
  assert.deepEqual(normalized('embed(8) residual(layernorm attention(2))*2'), [], 'Pre-LN stays');
  const lenet = 'conv(6,5,pad=2) relu maxpool(2) conv(16,5) relu maxpool(2) linear(120) relu';
  assert.equal(formatModel(parseModel(lenet)), lenet);
});

// ---- the procedure ---------------------------------------------------------------------------------------------------

test('a healthy workload: the sweep reaches 10 × lr*, and nothing is treated', async () => {
  const runner = makeRunner(({ lr }) => (lr > 0.25 ? { verdict: 'mid', infeasible: true } : { best: lossAt(lr) }));
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 0.02 }), now });
  assert.equal(diagnosis.verdict, 'stable');
  assert.equal(diagnosis.at_edge, false);
  assert.ok(diagnosis.lr_best === 0.02 || diagnosis.lr_best === 0.0431);
  assert.ok((diagnosis.lr_unstable ?? 0) > 0.25);
  assert.deepEqual(diagnosis.remedies, []);
  assert.equal(diagnosis.recommended, null);
  assert.match(diagnosis.advice.join(' '), /No instability that matters/);
});

test('a best rate that is itself unstable is said to be, with the best that is not; what was not tried is not judged', async () => {
  const runner = makeRunner(({ lr }) => (lr > 0.05 ? { best: lr > 0.11 ? 0.9 : 0.3, verdict: 'mid' } : { best: 0.4 }));
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 0.1 }), now });
  const edge = diagnosis.evidence.find(({ kind }) => kind === 'edge');
  assert.match(edge?.says.join(' ') ?? '', /Training at lr\* is itself unstable .* the best is η 0\.0464, with 0\.4/);
  const calm = makeRunner(({ lr }) => ({ best: lossAt(lr) }));
  const small = await diagnose({ runner: calm, config: makeConfig({ lr: 0.03 }), seeds: 1, budget: 400, now });
  const said = small.diagnosis.evidence.find(({ kind }) => kind === 'edge')?.says.join(' ') ?? '';
  assert.match(said, /No rate above lr\* was tried/);
});

test('where nothing learns and nothing blows up, the sweep looks above', async () => {
  const runner = makeRunner(({ lr }) => (lr < 1e-3 ? { infeasible: true, best: 0.69 } : { best: lossAt(lr) }));
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 1e-6 }), now });
  assert.ok(diagnosis.lr_best !== null && diagnosis.lr_best > 0.01 && diagnosis.lr_best < 0.1, `${diagnosis.lr_best}`);
  assert.deepEqual(diagnosis.yours?.causes, ['rate_too_low']);
  assert.equal(diagnosis.yours?.verdict, 'slow');
  assert.match(diagnosis.advice.join(' '), /Fix: raise η to 0\.0/);
  assert.ok(
    runner.asked.every(({ lr }) => lr > 1e-8),
    'and not far below',
  );
});

test('where high rates kill quietly, the sweep looks below', async () => {
  const runner = makeRunner(({ lr }) =>
    lr > 0.05 ? { infeasible: true, best: 0.69, verdict: lr > 8 ? 'early' : 'stable' } : { best: lossAt(lr) },
  );
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 5 }), now });
  assert.ok(diagnosis.lr_best !== null && diagnosis.lr_best < 0.05, `${diagnosis.lr_best}`);
  assert.deepEqual(diagnosis.yours?.causes, ['rate_too_high']);
});

test('what asks for a higher rate than there is is told as not done', async () => {
  const runner = makeRunner(({ lr }) => (lr < 1e5 ? { infeasible: true, best: 0.69 } : { best: 0.3 }));
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 6e5 }), now });
  assert.match(diagnosis.skipped.join(' '), /The look at 10 × lr\*: there is no rate above 1e6/);
});

test('an early instability of the own settings that warmup cures', async () => {
  const runner = makeRunner(({ lr, warmup_steps, optimizer, clip }) => {
    if (optimizer === 'adam' || clip !== 'off') return { best: 0.9, verdict: 'early' };
    if (warmup_steps >= 10 && lr < 1) return { best: 0.4 };
    return lr > 0.1 ? { best: 2, verdict: 'early', infeasible: true } : { best: lossAt(lr) + 0.2 };
  });
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 0.2 }), now });
  assert.equal(diagnosis.verdict, 'early');
  assert.equal(diagnosis.where, 'baseline');
  assert.equal(diagnosis.lr_treated, 0.2);
  assert.equal(diagnosis.recommended, 'warmup');
  const kinds = diagnosis.remedies.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['warmup', 'clipping', 'optimizer', 'normalization', 'lower_rate'], "the playbook's order");
  const [warmup, clipping] = diagnosis.remedies;
  assert.equal(warmup.solved, true);
  assert.ok(/** @type {number} */ (warmup.changes.warmup_steps) >= 10);
  assert.equal(warmup.best?.loss, 0.4);
  assert.equal(clipping.solved, false);
  assert.match(diagnosis.skipped.join(' '), /no residual branch/);
  for (const { runs } of diagnosis.evidence) for (const run of runs) assert.equal(typeof run.settings, 'string');
});

test('networks with attention have remedies of their own, longer warmups, and LR sensitivity before and after', async () => {
  const model = 'embed(8) (residual(layernorm attention(2)) residual(layernorm linear(8) gelu))*2 layernorm';
  const runner = makeRunner(({ lr, warmup_steps, beta2, model: text }) => {
    if (String(text).includes('qknorm=1')) return { best: 0.3 };
    if (beta2 === 0.95 || warmup_steps > 100) return { best: 0.35 };
    return lr > 0.01 ? { best: 0.69, infeasible: true, verdict: 'early' } : { best: 0.5 };
  });
  const config = makeConfig({ dataset: 'sort', model, optimizer: 'adam', lr: 0.03 });
  const { diagnosis } = await diagnose({ runner, config, now });
  const kinds = diagnosis.remedies.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['warmup', 'clipping', 'optimizer', 'qknorm', 'lower_beta2', 'rezero', 'lower_rate']);
  const [warmup, , , qknorm, beta2, , lower] = diagnosis.remedies;
  assert.equal(warmup.changes.warmup_steps, 160, '40 % of the steps');
  assert.match(String(qknorm.changes.model), /attention\(2,qknorm=1\)/);
  assert.deepEqual(beta2.changes, { beta2: 0.95 });
  const { before, after } = /** @type {{ before: number, after: number }} */ (qknorm.lr_sensitivity);
  assert.ok(before > 0.03 && after === 0, `${before} ${after}`);
  assert.match(qknorm.says.join(' '), /LR sensitivity .* without\. With it 0\./);
  assert.equal(lower.lr_sensitivity, undefined, 'another rate is no other network');
  assert.match(diagnosis.skipped.join(' '), /normalization wherever/);
});

test('what learns nothing and never blows up has no instability: said is which remedies make it learn, and which do not', async () => {
  const model = '(residual(attention(2)) layernorm residual(linear(8) gelu) layernorm)*2';
  const runner = makeRunner(({ lr, optimizer, model: text, warmup_steps }) => {
    if (!String(text).includes(') layernorm')) return { best: 0.1 };
    if (optimizer === 'momentum') return { best: 0.6 };
    return lr > 0.01 && warmup_steps === 0 ? { best: 0.69, accuracy: 0.5, infeasible: true } : { best: 0.55 };
  });
  const config = makeConfig({ dataset: 'sort', model: `embed(8) ${model}`, optimizer: 'adam', lr: 0.03 });
  const { diagnosis, curves } = await diagnose({ runner, config, now });
  assert.deepEqual([diagnosis.yours?.verdict, diagnosis.yours?.causes[0]], ['dead', 'norm_placement']);
  assert.equal(diagnosis.recommended, 'normalization');
  const advice = diagnosis.advice.join(' ');
  assert.match(advice, /are at guessing to the end: 3 of 3 seeds fail to learn/);
  assert.match(advice, /Remedy: .*x \+ f\(Norm\(x\)\).* It learns in 3 of 3 seeds/);
  assert.match(advice, /Earlier in the playbook’s order, but with less than half of the gain: .*warmup.* with 0\.55/i);
  const says = diagnosis.remedies.flatMap((remedy) => remedy.says);
  assert.ok(says.some((sentence) => /seeds still fail to learn, or are unstable/.test(sentence)));
  assert.doesNotMatch([advice, ...says].join(' '), /instability is gone|still unstable/);
  assert.match(formatDiagnosis(diagnosis), /instability +none, but nothing is learned/);
  assert.match(formatReport(diagnosis, curves), /does not learn/);
});

test('outliers: warmup does not solve, clipping at the percentile does', async () => {
  const runner = makeRunner(({ lr, clip, clip_norm }) => {
    if (clip === 'norm') return { best: 0.3, clipped: clip_norm < 1 ? 0.8 : 0.05 };
    return lr > 0.005 ? { best: 0.9, verdict: 'mid' } : { best: 0.8 };
  });
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 0.01 }), now });
  assert.equal(diagnosis.verdict, 'mid');
  assert.equal(diagnosis.recommended, 'clipping');
  assert.equal(diagnosis.remedies.find(({ kind }) => kind === 'warmup')?.solved, false);
  const clipping = diagnosis.remedies.find(({ kind }) => kind === 'clipping');
  assert.deepEqual(clipping?.changes, { clip: 'norm', clip_norm: 2 });
  assert.equal(clipping?.tried.length, 1, 'a smaller threshold is tried only where instability remains');
});

test('no rate works: no lr*, and only what is known is said', async () => {
  const runner = makeRunner(({ optimizer }) =>
    optimizer === 'adam' ? { best: 0.4 } : { best: null, verdict: 'early', diverged: true },
  );
  const { diagnosis, curves } = await diagnose({ runner, config: makeConfig({ lr: 0.1 }), now });
  assert.equal(diagnosis.lr_best, null);
  assert.equal(diagnosis.lr_unstable, null);
  assert.equal(diagnosis.at_edge, false);
  assert.equal(diagnosis.verdict, 'early');
  assert.equal(diagnosis.recommended, 'optimizer');
  const clipping = diagnosis.remedies.find(({ kind }) => kind === 'clipping');
  assert.match(clipping?.says[0] ?? '', /round thresholds/);
  assert.equal(clipping?.measured, undefined);
  assert.match(
    formatReport(diagnosis, curves),
    /<h1>Your settings \(η 0\.1\): diverging, at every rate that was tried<\/h1>/,
  );
});

test('stable settings are said to be stable first, and a gain is held against the seeds’ own differences', async () => {
  const spread = [0, 0.02, 0.04];
  const runner = makeRunner(({ lr, seed, warmup_steps }) => {
    const noise = spread[seed - 1];
    if (lr > 0.15) return warmup_steps > 0 ? { best: 0.48 + noise } : { best: 0.9, verdict: 'mid' };
    return { best: (lr === 0.1 ? 0.5 : 0.7) + noise };
  });
  const { diagnosis, curves } = await diagnose({ runner, config: makeConfig({ lr: 0.1 }), now });
  assert.deepEqual([diagnosis.verdict, diagnosis.where, diagnosis.lr_unstable], ['mid', 'edge', 0.215]);
  const { own, isStable, beyond } = headlineOf(diagnosis);
  assert.deepEqual(
    [own, isStable, beyond],
    ['Your settings (η 0.1): stable', true, 'Instability appears at rates from η 0.215 on'],
  );
  const [first, second, third, remedy, ...others] = diagnosis.advice;
  assert.match(first, /^Your settings \(η 0\.1\) are stable: 3 of 3 seeds train /);
  assert.match(second, /^Nothing is wrong with them\. Tried were other learning rates/);
  assert.match(third, /^Instability appears at rates from η 0\.215 on/);
  assert.match(remedy, /\(η 0\.215, warmup \d+\)/);
  assert.doesNotMatch(diagnosis.advice.join(' '), /\blr \d|warmup_steps|was costing something/);
  assert.match(others[others.length - 1], /reaches 0\.52: the gain is no larger than the difference between seeds/);
  assert.match(formatReport(diagnosis, curves), /<h1>Your settings \(η 0\.1\): stable<\/h1>/);
});

test('beyond the seeds: the gain in the median against the wider spread; one seed cannot tell', () => {
  const runs = (/** @type {number[]} */ ...losses) => losses.map((loss) => ({ best: { loss } }));
  assert.equal(isBeyondSeeds(runs(1, 1.1, 1.2), runs(2, 2.1, 2.2)), true);
  assert.equal(isBeyondSeeds(runs(1, 1.1, 1.2), runs(1.1, 1.15, 1.9)), false);
  assert.equal(isBeyondSeeds(runs(1, 1.1, 1.2), runs(2, 50, 1e6)), true, 'how far the others explode is no difference');
  assert.equal(isBeyondSeeds(runs(1), runs(2)), null);
  assert.equal(isBeyondSeeds(runs(1, 1.1), [{ best: { loss: 2 } }, /** @type {any} */ ({ best: null })]), true);
});

test('a budget is never exceeded, and what it did not allow is said', async () => {
  const config = makeConfig({ lr: 0.2, steps: 100 });
  for (const budget of [100, 1000, 2500, 4000, 9000]) {
    const runner = makeRunner(({ lr }) => (lr > 0.1 ? { verdict: 'early', best: 1 } : { best: lossAt(lr) }));
    const { diagnosis } = await diagnose({ runner, config, budget, now });
    const steps = runner.asked.reduce((sum, asked) => sum + asked.warmup_steps + asked.steps, 0);
    assert.ok(steps <= budget, `${steps} of ${budget}`);
    assert.equal(diagnosis.steps, steps);
    assert.ok(diagnosis.skipped.length > 0, `${budget}`);
  }
  await assert.rejects(diagnose({ runner: makeRunner(() => ({})), config, budget: 99, now }), {
    field: 'budget',
    message: /at least 100/,
  });
});

test('an interrupted diagnosis tells what it knows; before it knows anything, it rejects', async () => {
  const controller = new AbortController();
  const runner = makeRunner(() => {
    if (runner.asked.length === 10) controller.abort(new Error('enough'));
    return {};
  });
  const { diagnosis } = await diagnose({ runner, config: makeConfig(), now, signal: controller.signal });
  assert.equal(diagnosis.interrupted, true);
  assert.match(
    diagnosis.advice.join(' '),
    /sweep of the learning rate was not finished: whether another rate is better/,
  );
  assert.equal(diagnosis.evidence[0].kind, 'baseline');
  assert.match(diagnosis.skipped.join(' '), /Interrupted/);
  const early = new AbortController();
  early.abort(new Error('at once'));
  await assert.rejects(
    diagnose({ runner: makeRunner(() => ({})), config: makeConfig(), now, signal: early.signal }),
    /at once/,
  );
});

test('what an interrupted diagnosis calls the settings agrees with what it counts of their seeds', async () => {
  /** @type {[Fate, RegExp][]} */
  const cases = [
    [{ verdict: 'early', infeasible: true }, /are unstable, early instability: 3 of 3 seeds .* early instability\./],
    [{ verdict: 'mid' }, /are unstable, instability in the middle of training: 3 of 3 seeds/],
    [{ infeasible: true }, /are failing to learn: 3 of 3 seeds end with a loss no lower than guessing\./],
    [{}, /are stable: 3 of 3 seeds train without/],
  ];
  for (const [fate, told] of cases) {
    const controller = new AbortController();
    const runner = makeRunner(() => {
      if (runner.asked.length === 10) controller.abort(new Error('enough'));
      return fate;
    });
    const { diagnosis } = await diagnose({ runner, config: makeConfig(), now, signal: controller.signal });
    assert.equal(diagnosis.yours, null);
    assert.match(diagnosis.advice[0], told);
    const { state } = headlineOf(diagnosis);
    assert.ok(diagnosis.advice[0].includes(` are ${state}: `), `${state}: the headline says the same`);
  }
});

test('a remedy whose name is its settings is named once', async () => {
  const runner = makeRunner(({ lr, optimizer }) => {
    if (optimizer === 'adam') return { best: 0.5 };
    return lr > 0.15 ? { verdict: 'early', best: 13 } : { best: lossAt(lr) };
  });
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 1 }), now });
  const advice = diagnosis.advice.join(' ');
  assert.match(advice, /with a better checkpoint: η [\d.]+ with /);
  assert.match(advice, /Adam at (η \S+) \(update rule Adam, \1\)/, 'a rate is written alike');
});

test('live changes are left out, and that is said', async () => {
  const runner = makeRunner(({ lr }) => ({ best: lossAt(lr) }));
  const config = { ...makeConfig(), changes: [{ step: 5, field: 'lr', value: 1 }] };
  const { diagnosis } = await diagnose({ runner, config, now });
  assert.ok(runner.asked.every(({ changes }) => changes.length === 0));
  assert.match(diagnosis.skipped.join(' '), /1 live change/);
});

test('the report is whole, self-contained, and escapes what users wrote', async () => {
  const runner = makeRunner(({ lr, clip }) =>
    clip === 'off' && lr > 0.005 ? { verdict: 'mid', best: 0.9 } : { best: 0.5 },
  );
  const config = makeConfig({ lr: 0.01, model: 'linear(8) relu # <script>alert("x")</script> & co' });
  const { diagnosis, curves } = await diagnose({ runner, config, now });
  const html = formatReport(diagnosis, curves);
  assert.match(html, /^<!DOCTYPE html>/);
  assert.doesNotMatch(html, /<script|src=|href=|@import|url\(|https?:/i);
  assert.doesNotMatch(html, /undefined|NaN|\[object/);
  assert.match(html, /Histogram of all 400 unclipped norms/);
  assert.match(html, /just above typical: p90 = 2/);
  assert.match(html, /too aggressive: median 1/);
  assert.match(html, /prefers-color-scheme: dark/);
  const [, clipped] = /<h3>Clip.*?<summary>PyTorch<\/summary><pre><code>(.*?)<\/code>/s.exec(html) ?? [];
  assert.match(clipped, /\nLR = 0\.01 .*\nCLIP_NORM = [\d.]+ /s, 'the remedy as code, with its threshold');
  assert.ok(html.includes('script%3Ealert'), 'the text is there, as a permalink has it');
  assert.ok((html.match(/<svg/g) ?? []).length >= 5);
  for (const sentence of diagnosis.advice)
    assert.ok(html.includes(sentence.replaceAll('&', '&amp;').slice(0, 20)), sentence);
  const voids = new Set(['meta', 'line', 'circle', 'polyline', 'polygon']);
  /** @type {string[]} */
  const open = [];
  for (const [, slash, name, closed] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (voids.has(name) || closed) continue;
    if (slash) assert.equal(open.pop(), name);
    else open.push(name);
  }
  assert.deepEqual(open, [], 'every element is closed');
});

test('the patients are complete configs of their own', () => {
  assert.deepEqual(PATIENTS.map(({ verdict }) => verdict).sort(), ['early', 'mid', 'stable']);
  for (const { config } of PATIENTS) assert.deepEqual(engine.parseConfig(config).problems, []);
});

// ---- a real network --------------------------------------------------------------------------------------------------

test('a small real diagnosis: the same every time, and it frees its memory', async () => {
  const config = makeConfig({ dataset: 'spiral', samples: 300, steps: 120, lr: 0.05, eval_every: 20 });
  const dataset = engine.generateDataset(config);
  const used = engine.memory.used;
  const run = () =>
    diagnose({
      runner: makeLocalRunner((planned) => engine.createTrainer(planned, dataset)),
      config,
      seeds: 2,
      now,
    });
  const [first, second] = [await run(), await run()];
  assert.deepEqual({ ...first.diagnosis, seconds: 0 }, { ...second.diagnosis, seconds: 0 });
  assert.equal(engine.memory.used, used);
  const { diagnosis } = first;
  assert.ok(diagnosis.lr_best !== null && diagnosis.lr_best > 0.01, `${diagnosis.lr_best}`);
  assert.equal(diagnosis.evidence[0].kind, 'baseline');
  const runs = diagnosis.evidence.flatMap((evidence) => evidence.runs);
  const own = runs.find(({ settings, seed }) => settings === diagnosis.settings && seed === 1);
  const trainer = engine.createTrainer(config, dataset);
  trainer.step(Infinity);
  assert.equal(own?.digest, trainer.digest(), 'the run that its settings replay');
  assert.ok(Object.keys(first.curves).length >= runs.length / 2);
});

test('clipping is a lower rate in disguise where the step is as long as the gradient, and not where it is divided by it', () => {
  const trials = /** @type {any} */ ([{ clipped_fraction: 0.9, clip_scale: 0.5 }]);
  const said = (/** @type {object} */ settings) =>
    sayAggressive({ ...defaultConfig(), clip: 'norm', ...settings }, trials);
  assert.match(
    said({ optimizer: 'sgd', lr: 0.2 }),
    /90 % of the steps.*: that is a lower learning rate in disguise.*as at η 0\.1/,
  );
  assert.match(said({ optimizer: 'adam' }), /90 % of the steps.*no lower rate stands for that/);
  assert.doesNotMatch(said({ optimizer: 'adam' }), /in disguise/);
  assert.match(said({ optimizer: 'adam', clip: 'update' }), /in disguise/, 'the update is what is shortened');
});

test('verdict, table, fix and figures agree where the best rate is unstable itself', async () => {
  const runner = makeLocalRunner((config) => engine.createTrainer(config));
  const { diagnosis } = await diagnose({ runner, config: makeConfig({ lr: 20, steps: 300 }), seeds: 3, now });
  const { lr_best, lr_unstable, lr_first_unstable, evidence, yours, remedies } = diagnosis;
  const swept = /** @type {any[]} */ (evidence.find(({ kind }) => kind === 'sweep')?.numbers.points);
  const shaken = swept.filter(({ unstable, seeds }) => 2 * unstable >= seeds).map(({ lr }) => lr);
  assert.ok(Number(lr_first_unstable) <= Number(lr_best) && Number(lr_best) < Number(lr_unstable), 'as it is here');
  assert.equal(lr_first_unstable, Math.min(...shaken), 'what is said is the lowest of the table');
  // The fix trains without the instability that it is to cure, and says of itself what the table says of it.
  const compared = /** @type {import('../../web/engine/study/procedure/compared.js').Compared[]} */ (
    evidence.find(({ kind }) => kind === 'causes')?.compared
  );
  const fixed = compared.find(({ label }) => label === `η to ${yours?.fix?.changes.lr}`);
  assert.equal(fixed?.figures.unstable, 0);
  assert.ok(!yours?.says.join(' ').includes('not calm'), yours?.says.join(' '));
  // A lower rate is no failed remedy while it is the fix.
  const lower = remedies.find(({ kind }) => kind === 'lower_rate');
  assert.ok(lower?.solved, lower?.says.join(' '));
  const page = formatReport(diagnosis, {});
  assert.match(
    page,
    new RegExp(`unstable from</dt><dd><span>${lr_first_unstable}, below lr\\*; above it ${lr_unstable}<`),
  );
});
