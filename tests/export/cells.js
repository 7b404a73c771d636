/** The experiments whose exported code is held to our own losses: every rule with every schedule and way of clipping. */

import { SCHEMA } from '../../web/engine/config/schema.js';

/**
 * @typedef {Record<string, string | number | boolean>} Settings
 * @typedef {{ rule: string, schedule: string, clip: string, settings: Settings }} Cell
 */

const optionsOf = (/** @type {string} */ name) =>
  SCHEMA.fields.find((field) => field.name === name)?.options.map((option) => String(option.name)) ?? [];

/** @param {string} rule */
const rowOf = (rule) => SCHEMA.rules.find(({ name }) => name === rule);

/**
 * Rates at which LeNet learns with a rule, and so low that a rectifier which one program sees on the other side of its
 * kink, by the last bit of a float32, stays without consequence for 50 steps.
 *
 * @param {string} rule
 */
function rateOf(rule) {
  if (rule === 'adadelta') return 0.1;
  if (rule === 'sgd') return 0.02;
  return rowOf(rule)?.divides_by_gradient ? 0.0005 : 0.004;
}

/** @returns {Cell[]} */
export function listCells() {
  return optionsOf('optimizer').flatMap((rule) =>
    optionsOf('schedule').flatMap((schedule) =>
      optionsOf('clip').map((clip) => {
        const lr = rateOf(rule);
        const settings = {
          optimizer: rule,
          lr,
          weight_decay: 0.001,
          schedule,
          lr_min: lr / 10,
          cycle_steps: 16,
          cycle_gamma: 0.97,
          // Of a rule of matrices it moves two settings, which is not exported.
          cycle_momentum: schedule === 'onecycle' && !rowOf(rule)?.moves_matrices,
          decay_steps: 12,
          decay_rate: 0.5,
          clip,
          clip_percentile: 60,
          clip_in_warmup: clip !== 'norm',
          warmup_steps: 10,
          steps: 40,
          batch: 32,
          init: 'torch',
        };
        return { rule, schedule, clip, settings };
      }),
    ),
  );
}

/**
 * A cell's settings with a threshold that half of its steps reach, by the same training without one.
 *
 * @param {import('../../web/engine/engine.js').Engine} engine
 * @param {import('../../web/engine/data/dataset.js').Dataset} dataset
 * @param {Settings} settings
 * @returns {Settings}
 */
export function withThreshold(engine, dataset, settings) {
  if (settings.clip !== 'norm' && settings.clip !== 'update') return settings;
  const { config } = engine.parseConfig({ ...settings, dataset: dataset.name, clip: 'off' });
  const trainer = engine.createTrainer(config, dataset);
  const sizes = [];
  for (let before = trainer.parameters; ; ) {
    const [row] = trainer.step(1);
    if (!row) break;
    const after = trainer.parameters;
    sizes.push(settings.clip === 'norm' ? row.grad_norm : distance(before, after));
    before = after;
  }
  trainer.dispose();
  const median = sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)];
  return { ...settings, clip_norm: Number(median.toPrecision(3)) };
}

/** @param {{ data: Float32Array }[]} from @param {{ data: Float32Array }[]} to */
function distance(from, to) {
  let sum = 0;
  for (const [i, { data }] of to.entries()) {
    for (let k = 0; k < data.length; k++) sum += (data[k] - from[i].data[k]) ** 2;
  }
  return Math.sqrt(sum);
}
