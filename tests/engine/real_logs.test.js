/**
 * Real logs of public projects, which are not in the repository: $TRAINSCOPE_LOGS names their folder. What stands here is
 * what somebody read in them by eye.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { LogJudge } from '../../web/engine/logs/log_verdict.js';
import { readLogs } from '../../web/engine/logs/read_logs.js';
import { settleRun } from '../../web/engine/logs/settle.js';
import { createEngine } from '../../web/platform/node/index.js';

const FOLDER = process.env.TRAINSCOPE_LOGS ?? '';
const WITH_LOGS = { skip: FOLDER ? false : 'skipped: no $TRAINSCOPE_LOGS' };

/**
 * Of each run of each log: role: [name, points, first step, last step].
 *
 * @type {Record<string, Record<string, [string, number, number, number]>[]>}
 */
const ROLES = {
  'fastai-csvlogger': [{ loss: ['train_loss', 19, 0, 18], val_loss: ['valid_loss', 19, 0, 18] }],
  'hf-amp-skip-nan': [
    { loss: ['loss', 120, 1, 120], lr: ['learning_rate', 120, 1, 120], grad_norm: ['grad_norm', 120, 1, 120] },
  ],
  'hf-loss-summed': [
    { loss: ['loss', 200, 10, 2000], lr: ['learning_rate', 200, 10, 2000], grad_norm: ['grad_norm', 200, 10, 2000] },
  ],
  'hf-norm-still-scaled': [
    {
      loss: ['loss', 700, 2, 1400],
      val_loss: ['eval_loss', 7, 200, 1400],
      lr: ['learning_rate', 700, 2, 1400],
      grad_norm: ['grad_norm', 700, 2, 1400],
    },
  ],
  'hf-overfit': [
    {
      loss: ['loss', 790, 10, 7900],
      val_loss: ['eval_loss', 79, 100, 7900],
      lr: ['learning_rate', 790, 10, 7900],
      grad_norm: ['grad_norm', 790, 10, 7900],
    },
  ],
  'hf-spike': [
    {
      loss: ['loss', 180, 10, 1800],
      val_loss: ['eval_loss', 9, 200, 1800],
      lr: ['learning_rate', 180, 10, 1800],
      grad_norm: ['grad_norm', 180, 10, 1800],
    },
  ],
  'keras-append': [{ loss: ['loss', 300, 0, 299] }, { loss: ['loss', 130, 0, 129] }, { loss: ['loss', 3, 0, 2] }],
  'keras-csvlogger': [{ loss: ['loss', 140, 0, 139], val_loss: ['val_loss', 140, 0, 139] }],
  'lightning-lr-rows': [{ loss: ['train_loss', 156, 9, 1559], lr: ['lr-AdamW', 1, 0, 0] }],
  'lightning-nan': [{ loss: ['train_loss', 372, 49, 18599], lr: ['lr-Adam', 372, 49, 18599] }],
  'lightning-spike': [{ loss: ['train_loss_epoch', 679, 62, 42776] }],
  'mmpose-jsonl': [{ loss: ['loss', 862, 1, 862], lr: ['lr', 862, 1, 862] }],
  'tb-csv': [
    { loss: ['loss', 4, 43, 95] },
    { loss: ['loss', 68, 68, 2454] },
    { loss: ['loss', 567, 41, 28094] },
    { loss: ['loss', 361, 36, 17376] },
  ],
  'tb-csv-several': [{ loss: ['loss', 30, 0, 29], val_loss: ['val_loss', 30, 0, 29], lr: ['lr', 30, 0, 29] }],
  'tb-tf1': [{ loss: ['epoch_loss', 20, 0, 19], val_loss: ['epoch_val_loss', 20, 0, 19] }],
  'tb-tf2-tensor': [{ loss: ['train/epoch_loss', 10, 0, 9], val_loss: ['validation/epoch_loss', 10, 0, 9] }],
  'tb-tf2-two-axes': [{ loss: ['train/epoch_loss', 668, 0, 667], val_loss: ['validation/epoch_loss', 296, 0, 295] }],
  'text-hf-grpo-zero': [
    {
      loss: ['loss', 26, 5, 295],
      lr: ['learning_rate', 26, 5, 295],
      grad_norm: ['grad_norm', 26, 5, 295],
      reward: ['reward', 26, 5, 295],
    },
  ],
  'text-hf-stdout-nan': [[7, 10500, 13500], ...[2, 4, 6, 9, 11].map((rows) => [rows, 500, 500 * rows])].map(
    ([rows, first, last]) => ({
      loss: ['loss', rows, first, last],
      lr: ['learning_rate', rows, first, last],
      grad_norm: ['grad_norm', rows, first, last],
    }),
  ),
  'text-llmc': [
    {
      loss: ['trl', 3757, 0, 3756],
      val_loss: ['tel', 16, 0, 3750],
      lr: ['lr', 3757, 0, 3756],
      grad_norm: ['norm', 3757, 0, 3756],
    },
  ],
  'text-megatron': [
    {
      loss: ['lm loss', 11, 20, 120],
      val_loss: ['validation lm loss value', 1, 100, 100],
      lr: ['learning rate', 12, 10, 120],
      grad_norm: ['grad norm', 10, 30, 120],
    },
  ],
  'text-mmdet-nan': [{ loss: ['loss', 12, 50, 600], lr: ['lr', 12, 50, 600], grad_norm: ['grad_norm', 12, 50, 600] }],
  'text-nanogpt': [{ loss: ['loss', 2156, 0, 2155], val_loss: ['val loss', 11, 0, 2000] }],
  'text-nul-head': [{ loss: ['lm', 281, 700, 3500], lr: ['lr', 281, 700, 3500] }],
  'ultralytics-new': [
    {
      loss: ['train/box_loss + train/cls_loss + train/dfl_loss', 5, 1, 5],
      val_loss: ['val/box_loss + val/cls_loss + val/dfl_loss', 5, 1, 5],
      lr: ['lr/pg1', 5, 1, 5],
    },
  ],
  'ultralytics-padded': [
    {
      loss: ['train/box_loss + train/cls_loss + train/dfl_loss', 25, 0, 24],
      val_loss: ['val/box_loss + val/cls_loss + val/dfl_loss', 25, 0, 24],
      lr: ['lr/pg1', 25, 0, 24],
    },
  ],
  'wandb-chart': [{ loss: ['train/loss', 1080, 0, 1186] }, { loss: ['train/loss', 1030, 0, 1131] }],
  'wandb-history-jsonl': [{ reward: ['episodic_reward', 98, 0, 196] }],
};

/**
 * What the loss of each run says: verdict, step of divergence, and of each episode [kind, begin, peak, recovered at].
 *
 * @type {Record<string, [string, number | null, [string, number, number, number | null][]][]>}
 */
const VERDICTS = {
  'hf-spike': [
    [
      'mid',
      null,
      [
        ['mid', 200, 240, 320],
        ['mid', 440, 460, 480],
      ],
    ],
  ],
  'keras-append': [
    ['stable', null, []],
    ['recovered', null, [['mid', 69, 71, 74]]],
    ['stable', null, []],
  ],
  'lightning-nan': [
    [
      'diverged',
      4249,
      [
        ['early', 499, 599, 649],
        ['mid', 2299, 2349, 2599],
        ['mid', 4199, 4249, null],
      ],
    ],
  ],
  'lightning-spike': [
    [
      'mid',
      null,
      [
        ['mid', 16064, 16190, 16316],
        ['mid', 30491, 30680, 30806],
      ],
    ],
  ],
  'text-hf-stdout-nan': [
    ['stable', null, []],
    ...Array.from({ length: 5 }, () => /** @type {[string, number, []]} */ (['diverged', 500, []])),
  ],
  'text-megatron': [['early', null, [['early', 20, 30, 60]]]],
  'text-mmdet-nan': [['diverged', 300, [['early', 250, 300, null]]]],
};

/** Warmup in steps and the schedule; null where there is none to tell. @type {Record<string, [number | null, string | null]>} */
const RATES = {
  'hf-amp-skip-nan': [2, 'linear'],
  'hf-loss-summed': [200, 'cosine'],
  'hf-norm-still-scaled': [null, 'linear'],
  'hf-overfit': [null, 'linear'],
  'hf-spike': [90, 'cosine'],
  'lightning-nan': [4649, 'onecycle'],
  'mmpose-jsonl': [10, 'step'],
  'tb-csv-several': [null, 'step'],
  'text-hf-grpo-zero': [10, null],
  'text-llmc': [700, 'cosine'],
  'text-mmdet-nan': [500, 'constant'],
  'ultralytics-padded': [3, null],
};

/** Median, 90th percentile and maximum, as far as they were noted. @type {Record<string, [number, number, number]>} */
const NORMS = {
  'hf-amp-skip-nan': [1.17, 6.65, 19.3],
  'hf-norm-still-scaled': [204222, 652363, 4338148],
  'hf-loss-summed': [0.88, 1.34, 10.2],
  'hf-overfit': [1.47, 3.63, 11.9],
  'hf-spike': [0.22, 0.82, 299],
  'text-llmc': [0.32, 0.87, 15.4],
};

/** What holds no run: [range tests, sweeps, sentences]. @type {Record<string, [number, number, RegExp | null]>} */
const OTHERS = {
  'lr-range-pretrained': [1, 0, null],
  'sweep-optuna': [0, 1, null],
  'wandb-runs-table': [0, 1, null],
  'tb-lfs-pointer': [0, 0, /Git LFS/],
};

/** @param {string} folder @returns {string[]} */
function listFiles(folder) {
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .flatMap((file) => (statSync(file).isDirectory() ? listFiles(file) : [file]));
}

/** @param {string} log */
function readReal(log) {
  const files = listFiles(path.join(FOLDER, log));
  return readLogs(
    files.map((file) => ({ name: path.relative(FOLDER, file), bytes: new Uint8Array(readFileSync(file)) })),
  );
}

for (const [log, expected] of Object.entries(ROLES)) {
  test(`${log}: runs, roles and steps`, WITH_LOGS, async () => {
    const { runs, ranges, sweeps, skipped } = await readReal(log);
    assert.deepEqual([ranges, sweeps, skipped], [[], [], []]);
    const found = runs
      .flatMap((run) => settleRun(run))
      .map(({ series }) =>
        Object.fromEntries(
          Object.entries(series).map(([role, { name, step }]) => [
            role,
            [name, step.length, step[0], step[step.length - 1]],
          ]),
        ),
      );
    assert.deepEqual(found, expected);
  });
}

const judge = new LogJudge((await createEngine()).core);

for (const log of Object.keys(ROLES)) {
  test(`${log}: verdict, episodes, rate and norms`, WITH_LOGS, async () => {
    const { runs: raw } = await readReal(log);
    const runs = raw.flatMap((run) => settleRun(run));
    const stable = runs.map(() => ['stable', null, []]);
    const judged = runs.map(({ series: { loss, grad_norm: norms }, planned, unit, isCutAtHead: isCut }) => {
      if (!loss) return ['stable', null, []];
      const how = { norms, planned, isSummary: unit === 'epoch', isCut };
      const { verdict, divergedAt, episodes } = judge.judge(loss, how);
      return [
        verdict,
        divergedAt,
        episodes.map(({ kind, begin, peak, recovered_at }) => [kind, begin, peak, recovered_at]),
      ];
    });
    assert.deepEqual(judged, VERDICTS[log] ?? stable);
    const { series, planned } = runs[0];
    if (RATES[log]) {
      assert.ok(series.lr);
      const rate = judge.readRate(series.lr, { last: series.loss?.step.at(-1) ?? 0, planned });
      assert.deepEqual([rate?.warmup?.steps ?? null, rate?.schedule], RATES[log]);
    }
    if (NORMS[log]) {
      const { p50, p90, max } = judge.readNorms(series.grad_norm?.value ?? []);
      for (const [i, found] of [p50, p90, max].entries())
        assert.ok(Math.abs(found / NORMS[log][i] - 1) < 0.02, `${found} for ${NORMS[log][i]}`);
    }
  });
}

for (const [log, [ranges, sweeps, sentence]] of Object.entries(OTHERS)) {
  test(`${log}: what it is`, WITH_LOGS, async () => {
    const found = await readReal(log);
    assert.deepEqual([found.runs.length, found.ranges.length, found.sweeps.length], [0, ranges, sweeps]);
    if (sentence) assert.match(found.skipped.join(), sentence);
  });
}
