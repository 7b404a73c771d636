/**
 * How good the rate is that `--auto-lr` trains with: on every data set, with several seeds and update rules, beside a
 * sweep of the same settings.
 *
 *     node tests/ward/auto_lr.js [--data a,b,…] [--rules a,b,…] [--seeds N] [--from SEED] [--steps N] [--list]
 *
 * Each pair of data set and rule is swept over RATES with the same seeds. A rate's result is the median over the seeds
 * of the run's lowest validation loss, a diverged run's being infinite. The best rate is the one with the lowest result;
 * as good as it are all rates whose result is no further from it than its own seeds differ by (a robust standard
 * deviation of theirs: 1.4826 times the median distance from their median), or than a thousandth of L₀, the loss of
 * guessing, which no chart shows. The choice is **within** where it is at most FACTOR from a rate that is as good as the
 * best, else it is **wrong**; or it was **refused**. "near" counts those within FACTOR of the single best rate.
 */

import { parseArgs } from 'node:util';
import { findRate } from '../../web/engine/study/auto_rate.js';
import { LocalRunner } from '../../web/engine/study/trial/runner.js';
import { medianOf } from '../../web/engine/study/trial/statistics.js';
import { createEngine } from '../../web/platform/node/index.js';

/** @typedef {import('../../web/engine/config/config.js').Config} Config */

const FACTOR = 3;
const UNSEEN_SHARE = 1e-3;
/** Four to a decade, from useless to hopeless. */
const RATES = Array.from({ length: 23 }, (_, i) => Number((1e-4 * 10 ** (i / 4)).toPrecision(3)));
const DATA_SETS = ['spiral', 'circle', 'xor', 'blobs', 'moons', 'plane', 'glyphs'];
/** The images are pooled and few, or the sweep would take an hour. @type {Record<string, Record<string, unknown>>} */
const OWN_SETTINGS = {
  plane: { loss: 'squared_error' },
  glyphs: { downsample: 2, samples: 2000, val_samples: 500 },
};

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: DATA_SETS.join(',') },
    rules: { type: 'string', default: 'momentum,adam,sgd' },
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000' },
    list: { type: 'boolean', default: false },
  },
});
const engine = await createEngine();
const now = () => performance.now();
const runner = new LocalRunner({
  createTrainer: (config) => engine.createTrainer(config),
  now,
  yieldNow: async () => {},
});

/** @param {string} dataset @param {string} optimizer @param {number} seed @returns {Config} */
function settingsOf(dataset, optimizer, seed) {
  const steps = Number(options.steps);
  const { config, problems } = engine.parseConfig({
    dataset,
    optimizer,
    seed,
    steps,
    eval_every: Math.max(1, Math.floor(steps / 20)),
    ...OWN_SETTINGS[dataset],
  });
  if (problems.length > 0) throw new Error(problems[0].message);
  return config;
}

/** The rates that are as good as the best, and the best. @param {Config[]} configs  one per seed */
async function sweep(configs) {
  const results = [];
  let unseen = 0;
  for (const lr of RATES) {
    const losses = [];
    for (const config of configs) {
      const { best, diverged, baseline_loss } = await runner.trial({ ...config, lr }, { record: 'none' });
      unseen = UNSEEN_SHARE * baseline_loss;
      losses.push(diverged ? Infinity : (best?.loss ?? Infinity));
    }
    results.push({ lr, losses, median: Number(medianOf(losses)) });
  }
  const best = results.reduce((a, b) => (b.median < a.median ? b : a));
  const spread = 1.4826 * Number(medianOf(best.losses.map((loss) => Math.abs(loss - best.median))));
  const good = results.filter(({ median }) => median <= best.median + Math.max(spread, unseen)).map(({ lr }) => lr);
  return { best: best.lr, low: good[0], high: good[good.length - 1] };
}

/** @param {Config} config */
async function choose(config) {
  try {
    return await findRate({ engine, runner, config, now });
  } catch (error) {
    if (/** @type {{ field?: string }} */ (error).field === 'auto_lr') return { lr: null, says: String(error) };
    throw error;
  }
}

const COLUMNS = /** @type {const} */ (['within', 'near', 'refused', 'wrong']);
const total = { within: 0, near: 0, refused: 0, wrong: 0 };
/** @type {string[]} */
const remarks = [];
console.log(
  `${'data and rule'.padEnd(18)}${'best'.padEnd(9)}${'as good'.padEnd(18)}${COLUMNS.map((name) => name.padStart(8)).join('')}`,
);
for (const dataset of options.data.split(',')) {
  for (const optimizer of options.rules.split(',')) {
    const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => Number(options.from) + i);
    const configs = seeds.map((seed) => settingsOf(dataset, optimizer, seed));
    const { best, low, high } = await sweep(configs);
    const counts = { within: 0, near: 0, refused: 0, wrong: 0 };
    for (const config of configs) {
      const { lr, says } = await choose(config);
      const kind = lr === null ? 'refused' : lr >= low / FACTOR && lr <= high * FACTOR ? 'within' : 'wrong';
      counts[kind]++;
      if (lr !== null && lr >= best / FACTOR && lr <= best * FACTOR) counts.near++;
      if (kind !== 'within' || options.list) {
        remarks.push(`${kind}: ${dataset}, ${optimizer}, seed ${config.seed}: ${lr ?? ''} best ${best}. ${says}`);
      }
    }
    for (const name of COLUMNS) total[name] += counts[name];
    const numbers = COLUMNS.map((name) => String(counts[name]).padStart(8)).join('');
    console.log(
      `${`${dataset} ${optimizer}`.padEnd(18)}${String(best).padEnd(9)}${`${low} … ${high}`.padEnd(18)}${numbers}`,
    );
  }
}
const runs = total.within + total.refused + total.wrong;
console.log(`${runs} choices: ${COLUMNS.map((name) => `${total[name]} ${name}`).join(', ')}`);
if (remarks.length > 0) console.log(remarks.join('\n'));
