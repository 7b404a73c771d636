/** Logs of other frameworks: small ones of every format, made here, and what is no log. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zipSync } from 'fflate';
import { readLogs } from '../../web/engine/logs/read_logs.js';
import { parseRoles } from '../../web/engine/logs/roles.js';
import { settleRun } from '../../web/engine/logs/settle.js';
import { maskedCrc } from '../../web/engine/run/events/records.js';
import { sayPlace } from '../../web/engine/study/inspect/run_notes.js';
import { processorMs } from '../fixtures/processor_time.js';
import { assertRows, pointsOf, ROWS, read, runOf, runsOf } from './log_runs.js';
import { bytesOf, csvOf, eventFile, looseJson, pythonOf } from './log_writers.js';

/** @typedef {import('../../web/engine/logs/roles.js').ChosenRoles} ChosenRoles */

/** The sentence about a file that is no log. @param {string | Uint8Array} held @param {string} [name] */
async function refusal(held, name = 'odd.txt') {
  const { runs, ranges, sweeps, skipped } = await read({ [name]: held });
  assert.equal(runs.length + ranges.length + sweeps.length, 0, 'nothing is read');
  assert.equal(skipped.length, 1);
  assert.match(skipped[0], /^[^\n]*\.$/, 'one line');
  return skipped[0];
}

test('the checksum of event files is CRC-32C', () => {
  // RFC 3720: of "123456789".
  const crc = 0xe3069283;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  assert.equal(maskedCrc(bytesOf('123456789'), 0, 9), masked);
});

test('event files: scalars of TensorFlow 1 and 2, cut within a record, several files of one run', async () => {
  const scalars = ROWS.flatMap(({ step, loss, lr }) => [
    { tag: 'train/loss', step, value: loss },
    { tag: 'learning_rate', step, value: lr },
  ]);
  for (const style of /** @type {const} */ (['simple', 'content', 'float_val'])) {
    const run = await runOf(eventFile(scalars, { style }), 'events.out.tfevents.1600000000.host');
    assertRows(run, { roles: ['loss', 'lr'] });
  }
  const whole = eventFile(scalars);
  const cut = await runOf(whole.subarray(0, whole.length - 7), 'x');
  assert.equal(cut.series.lr?.step.length, ROWS.length - 1);
  assert.match(cut.notes.join(' '), /ends within a record/);
  // Killed, and resumed at a checkpoint: the later file repeats some steps.
  const first = eventFile(scalars.slice(0, 60));
  const later = eventFile(scalars.slice(48));
  const joined = await runsOf({
    'run/events.out.tfevents.1700000009.a': later,
    'run/events.out.tfevents.1600000000.a': first,
  });
  assert.equal(joined.length, 1);
  assertRows(joined[0], { roles: ['loss', 'lr'] });
  assert.match(joined[0].notes.join(' '), /repeats steps/);
});

test('event files of train/ and validation/ are one run', async () => {
  const of = (/** @type {number} */ plus) =>
    eventFile(
      ROWS.map(({ step, loss }) => ({ tag: 'epoch_loss', step, value: loss + plus })),
      { style: 'content' },
    );
  const [run, ...others] = await runsOf({
    'logs/train/events.out.tfevents.1.v2': of(0),
    'logs/validation/events.out.tfevents.2.v2': of(1),
  });
  assert.deepEqual([run.name, run.unit, others.length], ['logs', 'epoch', 0]);
  assertRows(run, { roles: ['loss'] });
  assert.ok(Math.abs((run.series.val_loss?.value[3] ?? 0) - ROWS[3].loss - 1) < 1e-6);
});

test('of a file that counts losses in epochs and others in iterations, the epochs have no validation by iterations', async () => {
  const scalars = ROWS.flatMap(({ step, loss }) => [
    { tag: 'epoch_loss', step, value: loss },
    { tag: 'evaluation_loss_vs_iterations', step: 5 * step, value: loss },
  ]);
  const run = await runOf(eventFile(scalars), 'train/events.out.tfevents.1.v2');
  assert.deepEqual([run.unit, run.series.val_loss], ['epoch', undefined]);
  assert.match(run.notes.join(' '), /evaluation_loss_vs_iterations" is not counted in epochs/);
});

test('a record that is damaged is left out, and a damaged head ends the file', async () => {
  const bytes = eventFile(ROWS.map(({ step, loss }) => ({ tag: 'loss', step, value: loss })));
  const inValue = bytes.slice();
  inValue[inValue.length - 8] ^= 1;
  const run = await runOf(inValue, 'x');
  assert.equal(run.series.loss?.step.length, ROWS.length - 1);
  assert.match(run.notes.join(' '), /1 damaged record/);
});

test('trainer_state.json: bare NaN, evaluations, the summary at the end, cut anywhere', async () => {
  const history = ROWS.map(({ step, loss, lr, grad_norm }) => ({
    epoch: step / 10,
    grad_norm: step === 2 ? Number.NaN : grad_norm,
    learning_rate: lr,
    loss,
    step,
  }));
  const state = {
    best_metric: null,
    global_step: 40,
    log_history: [
      ...history,
      { epoch: 4, eval_loss: 0.9, eval_runtime: 3, step: 40 },
      { epoch: 4, train_runtime: 12, train_loss: 1.1, step: 40 },
    ],
    max_steps: 400,
  };
  const text = looseJson(state);
  const run = await runOf(text, 'trainer_state.json');
  assertRows(run, { roles: ['loss', 'lr'] });
  assert.ok(Number.isNaN(run.series.grad_norm?.value[1]));
  assert.deepEqual([run.planned, pointsOf(run, 'val_loss')], [400, [[40, 0.9]]]);
  const cut = await runOf(text.slice(0, text.length / 2), 'trainer_state.json');
  assert.match(cut.notes.join(' '), /cut/);
  assert.ok((cut.series.loss?.step.length ?? 0) > 10);
});

test('tables: columns in any order, empty cells, rows of one kind beside another, nan, tabs and semicolons', async () => {
  const rows = ROWS.flatMap(({ step, loss, lr }) => [
    { 'lr-Adam': lr, step, epoch: '', train_loss: '' },
    { 'lr-Adam': '', step, epoch: 0, train_loss: step === 5 ? 'nan' : loss },
  ]);
  const run = await runOf(csvOf(rows), 'metrics.csv');
  assertRows(run, { roles: ['lr'] });
  assert.ok(Number.isNaN(run.series.loss?.value[4]), 'nan is measured');
  const keras = ROWS.map(({ step, loss }) => ({ epoch: step - 1, acc: 0.5, loss, val_loss: loss + 1 }));
  for (const [delimiter, end] of [
    ['\t', '\n'],
    [';', '\r\n'],
    [',', '\n'],
  ]) {
    const log = await runOf(csvOf(keras, delimiter, end), 'history.csv');
    assert.deepEqual([log.unit, log.series.loss?.name, log.series.val_loss?.name], ['epoch', 'loss', 'val_loss']);
    assertRows(log, { roles: ['loss'], rows: ROWS.map((row) => ({ ...row, step: row.step - 1 })) });
  }
  const german = await runOf(csvOf(keras, ';').replaceAll('.', ','), 'history.csv');
  assert.ok(Math.abs((german.series.loss?.value[7] ?? 0) - ROWS[7].loss) < 1e-9);
});

test('a table whose counter goes back holds several runs; one that goes back a little was resumed', async () => {
  const rows = [...ROWS, ...ROWS.slice(0, 30), ...ROWS.slice(0, 3)].map(({ step, loss }) => ({
    epoch: step - 1,
    loss,
  }));
  const runs = await runsOf({ 'log.csv': csvOf(rows) });
  assert.deepEqual(
    runs.map((run) => run.series.loss?.step.length),
    [40, 30, 3],
  );
  const resumed = [...ROWS.slice(0, 36), ...ROWS.slice(32)].map(({ step, loss, lr, grad_norm }) => ({
    step,
    loss,
    lr,
    grad_norm,
  }));
  const run = await runOf(csvOf(resumed), 'log.csv');
  assertRows(run);
});

test('several losses without a total are added; of several rates, most groups decide', async () => {
  const rows = ROWS.map(({ step, loss, lr }) => ({
    '  epoch': step,
    ' train/box_loss': loss,
    ' train/cls_loss': 2,
    ' val/box_loss': 1,
    ' val/cls_loss': 2,
    ' lr/pg0': 0.1 - lr,
    ' lr/pg1': lr,
    ' lr/pg2': lr,
  }));
  const run = await runOf(csvOf(rows, ',   '), 'results.csv');
  assert.equal(run.series.loss?.name, 'train/box_loss + train/cls_loss');
  assert.ok(Math.abs((run.series.loss?.value[0] ?? 0) - ROWS[0].loss - 2) < 1e-9);
  assert.deepEqual([run.series.lr?.name, run.series.val_loss?.value[0]], ['lr/pg1', 3]);
});

test('JSON lines: W&B, OpenMMLab whose counter begins anew in each epoch, objects among the numbers', async () => {
  const history = ROWS.map(({ step, loss, lr }) => ({
    'train/loss': loss,
    'train/lr': lr,
    _step: step,
    video: { _type: 'video', path: 'x' },
  }));
  const wandb = await runOf(history.map((row) => JSON.stringify(row)).join('\n'), 'history.jsonl');
  assertRows(wandb, { roles: ['loss', 'lr'] });
  const mm = ROWS.flatMap(({ step, loss, lr }) => [
    { mode: 'train', epoch: 1 + Math.floor((step - 1) / 10), iter: 1 + ((step - 1) % 10), lr, loss },
    ...(step % 10 === 0 ? [{ mode: 'val', epoch: step / 10, iter: 3, lr, loss: 9 }] : []),
  ]);
  const run = await runOf(`{"env_info": "x"}\n${mm.map((row) => JSON.stringify(row)).join('\n')}`, 'None.log.json');
  assertRows(run, { roles: ['loss', 'lr'] });
  assert.deepEqual(
    pointsOf(run, 'val_loss').map(([step]) => step),
    [10, 20, 30, 40],
  );
});

test('JSON: lists by names, a list of objects, what TensorBoard lets one download', async () => {
  const lists = { loss: ROWS.map(({ loss }) => loss), val_loss: ROWS.map(() => 1) };
  const keras = await runOf(JSON.stringify(lists), 'history.json');
  assert.deepEqual([keras.unit, keras.series.loss?.step.length], ['epoch', 40]);
  assertRows(await runOf(JSON.stringify(ROWS), 'log.json'));
  const scalars = await runOf(JSON.stringify(ROWS.map(({ step, loss }) => [1.6e9, step, loss])), 'run-a-tag-loss.json');
  assertRows(scalars, { roles: ['loss'] });
  const runs = await runsOf({
    'run-a-tag-loss.csv': csvOf(ROWS.map(({ step, loss }) => ({ 'Wall time': 1, Step: step, Value: loss }))),
    'run-a-tag-lr.csv': csvOf(ROWS.map(({ step, lr }) => ({ 'Wall time': 1, Step: step, Value: lr }))),
  });
  assert.equal(runs.length, 1, 'two metrics of one run');
  assertRows(runs[0], { roles: ['loss', 'lr'] });
});

test("W&B's chart is a run for each column, whose names may repeat", async () => {
  const rows = ROWS.map(({ step, loss }) => ({
    Step: `"${step}"`,
    '"a - train/loss"': `"${loss}"`,
    '"a - train/loss__MIN"': '"0"',
    '"a - train/loss__MAX"': '"9"',
    '"b - train/loss"': step > 30 ? '""' : `"${loss}"`,
  }));
  const runs = await runsOf({ 'chart.csv': csvOf(rows) });
  assert.deepEqual(
    runs.map((run) => [run.name, run.series.loss?.step.length]),
    [
      ['a', 40],
      ['b', 30],
    ],
  );
  assertRows(runs[0], { roles: ['loss'] });
});

/** Lines of a step as programs print them. @type {Record<string, (row: typeof ROWS[0]) => string>} */
const LINES = {
  'llm.c': ({ step, loss, lr, grad_norm }) => `s:${step} trl:${loss} lr:${lr.toFixed(9)} norm:${grad_norm}`,
  'llm.c, printed': ({ step, loss, lr, grad_norm }) =>
    `step ${String(step).padStart(4)}/400 | loss ${loss} (+nanz)| norm ${grad_norm} (+1.2z)| lr ${lr.toExponential(8)} | 500.12 ms | 12.3% bf16 MFU | 1023 tok/s`,
  Megatron: ({ step, loss, lr, grad_norm }) =>
    ` iteration ${String(step).padStart(8)}/     400 | consumed samples: ${4 * step} | elapsed time per iteration (ms): 10462.5 | learning rate: ${lr.toExponential(9)} | global batch size:     4 | lm loss: ${loss.toExponential(9)} | loss scale: 16384.0 | grad norm: ${grad_norm} | number of skipped iterations:   0 |`,
  torchtitan: ({ step, loss, lr, grad_norm }) =>
    `[rank0]:2025-01-02 10:11:12,345 - root - INFO - \u001b[31mstep: ${step}  \u001b[32mloss: ${loss}  \u001b[38mlr: ${lr} grad_norm: ${grad_norm} \u001b[0mmemory: 9.2GiB(11.5%)`,
  'key=value': ({ step, loss, lr, grad_norm }) =>
    `INFO 12:01:55 train.py:88 step=${step} loss=${loss} lr=${lr} grad_norm=${grad_norm} time=0:01:02`,
  fairseq: ({ step, loss, lr, grad_norm }) =>
    `2020-01-02 10:11:12 | INFO | train_inner | epoch 001:    ${step} / 400 loss=${loss}, ppl=3, wps=100, num_updates=${step}, lr=${lr}, gnorm=${grad_norm}, train_wall=5`,
};

/** The same of programs that name no rate or norm, or only in other lines. @type {Record<string, (row: typeof ROWS[0]) => string>} */
const LOSSES = {
  Detectron2: ({ step, loss }) =>
    `[04/01 10:00:00 d2.utils.events]:  eta: 1:00:00  iter: ${step}  total_loss: ${loss}  loss_cls: 0.5  loss_box_reg: 0.3  time: 0.3512  max_mem: 3000M`,
  OLMo: ({ step, loss }) =>
    `2024-01-01 00:00:00\t[step=${step}/739328,epoch=0]\n    optim/total_grad_norm=1.5\n    train/CrossEntropyLoss=${loss}\n    throughput/total_tokens=41943040`,
  litgpt: ({ step, loss }) =>
    `Epoch 1 | iter ${4 * step} step ${step} | loss train: ${loss}, val: n/a | iter time: 100.00 ms (step) remaining time: 0:10:00`,
  nanochat: ({ step, loss }) =>
    `step ${String(step).padStart(5, '0')}/21400 (0.05%) | loss: ${loss} | lrm: 1.00 | dt: 500.12ms | tok/sec: 1,048,576 | mfu: 45.12 | total time: 0.10m`,
  OpenNMT: ({ step, loss }) =>
    `[2020-01-01 10:00:00,123 INFO] Step ${step}/100000; acc:   4.00; xent: ${loss}; 5000/6000 tok/s;     10 sec`,
  Keras: ({ step, loss }) =>
    `Epoch ${step}/60\n1875/1875 [==============================] - 5s 3ms/step - loss: ${loss} - accuracy: 0.9 - val_loss: 1.5`,
  XGBoost: ({ step, loss }) => `[${step}]\ttrain-logloss:${loss}\teval-logloss:0.7`,
  MXNet: ({ step, loss }) =>
    `INFO:root:Epoch[${step}] Train-cross-entropy=${loss}\nINFO:root:Epoch[${step}] Time cost=3.2`,
  scikit: ({ step, loss }) => `Iteration ${step}, loss = ${loss}`,
  'a logger’s time and level': ({ step, loss }) =>
    `2024-01-01 12:00:00 INFO step ${step} | loss: ${loss} | best step 500`,
  'glog’s letter and date': ({ step, loss }) => `I0101 step ${step}, loss ${loss}`,
  'Hugging Face of today, whose numbers are texts': ({ step, loss }) =>
    `{'loss': '${loss}', 'step': '${step}', 'epoch': '0.1'}`,
  'fairseq, as JSON within a line': ({ step, loss }) =>
    `2020-01-02 10:11:12 | INFO | train_inner | {"epoch": 1, "update": 0.1, "loss": "${loss}", "num_updates": "${step}", "wall": "10"}`,
  'epochs and steps within them': ({ step, loss }) =>
    `Epoch [${1 + Math.floor((step - 1) / 20)}/3], Step [${((step - 1) % 20) + 1}/20], Loss: ${loss}`,
  'timm, which names no epoch': ({ step, loss }) =>
    `Train: ${Math.floor((step - 1) / 20)} [${String(((step - 1) % 20) + 1).padStart(4)}/20 (${step}%)]  Loss: ${loss} (1.0)  Time: 3.4s,  300.1/s`,
};

for (const [program, line] of Object.entries(LOSSES)) {
  test(`lines of text: ${program}`, async () => {
    assertRows(await runOf(ROWS.map(line).join('\n')), { roles: ['loss'] });
  });
}

test('lines of text: what is evaluated between epochs stands at the step before it', async () => {
  const lines = ROWS.flatMap(({ step, loss }) => [
    `Train Epoch: ${1 + Math.floor((step - 1) / 20)} [${((step - 1) % 20) + 1}/20 (5%)]\tLoss: ${loss}`,
    ...(step % 20 === 0 ? [`\nTest set: Average loss: ${loss + 1}, Accuracy: 9836/10000 (98%)\n`] : []),
  ]);
  const run = await runOf(lines.join('\n'));
  assertRows(run, { roles: ['loss'] });
  assert.deepEqual(
    pointsOf(run, 'val_loss').map(([step]) => step),
    [20, 40],
  );
});

for (const [program, line] of Object.entries(LINES)) {
  test(`lines of text: ${program}`, async () => {
    const text = [
      'Loading data ...',
      'vocab 50257, 3 files',
      ...ROWS.map(line),
      'Traceback (most recent call last):',
    ].join('\n');
    assertRows(await runOf(text), { apart: 1e-6 });
  });
}

test('lines of text: nanoGPT counts by two names, and validates in lines of its own', async () => {
  const lines = ROWS.flatMap(({ step, loss }) => [
    ...(step % 10 === 0 ? [`step ${step}: train loss ${loss}, val loss ${loss + 1}`] : []),
    `iter ${step}: loss ${loss}, time 23218.37ms, mfu -100.00%`,
  ]);
  const run = await runOf(lines.join('\n'));
  assertRows(run, { roles: ['loss'] });
  assert.equal(pointsOf(run, 'val_loss').length, 4);
});

test("lines of text: OpenMMLab's epochs and iterations, its planned steps", async () => {
  const lines = ROWS.map(
    ({ step, loss, lr, grad_norm }) =>
      `2021-01-25 19:25:44,459 - mmdet - INFO - Epoch [${1 + Math.floor((step - 1) / 10)}][${1 + ((step - 1) % 10)}/10]\tlr: ${lr.toExponential(6)}, eta: 8:02:25, s0.loss_cls: 0.5, loss: ${loss}, grad_norm: ${grad_norm}`,
  );
  const run = await runOf(["x - INFO - workflow: [('train', 1)], max: 12 epochs", ...lines].join('\n'));
  assertRows(run);
  assert.equal(run.planned, 120);
});

test("lines of text: Hugging Face's dictionaries, without steps, several runs behind each other", async () => {
  const lines = (/** @type {number} */ rows) => [
    ...Array.from({ length: rows }, (_, i) =>
      pythonOf({
        loss: 1 / (i + 1),
        grad_norm: Number.NaN,
        learning_rate: 1e-4,
        epoch: Number(((i + 1) * 0.25).toFixed(2)),
      }),
    ),
    `{'train_runtime': 20.0, 'train_samples_per_second': 9.0, 'train_steps_per_second': ${(rows * 50) / 20}, 'train_loss': 0.5, 'epoch': ${rows / 4}}`,
  ];
  const runs = await runsOf({ out: [...lines(8), ...lines(4)].join('\n') });
  assert.deepEqual(
    runs.map((run) => pointsOf(run, 'loss').map(([step]) => step)),
    [
      [50, 100, 150, 200, 250, 300, 350, 400],
      [50, 100, 150, 200],
    ],
  );
  assert.match(runs[0].notes.join(' '), /worked out/);
});

test("lines of text: steps from progress bars, and a program's source at the head", async () => {
  const lines = ROWS.slice(0, 20).flatMap(({ loss }, i) => [
    ` ${i}% ${5 * i + 3}/100 [00:01<00:09, 3.1s/it]`,
    pythonOf({ loss, learning_rate: 1e-3 }),
  ]);
  const run = await runOf(lines.join('\r'));
  assert.deepEqual(pointsOf(run, 'loss').at(-1)?.[0], 100);
  const source = ['import torch', 'learning_rate = 0.003', 'loss = 0.0', 'for step in range(10):', '    loss += 1.0'];
  const behind = await runOf(
    [...source, ...ROWS.map(({ step, loss }) => `step:${step}/400 train_loss:${loss}`)].join('\n'),
  );
  assertRows(behind, { roles: ['loss'] });
});

/** Loss and step of each row, as a run has them. @param {Record<string, string>} files */
async function readRows(files) {
  const given = Object.entries(files).map(([name, text]) => ({ name, bytes: bytesOf(text) }));
  const logs = await readLogs(given);
  return { logs, runs: logs.runs.flatMap((raw) => settleRun(raw)) };
}

/** @param {import('../../web/engine/logs/settle.js').Series | undefined} series */
const pairsOf = (series) => Array.from(series?.step ?? [], (step, i) => [step, series?.value[i]]);

test("lines of text: Keras's bars are drawn again and again, and the last of an epoch is its mean", async () => {
  const back = '\b'.repeat(40);
  const two = [1, 2].flatMap((epoch) => [
    `Epoch ${epoch}/3\n`,
    ...[1, 400, 938].map((batch) => `${back}\r${batch}/938 [==>...] - ETA: 2s - loss: ${epoch}.${batch}`),
    ` - val_loss: 9.${epoch}\n`,
  ]);
  const three = [1, 2].flatMap((epoch) => [
    `Epoch ${epoch}/3\n`,
    ...[1, 400, 938].map(
      (batch) =>
        `\u001b[1m${batch}/938\u001b[0m \u001b[32m━━━━\u001b[0m\u001b[37m━━\u001b[0m 2ms/step - loss: ${epoch}.${batch}${back}`,
    ),
    '\n',
  ]);
  for (const [i, text] of [two.join(''), three.join('')].entries()) {
    const [run] = (await readRows({ 'out.txt': text })).runs;
    assert.deepEqual(
      [run.unit, run.planned, pairsOf(run.series.loss)],
      [
        'epoch',
        3,
        [
          [1, 1.938],
          [2, 2.938],
        ],
      ],
    );
    assert.equal(run.series.lr, undefined, 'ETA is no rate');
    assert.equal(run.series.val_loss?.step.length, i === 0 ? 2 : undefined);
    assert.match(run.notes.join(' '), /means since the begin of the epoch/);
  }
});

test('lines of text: shares of steps, thousands and units', async () => {
  /** @type {[string, number[]][]} */
  const cases = [
    [
      [1, 2, 3].map((i) => `Steps: ${i}0%|██ | ${i}00/1000 [00:10<01:00, 1.2it/s, loss=0.${i}]`).join('\r'),
      [100, 200, 300],
    ],
    [[1, 2, 3].map((i) => `step 1,${i}00 | loss 0.${i}`).join('\n'), [1100, 1200, 1300]],
    [[1, 2, 3].map((i) => `step ${i}.5K | loss 0.${i} | tokens 3.2M`).join('\n'), [1500, 2500, 3500]],
    [
      [1, 2, 3].map((i) => `[step=${i}0/90,epoch=0] host:0 x=3\n  train/loss=0.${i}\n  lr=1e-3`).join('\n'),
      [10, 20, 30],
    ],
    [[1, 2, 3].map((i) => ` ${i}: 9.5, 0.${i} avg loss, 0.001000 rate, 3.1 seconds, 64 images`).join('\n'), [1, 2, 3]],
    [
      `${[1, 2, 3]
        .map(
          (i) => `${'-'.repeat(30)}\n| time/ | |\n|    total_timesteps | ${i}00 |\n| train/ | |\n|    loss | 0.${i} |`,
        )
        .join('\n')}\n${'-'.repeat(30)}`,
      [100, 200, 300],
    ],
  ];
  for (const [text, steps] of cases) {
    const [run] = (await readRows({ 'out.txt': text })).runs;
    assert.deepEqual([...(run.series.loss?.step ?? [])], steps, text.slice(0, 80));
  }
});

test('lines of text: Caffe says a loss twice, and what it tests is no training loss', async () => {
  const text = [0, 100, 200].map(
    (i) => `I0501 10:00:00.1 12 solver.cpp:330] Iteration ${i}, Testing net (#0)
I0501 10:00:00.1 12 solver.cpp:397]     Test net output #1: loss = 7.${i} (* 1 = 7.${i} loss)
I0501 10:00:00.1 12 solver.cpp:218] Iteration ${i} (12.3 iter/s, 8.1s/100 iters), loss = 1.${i}
I0501 10:00:00.1 12 solver.cpp:237]     Train net output #0: loss = 1.${i} (* 1 = 1.${i} loss)
I0501 10:00:00.1 12 sgd_solver.cpp:105] Iteration ${i}, lr = 0.01`,
  );
  const [{ series }] = (await readRows({ 'caffe.log': text.join('\n') })).runs;
  assert.deepEqual(pairsOf(series.loss), [
    [0, 1.0],
    [100, 1.1],
    [200, 1.2],
  ]);
  assert.deepEqual(pairsOf(series.val_loss), [
    [0, 7.0],
    [100, 7.1],
    [200, 7.2],
  ]);
});

test('decimal commas in a text, units in the name of a rate, what is measured by steps', async () => {
  const commas = [1, 2, 3].map((i) => `step: ${i} loss: 2,31${i} lr: 0,0010`).join('\n');
  const [run] = (await readRows({ 'out.txt': commas })).runs;
  assert.deepEqual([...(run.series.loss?.value ?? []), run.series.lr?.value[0]], [2.311, 2.312, 2.313, 0.001]);
  const scaled = csvOf(ROWS.map(({ step, loss }) => ({ step, loss, 'Learning rate (x1e-3)': 2 })));
  const [{ series, notes }] = (await readRows({ 'log.csv': scaled })).runs;
  assert.equal(series.lr?.value[0], 0.002);
  assert.match(notes.join(' '), /names a unit/);
  const keras = [1, 2, 3].map((i) => `Epoch ${i}/3\n9/9 - 3s - loss: ${i}.5 - 3s/epoch - 2ms/step`).join('\n');
  const [bars] = (await readRows({ 'keras.txt': keras })).runs;
  assert.deepEqual([bars.unit, [...(bars.series.loss?.step ?? [])]], ['epoch', [1, 2, 3]]);
});

test('a row for each number, a file for each metric, columns with nothing but blanks between', async () => {
  const long = [0, 1, 2].flatMap((i) => [`a,loss,${i},${3 - i}`, `a,lr,${i},0.1`, `b,loss,${i},${9 - i}`]);
  const two = (await readRows({ 'long.csv': ['run,tag,step,value', ...long].join('\n') })).runs;
  assert.deepEqual(
    two.map(({ name, series }) => [name, pairsOf(series.loss)]),
    [
      [
        'a',
        [
          [0, 3],
          [1, 2],
          [2, 1],
        ],
      ],
      [
        'b',
        [
          [0, 9],
          [1, 8],
          [2, 7],
        ],
      ],
    ],
  );
  const metric = (/** @type {number} */ by) => [0, 5, 10].map((i) => `17000000000${i + 10} ${i * by} ${i}`).join('\n');
  const [run] = (await readRows({ 'mlruns/0/ab/metrics/train/loss': metric(2), 'mlruns/0/ab/metrics/lr': metric(1) }))
    .runs;
  assert.deepEqual(
    [run.series.loss?.name, pairsOf(run.series.loss), pairsOf(run.series.lr)],
    [
      'train/loss',
      [
        [0, 0],
        [5, 10],
        [10, 20],
      ],
      [
        [0, 0],
        [5, 5],
        [10, 10],
      ],
    ],
  );
  const spaced =
    'epoch     train_loss  valid_loss  time\n0         2.5         2.6         00:12\n1         1.5         1.6         00:12\n';
  const [table] = (await readRows({ 'fastai.txt': spaced })).runs;
  assert.deepEqual(
    [table.unit, pairsOf(table.series.loss)],
    [
      'epoch',
      [
        [0, 2.5],
        [1, 1.5],
      ],
    ],
  );
  const german = 'Schritt;Verlust\n0;2,5\n10;1,5\n20;1,25\n';
  assert.match((await readRows({ 'log.csv': german })).logs.skipped[0], /none of which/);
  const named = await readLogs([{ name: 'log.csv', bytes: bytesOf(german) }], ['Verlust']);
  const [settled] = settleRun(named.runs[0], { loss: 'Verlust', step: 'Schritt' });
  assert.deepEqual(pairsOf(settled.series.loss), [
    [0, 2.5],
    [10, 1.5],
    [20, 1.25],
  ]);
});

test('a loss is told from what only has its name in it', async () => {
  const rows = ROWS.map(({ step, loss }) => ({
    step,
    loss_scale: 65536,
    loss_std: 3,
    aux_loss: 7,
    total_loss: loss,
    val_loss: 1,
  }));
  const run = await runOf(csvOf(rows), 'log.csv');
  assert.deepEqual([run.series.loss?.name, run.series.val_loss?.name], ['total_loss', 'val_loss']);
});

test('a perplexity tells which loss is the model’s, and that one is a sum', async () => {
  const two = ROWS.map(({ step, loss }) => ({ step, loss: 0.7 * loss + 0.1, lm: loss, ppl: Math.exp(loss) }));
  const run = await runOf(csvOf(two), 'log.csv');
  assert.equal(run.series.loss?.name, 'lm');
  const summed = ROWS.map(({ step, loss }) => ({ step, loss: 8 * loss, ppl: Math.exp(loss) }));
  assert.equal((await runOf(csvOf(summed), 'log.csv')).lossScale, 8);
});

test('a loss that ends before what stands beside it may have been NaN; evaluations behind it are no such rows', async () => {
  const steps = Array.from({ length: 40 }, (_, i) => i);
  const table = (/** @type {(i: number) => string} */ write) => `step,loss,lr\n${steps.map(write).join('\n')}\n`;
  const ended = await runOf(
    table((i) => `${i},${i < 25 ? 2 - 0.01 * i : ''},0.1`),
    'log.csv',
  );
  assert.deepEqual(ended.blank, { rows: 15, beside: 'lr', isEmpty: true });
  const lines = steps.map((i) => JSON.stringify({ step: i, loss: i < 25 ? 2 - 0.01 * i : Number.NaN, lr: 0.1 }));
  assert.deepEqual(
    (await runOf(lines.join('\n'), 'log.jsonl')).blank,
    { rows: 15, beside: 'lr', isEmpty: true },
    'JSON has null for NaN',
  );
  const sparse = await runOf(
    table((i) => `${i},${i % 10 === 0 ? 2 - 0.01 * i : ''},0.1`),
    'log.csv',
  );
  assert.equal(sparse.blank, null, 'a loss every tenth row');
  const rows = [
    ...steps.map((step) => ({ step, loss: 2 - 0.01 * step })),
    ...steps.map((step) => ({ step, eval_loss: 2 })),
  ];
  assert.equal((await runOf(rows.map((row) => JSON.stringify(row)).join('\n'), 'log.jsonl')).blank, null);
  const other = await runOf('Wall time,Step,Value\n1,10,2\n2,20,1\n', 'mine.csv');
  assert.equal(other.reach, 20, 'the last step, though no column has a known role');
});

test('cells of a role that hold no number are counted, in every format; what says that nothing is there is none', async () => {
  const losses = Array.from({ length: 40 }, (_, i) => (i === 30 || i === 32 ? 'oops' : 2 * 0.99 ** i));
  const rows = losses.map((loss, step) => ({ step, loss }));
  const lines = (/** @type {(row: { step: number, loss: string | number }) => string} */ write) =>
    `${rows.map(write).join('\n')}\n`;
  const files = {
    'log.csv': `step,loss\n${lines(({ step, loss }) => `${step},${loss}`)}`,
    'bare.csv': `loss,lr\n${lines(({ loss }) => `${loss},0.1`)}`,
    'log.jsonl': lines((row) => JSON.stringify(row)),
    'log.json': JSON.stringify(rows),
    'lists.json': JSON.stringify({ loss: losses, val_loss: losses.map(() => 2) }),
    'trainer_state.json': JSON.stringify({ log_history: rows }),
    'run-a-tag-loss.csv': `Wall time,Step,Value\n${lines(({ step, loss }) => `1,${step},${loss}`)}`,
    'run-b-tag-loss.json': JSON.stringify(rows.map(({ step, loss }) => [1, step, loss])),
    'chart.csv': `Step,a - loss,a - loss__MIN\n${lines(({ step, loss }) => `${step},${loss},1`)}`,
    'long.csv': `step,tag,value\n${lines(({ step, loss }) => `${step},loss,${loss}`)}`,
    'metrics/loss': lines(({ step, loss }) => `1600000000000 ${loss} ${step}`),
  };
  for (const [name, held] of Object.entries(files)) {
    const run = await runOf(held, name);
    assert.equal(run.odd.length, 1, name);
    const [{ role, rows: found, first, at, isAll }] = run.odd;
    assert.deepEqual([role, found, first, isAll], ['loss', 2, '"oops"', false], name);
    assert.match(at, /^at (step|epoch|row) 30$/, name);
    const points = pointsOf(run, 'loss');
    assert.equal(points.length, 38, name);
    assert.deepEqual(points.at(-1), [39, losses[39]], `${name}: no row was lost behind them`);
  }
  const told = lines(({ step }) => `${step},${['NA', 'null', '-', '', 2][step % 5]}`);
  const nothing = await runOf(`step,loss\n${told}step,loss\n40,1\n`, 'log.csv');
  assert.deepEqual(nothing.odd, []);
  const ended = await runOf(JSON.stringify({ loss: [3, 2, 1, 'oops', 'oops'] }), 'lists.json');
  assert.deepEqual(ended.odd[0]?.rows, 2, 'behind the last number');
  const twice = await runsOf({
    'log.csv': `step,loss\n${lines(({ step, loss }) => `${step},${loss}`).repeat(2)}`,
  });
  const firsts = twice.map(({ odd }) => odd.map(({ rows, first, at }) => [rows, first, at]));
  assert.deepEqual(firsts, [[[2, '"oops"', 'at step 30']], [[2, null, 'at step 30']]]);
  const unread = await runOf(`step,loss,lr\n${lines(({ step }) => `${step},bad,0.1`)}`, 'log.csv');
  assert.deepEqual(unread.odd, [
    {
      role: 'loss',
      name: 'loss',
      rows: 40,
      first: '"bad"',
      at: 'at step 0',
      steps: rows.map(({ step }) => step),
      isAll: true,
    },
  ]);
  assert.match(
    await refusal(`step,loss\n${lines(({ step }) => `${step},bad`)}`, 'log.csv'),
    /whose "loss" holds no number: in 40 rows stands something else, the first time "bad"\./,
  );
  const { ranges } = await read({ 'lr.csv': `lr,loss\n${lines(({ step, loss }) => `${1e-6 * 1.3 ** step},${loss}`)}` });
  assert.match(ranges[0].notes[0], /^The loss is no number in 2 rows, the first time "oops"\.$/);
  const { ranges: listed } = await read({
    'lr.json': JSON.stringify({ lr: [1, 2, 3, 4, 5], loss: [3, 2, 1, 2, null] }),
  });
  assert.deepEqual(listed[0].loss, [3, 2, 1, 2, Number.NaN], 'nothing is not 0');
});

test('words of a text that stand in the place of a number are counted there, however its lines are written', async () => {
  /** @type {Record<string, (step: number, loss: string) => string>} */
  const lines = {
    colons: (step, loss) => `step ${step} loss: ${loss} lr: 0.1`,
    blanks: (step, loss) => `step ${step} loss ${loss} lr 0.1`,
    'the last': (step, loss) => `step ${step} lr: 0.1 loss: ${loss}`,
    'the first': (step, loss) => `loss: ${loss} step ${step}`,
    alone: (_, loss) => `loss: ${loss}`,
    'behind a time': (step, loss) => `2024-01-01 10:20:${10 + step} loss: ${loss}`,
    dictionary: (step, loss) => `{'loss': ${loss}, 'learning_rate': 0.1, 'epoch': ${step / 10}}`,
    quoted: (step, loss) => `{'step': ${step}, 'loss': '${loss}', 'lr': 0.1}`,
    bars: (step, loss) => ` iteration ${step}/ 100 | learning rate: 0.1 | lm loss: ${loss} | grad norm: 1.2 |`,
    padded: (step, loss) => `step ${step} loss: ${loss.padEnd(9)} lr: 0.1`,
    'two losses': (step, loss) => `step ${step} train loss ${loss}, val loss 2.5`,
    'two words': (step, loss) => `step ${step} loss: ${loss} lr: ${step === 30 ? 'bad' : 0.1} norm: 1`,
    table: (step, loss) =>
      `${'-'.repeat(30)}\n| train/            |          |\n|    loss           | ${loss} |\n|    n_updates      | ${step} |\n${'-'.repeat(30)}`,
  };
  for (const [name, write] of Object.entries(lines)) {
    /** @param {string} word */
    const withWord = (word) =>
      runOf(
        ROWS.map(({ step }) => write(step, step === 20 || step === 30 ? word : String(2 * 0.99 ** step))).join('\n'),
      );
    for (const [word, odd, gaps] of /** @type {[string, unknown[], number[][]][]} */ ([
      ['oops', [[2, '"oops"']], []],
      ['None', [], [[20, 30]]],
      ['', [], [[20, 30]]],
    ])) {
      const run = await withWord(word);
      const ofLoss = run.odd.filter(({ role }) => role === 'loss');
      const called = `${name}, ${JSON.stringify(word)}`;
      assert.deepEqual(
        ofLoss.map(({ rows, first }) => [rows, first]),
        odd,
        called,
      );
      for (const { at } of ofLoss) assert.match(at, /^at (step 20|epoch 20|row 19)$/, called);
      assert.deepEqual(
        run.gaps.map(({ steps }) => steps.map((step) => (run.unit === 'row' ? step + 1 : step))),
        gaps,
        called,
      );
      assert.equal(pointsOf(run, 'loss').length, 38, called);
      if (run.series.lr) assert.equal(pointsOf(run, 'lr').length, name === 'two words' ? 39 : 40, called);
    }
  }
  const twice = await runOf(ROWS.map(({ step }) => lines['two words'](step, step === 30 ? 'oops' : '2')).join('\n'));
  assert.deepEqual(
    twice.odd.map(({ role, first }) => [role, first]),
    [
      ['loss', '"oops"'],
      ['lr', '"bad"'],
    ],
  );
  // A setting before the run, a validation that is not due, a sentence: no word in a number's place.
  const calm = await runOf(
    `loss: mse, lr: cosine\n${ROWS.map(({ step }) => `step ${step} loss: 2 val_loss: ${step % 10 ? 'n/a' : 2}\nthe loss is fine`).join('\n')}`,
  );
  assert.deepEqual([calm.odd, calm.gaps], [[], []]);
});

test('no reader drops a number without a word', async () => {
  const lossAt = (/** @type {number} */ step) => 2 * 0.99 ** step;
  const lines = (/** @type {(step: number) => string} */ write) => ROWS.map(({ step }) => write(step)).join('\n');
  /** Of each file, what it says, and how many losses are left of 40. @type {Record<string, [string, RegExp, number]>} */
  const files = {
    'wide.csv': [
      `step,loss,lr\n${lines((i) => `${i},${i === 30 ? '1,234' : lossAt(i)},0.1`)}`,
      /^1 row had more cells than there are columns: what they hold may be shifted, and was left aside\.$/,
      39,
    ],
    'grown.csv': [
      `step,loss,lr\n${lines((i) => `${i},${lossAt(i)},0.1${i > 20 ? ',7' : ''}`)}`,
      /^20 rows had more cells than there are columns: what stands beyond was not read\.$/,
      40,
    ],
    'commas.csv': [`step,loss,lr\n${lines((i) => `${i},${lossAt(i)},0.1,`)}`, /^$/, 40],
    'steps.csv': [
      `step,loss,lr\n${lines((i) => `${i === 30 ? 'x' : i === 20 ? '' : i},${lossAt(i)},0.1`)}`,
      /^"step" does not say the step of 2 rows: what stands there was left aside\.$/,
      38,
    ],
    'long.csv': [
      `step,tag,value\n${lines((i) => `${i === 30 ? 'x' : i},${i === 20 ? '' : 'loss'},${lossAt(i)}`)}`,
      /^2 numbers without a step and a name were left aside\.$/,
      38,
    ],
    'run-a-tag-loss.csv': [
      `Wall time,Step,Value\n${lines((i) => `1,${i === 30 ? 'x' : i},${lossAt(i)}`)}`,
      /^1 number without a step was left aside\.$/,
      39,
    ],
    'metrics/loss': [
      lines((i) => (i === 30 ? 'lost and found' : `1600000000000 ${lossAt(i)} ${i}`)),
      /^A line was no time, number and step, and left aside\.$/,
      39,
    ],
    'cut.json': [
      JSON.stringify(ROWS.map(({ step }) => ({ step, loss: lossAt(step) }))).slice(0, -9),
      /^The file is cut: what stands before the cut was read\.$/,
      39,
    ],
    'many.csv': [
      `step,${Array.from({ length: 450 }, (_, i) => `m${i}`).join(',')},loss\n${lines((i) => `${i},${'1,'.repeat(450)}${lossAt(i)}`)}`,
      /^$/,
      40,
    ],
  };
  for (const [name, [held, said, points]] of Object.entries(files)) {
    const run = await runOf(held, name);
    assert.match(run.notes.join(' '), said, name);
    assert.equal(pointsOf(run, 'loss').length, points, name);
  }
  const { ranges } = await read({
    'lr.csv': `lr,loss\n${lines((i) => `${i === 10 ? 'x' : 1e-6 * 1.3 ** i},${i === 20 ? '' : lossAt(i)}`)}`,
  });
  assert.deepEqual(ranges[0].notes, [
    'The rate is no number in 1 row, the first time "x".',
    'In 1 row stands a rate without a loss, or a loss without a rate.',
  ]);
  const { sweeps } = await read({
    'sweep.csv': `Name,State,Created,lr,val_loss\n${lines((i) => `r${i},${i === 9 ? 'failed' : 'finished'},x,${i === 3 ? 'oops' : i / 100},${{ 5: 'bad', 7: '', 9: '' }[i] ?? lossAt(i)}`)}`,
    'empty.csv': `Name,State,Created,lr,val_loss\n${lines((i) => `r${i},finished,x,${i / 100},${i === 7 ? '' : lossAt(i)}`)}`,
  });
  assert.deepEqual(
    sweeps.map(({ notes }) => notes),
    [
      [
        '"val_loss" is no number in 2 trials that did not fail, the first time in r5: "bad".',
        '"lr" is no number in 1 trial that did not fail, in r3: "oops".',
      ],
      ['"val_loss" is empty in 1 trial that did not fail, in r7.'],
    ],
  );
});

test('exponents of Fortran are numbers, and what only looks like them is none', async () => {
  const double = (/** @type {number} */ value) => value.toExponential(4).replace(/e([-+])/, 'D$10');
  const rows = ROWS.map(({ step, loss, lr }) => ({ step, loss, lr }));
  const table = `step,loss,lr\n${rows.map(({ step, loss, lr }) => `${step},${double(loss)},${double(lr).toLowerCase()}`).join('\n')}\n`;
  const text = rows.map(({ step, loss, lr }) => `step ${step} loss: ${double(loss)} lr: ${double(lr)}`).join('\n');
  for (const run of [await runOf(table, 'log.csv'), await runOf(text)])
    assertRows(run, { roles: ['loss', 'lr'], apart: 1e-4 });
  for (const written of ['12d3', '1d-3', '3D', '1.5d3', 'd-01', '1.0d-'])
    assert.equal((await runOf(`step,loss\n1,2\n2,${written}\n3,1\n`, 'log.csv')).odd[0]?.rows, 1, written);
});

test('roles are said by hand', async () => {
  const text = csvOf(ROWS.map(({ step, loss, lr }) => ({ n: step, q: loss, z: lr, loss: 1 })));
  const [run] = await runsOf({ 'log.csv': text }, parseRoles(['step=n', 'loss=q', 'lr=z']));
  assertRows(run, { roles: ['loss', 'lr'] });
  assert.throws(() => parseRoles(['los=q']), /did you mean loss/);
  assert.throws(() => parseRoles(['loss']), /ROLE=NAME/);
});

test('gz and zip are opened', async () => {
  const text = csvOf(ROWS.map(({ step, loss, lr, grad_norm }) => ({ step, loss, lr, grad_norm })));
  assertRows(await runOf(gzipSync(bytesOf(text)), 'log.csv.gz'));
  const [run, ...others] = await runsOf({ 'logs.zip': zipSync({ 'a/metrics.csv': bytesOf(text) }) });
  assertRows(run);
  assert.deepEqual([run.name, others.length], ['logs.zip/a/metrics.csv', 0]);
});

test('UTF-16 of a Windows shell, and zero bytes at the head of a file that was cut and written on', async () => {
  const text = ROWS.map(LINES['key=value']).join('\r\n');
  const wide = new Uint8Array(2 * text.length + 2);
  wide.set([0xff, 0xfe]);
  for (let i = 0; i < text.length; i++) wide[2 + 2 * i] = text.charCodeAt(i);
  assertRows(await runOf(wide));
  const holed = new Uint8Array(5000 + text.length);
  holed.set(bytesOf(text), 5000);
  const run = await runOf(holed);
  assertRows(run);
  assert.match(run.notes.join(' '), /5,000 zero bytes/);
});

test('curves of learning-rate finders and tables of trials', async () => {
  const lr = Array.from({ length: 50 }, (_, i) => 1e-6 * 1.3 ** i);
  const loss = lr.map((rate) => 2 - Math.min(1, 1e3 * rate));
  for (const held of [
    JSON.stringify({ lr, loss }),
    JSON.stringify({ history: { lr, loss } }),
    csvOf(lr.map((rate, i) => ({ lr: rate, loss: loss[i] }))),
  ]) {
    const { ranges, runs } = await read({ 'lr.x': held });
    assert.deepEqual([ranges.length, runs.length, ranges[0]?.lr.length], [1, 0, 50]);
  }
  const trials = Array.from({ length: 12 }, (_, i) => ({
    '': i,
    number: i,
    value: 1 / (i + 1),
    params_lr: 1e-4 * 2 ** i,
    params_act: 'x',
    state: i === 3 ? 'PRUNED' : 'COMPLETE',
  }));
  const { sweeps } = await read({ 'trials.csv': csvOf(trials) });
  assert.deepEqual(
    [sweeps[0]?.rate, sweeps[0]?.axes, sweeps[0]?.rows.filter((row) => row.failed).length],
    ['params_lr', ['params_lr'], 1],
  );
});

test('names with one blank between are the header of a table where as many numbers stand below', async () => {
  assertRows(await runOf(csvOf(ROWS, ' '), 'log.txt'));
});

test('what is no log is told for what it is', async () => {
  assert.match(await refusal('version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 130\n'), /Git LFS/);
  assert.match(await refusal(''), /empty/);
  assert.match(await refusal(new Uint8Array(300)), /zero bytes/);
  assert.match(await refusal('<!doctype html><html></html>', 'a.html'), /page of the web/);
  assert.match(await refusal('a,b\n1,2\n3,4\n', 'iris.csv'), /"a" \(2\) and "b" \(2\), none of which/);
  assert.match(await refusal('{"a": 1}', 'a.json'), /its members are a/);
  assert.match(await refusal('Dear all,\nwe met at 3 in room 12.\n'), /text \(2 lines\)/);
  assert.match(await refusal('step,loss\n', 'a.csv'), /the header of a table \("step" and "loss"\) without a row/);
  assert.match(await refusal('import os\nprint(1)\n', 'a.py'), /source/);
  assert.match(
    await refusal(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]), 'a.png'),
    /a\.png/,
  );
  assert.match(await refusal(eventFile([]), 'events'), /without a scalar/);
});

test('how far up the warmup an episode began is told by its rate: steps that were skipped are no part of the way', () => {
  const rate = {
    peak: 1.5e-4,
    peakAt: 30,
    warmup: { steps: 30, share: 0.03, from: 0 },
    skipped: 10,
    last: 1e-4,
    schedule: null,
  };
  assert.equal(sayPlace(20, 3.75e-5, rate), ', 25 % of the peak that the warmup leads to');
  assert.equal(sayPlace(30, 1.5e-4, rate), ', at the top of the warmup');
});

test('a number keeps its thousands before a comma, its letter for a thousand, and what it holds in a call of its type', async () => {
  const rows = (/** @type {(step: number, loss: number) => string} */ line) =>
    Array.from({ length: 30 }, (_, i) => line(i, 1500 - i)).join('\n');
  const thousands = (/** @type {number} */ loss) =>
    `${Math.floor(loss / 1000)},${String(loss % 1000).padStart(3, '0')}`;
  for (const [name, text] of [
    ['a.log', rows((step, loss) => `step ${step}: loss ${thousands(loss)}, lr 0.1`)],
    ['a.csv', `step,loss,lr\n${rows((step, loss) => `${step},${loss / 1000}k,0.1`)}`],
    ['a.csv', `step,loss,lr\n${rows((step, loss) => `${step},"tensor(${loss}., device='cuda:0')",0.1`)}`],
    ['a.log', rows((step, loss) => `{'step': ${step}, 'loss': np.float32(${loss}.0), 'lr': np.float64(0.1)}`)],
    ['a.jsonl', rows((step, loss) => JSON.stringify({ step, loss: `${loss / 1000}k`, lr: 0.1 }))],
    ['a.csv', `# of my run\n# on that machine\nstep,loss,lr\n${rows((step, loss) => `${step},${loss},0.1`)}`],
  ]) {
    const [{ series }] = await runsOf({ [name]: text });
    assert.deepEqual([series.loss?.value[0], series.loss?.value[29]], [1500, 1471], text.slice(0, 90));
    assert.equal(series.lr?.value.length, 30, name);
  }
});

test('rows in another order than that of their steps are put in order, and are no runs; those of a resumed run are', async () => {
  const steps = Array.from({ length: 40 }, (_, i) => 10 * i);
  const read = async (/** @type {number[]} */ order) =>
    runsOf({ 'a.csv': `step,loss\n${order.map((step) => `${step},${2 + 1 / (1 + step)}`).join('\n')}` });
  const swapped = steps.map((_, i) => steps[i % 7 === 3 ? i + 1 : i % 7 === 4 ? i - 1 : i]);
  for (const order of [steps.toReversed(), [...steps.slice(20), ...steps.slice(0, 20)], swapped]) {
    const runs = await read(order);
    assert.equal(runs.length, 1);
    assert.deepEqual([...(runs[0].series.loss?.step ?? [])], steps);
    assert.match(runs[0].notes.join(), /put in order/);
  }
  const [resumed] = await read([...steps.slice(0, 30), ...steps.slice(26).map((step) => step + 5)]);
  assert.match(resumed.notes.join(), /repeats steps/);
  assert.equal(resumed.series.loss?.step.length, 27 + 14, 'what was done again is left out');
  const both = await read([...steps, ...steps.map((step) => step + 5)]);
  assert.equal(both.length, 2, 'another run between the steps of the first');
  // To and fro, at steps that are anyhow far apart.
  const wide = steps.map((_, i) => ((i * 17) % 40) ** 2);
  const [uneven, ...others] = await read([...wide, 4]);
  assert.deepEqual([others.length, uneven.series.loss?.step.length], [0, 40]);
  const [lacking, ...more] = await runsOf({
    'a.csv': `step,loss,lr\n${wide.map((step, i) => `${step},${i % 5 === 0 ? '' : 2 + 1 / (1 + step)},0.1`).join('\n')}`,
  });
  assert.deepEqual([more.length, lacking.series.loss?.step.length, lacking.series.lr?.step.length], [0, 32, 40]);
  const seeded = await runsOf({
    'a.csv': `step,loss,seed\n${wide.map((step, i) => `${step},2,${i % 3}`).join('\n')}`,
  });
  assert.ok(seeded.length > 1, 'a column tells runs apart');
});

test('a file of many runs, or one that was resumed often, takes no longer than its rows do', async () => {
  const times = [];
  for (const parts of [1, 200]) {
    for (const stepOf of [
      (/** @type {number} */ i) => i % (20_000 / parts),
      (/** @type {number} */ i) => i - 9 * Math.floor((i * parts) / 20_000),
    ]) {
      const text = Array.from({ length: 20_000 }, (_, i) => `${stepOf(i)},${1 + (i % 7)},0.1`).join('\n');
      const begin = processorMs();
      await runsOf({ 'a.csv': `step,loss,lr\n${text}` });
      times.push(processorMs() - begin);
    }
  }
  const [one, , many, often] = times;
  assert.ok(Math.max(many, often) < 10 * one + 500, `${times.map(Math.round)} ms`);
});

test('losses of one step in several rows are told, and rows of validation by a word are no training', async () => {
  const rows = (/** @type {(step: number) => object[]} */ of) =>
    Array.from({ length: 30 }, (_, step) => of(step).map((row) => JSON.stringify({ step, ...row }))).flat();
  const seeds = rows(() => [1, 2, 3].map((seed) => ({ seed, loss: seed })));
  const [of] = await runsOf({ 'a.jsonl': seeds.join('\n') });
  assert.match(of.notes.join(), /30 steps stand in several rows with different losses.*the last row of each counts\./);
  const broken = rows((step) => [{ loss: step === 9 ? 'nan' : 1 }, { loss: 1 }]);
  assert.match((await runsOf({ 'a.jsonl': broken.join('\n') }))[0].notes.join(), /1 step stands.*no finite number/);
  const same = rows(() => [{ loss: 1 }, { loss: 1.001 }]);
  assert.doesNotMatch((await runsOf({ 'a.jsonl': same.join('\n') }))[0].notes.join(), /several rows/);
  const parted = rows(() => [
    { split: 'train', loss: 1 },
    { split: 'valid', loss: 2 },
  ]);
  const table = `step,split,loss\n${parted.map((line) => Object.values(JSON.parse(line)).join()).join('\n')}`;
  for (const [name, text] of [
    ['a.jsonl', parted.join('\n')],
    ['a.json', `[${parted}]`],
    ['a.csv', table],
  ]) {
    const [{ series }] = await runsOf({ [name]: text });
    assert.ok(series.loss?.value.every((loss) => loss === 1) && series.val_loss?.value.every((loss) => loss === 2));
  }
});
