/**
 * Logs that were damaged at random: each is still read, or refused in one sentence; nothing else comes of it.
 *
 *     TRAINSCOPE_MUTATIONS=10000 node --test tests/engine/log_mutations.test.js
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zipSync } from 'fflate';
import { readLogs } from '../../web/engine/logs/read_logs.js';
import { encodeJson } from '../../web/engine/run/run_log.js';
import { inspectLogs } from '../../web/engine/study/inspect/inspect.js';
import { formatLogReport } from '../../web/engine/study/report/log_report.js';
import { createEngine } from '../../web/platform/node/index.js';
import { bytesOf, csvOf, eventFile, looseJson, makeRows, pythonOf } from './log_writers.js';

const MUTATIONS = Number(process.env.TRAINSCOPE_MUTATIONS ?? 300);

const ROWS = makeRows(60);
const scalars = ROWS.flatMap(({ step, loss, lr }) => [
  { tag: 'loss', step, value: loss },
  { tag: 'lr', step, value: lr },
]);
const history = ROWS.map(({ step, loss, lr, grad_norm }) => ({
  step,
  epoch: step / 9,
  loss,
  learning_rate: lr,
  grad_norm,
}));

/** @type {Record<string, Uint8Array>} */
const LOGS = {
  'events.out.tfevents.1': eventFile(scalars),
  'events.out.tfevents.2': eventFile(scalars, { style: 'content' }),
  'trainer_state.json': bytesOf(looseJson({ log_history: history, max_steps: 60 })),
  'metrics.csv': bytesOf(csvOf(ROWS)),
  'chart.csv': bytesOf(csvOf(ROWS.map(({ step, loss }) => ({ Step: step, 'a - loss': loss, 'a - loss__MIN': loss })))),
  'run-a-tag-loss.csv': bytesOf(csvOf(ROWS.map(({ step, loss }) => ({ 'Wall time': 1, Step: step, Value: loss })))),
  'history.jsonl': bytesOf(ROWS.map((row) => JSON.stringify(row)).join('\n')),
  'out.txt': bytesOf(history.map((row) => pythonOf(row)).join('\n')),
  'train.log': bytesOf(
    ROWS.map(({ step, loss, lr }) => `Epoch [1][${step}/90]\tlr: ${lr}, eta: 8:02:25, loss: ${loss}`).join('\n'),
  ),
  'lr.json': bytesOf(
    JSON.stringify({ lr: ROWS.map(({ step }) => 1e-6 * 1.2 ** step), loss: ROWS.map(({ loss }) => loss) }),
  ),
  'trials.csv': bytesOf(
    csvOf(ROWS.map(({ step, lr, loss }) => ({ number: step, value: loss, params_lr: lr * step, state: 'COMPLETE' }))),
  ),
  'run.jsonl': bytesOf(
    [
      { type: 'config', lr: 0.1, steps: 60 },
      ...ROWS.map((row) => ({ type: 'step', ...row, clip_scale: 1 })),
      {
        type: 'summary',
        verdict: 'stable',
        episodes: [],
        steps: 60,
        diverged_at: null,
        grad_norm: { p50: 1, p90: 2, max: 3 },
        best: null,
      },
    ]
      .map(encodeJson)
      .join('\n'),
  ),
  'log.csv.gz': gzipSync(bytesOf(csvOf(ROWS))),
  'logs.zip': zipSync({ 'a.csv': bytesOf(csvOf(ROWS)) }),
};

/** Bytes that are apt to break things. */
const ODD = [
  '\u0000',
  '"',
  '\n',
  ',',
  '{',
  '}',
  '[',
  'nan',
  '-',
  '1e999',
  ':',
  '\ufffd',
  '\r',
  '9'.repeat(30),
  'loss',
  'epoch',
].map(bytesOf);

/** From 0 to below 1; source: Vigna's splitmix, of 32 bits. @param {number} seed */
function makeDraw(seed) {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** @param {Uint8Array} bytes @param {() => number} draw */
function damage(bytes, draw) {
  let out = bytes.slice();
  for (let i = 0; i < 1 + Math.floor(4 * draw()); i++) {
    const at = Math.floor(draw() * out.length);
    const kind = Math.floor(6 * draw());
    if (kind === 0) out[at] ^= 1 << Math.floor(8 * draw());
    else if (kind === 1) out = out.slice(0, at + 1);
    else if (kind === 2) out = out.slice(at);
    else {
      const put =
        kind === 3
          ? ODD[Math.floor(draw() * ODD.length)]
          : kind === 4
            ? out.slice(at, at + Math.floor(200 * draw()))
            : new Uint8Array();
      const gone = kind === 5 ? Math.floor(80 * draw()) : 0;
      const joined = new Uint8Array(at + put.length + Math.max(0, out.length - at - gone));
      joined.set(out.subarray(0, at));
      joined.set(put, at);
      joined.set(out.subarray(at + gone), at + put.length);
      out = joined;
    }
    if (out.length === 0) return out;
  }
  return out;
}

/** Where a sentence speaks of NaN itself. */
const OF_NAN = /\b(is|write|been) NaN\b/g;

const engine = await createEngine();

for (const [name, whole] of Object.entries(LOGS)) {
  test(`${name}, damaged: a result or a sentence`, async () => {
    const { runs, ranges, sweeps } = await readLogs([{ name, bytes: whole }]);
    assert.equal(runs.length + ranges.length + sweeps.length, 1, 'undamaged it is read');
    const times = Math.ceil(MUTATIONS / Object.keys(LOGS).length);
    for (let i = 0; i < times; i++) {
      const bytes = damage(whole, makeDraw(i * 7919 + name.length));
      const logs = await readLogs([{ name, bytes }]).catch((error) => {
        throw new Error(`mutation ${i}: ${error.stack}`);
      });
      for (const sentence of logs.skipped) assert.match(sentence, /^[^\n]+\.$/, `mutation ${i}`);
      const found = logs.runs.length + logs.ranges.length + logs.sweeps.length;
      assert.ok(found + logs.skipped.length > 0, `mutation ${i}: something is said`);
      try {
        const { inspection, runs: behind } = inspectLogs(engine, logs);
        for (const run of inspection.runs) {
          for (const text of [...run.notes, ...run.advice])
            assert.doesNotMatch(text.replace(OF_NAN, ''), /NaN|undefined|\[object/, `mutation ${i}`);
        }
        JSON.parse(encodeJson(inspection));
        if (i % 20 === 0) formatLogReport(inspection, behind);
      } catch (error) {
        throw new Error(`mutation ${i}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  });
}
