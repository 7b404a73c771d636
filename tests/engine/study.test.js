/** Studies: trials as values, the definitions that judge them, and sweeps over any runner. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJson, encodeJson } from '../../web/engine/run/run_log.js';
import { Session } from '../../web/engine/run/session.js';
import {
  bestLoss,
  doesNotBlowUp,
  findBestPoint,
  isUnstableRate,
  judgePoint,
  judgeRates,
} from '../../web/engine/study/judge/judge.js';
import { runSweep, summarizeSweep } from '../../web/engine/study/sweep.js';
import { expandAxes, samplePoints } from '../../web/engine/study/sweep_axes.js';
import { parseShard, planSweep } from '../../web/engine/study/sweep_plan.js';
import { atUnstableRates, sayUnstableAt, sayUnstableFrom } from '../../web/engine/words/unstable_rates.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';

/**
 * @typedef {import('../../web/engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../web/engine/study/judge/judge.js').Judged} Judged
 * @typedef {import('../../web/engine/study/trial/runner.js').TrialRunner} TrialRunner
 */

const engine = await createEngine();
const now = () => performance.now();
const yieldNow = () => new Promise((resolve) => setImmediate(resolve));
const local = makeLocalRunner((config) => engine.createTrainer(config));

const MOONS = { dataset: 'moons', samples: 200, model: 'linear(8) tanh', batch: 16, steps: 300, eval_every: 100 };

/** @param {Record<string, any>} settings */
const complete = (settings) => engine.parseConfig(settings).config;

// ---- trials ----------------------------------------------------------------------------------------------------------

test('drawn points are those of Halton, digits reversed', () => {
  const points = samplePoints(['momentum=0:0.9', 'optimizer=sgd,adam'], 4);
  assert.deepEqual(points, [
    { momentum: 0.45, optimizer: 'adam' },
    { momentum: 0.225, optimizer: 'sgd' },
    { momentum: 0.675, optimizer: 'sgd' },
    { momentum: 0.1125, optimizer: 'adam' },
  ]);
  // Base 3: 1, 2, 10, 11 backwards, with 1 and 2 exchanged.
  const [, ...thirds] = samplePoints(['batch=1,2', 'warmup_steps=0:9'], 5).map((point) => point.warmup_steps);
  assert.deepEqual(thirds, [3, 2, 8, 5]);
  assert.deepEqual(
    samplePoints(['lr=1e-4:1'], 3).map(({ lr }) => lr),
    [0.01, 0.001, 0.1],
  );
  assert.equal(samplePoints(['optimizer=sgd,adam'], 9).length, 2, 'there are no more');
});

test('a trial is the run that a session makes, as a value that survives JSON', async () => {
  const config = complete({ ...MOONS, sharpness_every: 150 });
  const result = await local.trial(config);
  const trainer = engine.createTrainer(config);
  const end = await new Session(trainer, { now, yieldNow }).run();
  const summary = trainer.summary();
  assert.equal(result.digest, trainer.digest());
  assert.deepEqual(result.val, end.val);
  assert.deepEqual(result.best, { step: summary.best_step, loss: summary.best_loss, accuracy: summary.best_accuracy });
  assert.equal(result.train.loss, summary.smoothed_loss);
  assert.equal(result.baseline_loss, summary.baseline_loss);
  trainer.dispose();

  assert.equal(result.seed, 1);
  assert.equal(result.steps, 300);
  assert.deepEqual([result.diverged, result.diverged_at, result.infeasible], [false, null, false]);
  assert.deepEqual([result.verdict, result.episodes], ['stable', []]);
  assert.deepEqual(
    result.evaluations.map(({ step }) => step),
    [100, 200, 300],
  );
  assert.deepEqual(
    result.sharpness.map(({ step }) => step),
    [150, 300],
  );
  assert.equal(result.grad_norm.typical, result.grad_norm.p90);
  assert.deepEqual(decodeJson(encodeJson(result)), result);
});

test('the curve of a trial: every step, a reduction that keeps the extremes, or none', async () => {
  const config = complete({ ...MOONS, steps: 3000 });
  const every = await local.trial(config, { record: 'every' });
  const trainer = engine.createTrainer(config);
  assert.deepEqual(
    every.curve?.accuracy,
    trainer.step(3000).map(({ smoothed_accuracy }) => smoothed_accuracy),
  );
  trainer.dispose();
  const reduced = await local.trial(config);
  const none = await local.trial(config, { record: 'none' });
  assert.equal(none.curve, null);
  const [all, few] = [every.curve, reduced.curve];
  assert.ok(all && few);
  assert.deepEqual(
    all.step,
    Array.from({ length: 3000 }, (_, i) => i),
  );
  assert.ok(few.step.length > 150 && few.step.length <= 400, `${few.step.length}`);
  assert.deepEqual([few.step[0], few.step[few.step.length - 1]], [0, 2999]);
  assert.ok(few.step.every((step, i) => i === 0 || step > few.step[i - 1]));
  for (const column of /** @type {const} */ (['loss', 'smoothed', 'norm', 'lr'])) {
    assert.deepEqual(
      few[column],
      few.step.map((step) => all[column][step]),
    );
  }
  assert.equal(Math.max(...few.loss), Math.max(...all.loss));
  assert.equal(Math.min(...few.loss), Math.min(...all.loss));
  assert.equal(Math.max(...few.norm), Math.max(...all.norm));
  const last = all.loss.slice(-50);
  const mean = last.reduce((sum, loss) => sum + loss, 0) / 50;
  assert.ok(Math.abs(every.train.last50 - mean) < 1e-12);
  assert.equal(every.train.first, all.loss[0]);
  assert.equal(reduced.train.last50, every.train.last50);
});

test('a trial that diverges is a result: infeasible, with the step that ended it', async () => {
  const result = await local.trial(complete({ ...MOONS, model: 'linear(8) relu linear(8)', lr: 1e6 }));
  assert.equal(result.diverged, true);
  assert.equal(result.diverged_at, result.steps);
  assert.equal(result.infeasible, true);
  assert.notEqual(result.verdict, 'stable');
  assert.equal(result.curve?.step.at(-1), result.diverged_at);
  assert.deepEqual(decodeJson(encodeJson(result)), result);
});

test('a local runner takes one trial after the other, reports progress, gives up, and frees its memory', async () => {
  const used = engine.memory.used;
  const controller = new AbortController();
  const long = complete({ ...MOONS, steps: 1_000_000 });
  /** @type {number[]} */
  const steps = [];
  const given = local.trial(long, {
    signal: controller.signal,
    onProgress: ({ step, totalSteps }) => {
      steps.push(step);
      assert.equal(totalSteps, 1_000_000);
      if (steps.length === 2) controller.abort(new Error('enough'));
    },
  });
  const after = local.trial(complete({ ...MOONS, steps: 10 }));
  await assert.rejects(given, { message: 'enough' });
  assert.ok(steps[1] > steps[0]);
  assert.equal((await after).steps, 10);
  await assert.rejects(local.trial(complete({ ...MOONS, model: 'conv(3,3)' })), { field: 'model' });
  assert.equal(engine.memory.used, used);
});

// ---- definitions -----------------------------------------------------------------------------------------------------

/** @param {number | null} loss @param {string} [state]  ok, infeasible, early or mid @returns {Judged} */
function made(loss, state = 'ok') {
  return {
    infeasible: state === 'infeasible',
    verdict: state === 'early' || state === 'mid' ? state : 'stable',
    best: loss === null ? null : { step: 1, loss, accuracy: null },
  };
}

test('best, and what does not blow up', () => {
  assert.equal(bestLoss(made(0.5)), 0.5);
  assert.equal(bestLoss(made(null, 'infeasible')), Infinity);
  assert.deepEqual([made(1), made(1, 'infeasible'), made(1, 'early'), made(1, 'mid')].map(doesNotBlowUp), [
    true,
    false,
    false,
    false,
  ]);
});

test('a point over its seeds: the median of best, feasible where most seeds are', () => {
  assert.deepEqual(judgePoint([made(3), made(1), made(2, 'mid')]), {
    loss: 2,
    feasible: true,
    seeds: 3,
    infeasible: 0,
    unstable: 1,
  });
  assert.equal(judgePoint([made(1), made(2)]).loss, 1.5);
  assert.equal(judgePoint([made(1), made(2, 'infeasible')]).feasible, false, 'half is not most');
  assert.equal(judgePoint([made(1), made(2), made(null, 'infeasible')]).feasible, true);
  assert.equal(judgePoint([made(1), made(null), made(null)]).loss, null);
});

test('a rate is unstable where at least half of the seeds are unstable or infeasible', () => {
  assert.equal(isUnstableRate([made(1), made(1, 'mid')]), true);
  assert.equal(isUnstableRate([made(1), made(1), made(1, 'mid')]), false);
  assert.equal(isUnstableRate([made(1), made(1, 'early'), made(1, 'infeasible')]), true);
});

test('the best point is feasible, and the first on ties', () => {
  /** @param {Judged[][]} points */
  const find = (...points) => findBestPoint(points.map((trials) => ({ figures: judgePoint(trials) })));
  assert.equal(find([made(2)], [made(1)], [made(1)], [made(0.1, 'infeasible')]), 1);
  assert.equal(find([made(0.1, 'infeasible')], [made(null)]), -1);
  assert.equal(find(), -1);
});

test('lr*, lr_unstable and the edge', () => {
  const rates = [0.001, 0.01, 0.1, 1, 10];
  /** @param {Judged[][]} trials  by rate */
  const judge = (...trials) => judgeRates(trials.map((own, i) => ({ lr: rates[i], trials: own })).reverse());

  const alone = { lr_unstable: null, lr_first_unstable: null, at_edge: false, lr_sensitivity: null };
  const edge = judge([made(3)], [made(1)], [made(2)], [made(9, 'mid')], [made(9, 'infeasible')]);
  assert.deepEqual(edge, {
    ...alone,
    lr_best: 0.01,
    best_loss: 1,
    lr_unstable: 1,
    lr_first_unstable: 1,
    at_edge: true,
  });
  const far = judge([made(1)], [made(2)], [made(3)], [made(9, 'infeasible')]);
  assert.deepEqual(far, { ...alone, lr_best: 0.001, best_loss: 1, lr_unstable: 1, lr_first_unstable: 1 });
  const calm = judge([made(2)], [made(1)]);
  assert.deepEqual(calm, { ...alone, lr_best: 0.01, best_loss: 1 });
  const lost = judge([made(1, 'infeasible')], [made(1, 'infeasible')]);
  assert.deepEqual(lost, { ...alone, lr_best: null, best_loss: null });
  const below = judge([made(2, 'early')], [made(1, 'mid')], [made(2)]);
  assert.equal(below.lr_best, 0.01, 'a rate with a recovered episode may be the best');
  assert.equal(below.lr_unstable, null, 'rates up to lr* do not count');
  assert.equal(below.lr_first_unstable, 0.001, 'but they are told');
  assert.equal(sayUnstableFrom(below), '0.001, below lr*; above it none of those tried');
  assert.equal(atUnstableRates(below), 'below the best rate, at η 0.001');
  const own = judge([made(2, 'infeasible')], [made(1, 'mid')], [made(2)], [made(9, 'early')]);
  assert.deepEqual([own.lr_best, own.lr_first_unstable, own.lr_unstable], [0.01, 0.01, 1]);
  assert.equal(sayUnstableFrom(own), '0.01, lr* itself; above it 1');
  assert.equal(atUnstableRates(own), 'at the best rate itself, η 0.01, and above it from η 1 on');
  assert.deepEqual(
    [edge, calm, lost].map((rates) => sayUnstableFrom(rates)),
    ['1', 'none of those tried', 'not known: no rate learns'],
  );
  assert.equal(sayUnstableAt(0.464, { unstable: 0, seeds: 3 }), '');
  assert.match(sayUnstableAt(0.464, { unstable: 2, seeds: 3 }), /^At η 0\.464 itself 2 of 3 seeds are unstable:/);
});

test('LR sensitivity: the mean of min(final loss, L₀) over the rates, less the lowest', () => {
  /** @param {number | null} loss @param {object} [more] */
  const end = (loss, more = {}) => [{ ...made(1), baseline_loss: 2, val: loss === null ? null : { loss }, ...more }];
  /** @param {any[][]} trials  by rate */
  const judge = (...trials) => judgeRates(trials.map((own, i) => ({ lr: 10 ** (i - 3), trials: own }))).lr_sensitivity;

  // (1.4 + 0.5 + 0.8 + 2) / 4 - 0.5: the last one ends above guessing.
  assert.equal(judge(end(1.4), end(0.5), end(0.8), end(7)), 1.175 - 0.5);
  assert.equal(judge(end(0.5), end(0.5), end(0.5)), 0);
  // What diverged counts as guessing, wherever it stood; and so does what is no number.
  assert.equal(judge(end(1), end(0.5), end(0.4, { diverged: true }), end(Number.NaN)), 1.375 - 0.5);
  // Over seeds the median, of which a guess is no more than a guess.
  assert.equal(judge([...end(1), ...end(9), ...end(1.25)], end(0.5), end(1.25)), 1 - 0.5);
  // Without validation data the training loss.
  assert.equal(judge(end(null, { train: { loss: 1 } }), end(null, { train: { loss: 0.5 } }), end(9)), 3.5 / 3 - 0.5);
  // Of rates that are not spaced logarithmically there is no mean, nor of two; and nothing where nothing trains.
  const points = [0.1, 0.2, 1].map((lr) => ({ lr, trials: /** @type {any} */ (end(1)) }));
  assert.equal(judgeRates(points).lr_sensitivity, null);
  assert.equal(judge(end(1), end(0.5)), null);
  assert.equal(judge(end(2, { infeasible: true }), end(2, { infeasible: true }), end(2, { infeasible: true })), null);
  // Rounded as a grid's are.
  const rounded = [0.01, 0.0215, 0.0464, 0.1].map((lr) => ({ lr, trials: /** @type {any} */ (end(1)) }));
  assert.equal(judgeRates(rounded).lr_sensitivity, 0);
});

// ---- the grid --------------------------------------------------------------------------------------------------------

test('axes: logarithmic grids and lists', () => {
  assert.deepEqual(expandAxes(['lr=1e-4:1:5', 'warmup-steps=0,100']), [
    { field: 'lr', values: [0.0001, 0.001, 0.01, 0.1, 1] },
    { field: 'warmup_steps', values: [0, 100] },
  ]);
  const [{ values }] = expandAxes(['lr=1e-4:1:9']);
  for (const [i, value] of values.entries()) {
    assert.ok(Math.abs(/** @type {number} */ (value) / 10 ** (-4 + i / 2) - 1) < 1e-7, `${value}`);
  }
  assert.deepEqual(expandAxes(['lr=1:0.01:3,5'])[0].values, [1, 0.1, 0.01, 5], 'downwards, and mixed with a list');
  assert.deepEqual(expandAxes(['batch=1:8:9'])[0].values, [1, 2, 3, 4, 5, 6, 8], 'whole numbers, once each');
  assert.deepEqual(expandAxes(['clip=off,norm', 'clip_in_warmup=on,off', 'downsample=1,2']), [
    { field: 'clip', values: ['off', 'norm'] },
    { field: 'clip_in_warmup', values: [true, false] },
    { field: 'downsample', values: [1, 2] },
  ]);
  assert.deepEqual(expandAxes(['model=conv(6,5,pad=2) relu,residual(linear(3, gain=0)),'])[0].values, [
    'conv(6,5,pad=2) relu',
    'residual(linear(3, gain=0))',
    '',
  ]);
  assert.deepEqual(expandAxes([{ field: 'model', values: [null, 'tanh'] }])[0].values, [null, 'tanh']);
});

test('axes that make no sense are refused in one sentence', () => {
  /** @type {[any[], RegExp][]} */
  const cases = [
    [[], /needs a setting/],
    [['lr'], /must be a setting and its values/],
    [['=1'], /must be a setting and its values/],
    [['lrr=1'], /did you mean lr/],
    [['lr='], /lr must be between/],
    [['lr=1,x'], /lr must be between .* not "x"/],
    [['lr=1:2'], /from:to:count/],
    [['lr=1:2:1'], /count from 2 to/],
    [['lr=1:2:3:4'], /from:to:count/],
    [['lr=0:1:3'], /both ends above 0/],
    [['lr=1:1:3'], /the same/],
    [['lr=1,1.0'], /value 1 twice/],
    [['lr=1', 'lr=2'], /names lr twice/],
    [['optimizer=adm'], /Did you mean adam/],
    [['batch=1.5'], /whole number/],
    [[{ field: 'lr', values: [] }], /no values/],
  ];
  for (const [over, pattern] of cases) {
    assert.throws(
      () => expandAxes(over),
      (/** @type {any} */ error) => {
        assert.equal(error.field, 'over');
        assert.match(error.message, /^over [^\n]+[.?]$/);
        assert.match(error.message, pattern);
        return true;
      },
    );
  }
});

test('a plan: the last axis runs fastest, seeds faster still, every trial complete and with a key of its own', () => {
  const { trials, config } = planSweep({ config: MOONS, over: ['lr=1,2', 'batch=8,16'], seeds: 2 });
  assert.deepEqual(
    trials.map(({ changes, seed }) => [changes.lr, changes.batch, seed]),
    [1, 2].flatMap((lr) => [8, 16].flatMap((batch) => [1, 2].map((seed) => [lr, batch, seed]))),
  );
  assert.deepEqual(trials[7].config, { ...config, lr: 2, batch: 16, seed: 2 });
  assert.equal(new Set(trials.map(({ key }) => key)).size, 8);

  const same = planSweep({ config: { ...MOONS, lr: 2, batch: '16' }, over: ['seed=2'] });
  assert.equal(same.trials[0].key, trials[7].key, 'a key names the trial, not the sweep');
  const other = planSweep({ config: { ...MOONS, lr: 2, batch: 16 }, over: ['seed=2'], fingerprint: 'abc' });
  assert.notEqual(other.trials[0].key, trials[7].key);
});

test('a plan judges every point before the first trial', () => {
  const parseConfig = (/** @type {any} */ given) => engine.parseConfig(given);
  assert.throws(() => planSweep({ config: MOONS, over: ['model=linear(3),liner(4)'], parseConfig }), /liner/);
  assert.throws(() => planSweep({ config: { lr: -1 }, over: ['batch=8'] }), { field: 'lr' });
  assert.throws(() => planSweep({ config: { seed: 2 ** 31 - 1 }, over: ['batch=8'], seeds: 2 }), { field: 'seed' });
  assert.throws(
    () => planSweep({ config: {}, over: ['lr=1e-4:1:1000', 'momentum=0.1:0.9:1000'], parseConfig }),
    /1,000,000 trials; 100,000 are the most/,
  );
});

test('shards partition the grid', () => {
  assert.deepEqual(parseShard('2/8'), { index: 1, count: 8 });
  for (const text of ['0/8', '9/8', '2', '2/', '/8', '-1/8', '1.5/8', '1/0', 'a/b', '']) {
    assert.throws(() => parseShard(text), { field: 'shard' }, text);
  }
  const sweep = { config: MOONS, over: ['lr=1e-3:1:5', 'batch=8,16'], seeds: 3 };
  const all = planSweep(sweep).trials;
  const parts = [1, 2, 3, 4].flatMap((i) => planSweep({ ...sweep, shard: parseShard(`${i}/4`) }).trials);
  assert.equal(parts.length, all.length);
  assert.deepEqual(
    parts.sort((a, b) => a.index - b.index),
    all,
  );
});

// ---- sweeps ----------------------------------------------------------------------------------------------------------

const SWEEP = { config: complete(MOONS), over: ['lr=1e-3:100:4', 'warmup_steps=0,20'], seeds: 2 };

test('a sweep on a local runner: trials in the order of the grid, points, best and summary', async () => {
  const result = await runSweep({ ...SWEEP, runner: local });
  assert.equal(result.complete, true);
  assert.equal(result.trials.length, 16);
  const { trials } = planSweep(SWEEP);
  for (const [i, trial] of result.trials.entries()) {
    assert.deepEqual([trial.changes, trial.seed], [trials[i].changes, trials[i].seed]);
    for (const member of ['diverged', 'infeasible', 'val', 'best', 'verdict']) assert.ok(member in trial, member);
    for (const member of ['curve', 'seconds', 'config']) assert.ok(!(member in trial), member);
  }
  const alone = await local.trial(trials[5].config);
  assert.equal(result.trials[5].digest, alone.digest);

  assert.equal(result.points.length, 8);
  const feasible = result.points.filter((point) => point.feasible && point.loss !== null);
  const lowest = Math.min(...feasible.map(({ loss }) => loss ?? Infinity));
  assert.equal(result.best?.median, lowest);
  assert.deepEqual(result.best?.changes, feasible.find(({ loss }) => loss === lowest)?.changes);
  const { summary } = result;
  assert.ok(summary);
  assert.deepEqual(
    summary.rows.map(({ changes }) => changes),
    [{ warmup_steps: 0 }, { warmup_steps: 20 }],
  );
  assert.equal(summary.best_loss, lowest);
  assert.equal(summary.lr_best, result.best?.changes.lr);
  const own = summary.rows.find(({ changes }) => changes.warmup_steps === result.best?.changes.warmup_steps);
  assert.deepEqual({ ...own, rows: summary.rows, changes: undefined }, { ...summary, changes: undefined });

  const flat = await runSweep({ runner: local, config: SWEEP.config, over: ['batch=8,16'], record: 'curve' });
  assert.equal(flat.summary, null, 'no learning rates, no lr*');
  assert.ok(flat.trials.every(({ curve, evaluations }) => curve && evaluations));
});

/**
 * A runner that finishes trials in an order of its own.
 *
 * @param {number} jobs
 * @param {(config: Record<string, any>) => Promise<void>} wait
 */
function makeRunner(jobs, wait) {
  let running = 0;
  const seen = { most: 0, trials: /** @type {string[]} */ ([]) };
  /** @type {TrialRunner} */
  const runner = {
    jobs,
    trial: async (config, { signal } = {}) => {
      seen.most = Math.max(seen.most, ++running);
      seen.trials.push(`${config.lr}/${config.warmup_steps}/${config.seed}`);
      try {
        await wait(config);
        signal?.throwIfAborted();
        const trial = {
          config,
          seed: config.seed,
          seconds: Math.random(),
          curve: null,
          ...made(config.lr + config.seed),
        };
        return /** @type {any} */ (trial);
      } finally {
        running--;
      }
    },
  };
  return { runner, seen };
}

test('the result does not depend on jobs or on the order in which trials finish', async () => {
  const delays = [7, 1, 5, 0, 3];
  let count = 0;
  const waits = () => new Promise((resolve) => setTimeout(resolve, delays[count++ % 5]));
  const one = makeRunner(1, async () => {});
  const many = makeRunner(5, /** @type {any} */ (waits));
  /** @type {number[]} */
  const finished = [];
  const single = await runSweep({ ...SWEEP, runner: one.runner });
  const spread = await runSweep({ ...SWEEP, runner: many.runner, onTrial: (_, { index }) => finished.push(index) });
  assert.deepEqual(spread, single);
  assert.deepEqual([one.seen.most, many.seen.most], [1, 5]);
  assert.equal(finished.length, 16);
  assert.notDeepEqual(
    finished,
    [...finished].sort((a, b) => a - b),
  );
});

test('known trials are not computed again, whatever sweep they came from', async () => {
  const { runner, seen } = makeRunner(2, async () => {});
  /** @type {Map<string, any>} */
  const known = new Map();
  const keep = (/** @type {any} */ trial, /** @type {any} */ { key }) => known.set(key, trial);
  await runSweep({ ...SWEEP, over: ['lr=1e-3:100:4'], runner, onTrial: keep });
  assert.equal(seen.trials.length, 8);
  const result = await runSweep({ ...SWEEP, runner, known });
  assert.equal(seen.trials.length, 16, 'without warmup they were known');
  assert.equal(new Set(seen.trials).size, 16);
  assert.deepEqual(result, await runSweep({ ...SWEEP, runner }));
});

test('a sweep that is given up has what was finished; one that fails ends at once', async () => {
  const controller = new AbortController();
  const { runner, seen } = makeRunner(2, () => new Promise((resolve) => setTimeout(resolve, 1)));
  let count = 0;
  const result = await runSweep({
    ...SWEEP,
    runner,
    signal: controller.signal,
    onTrial: () => ++count === 5 && controller.abort(),
  });
  assert.equal(result.complete, false);
  assert.equal(result.trials.length, count);
  assert.ok(count >= 5 && seen.trials.length <= 7, `${count} ${seen.trials.length}`);
  // The best may be among those that were not trained: of these it is only the lowest.
  assert.equal(result.best, null);
  assert.equal(result.summary, null);
  assert.notEqual(result.leading, null);
  assert.equal(result.size, 16);
  assert.deepEqual(summarizeSweep(planSweep(SWEEP), []).best, null);

  const broken = makeRunner(2, async ({ warmup_steps, lr }) => {
    if (warmup_steps === 20 && lr > 0.01) throw new Error('no memory');
  });
  await assert.rejects(runSweep({ ...SWEEP, runner: broken.runner }), { message: 'no memory' });
  assert.ok(broken.seen.trials.length < 16);
});
