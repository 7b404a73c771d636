/** The learning rates of a run, as C computes them: warmup, schedule and recorded changes of lr. */

import { settingsAt, totalSteps } from '../config/config.js';
import { checkWhole, readNumbers } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { withConfig } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../config/config.js').Config} Config
 */

/** Learning rates computed in one call. */
const RATES_PER_CALL = 16384;

/**
 * η at every step.
 *
 * @param {Core} core
 * @param {Config} config
 * @returns {Float32Array}
 * @throws {TrainerError} code `memory`, where there are too many steps
 */
export function learningRates(core, config) {
  const total = totalSteps(config);
  const rates = makeFloats(total);
  const starts = lrChangeSteps(config).filter((step) => step < total);
  core.withMemory(4 * RATES_PER_CALL, (pointer) => {
    for (let i = 0; i < starts.length; i++) {
      withConfig(core, settingsAt(config, starts[i] + 1), (settings) => {
        const end = starts[i + 1] ?? total;
        for (let from = starts[i]; from < end; from += RATES_PER_CALL) {
          const count = Math.min(RATES_PER_CALL, end - from);
          core.call.tscope_schedule_rates(settings, from, count, pointer);
          rates.set(core.view(Float32Array, pointer, count), from);
        }
      });
    }
  });
  return rates;
}

/**
 * η at some steps only.
 *
 * @param {Core} core
 * @param {Config} config
 * @param {unknown} given  steps, an ArrayLike<number>
 * @returns {Float32Array}  one rate per step given
 * @throws {TrainerError} where one is no step
 */
export function learningRatesAt(core, config, given) {
  const steps = readNumbers('steps', given);
  for (let i = 0; i < steps.length; i++) checkWhole('steps', steps[i]);
  const rates = new Float32Array(steps.length);
  const starts = lrChangeSteps(config);
  core.withMemory(4, (pointer) => {
    for (let s = 0; s < starts.length; s++) {
      withConfig(core, settingsAt(config, starts[s] + 1), (settings) => {
        for (let i = 0; i < steps.length; i++) {
          if (steps[i] < starts[s] || steps[i] >= (starts[s + 1] ?? Infinity)) continue;
          core.call.tscope_schedule_rates(settings, steps[i], 1, pointer);
          rates[i] = core.data.getFloat32(pointer, true);
        }
      });
    }
  });
  return rates;
}

/** The steps from which another peak rate is in force, 0 first. @param {Config} config */
function lrChangeSteps({ changes }) {
  const steps = changes.filter(({ field }) => field === 'lr').map(({ step }) => step);
  return [...new Set([0, ...steps])].sort((a, b) => a - b);
}

/** @param {number} count */
function makeFloats(count) {
  try {
    return new Float32Array(count);
  } catch {
    throw new TrainerError('memory', 'steps', `There is no memory for the learning rates of ${count} steps.`);
  }
}
