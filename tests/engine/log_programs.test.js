/** Text logs as programs print them whose lines name their counters in a heading, in brackets or in a table's header. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRows, pointsOf, ROWS, runOf } from './log_runs.js';

/** Of a line's row: its epoch of 20 steps, and its step within, from 1. @param {number} step */
const inEpoch = (step) => ({ epoch: Math.floor((step - 1) / 20), inner: ((step - 1) % 20) + 1 });

/** One heading an epoch, and a line for each row. @param {(epoch: number) => string} head @param {(row: typeof ROWS[0], inner: number) => string} line */
const underHeads = (head, line) =>
  ROWS.map((row) => {
    const { epoch, inner } = inEpoch(row.step);
    return (inner === 1 ? `${head(epoch + 1)}\n` : '') + line(row, inner);
  });

/** Programs whose every loss stands at its step. @type {Record<string, string[]>} */
const STEPS = {
  'a counter of a total, in thousands': ROWS.map(({ step, loss }) => `[${step}/4.0k] loss: ${loss} lr: 1e-3`),
  'clu, behind what glog writes': ROWS.map(
    ({ step, loss }) =>
      `I0101 12:00:00.123456 140123 logging_writer.py:48] [${step}] learning_rate=0.001, loss=${loss}`,
  ),
  'PyTorch’s tutorial on CIFAR': ROWS.map(({ step, loss }) => {
    const { epoch, inner } = inEpoch(step);
    return `[${epoch + 1}, ${String(inner).padStart(5)}] loss: ${loss}`;
  }),
  'PyTorch’s quickstart': underHeads(
    (epoch) => `Epoch ${epoch}\n-------------------------------`,
    ({ loss }, inner) => `loss: ${loss}  [${String(inner).padStart(5)}/   20]`,
  ),
  'PyTorch’s tutorial with TensorBoard': underHeads(
    (epoch) => `EPOCH ${epoch}:`,
    ({ loss }, inner) => `  batch ${inner} loss: ${loss}`,
  ),
  'PaddlePaddle’s Model.fit': underHeads(
    (epoch) => `Epoch ${epoch}/2`,
    ({ loss }, inner) => `step ${inner}/20 [=>....] - loss: ${loss} - acc: 0.5 - 20ms/step`,
  ),
  PaddleClas: ROWS.map(({ step, loss }) => {
    const { epoch, inner } = inEpoch(step);
    return `[2022/05/01 12:00:00] ppcls INFO: [Train][Epoch ${epoch + 1}/2][Iter: ${inner}/20]lr(CosineAnnealingDecay): 0.001, top1: 0.12500, CELoss: ${loss}, loss: ${loss}, batch_cost: 0.5s`;
  }),
  'MMEngine by epochs': ROWS.map(({ step, loss }) => {
    const { epoch, inner } = inEpoch(step);
    return `2023/03/01 12:00:00 - mmengine - INFO - Epoch(train)  [${epoch + 1}][${String(inner).padStart(5)}/20]  lr: 1.0000e-02  eta: 1:00:00  time: 0.3000  data_time: 0.0100  memory: 2000  loss: ${loss}  loss_cls: 0.5`;
  }),
  'MMEngine by iterations': ROWS.map(
    ({ step, loss }) =>
      `2023/03/01 12:00:00 - mmengine - INFO - Iter(train) [${String(step).padStart(6)}/80000]  base_lr: 1.0e-02 lr: 1.0000e-02  eta: 1:00:00  loss: ${loss}  decode.acc_seg: 55.1`,
  ),
  'a script with lines of step, split and number': ROWS.flatMap(({ step, loss }) => [
    ...(step % 10 === 0 ? [`${step} val ${loss + 1}`, `${step} hella 0.2463`] : []),
    `${step} train ${loss}`,
  ]),
};

for (const [program, lines] of Object.entries(STEPS))
  test(`lines of text: ${program}`, async () => assertRows(await runOf(lines.join('\n')), { roles: ['loss'] }));

test('a line of step, split and number has nothing of the line before', async () => {
  const run = await runOf('vocab 5 heads 2 lr 0.1\n0 train 3.5\n1 train 3.25');
  assert.deepEqual([pointsOf(run, 'loss').length, run.series.lr?.step.length], [2, 1]);
  assert.match(run.notes.join(' '), /a number without a name, which was taken for the loss/);
});

test('steps in thousands, of a bar and where several rows share one', async () => {
  const bar = [1, 2, 3].map((i) => ` ${i}0%|█▏  | ${i}.00k/10.0k [00:10<01:10, 120it/s, loss=0.${i}]`).join('\r');
  const { series, planned } = await runOf(bar);
  assert.deepEqual([[...(series.loss?.step ?? [])], planned], [[1000, 2000, 3000], 10_000]);
  const shared = await runOf(
    [8, 9, 10, 11, 12, 13].map((i) => `[${i < 10 ? `${i}00` : `1.${(i - 10) >> 1}k`}/4k] loss: 1.${i}`).join('\n'),
  );
  assert.deepEqual([...(shared.series.loss?.step ?? [])], [800, 900, 1000, 1050, 1100, 1150]);
  assert.match(shared.notes.join(' '), /in thousands, so that rows share a step/);
  const built = await runOf(
    ['[1/8] c++ -MMD -o a.o', ...ROWS.map(({ step, loss }) => `step ${step} loss ${loss}`)].join('\n'),
  );
  assert.equal(built.planned, null, 'steps of a build are no plan of the training');
});

test('generator and discriminator of DCGAN: two losses, steps of epochs, and no number of a pair for a plan', async () => {
  const lines = ROWS.map(({ step, loss }) => {
    const { epoch, inner } = inEpoch(step);
    return `[${epoch}/5][${inner - 1}/20]\tLoss_D: ${loss}\tLoss_G: 5.2342\tD(x): 0.8735\tD(G(z)): 0.3456 / 0.0123`;
  });
  const run = await runOf(lines.join('\n'));
  assert.deepEqual([run.game, run.unit, run.planned], ['adversarial', 'step', 100]);
  assert.deepEqual(
    pointsOf(run, 'loss').map(([step]) => step),
    ROWS.map(({ step }) => step - 1),
  );
});

test('what is validated below a heading is no training', async () => {
  const paddle = [
    'Epoch 1/1',
    'step 1/2 - loss: 3.5',
    'step 2/2 - loss: 3.25',
    'Eval begin...',
    'step 1/1 - loss: 9.5',
    'Eval samples: 10',
  ];
  const torch = [
    'Epoch 1',
    'loss: 3.5  [    1/    2]',
    'loss: 3.25  [    2/    2]',
    'Test Error: ',
    ' Accuracy: 44.7%, Avg loss: 9.5 ',
  ];
  const board = ['EPOCH 1:', '  batch 1 loss: 3.5', '  batch 2 loss: 3.25', 'LOSS train 3.3 valid 9.5'];
  for (const lines of [paddle, torch, board]) {
    const run = await runOf(lines.join('\n'));
    assert.deepEqual([pointsOf(run, 'val_loss').map(([, loss]) => loss)], [[9.5]], lines[1]);
    if (lines !== board)
      assert.deepEqual(
        pointsOf(run, 'loss'),
        [
          [1, 3.5],
          [2, 3.25],
        ],
        lines[1],
      );
  }
});

test('Composer’s rates stand in lines of their own, at their step', async () => {
  const lines = ROWS.map(({ step, loss, lr }) => {
    const { epoch, inner } = inEpoch(step);
    return `[epoch=${epoch + 1}][batch=${inner}/20]:\n\t Train time/epoch: ${epoch}\n\t Train time/batch: ${step - 1}\n\t Train loss/train/total: ${loss}\n\t Train lr-DecoupledSGDW/group0: ${lr}`;
  });
  assertRows(await runOf(lines.join('\n')), { roles: ['loss', 'lr'] });
});

const YOLO = '      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size';
const YOLO_5 = '     Epoch   gpu_mem       box       obj       cls    labels  img_size';
const VALIDATED = `                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██████████| 2/2 [00:00<00:00,  8.1it/s]
                   all          4         17      0.645      0.547      0.628      0.448`;

/** Tables of two epochs whose losses are 3.5 and 3.25. @type {Record<string, string>} */
const TABLES = {
  'YOLO, whose row is drawn until its bar is full': [3.5, 3.25]
    .map((loss, i) => {
      const row = (/** @type {number} */ box, /** @type {string} */ bar) =>
        `      ${i + 1}/2      2.13G      ${box}      2.0      1.0         22        640: ${bar}`;
      return `\n${YOLO}\n${row(7, ' 50%|█████     | 4/8 [00:01<00:00,  4.3it/s]')}\r${row(loss - 3, '100%|██████████| 8/8 [00:01<00:00,  4.3it/s]')}\n${VALIDATED}`;
    })
    .join('\n'),
  'YOLO of 2025, with other bars and a loss below 0': [3.5, 3.25]
    .map(
      (loss, i) =>
        `${YOLO}\n\u001b[K      ${i + 1}/2      3.87G      -0.5      ${loss + 0.25}      0.25        176        640: 100% ━━━━━━━━━━━━ 8/8 3.1it/s 2.6s`,
    )
    .join('\n'),
  'YOLOv5, whose losses are called box, obj and cls': [3.5, 3.25]
    .map(
      (loss, i) =>
        `${YOLO_5}\n     ${i + 1}/2     2.1G   ${loss - 0.5}   0.25   0.25       101       640: 100%|██████████| 8/8 [00:01<00:00,  4.3it/s]`,
    )
    .join('\n'),
  'fastai, with a line of a callback between': `Training resnet34
epoch     train_loss  valid_loss  accuracy  time
1         3.5         3.6         #na#      00:12
Better model found at epoch 1 with valid_loss value: 3.6.
2         3.25        3.5         0.85      1:00:12`,
  'skorch, in colours': `  epoch    train_loss    valid_acc    valid_loss     dur
-------  ------------  -----------  ------------  ------
      1        \u001b[36m3.5\u001b[0m       \u001b[32m0.5200\u001b[0m        \u001b[35m3.6\u001b[0m  0.0320
      2        \u001b[36m3.25\u001b[0m       0.5200        3.5  0.0310`,
};

for (const [program, text] of Object.entries(TABLES))
  test(`tables in a text: ${program}`, async () => {
    const run = await runOf(text);
    assert.deepEqual(
      [run.unit, pointsOf(run, 'loss'), run.series.lr],
      [
        'epoch',
        [
          [1, 3.5],
          [2, 3.25],
        ],
        undefined,
      ],
    );
    assert.equal(run.series.val_loss?.step.length, /valid_loss/.test(text) ? 2 : undefined);
  });

test('results.csv of YOLOv5 and YOLOv8: padded names, one of which has a colon, and rates x/lr0', async () => {
  const names = [
    'epoch',
    'train/box_loss',
    'train/cls_loss',
    'metrics/mAP_0.5:0.95',
    'val/box_loss',
    'val/cls_loss',
    'x/lr0',
    'x/lr1',
  ];
  const rows = [names, [0, 3, 0.5, 0.1, 4, 1, 0.01, 0.01], [1, 2.5, 0.75, 0.2, 4, 0.5, 0.005, 0.005]];
  const run = await runOf(
    rows.map((row) => row.map((cell) => String(cell).padStart(20)).join(',')).join('\n'),
    'results.csv',
  );
  assert.deepEqual(
    [pointsOf(run, 'loss'), pointsOf(run, 'val_loss')],
    [
      [
        [0, 3.5],
        [1, 3.25],
      ],
      [
        [0, 5],
        [1, 4.5],
      ],
    ],
  );
  assert.deepEqual(pointsOf(run, 'lr'), [
    [0, 0.01],
    [1, 0.005],
  ]);
});
