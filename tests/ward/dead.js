/**
 * How often a network is called dead that is not, and how soon one is that is: runs of many kinds at rates that are far
 * too high, each with the truth beside it.
 *
 *     node tests/ward/dead.js [--from SEED] [--seeds N] [--batches 4,64] [--decays 0] [--steps 1200] [--list]
 *
 * The truth comes from the exact loss of all training samples alone, every five steps. Called dead and learns later,
 * below 0.9 of guessing: false. Within 5 % of guessing from some step to the end, for 100 steps at least: frozen.
 */

import { parseArgs } from 'node:util';
import { createEngine } from '../../web/platform/node/index.js';

const MODELS = [
  'linear(32) relu linear(32) relu',
  'linear(32) tanh linear(32) tanh',
  'linear(32) leakyrelu linear(32) leakyrelu',
  'linear(16) gelu linear(16) gelu',
  'linear(16) sigmoid linear(16) relu',
  'linear(24) layernorm relu linear(24) relu',
  'linear(24) batchnorm relu linear(24) relu',
  '(residual(linear(16) relu linear(16)))*3 relu',
];
/** @type {[string, number][]} */
const RULES = [
  ['sgd', 1],
  ['sgd', 5],
  ['momentum', 0.3],
  ['momentum', 2],
  ['adam', 0.03],
  ['adam', 0.3],
  ['rmsprop', 0.1],
  ['nesterov', 1],
];
const DATA_SETS = ['moons', 'spiral', 'blobs', 'plane', 'glyphs'];
const STRIDE = 5;
const FROZEN_STEPS = 100;

const { values: options } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    batches: { type: 'string', default: '4,64' },
    decays: { type: 'string', default: '0' },
    steps: { type: 'string', default: '1200' },
    list: { type: 'boolean', default: false },
  },
});
const numbers = (/** @type {string} */ text) => text.split(',').map(Number);
const steps = Number(options.steps);
const engine = await createEngine();
const DEAD = /** @type {Record<string, number>} */ (engine.schema.events).dead;

let runs = 0;
let said = 0;
/** @type {string[]} */
const wrong = [];
/** @type {string[]} */
const missed = [];
/** @type {number[]} */
const delays = [];

const exactLoss = (/** @type {import('../../web/engine/run/trainer.js').Trainer} */ trainer) =>
  Number(trainer.evaluate('train')?.loss);

/** @param {import('../../web/engine/config/config.js').SomeSettings} settings */
function tryOne(settings) {
  const { config, problems } = engine.parseConfig({ ...settings, samples: 300, val_samples: 30, steps, eval_every: 0 });
  if (problems.length > 0) throw new Error(problems[0].message);
  const trainer = engine.createTrainer(config);
  const guessing = trainer.summary().baseline_loss;
  /** @type {number[]} of guessing, every STRIDE steps */
  const losses = [];
  let dead = -1;
  for (let isWell = true; isWell && losses.length < steps / STRIDE; ) {
    const rows = trainer.step(STRIDE);
    for (const row of rows) {
      if (dead < 0 && row.events & DEAD) dead = row.step;
      isWell &&= Number.isFinite(row.loss);
    }
    if (isWell) losses.push(exactLoss(trainer) / guessing);
  }
  const hadEpisode = trainer.episodes().length > 0;
  trainer.dispose();
  runs++;
  const name = Object.values(settings).join(' | ');
  let frozen = losses.length;
  while (frozen > 0 && Math.abs(losses[frozen - 1] - 1) < 0.05) frozen--;
  const isFrozen = hadEpisode && (losses.length - frozen) * STRIDE >= FROZEN_STEPS && losses.length === steps / STRIDE;
  if (dead >= 0) {
    said++;
    const later = Math.min(...losses.slice(Math.floor(dead / STRIDE)));
    if (later < 0.9) wrong.push(`${name}: dead at ${dead}, later ${later.toFixed(3)} of guessing`);
    if (isFrozen) delays.push(dead - frozen * STRIDE);
  } else if (isFrozen) missed.push(`${name}: at guessing since ${frozen * STRIDE}`);
}

for (let seed = Number(options.from); seed < Number(options.from) + Number(options.seeds); seed++)
  for (const dataset of DATA_SETS)
    for (const model of MODELS)
      for (const batch of numbers(options.batches))
        for (const [optimizer, lr] of RULES)
          for (const weight_decay of numbers(options.decays)) {
            const loss = dataset === 'plane' ? 'squared_error' : 'cross_entropy';
            const downsample = dataset === 'glyphs' ? 4 : 1;
            tryOne({ dataset, model, batch, optimizer, lr, weight_decay, seed, data_seed: seed, loss, downsample });
          }

delays.sort((a, b) => a - b);
const middle = delays[delays.length >> 1];
const high = delays[Math.floor(delays.length * 0.9)];
console.log(`${runs} runs, ${said} called dead, ${wrong.length} of them learn again`);
console.log(
  `${delays.length + missed.length} frozen at guessing to the end, ${delays.length} called dead, after ${middle} steps (median), ${high} (90 %)`,
);
if (options.list) for (const line of [...wrong, ...missed.map((name) => `missed: ${name}`)]) console.log(line);
process.exitCode = wrong.length > 0 ? 1 : 0;
