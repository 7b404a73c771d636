/**
 * How good the rate is that `--auto-lr` trains with: on every data set, with several seeds and update rules, beside a
 * sweep of the same settings.
 *
 *     node tests/ward/auto_lr.js [--data a,b,…] [--rules a,b,…] [--seeds N] [--from SEED] [--steps N]
 *                              [--batch N] [--way on|tried] [--list]
 *     node tests/ward/auto_lr.js --data custom --images data/fashion-mnist
 *
 * Each pair of data set and rule is swept over RATES with the same seeds (rate_choice.js says what is best, and what is
 * as good as that). A choice is **within** where it is at most a factor of 3 from a rate that is as good as the best,
 * else it is **wrong**; or it was **refused**. "near" counts those within the factor of the single best rate.
 */

import { parseArgs } from 'node:util';
import { readDataPath } from '../../web/cli/files/data_path.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
import { chooseRate, isNear, judgeChoice, sweepRates } from './rate_choice.js';

/** @typedef {import('../../web/engine/config/config.js').Config} Config */

/** Four to a decade, from useless to hopeless. */
const RATES = Array.from({ length: 23 }, (_, i) => Number((1e-4 * 10 ** (i / 4)).toPrecision(3)));
const DATA_SETS = ['spiral', 'circle', 'xor', 'blobs', 'moons', 'plane', 'glyphs'];
/** The images are pooled and few, or the sweep would take an hour. @type {Record<string, Record<string, unknown>>} */
const OWN_SETTINGS = {
  plane: { loss: 'squared_error' },
  glyphs: { downsample: 2, samples: 2000, val_samples: 500 },
  custom: { downsample: 2, samples: 4000, val_samples: 1000 },
};

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: DATA_SETS.join(',') },
    images: { type: 'string' },
    rules: { type: 'string', default: 'momentum,adam,sgd' },
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000' },
    batch: { type: 'string', default: '64' },
    way: { type: 'string', default: 'on' },
    list: { type: 'boolean', default: false },
  },
});
const engine = await createEngine();
const images = options.images ? await readDataPath(engine, options.images) : null;
/** @type {Map<string, import('../../web/engine/data/dataset.js').Dataset>} */
const datasets = new Map();
const runner = makeLocalRunner((config) => engine.createTrainer(config, datasetOf(config)));

/** @param {Config} config */
function datasetOf(config) {
  if (!images || config.dataset !== 'custom') return undefined;
  const known = datasets.get('custom') ?? createFileDataset(engine, images, config);
  datasets.set('custom', known);
  return known;
}

/** @param {string} dataset @param {string} optimizer @param {number} seed @returns {Config} */
function settingsOf(dataset, optimizer, seed) {
  const steps = Number(options.steps);
  const { config, problems } = engine.parseConfig({
    dataset,
    optimizer,
    seed,
    steps,
    batch: options.batch,
    eval_every: Math.max(1, Math.floor(steps / 20)),
    ...OWN_SETTINGS[dataset],
  });
  if (problems.length > 0) throw new Error(problems[0].message);
  return config;
}

const way = /** @type {import('../../web/engine/study/auto_rate.js').Way} */ (options.way);
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
    const swept = await sweepRates(runner, configs, RATES);
    const { best, good } = swept;
    const counts = { within: 0, near: 0, refused: 0, wrong: 0 };
    for (const config of configs) {
      const { lr, says } = await chooseRate(engine, runner, config, way);
      const kind = judgeChoice(lr, swept);
      counts[kind]++;
      if (lr !== null && isNear(lr, best)) counts.near++;
      if (kind !== 'within' || options.list) {
        remarks.push(`${kind}: ${dataset}, ${optimizer}, seed ${config.seed}: ${lr ?? 'none'}, best ${best}. ${says}`);
      }
    }
    for (const name of COLUMNS) total[name] += counts[name];
    const numbers = COLUMNS.map((name) => String(counts[name]).padStart(8)).join('');
    console.log(
      `${`${dataset} ${optimizer}`.padEnd(18)}${String(best).padEnd(9)}${`${good[0]} … ${good[good.length - 1]}`.padEnd(18)}${numbers}`,
    );
  }
}
const runs = total.within + total.refused + total.wrong;
console.log(`${runs} choices: ${COLUMNS.map((name) => `${total[name]} ${name}`).join(', ')}`);
if (remarks.length > 0) console.log(remarks.join('\n'));
