/**
 * How often the detector of instability is wrong: runs of many kinds, each with the truth beside it.
 *
 *     node tests/ward/detector.js [--from SEED] [--seeds N] [--data a,b,…] [--list]
 *
 * Every run trains 300 steps on 400 samples, and after every step the exact loss of all training samples is evaluated,
 * which the detector never sees. The truth comes from that alone: the mean of the last five exact losses, held against
 * the definition's limit over its own running minimum (instabilityOf, below).
 */

import { parseArgs } from 'node:util';
import { createEngine } from '../../web/platform/node/index.js';

/** @typedef {{ kind: 'unstable' | 'quiet' | 'between', onset: number, rise: number }} Truth  rise: the largest, in L₀ */
/** @typedef {import('../../web/engine/run/trainer.js').Trainer} Trainer */

const STEPS = 300;
const SAMPLES = 400;
const BATCHES = [1, 2, 4, 8, 16, 32, 64];

/** From frozen to hopeless. @type {[string, number][]} */
const RULES = [
  ['sgd', 1e-6],
  ['sgd', 0.03],
  ['sgd', 0.3],
  ['sgd', 3],
  ['momentum', 1e-5],
  ['momentum', 0.01],
  ['momentum', 0.1],
  ['momentum', 1],
  ['adam', 1e-5],
  ['adam', 0.003],
  ['adam', 0.03],
  ['adam', 0.3],
];

const DATA_SETS = ['moons', 'spiral', 'circle', 'xor', 'blobs', 'plane', 'glyphs'];
const IMAGE_MODEL = 'conv(6,3,pad=1) relu maxpool(2) linear(32) relu';
const POINT_MODEL = 'linear(32) tanh linear(32) tanh';

/** A mean over so many steps rises by chance less than a single loss does. */
const TRUTH_MEAN = 5;
/** A rise of so much of L₀, over the limit, is an instability beyond doubt; one of so little is none. */
const UNSTABLE_RISE = 0.15;
const QUIET_RISE = 0.05;

/** The definition's limit (contract, "Loss instability"), written out once more: the judge must not ask the judged. */
function limitOf(/** @type {number} */ minimum, /** @type {number} */ baseline) {
  const relative = minimum < baseline ? Math.min(2 * minimum, (minimum + baseline) / 2) : 1.5 * minimum;
  return Math.max(relative, minimum + 0.1 * baseline);
}

/**
 * @param {number[]} exact  losses before the first step and after each
 * @param {number} baseline  L₀
 * @param {boolean} diverged
 * @returns {Truth}
 */
function instabilityOf(exact, baseline, diverged) {
  let minimum = Infinity;
  let rise = 0;
  let onset = -1;
  const end = exact.findIndex((loss) => !Number.isFinite(loss));
  for (let k = 0; k < (end < 0 ? exact.length : end); k++) {
    const last = exact.slice(Math.max(0, k - TRUTH_MEAN + 1), k + 1);
    const mean = last.reduce((sum, loss) => sum + loss, 0) / last.length;
    if (k > 0) rise = Math.max(rise, (mean - minimum) / baseline);
    const isOver = k > 0 && mean >= limitOf(minimum, baseline) && mean - minimum >= UNSTABLE_RISE * baseline;
    if (isOver && onset < 0) onset = k;
    minimum = Math.min(minimum, mean);
  }
  if (onset < 0 && (diverged || end >= 0)) onset = end < 0 ? exact.length - 1 : end;
  if (onset >= 0) return { kind: 'unstable', onset, rise };
  return { kind: rise < QUIET_RISE ? 'quiet' : 'between', onset, rise };
}

const exactLoss = (/** @type {Trainer} */ trainer) => Number(trainer.evaluate('train')?.loss);

/** @param {Trainer} trainer */
function trainWithTruth(trainer) {
  const exact = [exactLoss(trainer)];
  let diverged = false;
  for (let k = 0; k < STEPS && !diverged; k++) {
    const [row] = trainer.step(1);
    if (!row) break;
    diverged = !Number.isFinite(row.loss) || !Number.isFinite(row.grad_norm);
    if (!diverged) exact.push(exactLoss(trainer));
  }
  return { exact, diverged };
}

const middle = (/** @type {number[]} */ values, share = 0.5) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const { values: options } = parseArgs({
  options: {
    from: { type: 'string', default: '31' },
    seeds: { type: 'string', default: '3' },
    data: { type: 'string', default: DATA_SETS.join(',') },
    list: { type: 'boolean', default: false },
  },
});
const engine = await createEngine();
/** @type {Map<number, { quiet: number, alarms: number, unstable: number, missed: number, cost: number[] }>} */
const table = new Map(BATCHES.map((batch) => [batch, { quiet: 0, alarms: 0, unstable: 0, missed: 0, cost: [] }]));
/** @type {number[]} */
const delays = [];
/** @type {string[]} */
const wrong = [];
let between = 0;

for (let seed = Number(options.from); seed < Number(options.from) + Number(options.seeds); seed++) {
  for (const dataset of options.data.split(',')) {
    for (const [batch, row] of table) {
      for (const [optimizer, lr] of RULES) {
        const { config, problems } = engine.parseConfig({
          dataset,
          batch,
          optimizer,
          lr,
          seed,
          data_seed: seed,
          samples: SAMPLES,
          val_samples: 50,
          steps: STEPS,
          eval_every: 0,
          model: dataset === 'glyphs' ? IMAGE_MODEL : POINT_MODEL,
          loss: dataset === 'plane' ? 'squared_error' : 'cross_entropy',
          downsample: dataset === 'glyphs' ? 4 : 1,
        });
        if (problems.length > 0) throw new Error(problems[0].message);
        const trainer = engine.createTrainer(config);
        const { exact, diverged } = trainWithTruth(trainer);
        const { baseline_loss, looking } = trainer.summary();
        const truth = instabilityOf(exact, baseline_loss, diverged);
        const detected = trainer.episodes()[0]?.detected_at ?? -1;
        trainer.dispose();
        row.cost.push(looking / exact.length);
        const isWrong = truth.kind === 'quiet' ? detected >= 0 : truth.kind === 'unstable' && detected < 0;
        if (truth.kind === 'between') between++;
        if (truth.kind === 'quiet') row.quiet++;
        if (truth.kind === 'quiet' && isWrong) row.alarms++;
        if (truth.kind === 'unstable') row.unstable++;
        if (truth.kind === 'unstable' && isWrong) row.missed++;
        if (truth.kind === 'unstable' && !isWrong) delays.push(detected - truth.onset);
        if (isWrong) {
          wrong.push(
            `${truth.kind === 'quiet' ? 'false alarm' : 'missed'}: ${dataset}, batch ${batch}, ${optimizer} ${lr}, seed ${seed}; onset ${truth.onset}, detected ${detected}, rise ${truth.rise.toFixed(2)} L0`,
          );
        }
      }
    }
  }
}

const rows = [...table.values()];
const total = (/** @type {'quiet' | 'alarms' | 'unstable' | 'missed'} */ name) =>
  rows.reduce((sum, row) => sum + row[name], 0);
const share = (/** @type {number} */ part, /** @type {number} */ of) => `${((100 * part) / of).toFixed(2)} %`;
console.log('batch  false alarms   missed         cost, mean and 95 %');
for (const [batch, { quiet, alarms, unstable, missed, cost }] of table) {
  const costs = `${mean(cost).toFixed(3)}  ${middle(cost, 0.95).toFixed(3)}`;
  console.log(
    `${String(batch).padStart(5)}  ${`${alarms} of ${quiet}`.padEnd(13)}  ${`${missed} of ${unstable}`.padEnd(13)}  ${costs}`,
  );
}
const small = rows.slice(0, 4).flatMap(({ cost }) => cost);
const large = rows.slice(4).flatMap(({ cost }) => cost);
console.log(
  `${total('quiet') + total('unstable') + between} runs: false alarms ${total('alarms')} of ${total('quiet')} quiet (${share(total('alarms'), total('quiet'))}), ` +
    `missed ${total('missed')} of ${total('unstable')} unstable (${share(total('missed'), total('unstable'))}), ${between} between`,
);
console.log(`delay: median ${middle(delays)}, 90 % ${middle(delays, 0.9)} steps`);
console.log(
  `cost of looking, in steps: ${mean(small).toFixed(3)} below batch 16, ${mean(large).toFixed(3)} from there`,
);
if (options.list) console.log(wrong.join('\n'));
