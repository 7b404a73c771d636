/** `trainscope inspect`: logs of other programs and of our own runs, folders, reports, and what is no log. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { logVerdictInWords } from '../../web/engine/config/log_verdicts.js';
import { readLogs } from '../../web/engine/logs/read_logs.js';
import { decodeJson } from '../../web/engine/run/run_log.js';
import { inspectLogs } from '../../web/engine/study/inspect/inspect.js';
import { createEngine } from '../../web/platform/node/index.js';
import { bytesOf, csvOf, eventFile, looseJson, makeRows } from '../engine/log_writers.js';
import { drawRuns } from '../fixtures/random_runs.js';
import { CLI, runCli } from './helpers.js';

/** @typedef {import('../../web/engine/study/inspect/inspect.js').Inspection} Inspection */

/** Runs of ours whose own verdict must come back; more with TRAINSCOPE_OWN_RUNS. */
const OWN_RUNS = Number(process.env.TRAINSCOPE_OWN_RUNS ?? 6);

/** A run with a warmup of 40 steps, a spike at 300, and a best checkpoint before the last. */
const SPIKED = makeRows(400).map((row, i) => ({
  ...row,
  lr: 2e-3 * Math.min(1, (i + 1) / 40),
  loss: 0.5 + 2 * Math.exp(-i / 60) + 0.02 * Math.sin(7 * i) + (i >= 300 && i < 330 ? 4 - 0.13 * (i - 300) : 0),
  grad_norm: i >= 298 && i < 310 ? 50 : 1 + 0.3 * Math.sin(3 * i),
}));

const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
after(() => rm(folder, { recursive: true, force: true }));
await mkdir(join(folder, 'tb/train'), { recursive: true });
const history = SPIKED.map(({ step, loss, lr, grad_norm }) => ({
  step,
  epoch: step / 100,
  loss,
  learning_rate: lr,
  grad_norm,
}));
const evaluations = [100, 200, 300, 400].map((step, i) => ({ step, eval_loss: [0.9, 0.7, 0.8, 0.9][i] }));
await writeFile(
  join(folder, 'trainer_state.json'),
  looseJson({ log_history: [...history, ...evaluations], max_steps: 400 }),
);
await writeFile(join(folder, 'metrics.csv'), csvOf(SPIKED));
await writeFile(
  join(folder, 'tb/train/events.out.tfevents.1.a'),
  eventFile(SPIKED.map(({ step, loss }) => ({ tag: 'loss', step, value: loss }))),
);
await writeFile(
  join(folder, 'train.log'),
  SPIKED.map(({ step, loss }) => `step ${step}/400 | loss ${loss}`).join('\n'),
);
await writeFile(join(folder, 'notes.txt'), 'Remember the milk.\n');

/** @param {string[]} words @returns {Promise<Inspection>} */
async function inspect(...words) {
  const { code, stdout, stderr } = await runCli(['inspect', ...words, '--json']);
  assert.equal(code, 0, stderr);
  return /** @type {Inspection} */ (decodeJson(stdout));
}

test('of a calm run that overfits the checkpoint is told first, and that it overfits only where training goes on falling', async () => {
  const engine = await createEngine();
  const calm = makeRows(400).map((row) => ({ ...row, lr: 2e-3, grad_norm: 1 }));
  /** @param {(step: number) => number} lossAt */
  const adviceOf = async (lossAt) => {
    const log_history = [
      ...calm.map(({ step, lr, grad_norm }) => ({ step, loss: lossAt(step), learning_rate: lr, grad_norm })),
      ...[100, 200, 300, 400].map((step, i) => ({ step, eval_loss: [0.9, 0.7, 0.8, 0.9][i] })),
    ];
    const name = 'trainer_state.json';
    const bytes = bytesOf(JSON.stringify({ log_history, max_steps: 400 }));
    return inspectLogs(engine, await readLogs([{ name, bytes }])).inspection.runs[0].advice;
  };
  const overfitting = await adviceOf((step) => 2 * Math.exp(-step / 150));
  assert.match(overfitting[0], /^Keep the checkpoint of step 200; .* only fits the training data better/);
  assert.ok(overfitting.some((sentence) => /may be below the best/.test(sentence)));
  const standing = await adviceOf((step) => 0.5 + 1.5 * Math.exp(-step / 20) + 1e-4 * step);
  assert.doesNotMatch(standing[0], /checkpoint/);
  assert.match(
    standing.join(' '),
    /Keep the checkpoint of step 200; on validation data what comes after it is worse\./,
  );
});

test('a log is read, judged and told', async () => {
  const { runs, range_test, sweep } = await inspect(join(folder, 'trainer_state.json'));
  assert.deepEqual([runs.length, range_test, sweep], [1, null, null]);
  const [run] = runs;
  assert.deepEqual(run.series.loss, { name: 'loss', points: 400 });
  assert.deepEqual([run.verdict, run.diverged_at, run.steps, run.episodes.length], ['mid', null, 400, 1]);
  const [{ begin, peak, recovered_at, norm_peak, lr }] = run.episodes;
  assert.ok(begin > 250 && begin <= 300 && peak === 301 && recovered_at !== null && recovered_at < 345);
  assert.deepEqual([norm_peak?.value, lr], [50, 2e-3]);
  assert.deepEqual([run.warmup, run.schedule], [{ steps: 40, share: 0.1 }, 'constant']);
  assert.deepEqual([run.best?.step, run.best?.loss], [200, 0.7]);
  assert.deepEqual([run.norms?.max, run.norms?.after_clipping], [50, false]);
  assert.match(run.advice[0], /90th percentile/);
  assert.match(run.rehearsal?.command ?? '', /^trainscope train --optimizer adamw --lr 0.002 --warmup-steps 100/);
  assert.match(run.code?.command ?? '', /^trainscope export huggingface --part steps --optimizer adamw .*--clip norm/);
  assert.match(run.code?.text ?? '', /TrainerCallback/);
  const printed = await runCli((run.code?.command ?? '').split(' ').slice(1));
  assert.equal(printed.stdout.trimEnd(), run.code?.text);
  const spoken = await runCli(['inspect', join(folder, 'trainer_state.json')]);
  assert.match(spoken.stdout, /verdict +mid-training, 1 episode\n/);
});

test('what a rehearsal says trains', async () => {
  const [run] = (await inspect(join(folder, 'trainer_state.json'))).runs;
  const engine = await createEngine();
  const { problems } = engine.parseConfig(/** @type {Record<string, string>} */ (run.rehearsal?.settings));
  assert.deepEqual(problems, []);
});

test('a folder of four formats is four runs; what is no log in it is told', async () => {
  const { runs, notes } = await inspect(folder);
  assert.deepEqual(runs.map(({ source }) => source).sort(), [
    'Hugging Face trainer state',
    'TensorBoard event file',
    'table',
    'text',
  ]);
  for (const { verdict, episodes } of runs) assert.deepEqual([verdict, episodes.length], ['mid', 1]);
  assert.equal(notes.length, 1);
  assert.match(notes[0], /notes\.txt is text/);
});

test('roles by hand, before paths and behind them', async () => {
  const file = join(folder, 'metrics.csv');
  for (const words of [
    ['--role', 'loss=grad_norm', file],
    [file, '--role', 'loss=grad_norm', 'lr=loss'],
  ]) {
    const [run] = (await inspect(...words)).runs;
    assert.equal(run.series.loss.name, 'grad_norm');
  }
  const wrong = await runCli(['inspect', file, '--role', 'loss=los']);
  assert.deepEqual([wrong.code, wrong.stderr.trim().split('\n').length], [2, 1]);
  assert.match(wrong.stderr, /there is no "los"/);
});

test('the number of classes gives the loss of guessing', async () => {
  const [run] = (await inspect(join(folder, 'metrics.csv'), '--classes', '10')).runs;
  assert.ok(Math.abs((run.baseline_loss ?? 0) - Math.log(10)) < 1e-12);
});

test('what a coarse log cannot show stands in its verdict', async () => {
  const engine = await createEngine();
  const calm = SPIKED.filter(({ step }) => step < 300).map((row) => ({
    ...row,
    loss: row.loss * (1 + 0.1 * (((row.step ** 3 * 7919) % 101) / 101)),
  }));
  /** @type {[number, string[], RegExp][]} */
  const cases = [
    [1, [], /^stable$/],
    [10, ['short'], /^stable as logged; cannot be told: spikes between rows$/],
    [25, ['start', 'short'], /^stable as logged; cannot be told: instability at the start and spikes between rows$/],
    [80, ['start', 'short', 'noise'], /rises within the noise$/],
  ];
  for (const [every, untold, words] of cases) {
    const rows = calm.filter(({ step }) => step % every === 0);
    const { inspection } = inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes: bytesOf(csvOf(rows)) }]));
    const [run] = inspection.runs;
    assert.deepEqual([run.verdict, run.untold], ['stable', untold]);
    assert.match(logVerdictInWords(run), words);
    assert.ok(every === 1 || !/No instability that matters/.test(run.advice.join(' ')));
  }
});

test('a loss that is empty to the end of its table is no calm run: NaN may have stood there', async () => {
  const engine = await createEngine();
  const rows = Array.from({ length: 100 }, (_, i) => `${i},${i < 60 ? 2 * 0.99 ** i : ''},0.1`);
  const bytes = bytesOf(`step,loss,lr\n${rows.join('\n')}\n`);
  const [run] = inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes }])).inspection.runs;
  assert.equal(logVerdictInWords(run), 'stable as logged; cannot be told: the rest of the run');
  assert.match(run.notes.join(' '), /After step 59 the loss is empty in 40 rows, while "lr" goes on/);
  assert.match(run.advice[0], /^Find out what the loss is after step 59/);
  assert.doesNotMatch(run.advice.join(' '), /Try 0\.3/);
});

test('a loss that the later lines of a text do not name is no calm run, but what else is printed behind it is no such line', async () => {
  const engine = await createEngine();
  const inspect = async (/** @type {(i: number) => string} */ later) => {
    const lines = Array.from({ length: 100 }, (_, i) =>
      i < 60 ? `step ${i} loss ${2 * 0.99 ** i} lr 0.1 time 3.5` : later(i),
    );
    return inspectLogs(engine, await readLogs([{ name: 'log.txt', bytes: bytesOf(lines.join('\n')) }])).inspection
      .runs[0];
  };
  const ended = await inspect((i) => `step ${i} lr 0.1 time 3.5`);
  assert.equal(logVerdictInWords(ended), 'stable as logged; cannot be told: the rest of the run');
  assert.match(ended.notes.join(' '), /The loss ends at step 59, while "lr" goes on for 40 rows/);
  assert.match(ended.advice[0], /^Find out what the loss is after step 59/);
  for (const later of ['lr 0.1 accuracy 0.9', 'reward 3.5 time 2'])
    assert.doesNotMatch((await inspect((i) => `step ${i} ${later}`)).notes.join(' '), /The loss ends/);
});

test('values that are none of their kind are told, and looked into before a higher rate is tried', async () => {
  const engine = await createEngine();
  /** @param {(i: number) => Record<string, unknown>} write  what differs from a calm run in a row */
  const told = async (write) => {
    const calm = (/** @type {number} */ i) => ({
      step: i,
      loss: 2 * 0.96 ** i,
      val_loss: 2,
      lr: 0.01,
      grad_norm: 1 + i,
    });
    const rows = Array.from({ length: 61 }, (_, i) => ({ ...calm(i), ...write(i) }));
    const text = rows.map((row) => Object.values(row).join(',')).join('\n');
    const bytes = bytesOf(`step,loss,val_loss,lr,grad_norm\n${text}\n`);
    const [run] = inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes }]), {}).inspection.runs;
    return { ...run, said: run.notes.join(' ') };
  };
  const none = await told(() => ({}));
  assert.doesNotMatch(none.said, /NaN|infinite|below 0|no number|scaler/);
  assert.deepEqual([none.untold.includes('gaps'), none.schedule], [false, 'constant']);

  /** @type {[(i: number) => Record<string, unknown>, RegExp, RegExp][]} */
  const cases = [
    [
      (i) => (i === 30 ? { loss: 'nan' } : {}),
      /The loss is NaN at epoch 30, and finite after that: .*GradScaler/,
      /^Find out why the loss is NaN at epoch 30, before a higher rate/,
    ],
    [
      (i) => (i > 29 && i < 33 ? { loss: ['nan', 'inf', '-inf'][i - 30] } : {}),
      /The loss is NaN, infinite or minus infinite at epochs 30, 31 and 32, and finite/,
      /^Find out why the loss is NaN, infinite or minus infinite/,
    ],
    [
      (i) => (i > 9 && i < 20 ? { loss: 'nan' } : {}),
      /The loss is NaN in 10 of 61 rows, from epoch 10 to 19, and finite/,
      /^Find out why/,
    ],
    [
      (i) => (i > 58 ? { val_loss: 'nan' } : {}),
      /The validation loss is NaN at epochs 59 and 60, the last one among them.* The best checkpoint is that of epoch 0/,
      /^Find out why the validation loss is NaN/,
    ],
    [
      (i) => (i === 30 ? { loss: 'oops' } : {}),
      /"loss" holds what is no number in 1 row, at epoch 30: "oops"/,
      /^Find out what/,
    ],
    [
      (i) => (i > 30 ? { lr: -0.001 } : {}),
      /The rate is below 0 in 30 of 61 rows, from epoch 31 to 60, and -0.001 at its lowest/,
      /^Keep the rate from going below 0, .* keep it at 0 or above/,
    ],
    [() => ({ lr: -0.001 }), /The rate is below 0 in 61 of 61 rows/, /^Keep the rate from going below 0/],
  ];
  for (const [write, note, first] of cases) {
    const { said, advice, untold, schedule, verdict } = await told(write);
    assert.match(said, note);
    assert.match(advice[0], first);
    assert.equal(verdict, 'stable');
    const isOfLoss = /The loss|"loss"/.test(note.source);
    assert.equal(untold.includes('gaps'), isOfLoss, note.source);
    if (isOfLoss) assert.doesNotMatch(advice.join(' '), /No instability that matters/);
    if (/below 0/.test(note.source)) assert.equal(schedule, null);
  }

  assert.match((await told((i) => (i === 7 ? { lr: 'nan' } : {}))).said, /The rate is NaN at epoch 7\./);
  const norms = await told((i) => (i % 2 ? { grad_norm: -1 } : {}));
  assert.match(norms.said, /The norm is below 0 in 30 of 61 rows, .* these were left aside/);
  assert.equal(norms.norms?.p50, 31, 'of those that are norms');
  const sparse = await told((i) => (i % 10 ? { val_loss: 'nan' } : {}));
  assert.match(sparse.said, /The validation loss is NaN in 54 of 61 rows, .*presumably where none was logged/);
  assert.doesNotMatch(sparse.advice[0], /Find out/);
  const ended = await told((i) => (i > 49 ? { loss: 'oops' } : {}));
  assert.match(ended.said, /After epoch 49 the loss is no number in 11 rows, while "\w+" goes on: the run may have/);
  assert.doesNotMatch(ended.said, /empty/);
  const diverged = await told((i) => (i === 30 || i > 49 ? { loss: 'nan' } : {}));
  assert.equal(diverged.verdict, 'diverged');
  assert.match(diverged.said, /The loss is NaN at epoch 30, and finite/);
});

test('rows without a loss in mid-run are told, but not where none is due, nor in rows of another kind', async () => {
  const engine = await createEngine();
  /** @param {(i: number) => string} write  a row's cells behind its step @param {string} [names] @param {number} [rows] */
  const told = async (write, names = 'loss,lr', rows = 61) => {
    const text = Array.from({ length: rows }, (_, i) => `${i},${write(i)}`).join('\n');
    const bytes = bytesOf(`step,${names}\n${text}\n`);
    const [run] = inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes }]), {}).inspection.runs;
    return { ...run, said: run.notes.join(' ') };
  };
  const loss = (/** @type {number} */ i) => 2 * 0.96 ** i;
  /** @type {[(i: number) => boolean, RegExp, boolean][]} */
  const cases = [
    [(i) => i === 30, /The loss is missing at step 30, where "lr" stands: pandas/, false],
    [(i) => i > 29 && i < 40, /The loss is missing in 10 of 61 rows, from step 30 to 39, where/, false],
    [(i) => i % 10 === 7, /The loss is missing at steps 7, 17, 27, 37, 47 and 57, where/, false],
    [(i) => i < 10, /The loss is missing in 10 of 61 rows, from step 0 to 9, where/, true],
    [(i) => i > 58, /The loss is missing at steps 59 and 60, the last one among them, where/, false],
    [
      (i) => i % 2 === 1 || i === 30,
      /A loss every 2 steps.* is missing at step 30|missing at step 30.*A loss every 2/,
      false,
    ],
  ];
  for (const [isEmpty, note, atStart] of cases) {
    const { said, untold, advice, verdict } = await told((i) => `${isEmpty(i) ? '' : loss(i)},0.1`);
    assert.match(said, note);
    assert.deepEqual([verdict, untold.includes('gaps'), untold.includes('start')], ['stable', true, atStart]);
    assert.match(
      advice[0],
      /^Find out what the loss is where it is missing \(\d+ rows?\), before a higher rate is tried\.$/,
    );
  }
  assert.match(
    (await told((i) => `${loss(i)},${i === 30 ? '' : 0.1}`)).said,
    /The rate is missing at step 30, where "loss" stands\./,
  );
  assert.match(
    (await told((i) => `${loss(i)},0.1,${i === 30 ? 'NA' : 1}`, 'loss,lr,grad_norm')).said,
    /The norm is missing at step 30/,
  );
  const calm = [
    await told((i) => `${i % 2 ? '' : loss(i)},0.1`), // every second row
    await told((i) => (i % 10 === 5 ? ',0.1,2' : `${loss(i)},0.1,`), 'loss,lr,val_loss'), // rows of validation
    await told((i) => (i % 10 === 5 ? ',' : `${loss(i)},0.1`)), // rows that hold nothing
    await told((i) => `${loss(i)},0.1,${i % 10 ? '' : 2}`, 'loss,lr,val_loss'),
    await told((i) => `${i < 2 ? '' : loss(i)},0.1`), // before training begins
  ];
  const bare = inspectLogs(
    engine,
    await readLogs([
      {
        name: 'counted.csv',
        bytes: bytesOf(`loss,lr\n${Array.from({ length: 61 }, (_, i) => `${i === 30 ? '' : loss(i)},0.1`).join('\n')}`),
      },
      {
        name: 'alone.csv',
        bytes: bytesOf(
          `step,loss\n${Array.from({ length: 61 }, (_, i) => `${i},${i === 30 ? '' : loss(i)}`).join('\n')}`,
        ),
      },
      {
        name: 'log.txt',
        bytes: bytesOf(
          Array.from({ length: 61 }, (_, i) => `step ${i} loss: ${i === 30 ? 'None' : loss(i)}`).join('\n'),
        ),
      },
    ]),
  );
  assert.match(bare.inspection.runs[0].notes.join(' '), /The loss is missing at row 30, where "lr" stands/);
  assert.match(bare.inspection.runs[1].notes.join(' '), /The loss is missing at step 30, where "step" stands/);
  assert.match(bare.inspection.runs[2].notes.join(' '), /The loss is missing at step 30\./);
  for (const word of ['', 'oops']) {
    const wide = Array.from({ length: 121 }, (_, i) => `${i},${i > 29 && i < 60 ? word : loss(i)}`).join('\n');
    const logs = await readLogs([{ name: 'wide.csv', bytes: bytesOf(`step,loss\n${wide}\n`) }]);
    const { notes, untold } = inspectLogs(engine, logs).inspection.runs[0];
    assert.match(notes.join(' '), /in 30 of 121 rows, from step 30|in 30 rows, the first at step 30/);
    assert.doesNotMatch(notes.join(' '), /No row stands between/);
    assert.deepEqual([untold.includes('gaps'), untold.includes('holes')], [true, false]);
  }
  for (const { said, untold } of calm) {
    assert.doesNotMatch(said, /missing/);
    assert.equal(untold.includes('gaps'), false);
  }
});

test('what is advised and noted fits the numbers beside it', async () => {
  const engine = await createEngine();
  const told = async (/** @type {Record<string, number>[]} */ rows) =>
    inspectLogs(engine, await readLogs([{ name: 'log.csv', bytes: bytesOf(csvOf(rows)) }])).inspection;
  // It broke at a rate below a tenth of the peak, and ended as no number: so did the norm.
  const broken = makeRows(400).map((row, i) => ({
    step: 10 * row.step,
    lr: 2e-3 * (i / 400),
    loss: i < 30 ? 2 - i / 30 : i < 33 ? 5 : Number.NaN,
    grad_norm: i < 5 ? 9 + 0.1 * i : i < 33 ? 1 + i / 100 : Number.NaN,
  }));
  const [run] = (await told(broken)).runs;
  assert.equal(run.verdict, 'diverged');
  const [first] = run.episodes;
  assert.ok(Number(first.lr) < 2e-4, `${first.lr}`);
  const said = run.advice.join(' ');
  assert.match(said, /At last a lower rate: peak below 1\.\d+e-4, at which the first episode began\./);
  assert.match(said, /the largest that is logged of the episodes, 1\.32, is not above it/);
  assert.doesNotMatch(run.notes.join(' '), /The norm peaks/);
  // Rates of no grid: half decades beside each other are one span.
  const { sweep } = await told(
    Array.from({ length: 60 }, (_, i) => ({ number: i, value: i < 15 || i > 50 ? 5 : 1, params_lr: 1e-3 * 1.1 ** i })),
  );
  assert.match(sweep?.advice.join(' ') ?? '', /for rates of 0\.\d+ to 0\.\d+\.$/);
});

test('what is advised is code for the framework that the log shows, or the one that is named', async () => {
  const file = join(folder, 'trainer_state.json');
  assert.equal((await inspect(file)).runs[0].code?.framework, 'huggingface');
  const [run] = (await inspect(file, '--for', 'optax')).runs;
  assert.match(run.code?.text ?? '', /optax\./);
  const wrong = await runCli(['inspect', file, '--for', 'optx']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /did you mean optax/);
  const [blind] = (await inspect(join(folder, 'train.log'))).runs;
  assert.equal(blind.code, null);
  assert.match(blind.notes.join(' '), /not written as code: the log has no learning rate/);
});

test('a report is a page of its own', async () => {
  const page = join(folder, '..', `report-${process.pid}.html`);
  try {
    await inspect(join(folder, 'trainer_state.json'), '--report', page);
    const html = await readFile(page, 'utf8');
    assert.match(html, /^<!DOCTYPE html>/);
    assert.doesNotMatch(html, /<script|<link|src=|https?:/);
    assert.match(html, /mid-training, 1 episode/);
    assert.match(html, /<svg/);
    assert.match(html, /as code for Hugging Face<\/summary><pre><code>.*TrainerCallback/s);
  } finally {
    await rm(page, { force: true });
  }
});

test('what is no log is one sentence and exit code 2', async () => {
  for (const [path, sentence] of [
    [join(folder, 'notes.txt'), /notes\.txt is text/],
    [join(folder, 'nowhere.csv'), /nowhere\.csv: no such file/],
  ]) {
    const { code, stdout, stderr } = await runCli(['inspect', String(path), '--json']);
    assert.deepEqual([code, stdout, stderr.trim().split('\n').length], [2, '', 1]);
    assert.match(stderr, /** @type {RegExp} */ (sentence));
  }
  assert.match((await runCli(['inspect'])).stderr, /needs a log/);
});

test('a log that shows nothing gets no verdict, and says why', async () => {
  const engine = await createEngine();
  const judge = async (/** @type {string} */ text) => {
    const { inspection } = inspectLogs(engine, await readLogs([{ name: 'log', bytes: bytesOf(text) }]));
    return inspection.runs[0];
  };
  const zeros = await judge(csvOf(SPIKED.map(({ step }) => ({ step, loss: 0, reward: step }))));
  assert.equal(zeros.verdict, null);
  assert.match(zeros.notes.join(' '), /reinforcement learning/);
  const other = await judge(SPIKED.map(({ step }) => JSON.stringify({ _step: step, episodic_reward: 3 })).join('\n'));
  assert.deepEqual([other.verdict, other.series.reward.name], [null, 'episodic_reward']);
  const dead = await judge(
    csvOf(SPIKED.map(({ step, loss }) => ({ step, loss: step > 200 ? 0 : loss, grad_norm: step > 200 ? 'nan' : 1 }))),
  );
  assert.deepEqual([dead.verdict, dead.diverged_at], ['diverged', 201]);
  const clipped = await judge(
    csvOf(SPIKED.map(({ step, loss, grad_norm }) => ({ step, loss, grad_norm: Math.min(1, grad_norm) }))),
  );
  assert.ok(clipped.norms?.after_clipping);
  assert.match(clipped.notes.join(' '), /after clipping/);
});

test('our own runs give their own verdict, episodes and percentiles', async () => {
  const engine = await createEngine();
  for (const [i, { settings }] of drawRuns(OWN_RUNS).entries()) {
    const out = join(folder, 'own.jsonl');
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    // Of some the rate is far too high, so that there are episodes to tell.
    const rate = i % 2 ? ['--lr', String(30 * Number(settings.lr))] : [];
    const { code, stdout, stderr } = await runCli([
      'train',
      ...flags,
      ...rate,
      '--threads',
      '1',
      '--out',
      out,
      '--json',
    ]);
    assert.equal(code, 0, stderr);
    const own = /** @type {import('../../web/engine/run/run_report.js').RunReport} */ (decodeJson(stdout));
    const { inspection } = inspectLogs(engine, await readLogs([{ name: out, bytes: await readFile(out) }]));
    const [read] = inspection.runs;
    assert.deepEqual(
      [read.verdict, read.diverged_at, read.steps, read.episodes],
      [own.verdict, own.diverged_at, own.steps, own.episodes],
    );
    const { p50, p90, max } = read.norms ?? {};
    assert.deepEqual({ p50, p90, max }, own.grad_norm);
    assert.deepEqual([read.best?.step, read.best?.loss], [own.best?.step, own.best?.loss]);
  }
});

test('kill -9 in mid-inspect leaves the report as it was, or whole', async (t) => {
  const page = join(folder, 'kept.html');
  const log = join(folder, 'train.log');
  for (const wait of [150, 500]) {
    await writeFile(page, 'older');
    const child = spawn(process.execPath, [CLI, 'inspect', log, '--report', page], { stdio: 'ignore' });
    t.after(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    await delay(wait);
    child.kill('SIGKILL');
    await ended;
    assert.match(await readFile(page, 'utf8'), /^older$|<\/html>\n$/);
  }
});

test('a table of our own trials says what the sweep said', async () => {
  const out = join(folder, 'sweep.jsonl');
  const words = [
    '--dataset',
    'moons',
    '--samples',
    '60',
    '--steps',
    '30',
    '--over',
    'lr=1e-3:10:5',
    '--seeds',
    '2',
    '--jobs',
    '1',
  ];
  const { stdout } = await runCli(['sweep', ...words, '--out', out, '--json']);
  const { summary } = JSON.parse(stdout);
  const { sweep } = await inspect(out);
  const { lr_best, at_edge, lr_sensitivity, trials } = sweep ?? {};
  assert.deepEqual(
    [lr_best, at_edge, lr_sensitivity, trials],
    [summary.lr_best, summary.at_edge, summary.lr_sensitivity, 10],
  );
});
