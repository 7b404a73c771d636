/** The playbook's procedures on their own, on real networks: what they find is held against trainings made by hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromSearch } from '../../web/engine/config/config_text.js';
import { runBatchStudy } from '../../web/engine/study/procedure/batch.js';
import { runClipStudy } from '../../web/engine/study/procedure/clip.js';
import { sayCompared } from '../../web/engine/study/procedure/compared.js';
import { runCyclicalStudy } from '../../web/engine/study/procedure/cyclical.js';
import { PATIENTS } from '../../web/engine/study/procedure/patients.js';
import { runProbeStudy } from '../../web/engine/study/procedure/probe.js';
import { runWarmupStudy } from '../../web/engine/study/procedure/warmup.js';
import { formatStudyReport } from '../../web/engine/study/report/study_report.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';

/**
 * @typedef {import('../../web/engine/study/procedure/compared.js').Compared} Compared
 * @typedef {import('../../web/engine/study/procedure/clip.js').Aggressive} Aggressive
 */

const engine = await createEngine();
const now = () => performance.now();

/** @param {Record<string, any>} settings */
function prepare(settings) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  const dataset = engine.generateDataset(config);
  const createTrainer = (/** @type {Record<string, any>} */ planned) => engine.createTrainer(planned, dataset);
  return { config, createTrainer, runner: makeLocalRunner(createTrainer) };
}

/** @param {string} id */
function patient(id) {
  return prepare(PATIENTS.find((one) => one.id === id)?.config ?? {});
}

/** The loss by which settings are held against each other; no number where no run of theirs has one. @param {Compared} one */
const lossOf = ({ figures }) => figures.loss ?? NaN;

/** A small workload: 2 classes in the plane. */
const SPIRAL = { dataset: 'spiral', samples: 300, steps: 100, eval_every: 20 };

test('the warmup study finds a warmup that survives a rate at which training explodes without one', async () => {
  const { config: given, createTrainer, runner } = patient('early-unstable');
  // A block deeper, so that no luck carries it over the first steps.
  const config = { ...given, model: String(given.model).replace('*3', '*4') };
  const { study } = await runWarmupStudy({ runner, config, lr_unstable: 0.1, seeds: 1, now });
  const { warmup_steps, base_lr, multiple } = study;
  assert.ok(warmup_steps === 10 || warmup_steps === 20, `${warmup_steps}`);
  assert.equal(base_lr, Number((multiple * 0.1).toPrecision(6)));
  // By hand, from the definition: in the first steps a batch's loss that reaches 1.5 × the first is a blow-up, and who
  // ends at the loss of guessing ten classes, ln 10, has learned nothing.
  const train = (/** @type {Record<string, any>} */ changes) => {
    const trainer = createTrainer({ ...config, lr: base_lr, ...changes });
    const losses = trainer.step(3 * warmup_steps).map(({ loss }) => loss);
    trainer.dispose();
    const last = losses.slice(-10);
    return {
      rise: Math.max(...losses.slice(0, 20)) / losses[0],
      end: last.reduce((sum, loss) => sum + loss, 0) / last.length / Math.log(10),
    };
  };
  const [warmed, cold] = [train({ warmup_steps, steps: 2 * warmup_steps }), train({})];
  assert.ok(cold.rise > 2 && cold.end > 0.95, JSON.stringify(cold));
  assert.ok(warmed.rise < 1.5 && warmed.end < 0.95, JSON.stringify(warmed));
  // Prepended: the run is longer by the warmup, and compared by best checkpoint.
  const compared = /** @type {Compared[]} */ (study.compared);
  const own = /** @type {Compared} */ (compared.find(({ id }) => id === `warmup-${config.lr}`));
  assert.equal(own.runs[0].steps, config.steps + warmup_steps);
  assert.ok(lossOf(own) < 0.98 * lossOf(compared[0]));
  assert.equal(study.needs_more_steps, warmup_steps > 0.05 * config.steps);
  assert.match(study.says[0], /^A warmup of \d+ steps carries training to/);
  assert.deepEqual(
    study.evidence.map(({ kind }) => kind),
    ['search', 'compared'],
  );
  assert.match(study.evidence[0].says[0], /orders of magnitude up to 10 %/);
});

test('warmup is given nothing to do where no rate is unstable, and 100 × is tried first where it is asked for', async () => {
  const { config, runner } = prepare({ ...SPIRAL, steps: 200 });
  const { study } = await runWarmupStudy({ runner, config, lr_unstable: 0.5, multiple: 100, seeds: 1, now });
  assert.equal(study.search.tried[0].base_lr, 50);
  assert.deepEqual(
    [...new Set(study.search.tried.map((/** @type {any} */ one) => one.multiple))].slice(0, 2),
    [100, 10],
  );
  const calm = {
    jobs: 1,
    trial: async (/** @type {any} */ planned) => ({ ...(await once), config: planned, seed: planned.seed }),
  };
  const once = runner.trial({ ...config, lr: 0.01 });
  const nothing = await runWarmupStudy({ runner: calm, config, seeds: 1, now });
  assert.equal(nothing.study.lr_unstable, null);
  assert.match(nothing.study.says[0], /nothing for a warmup to do/);
});

test('the histogram of norms counts every step where it belongs', async () => {
  const { config, runner } = prepare(SPIRAL);
  const { curve, norm_histogram, steps } = await runner.trial({ ...config, lr: 0.3 }, { record: 'every' });
  const { edges, counts } = norm_histogram;
  assert.equal(edges.length, counts.length + 1);
  assert.ok(counts.length <= 48);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    steps,
  );
  const norms = curve?.norm ?? [];
  for (const [i, count] of counts.entries()) {
    const inside = norms.filter((norm) => norm >= edges[i] && norm < edges[i + 1]).length;
    // A norm on an edge may be rounded to either side.
    assert.ok(Math.abs(inside - count) <= 1, `${inside} and ${count} between ${edges[i]} and ${edges[i + 1]}`);
  }
});

test('the clip study ends an instability of outliers with the percentile of their norms', async () => {
  const { config, createTrainer, runner } = patient('gradient-outliers');
  const { study, curves } = await runClipStudy({ runner, config, seeds: 1, now });
  // By hand: the norms of the same run, unclipped, apart from its instability.
  const trainer = createTrainer({ ...config, clip: 'off' });
  const all = trainer.step(Infinity).map(({ grad_norm }) => grad_norm);
  const episodes = trainer.episodes();
  const norms = all.filter((_, step) =>
    episodes.every(({ begin, recovered_at }) => step < begin || step >= recovered_at),
  );
  assert.ok(episodes.length > 0 && norms.length < all.length);
  trainer.dispose();
  const p90 = engine.gradientNormStats(norms).threshold ?? NaN;
  assert.ok(Math.abs(study.measured.threshold / p90 - 1) < 0.04, `${study.measured.threshold} and ${p90}`);
  assert.match(study.says[0], /ends the instability/);
  assert.match(study.offer?.settings ?? '', /clip=/);
  const compared = /** @type {Compared[]} */ (study.compared);
  const ids = compared.map(({ id }) => id);
  assert.ok(ids.includes('none') && ids.includes('adaptive') && ids.includes('update'));
  for (const { id, clipped_fraction, twin } of /** @type {Aggressive[]} */ (study.aggressive)) {
    assert.ok(clipped_fraction > 0.5);
    assert.equal(compared.find((one) => one.id === twin)?.changes.clip, undefined, `${id} has its unclipped twin`);
  }
  assert.ok(study.aggressive.length > 0);
  assert.match(study.skipped.join(' '), /no warmup/);
  const html = formatStudyReport(study, curves);
  assert.match(html, /too aggressive: median/);
  assert.match(html, /<rect class="bar"/);
  assert.doesNotMatch(html, /undefined|NaN|\[object|<script|https?:/);
});

test('the probe sees a blow-up at the start that evaluation now and then misses', async () => {
  const { config, createTrainer, runner } = prepare({ ...SPIRAL, steps: 200, eval_every: 0 });
  const { study } = await runProbeStudy({ runner, config, lr_best: 0.3, seeds: 2, now });
  assert.equal(study.probes.length, 2);
  const [{ lr, peak }] = study.probes;
  assert.equal(lr, 0.6);
  const trainer = createTrainer({ ...config, lr: 0.6, val_samples: 256, eval_every: 0 });
  let highest = 0;
  for (let step = 0; step < 200; step++) {
    trainer.step(1);
    highest = Math.max(highest, trainer.evaluate('val')?.loss ?? 0);
  }
  trainer.dispose();
  assert.equal(peak.loss, highest, 'the highest of all evaluations, one after every step');
});

test('cycles are compared with fixed rates of the range that a test found, and whichever wins is kept', async () => {
  const { config, runner } = prepare({ ...SPIRAL, steps: 120 });
  const { study } = await runCyclicalStudy({ engine, runner, config, seeds: 1, now });
  const { base, max } = study.range;
  assert.ok(base < max);
  const compared = /** @type {Compared[]} */ (study.compared);
  const settings = compared.map(({ runs }) => engine.parseConfig(configFromSearch(runs[0].settings).config).config);
  const triangles = settings.filter(({ schedule }) => schedule === 'triangular');
  assert.deepEqual(
    triangles.map(({ lr_min, lr, cycle_steps }) => [lr_min, lr, cycle_steps]),
    [
      [base, max, 120],
      [base, max, 60],
    ],
  );
  const schedules = settings.map(({ schedule }) => schedule);
  for (const schedule of /** @type {const} */ (['triangular2', 'exp_range', 'onecycle']))
    assert.ok(schedules.includes(schedule), schedule);
  const momenta = settings.filter(({ schedule, lr }) => schedule === 'onecycle' && lr === max);
  assert.deepEqual(
    momenta.map(({ cycle_momentum }) => cycle_momentum),
    [false, true],
    'with its momentum cycle, and without',
  );
  // Fading ends as low as the last of the halved cycles begins.
  const fading = settings.find(({ schedule }) => schedule === 'exp_range');
  assert.ok(Math.abs(Number(fading?.cycle_gamma) ** 120 - 1 / 8) < 1e-3);
  for (const { runs, accuracy, end } of compared) {
    assert.equal(accuracy, runs[0].best?.accuracy);
    assert.deepEqual(end, { loss: runs[0].val?.loss, accuracy: runs[0].val?.accuracy });
  }
  const told = study.evidence.find(({ kind }) => kind === 'compared');
  assert.ok(
    told && compared.every((one) => /% right\) at step \d+; at the end [\d.]+, [\d.]+ % right/.test(sayCompared(one))),
  );
  assert.ok(
    settings.every(({ steps }) => steps === 120),
    'all are equally long',
  );
  // By hand: the winner has the lowest best checkpoint of all, or the others are within 2 % of it.
  const losses = (/** @type {boolean} */ fixed) =>
    compared.filter(({ id }) => id.startsWith('fixed') === fixed).map(lossOf);
  assert.equal(study.cyclical_wins, Math.min(...losses(false)) < 0.98 * Math.min(...losses(true)));
  assert.match(study.says[0], /wins/);
  const given = await runCyclicalStudy({ engine, runner, config, seeds: 1, range: [0.5, 0.01], now });
  assert.deepEqual(given.study.range, { base: 0.01, max: 0.5 });
});

test('batch sizes differ at one rate, and less where each has its own', async () => {
  const { config, runner } = prepare({
    dataset: 'glyphs',
    downsample: 2,
    samples: 3000,
    val_samples: 500,
    model: '(linear(64) relu)*2',
    schedule: 'linear',
    lr: 0.01,
    steps: 200,
    eval_every: 50,
  });
  const { study, curves } = await runBatchStudy({ runner, config, seeds: 1, batches: [16, 64, 256], now });
  const [unfair, fair] = /** @type {Compared[][]} */ ([study.unfair, study.fair]);
  const runs = unfair.map((one) => one.runs[0]);
  assert.deepEqual(
    runs.map(({ steps }) => steps),
    [800, 200, 50],
    'as many samples each: 200 steps of 64',
  );
  assert.deepEqual(
    fair.map((one) => one.runs[0].steps),
    [800, 200, 100],
    'and twice the epochs for 4 ×',
  );
  // By hand: the largest batch learns least at the rate of the others, and much more at its own.
  const [small, , large] = unfair.map(lossOf);
  assert.ok(large > small + 0.3, `${large} and ${small}`);
  const tuned = fair.map(lossOf);
  assert.ok(Math.max(...tuned) - Math.min(...tuned) < (large - small) / 2, `${tuned}`);
  assert.equal(study.closed, true);
  // Rates were searched both ways, until they got worse; momentum and weight decay from there.
  const [tuning, others] = study.evidence.filter(({ kind }) => kind === 'tuning' || kind === 'regularization');
  for (const [i, batch] of [16, 64, 256].entries()) {
    const own = tuning.runs.filter(({ settings }) => configFromSearch(settings).config.batch === batch);
    const rates = own.map(({ settings }) => configFromSearch(settings).config.lr).sort((a, b) => a - b);
    assert.ok(rates[0] < config.lr && rates[rates.length - 1] > config.lr, `${rates}`);
    const best = tuning.numbers.best[i];
    assert.ok(
      (best > rates[0] && best < rates[rates.length - 1]) || /at the end of the rates/.test(tuning.says.join()),
    );
    const lowest = Math.min(...own.map(({ best: checkpoint }) => checkpoint?.loss ?? Infinity));
    assert.ok(tuned[i] <= lowest + 1e-9, 'momentum and weight decay are kept where they are better');
  }
  const turned = others.runs.map(({ settings }) => configFromSearch(settings).config);
  assert.ok(turned.some(({ momentum }) => momentum > 0.9) && turned.some(({ weight_decay }) => weight_decay > 0));
  assert.match(study.says[0], /with steps, the rate, momentum and weight decay tuned for each/);
  assert.doesNotMatch(formatStudyReport(study, curves), /undefined|NaN|\[object/);
  await assert.rejects(runBatchStudy({ runner, config: { ...config, batch: 0 }, now }), /batch must be/);
});

test('a budget is kept, an interrupted study tells what it knows', async () => {
  const { config, runner } = prepare(SPIRAL);
  const runCycles = (/** @type {any} */ how) => runCyclicalStudy({ ...how, engine });
  for (const run of [runWarmupStudy, runClipStudy, runProbeStudy, runCycles, runBatchStudy]) {
    for (const budget of [100, 700, 1500]) {
      const { study } = await run({ runner, config, seeds: 2, budget, now });
      assert.ok(study.steps <= budget, `${study.steps} of ${budget}`);
      assert.ok(study.skipped.length > 0);
    }
    await assert.rejects(run({ runner, config, budget: 99, now }), /budget must be at least 100/);
    const stop = new AbortController();
    const { study } = await run({
      runner,
      config,
      seeds: 1,
      now,
      signal: stop.signal,
      onStage: () => stop.abort(new Error('enough')),
    });
    assert.equal(study.interrupted, true);
    assert.ok(!study.evidence.some(({ kind }) => ['search', 'compared', 'probe', 'fair'].includes(kind)));
    assert.match(study.skipped.join(' '), /Interrupted during/);
  }
});
