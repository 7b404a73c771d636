/** What is said of logs, held to what was written into them: no alarm on a calm run, none missing on one that is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInspection } from '../../web/cli/inspect_report.js';
import { logVerdictInWords } from '../../web/engine/config/log_verdicts.js';
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
      [[701, Number.NaN]],
    );
    assert.doesNotMatch(dead.noted, /The norm peaks/);
    const text = formatInspection({ runs: [dead], range_test: null, sweep: null, notes: [] });
    assert.match(text, /peak NaN at 701, not recovered/);
  }
  const infinite = await inspectRun(calm((i) => (i > 700 ? { loss: i > 702 ? 'nan' : 'inf' } : {})));
  assert.equal(infinite.episodes[0].loss_peak, Number.POSITIVE_INFINITY);
});

test('a validation loss in each row makes epochs of steps, in every sentence', async () => {
  const run = await inspectRun(
    calm((i) => ({ val_loss: 0.6 + 2 * Math.exp(-i / 100) + (i > 400 ? 1e-3 * (i - 400) : 0) })),
  );
  assert.equal(run.unit, 'epoch');
  assert.match(run.noted, /"step" presumably counts epochs, and epochs they are called here/);
  assert.match(run.noted, /A loss for each epoch/);
  const told = [...run.notes, ...run.advice].filter((each) => /\b(step|row) \d/.test(each));
  assert.deepEqual(told, []);
  const rare = await inspectRun(calm((i) => (i % 50 ? {} : { val_loss: 0.6 })));
  assert.equal(rare.unit, 'step');
});

test('runs that a column tells apart are called by it', async () => {
  /** @param {object[]} rows */
  const namesOf = async (rows) => {
    const file = { name: 'log.csv', bytes: bytesOf(csvOf(/** @type {Record<string, unknown>[]} */ (rows))) };
    return inspectLogs(engine, await readLogs([file])).runs.map(({ name }) => name);
  };
  const seeds = (/** @type {number[]} */ ...all) => all.flatMap((seed) => calm(() => ({ seed }), 50));
  assert.deepEqual(await namesOf(seeds(3, 4, 11)), ['log.csv (seed 3)', 'log.csv (seed 4)', 'log.csv (seed 11)']);
  const numbered = ['log.csv (1 of 2)', 'log.csv (2 of 2)'];
  assert.deepEqual(await namesOf(seeds(3, 3)), numbered, 'where it is the same for both');
});

test('an infinite loss in mid-run is told as infinite, however it is written', async () => {
  for (const loss of ['inf', '+Infinity', '1e999', '1.#INF', '∞'])
    for (const text of [
      csvOf(calm((i) => (i === 700 ? { loss } : {}))),
      calm((i) => (i === 700 ? { loss } : {}))
        .map((row) => `step ${row.step} | loss: ${row.loss} | lr: ${row.lr}`)
        .join('\n'),
    ]) {
      const run = await inspectRun(text);
      assert.match(run.noted, /The loss is infinite at step 700, and finite after that/, loss);
      assert.match(logVerdictInWords(run), /cannot be told: the rows whose loss is missing or no finite number$/);
    }
});

test('a training loss above the validation loss is no sum because of that', async () => {
  const dropout = (/** @type {number} */ i) => (i % 50 ? {} : { val_loss: 0.25 + Math.exp(-i / 100) });
  assert.match((await inspectRun(calm(dropout))).noted, /about 2 times the validation loss: dropout, .* alone do so/);
});

test('spikes that are over before they count are told, and no higher rate is advised behind them', async () => {
  // 4.04 of 1.5 over some dozen steps: the mean of the definition does not reach twice the lowest.
  const spike = (/** @type {number} */ i) => (i < 700 ? 0 : 2.5 * Math.exp(-(i - 700) / 10));
  const row = (/** @type {number} */ i) => ({ loss: 1.2 + 3 * Math.exp(-i / 100) + spike(i) + 0.02 * noiseOf(i) });
  const leap = (/** @type {number} */ i) => ({ ...row(i), ...(i >= 698 && i < 720 && { grad_norm: 40 }) });
  const spiked = await inspectRun(calm(leap));
  assert.equal(spiked.verdict, 'stable');
  assert.match(
    spiked.noted,
    /rose from 1\.2 to 3\.\d+ at step 70\d, with a norm of 40 \(median 1\.01\) and was back at 7\d\d/,
  );
  assert.match(
    spiked.advised,
    /^Before a higher rate is tried: clip the gradient norm at its 90th percentile, 1\.2\d, /,
  );
  assert.doesNotMatch(spiked.advised, /may be below the best/);
  // Norms that do not leap tell of other data, not of an instability; without norms the loss has to do.
  assert.doesNotMatch((await inspectRun(calm(row))).noted, /The loss rose/);
  assert.match((await inspectRun(calm((i) => ({ ...row(i), grad_norm: '' })))).noted, /The loss rose/);
  // A rate that is back at its peak takes the loss with it; one row, noise with heavy tails and another level are none.
  const bare = (/** @type {number} */ i) => ({ grad_norm: '', loss: 0.5 + 0.02 * noiseOf(i) });
  for (const change of [
    (/** @type {number} */ i) => ({ ...row(i), grad_norm: '', lr: i >= 699 && i < 730 ? 3e-3 : 1e-3 }),
    (/** @type {number} */ i) => ({ ...bare(i), ...(i % 100 === 50 && { loss: 0.9 }) }),
    (/** @type {number} */ i) => ({ ...bare(i), loss: -Math.log((noiseOf(i) + 1.0001) / 2.0002) + 1e-3 }),
    (/** @type {number} */ i) => ({ ...bare(i), ...(i > 600 && { loss: 0.7 + 0.02 * noiseOf(i) }) }),
    // Rows far apart are not smoothed: a lucky one is no level. Files of harder samples make another.
    (/** @type {number} */ i) => ({
      ...bare(i),
      step: 640 * i,
      loss: 0.05 + 2 / (1 + i / 6) + 0.09 * (1 + noiseOf(i)),
    }),
    (/** @type {number} */ i) => ({ ...bare(i), ...(i % 97 < 3 && { loss: 0.9 }) }),
    (/** @type {number} */ i) => ({ ...bare(i), ...(i % 200 > 160 && { loss: 0.7 + 0.02 * noiseOf(i) }) }),
  ])
    assert.doesNotMatch((await inspectRun(calm(change))).noted, /The loss rose/);
});

test('a loss that does not fall is no reason for a rate three times as high', async () => {
  const flat = (/** @type {number} */ i) => ({ loss: Math.LN10 + 0.02 * noiseOf(i), grad_norm: 0.003 });
  const dead = await inspectRun(calm(flat));
  assert.match(dead.noted, /The loss did not fall: it is 2\.3 in the first tenth of the rows and 2\.3\d? in the last/);
  assert.match(dead.advised, /^Nothing is learned yet\..*the rates 1e-4 and 0\.01 tell/);
  for (const change of [() => ({}), (/** @type {number} */ i) => ({ loss: 2.3 - i * 1e-4 + 0.01 * noiseOf(i) })])
    assert.doesNotMatch((await inspectRun(calm(change))).noted, /did not fall/);
});

test('steps that no row stands for are told, coarser rows are none', async () => {
  const holed = await inspectRun(calm().filter(({ step }) => step < 300 || step > 560));
  assert.match(holed.noted, /No row stands between step 299 and 561: what happened there is not known/);
  assert.deepEqual(holed.untold, ['holes']);
  const coarser = calm().filter(({ step }) => step < 100 || step % 50 === 0);
  assert.doesNotMatch((await inspectRun(coarser)).noted, /No row stands/);
});

test('validations that differ by as much anyhow are no reason to keep another checkpoint', async () => {
  const validated = (/** @type {(i: number) => number} */ at) =>
    calm((i) => (i % 20 ? {} : { val_loss: at(i) + 0.04 * (i === 980 ? 0.5 : noiseOf(i)) }));
  const noisy = await inspectRun(validated((i) => 0.5 + 2 * Math.exp(-i / 100)));
  assert.match(noisy.noted, /above it .*, no more than validations differ by from one to the next/);
  assert.doesNotMatch(noisy.advised, /Keep the checkpoint/);
  const worse = await inspectRun(validated((i) => 0.5 + 2 * Math.exp(-i / 60) + i * 3e-4));
  assert.match(worse.advised, /Keep the checkpoint of step \d+; what comes after it only fits/);
});

test('of losses that need not fall there is no verdict, unless somebody says that they are the loss', async () => {
  const gan = calm((i) => ({ loss: '', Loss_D: 0.6 + 0.2 * noiseOf(i), Loss_G: 2 + i / 900 + noiseOf(i + 9) }));
  const played = await inspectRun(gan);
  assert.deepEqual([played.verdict, played.best], [null, null]);
  assert.match(played.noted, /play against each other/);
  const ppo = calm((i) => ({ policy_loss: -0.01, value_loss: 5 + noiseOf(i), ep_rew_mean: i }));
  const policy = await inspectRun(ppo);
  assert.equal(policy.verdict, null);
  assert.match(policy.noted, /reinforcement learning.* "ep_rew_mean" goes from 0 to 999/);
  assert.match(policy.advised, /^Judge it by the reward/);
  const logs = await readLogs([{ name: 'log.csv', bytes: bytesOf(csvOf(ppo)) }], ['loss']);
  assert.equal(inspectLogs(engine, logs, { roles: { loss: 'loss' } }).inspection.runs[0].verdict, 'stable');
  assert.equal((await inspectRun(calm((i) => ({ generator_lr: 1, d_model: i })))).verdict, 'stable');
});

test('a loss in bits is one, and guessing costs the logarithm to the base of 2', async () => {
  const bits = calm((i) => ({ loss: '', train_bpc: 1.2 + 5.4 * Math.exp(-i / 100) }));
  const logs = await readLogs([{ name: 'log.csv', bytes: bytesOf(csvOf(bits)) }]);
  const [run] = inspectLogs(engine, logs, { classes: 96 }).inspection.runs;
  assert.equal(run.series.loss.name, 'train_bpc');
  assert.equal(run.baseline_loss, Math.log2(96));
});

test('where there is no validation, the lowest loss is that of the running mean, not of the luckiest batch', async () => {
  const { best } = await inspectRun(calm((i) => (i === 400 ? { loss: 0.01 } : {})));
  assert.ok(best && best.step > 400 && best.loss > 0.45, `${best?.step}`);
});

test('what was resumed far behind its first step does not show its first loss', async () => {
  const rows = [...calm().slice(0, 800), ...calm().slice(400)].map((row) => ({ ...row, step: row.step }));
  const { runs } = inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes: bytesOf(csvOf(rows)) }])).inspection;
  assert.equal(runs.length, 2);
  assert.match(runs[1].notes.join(' '), /holds 2 runs: its steps go back\..*The log begins at step 400/);
});

test('behind a rise that was soon over no higher rate is advised, and how often it rose is counted', async () => {
  const row = (/** @type {number} */ i) => ({ lr: 1e-3 * Math.min(1, (i + 1) / 25) });
  const rise = (/** @type {number} */ i) => (i >= 25 && i < 40 ? { loss: 4.5, grad_norm: 30 } : {});
  const early = await inspectRun(calm((i) => ({ ...row(i), ...rise(i) })));
  assert.equal(early.verdict, 'recovered');
  assert.match(early.advised, /^The loss rose once .* higher rate is tried: warm up over more steps, and clip/);
  assert.doesNotMatch(early.advised, /No instability/);
  const bump = (/** @type {number} */ i) => (i >= 0 && i < 25 ? { loss: 1.4, grad_norm: 30 + i } : {});
  const twice = await inspectRun(calm((i) => ({ ...row(i), ...bump(i - 400), ...bump(i - 700) }), 3000));
  assert.match(twice.advised, /^The loss rose 2 times .* higher rate is tried: clip the gradient norm at/);
});

test('a loss that turns at every row overshoots, noise does not', async () => {
  const turning = (/** @type {number} */ i) => ({ loss: (0.5 + 2 * Math.exp(-i / 100)) * (1 + 0.3 * (-1) ** i) });
  const run = await inspectRun(calm(turning));
  assert.match(run.noted, /up and down in turn \(in 100 % of the rows/);
  assert.match(run.advised, /^Before a higher rate is tried, train at half of 0\.001/);
  assert.doesNotMatch((await inspectRun(calm())).noted, /in turn/);
});

test('a norm that grows is told, and one that peaked long before the loss is no reason for it', async () => {
  const grown = await inspectRun(calm((i) => ({ grad_norm: Math.exp(i / 200) })));
  assert.match(
    grown.noted,
    /The norm grows: its median is 1\.2\d in the first tenth of the rows and 1\d\d in the last/,
  );
  const dead = await inspectRun(calm((i) => (i > 500 ? { loss: 2 + i / 1e4, grad_norm: i < 510 ? 90 : 0.01 } : {})));
  assert.equal(dead.verdict, 'mid');
  assert.doesNotMatch(dead.noted, /The norm peaks/);
});

test('counters of LLaMA-Factory, MaxText and open_clip', async () => {
  const factory = await inspectRun(
    calm((i) => ({ step: '', current_steps: 10 * i + 10, total_steps: 12000, epoch: i / 900 })),
  );
  assert.deepEqual([factory.unit, factory.steps, factory.planned], ['step', 10000, 12000]);
  const lines = (/** @type {(i: number) => string} */ line) => Array.from({ length: 50 }, (_, i) => line(i)).join('\n');
  const max = await inspectRun(
    lines((i) => `completed step: ${3 * i}, seconds: 2.3, loss: ${(4 - i / 50).toFixed(3)}`),
  );
  assert.deepEqual([max.unit, max.steps], ['step', 147]);
  const clip = await inspectRun(
    lines((i) => `Train Epoch: 0 [${256 * i}/99999 (1%)] LR: 0.001 Scale: 14.2 (14.2) Loss: ${4 - i / 50} (4.1)`),
  );
  assert.equal(clip.series.loss.name, 'Loss');
});

test('an episode begins where the loss leaves its level, however long that had been', async () => {
  const spike = (/** @type {number} */ i) => (i >= 1500 && i < 1600 ? 3 * (1 - (i - 1500) / 100) : 0);
  const rows = calm(
    (i) => ({ loss: 0.5 + 2 * Math.exp(-i / 15) + 0.02 * noiseOf(i) + spike(i), lr: 1e-3 - i / 4e6 }),
    2000,
  );
  const { episodes, advised } = await inspectRun(rows);
  assert.equal(episodes.length, 1);
  assert.ok(episodes[0].begin >= 1495 && episodes[0].begin < 1500, `${episodes[0].begin}`);
  assert.match(advised, /below 6\.2\de-4, at which the first episode began/);
  // It had reached its lowest within the first twentieth of the run, and still did not break there.
  const level = (/** @type {number} */ i) => (i < 2 ? 2 : i > 5 && i < 45 ? 0.48 : 0.5) + 0.02 * noiseOf(i);
  const early = calm((i) => ({ loss: level(i) + (i >= 900 && i < 960 ? 3 : 0) }));
  assert.deepEqual(
    (await inspectRun(early)).episodes.map(({ kind }) => kind),
    ['mid'],
  );
});

test('a rate that is said before the first step is one, and flax counts in brackets behind its logger', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `step ${10 * i} | loss ${(0.3 + 2 / (1 + i / 5)).toFixed(4)}`);
  for (const head of [
    'lr: 0.0003',
    'Args: Namespace(lr=0.0003, batch_size=32)',
    "{'learning_rate': 0.0003, 'wd': 0.1}",
  ]) {
    const run = await inspectRun([head, ...lines].join('\n'));
    assert.match(run.noted, /stands beside no step: 0\.0003 was taken for the rate\./);
    assert.doesNotMatch(run.advised, /The log has no rate/);
    assert.match(run.rehearsal?.command ?? '', /--lr 0\.0003/);
  }
  const flax = (/** @type {number} */ i) =>
    `I0101 12:00:0${i % 10}.123456 140 logging_writer.py:48] [${100 * i}] accuracy=0.5, loss=${(0.3 + 2 / (1 + i)).toFixed(4)}`;
  const { unit, steps } = await inspectRun(Array.from({ length: 40 }, (_, i) => flax(i)).join('\n'));
  assert.deepEqual([unit, steps], ['step', 3900]);
});

test('of a run that died the best checkpoint is one from before, whatever was logged behind that', async () => {
  const died = await inspectRun(
    calm((i) => ({
      ...(i > 700 && { loss: 0, grad_norm: 'nan' }),
      ...(i % 100 === 0 && { val_loss: i > 700 ? 0.01 : 1 - i / 2000 }),
    })),
  );
  assert.deepEqual([died.best?.step, died.best?.loss], [700, 0.65]);
  assert.match(died.noted, /The best checkpoint is that of step 700 \(validation loss 0\.65\)\./);
});

test('of a counter of samples no distance in steps is told', async () => {
  const lines = [0, 1].flatMap((epoch) =>
    Array.from(
      { length: 40 },
      (_, i) =>
        `Train Epoch: ${epoch + 1} [${640 * i}/25600 (${(100 * i) / 40}%)]\tLoss: ${(0.3 + 2 / (1 + i + 40 * epoch)).toFixed(5)}`,
    ),
  );
  const { noted } = await inspectRun(lines.join('\n'));
  assert.match(noted, /counts by 640: presumably samples.* of 25,600 samples: these were/);
  assert.match(noted, /A loss every 640 samples: how many steps that is the log does not say/);
  assert.doesNotMatch(noted, /640 steps/);
});

test('of a run that blew up a threshold is read off the norms before, and large ones carry no loss scale', async () => {
  const blown = (/** @type {number} */ from) => (/** @type {number} */ i) =>
    i >= from ? { loss: 1e3 * (1 + i - from), grad_norm: 1e9 * (i - from + 1) } : {};
  const late = await inspectRun(calm(blown(300)));
  assert.match(late.advised, /Clip the gradient norm at its 90th percentile, 1\.2\d, /);
  const early = await inspectRun(calm(blown(5)));
  assert.match(early.advised, /too few norms before the instability for a percentile .* so 1 is the usual guess/);
  for (const { noted, advised } of [late, early]) assert.doesNotMatch(noted + advised, /loss scale/);
  // No more steps of warmup than its sentence names.
  const short = await inspectRun(calm(blown(5), 400));
  assert.match(short.advised, /Prepend 10 steps of linear warmup/);
  assert.match(short.code?.command ?? '', /--warmup-steps 10 /);
});

test('a run of ours names its optimizer', async () => {
  const { config } = engine.parseConfig({ dataset: 'moons', lr: 20, steps: 60 });
  const trainer = engine.createTrainer(config);
  const lines = [
    { type: 'config', ...trainer.reportedConfig },
    ...trainer.step(60).map((row) => ({ type: 'step', ...row })),
  ];
  trainer.dispose();
  const run = await inspectRun(lines.map((line) => JSON.stringify(line)).join('\n'));
  assert.match(run.source, /Trainscope/);
  assert.match(run.advised, /Another optimizer: Adam instead of momentum\./);
});

test('a loss that rises again, or stands still to the end, and a norm of 0 are told, and no higher rate is advised', async () => {
  const climbing = await inspectRun(
    calm((i) => ({ loss: (0.5 + 2 * Math.exp(-i / 50)) * (1 + (0.8 * i) / 1000) * Math.exp(0.05 * noiseOf(i)) })),
  );
  assert.equal(climbing.verdict, 'stable');
  assert.match(climbing.noted, /The loss rises again: it is 0\.6\d* about step \d+ and 0\.8\d* in the last tenth/);
  const dead = await inspectRun(calm((i) => (i > 600 ? { grad_norm: 0 } : {})));
  assert.match(dead.noted, /From step 601 to the end \(399 rows\) the norm is 0/);
  const still = await inspectRun(calm((i) => (i > 600 ? { loss: 0.5 } : {})));
  assert.match(still.noted, /From step 601 to the end \(399 rows\) the loss is 0\.5 and does not move/);
  for (const { advised } of [climbing, dead, still]) {
    assert.match(advised, /Before a higher rate is tried, find out why/);
    assert.doesNotMatch(advised, /may be below the best/);
  }
});

test('a loss rises again neither by noise nor where its rate does', async () => {
  for (const noise of [0.01, 0.1, 0.5])
    for (const rows of [30, 100, 1000]) {
      const { noted } = await inspectRun(
        calm((i) => ({ loss: (0.5 + 2 * Math.exp((-8 * i) / rows)) * Math.exp(noise * noiseOf(i)) }), rows),
      );
      assert.doesNotMatch(noted, /rises again|does not move/, `${noise}, ${rows} rows`);
    }
  const again = await inspectRun(
    calm((i) => ({
      lr: i < 800 ? 1e-3 * Math.exp(-i / 200) : 1e-3,
      loss: (i < 800 ? 0.5 + 2 * Math.exp(-i / 100) : 0.8) + 0.02 * noiseOf(i),
    })),
  );
  assert.equal(again.verdict, 'stable');
  assert.doesNotMatch(again.noted, /rises again/);
});

test('of many validations that differ by noise alone the last is no worse than the best', async () => {
  const { noted, advised } = await inspectRun(
    calm(
      (i) => ({
        loss: 0.5 + 2 * Math.exp(-i / 200),
        // The lowest and the last are further apart than five usual moves, and no further than 4,000 validations may be.
        val_loss:
          0.5 *
          Math.exp(i === 1000 ? -0.13 : i === 3999 ? 0.08 : 0.05 * (noiseOf(i) + noiseOf(i + 7) + noiseOf(3 * i))),
      }),
      4000,
    ),
  );
  assert.match(noted, /no more than validations differ by/);
  assert.doesNotMatch(advised, /Keep the checkpoint/);
});
