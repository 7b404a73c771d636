/** The options of an LR range test, from their table, and the grid of rates that they lay out. */

import { parseOptions } from '../config/config.js';
import { SCHEMA } from '../config/schema.js';
import { readGiven } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { settingWord } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../config/config.js').RangeOptions} RangeOptions
 * @typedef {import('../config/config.js').SettingValue} SettingValue
 * @typedef {import('../config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../config/schema_text.js').Field} Field
 */

/**
 * Complete options: the preset's own, and what the user says instead.
 *
 * @param {SomeSettings} input
 * @returns {RangeOptions}
 * @throws {TrainerError} naming the option
 */
export function parseRangeOptions(input) {
  const preset = readGiven('preset', () => input?.preset);
  const { problems, options } = parseOptions(SCHEMA.range_test, input, defaultOptions(preset));
  if (problems.length > 0) throw new TrainerError('setting', problems[0].field, problems[0].message);
  if (options.preset === 'fastai' && options.mode !== 'exponential') {
    throw new TrainerError(
      'setting',
      'mode',
      'mode must be exponential with the preset fastai, which has no other grid.',
    );
  }
  return /** @type {RangeOptions} */ (/** @type {unknown} */ (options));
}

/**
 * The learning rates of a range test, in order.
 *
 * @param {Core} core
 * @param {RangeOptions} options
 * @returns {number[]}
 */
export function rangeRates(core, options) {
  const { preset, mode, lr_min, lr_max, points } = parseRangeOptions(options);
  return core.withMemory(8 * points, (pointer) => {
    const [presetIndex, modeIndex] = [optionIndex('preset', preset), optionIndex('mode', mode)];
    core.call.tscope_range_grid(presetIndex, modeIndex, lr_min, lr_max, points, pointer);
    return [...core.view(Float64Array, pointer, points)];
  });
}

/** The names that an option of several may have. @param {string} field */
export function optionNames(field) {
  return fieldOf(field).options.map(({ name }) => String(name));
}

/** What C knows an option by: its place in the table. @param {string} field @param {SettingValue} value */
export function optionIndex(field, value) {
  return settingWord(fieldOf(field), value);
}

/** The options that a range test starts from: its preset's, over the table's. @param {unknown} preset */
function defaultOptions(preset) {
  const byTable = Object.fromEntries(SCHEMA.range_test.map((field) => [field.name, field.default]));
  const isPreset = typeof preset === 'string' && optionNames('preset').includes(preset);
  return isPreset ? { ...byTable, ...SCHEMA.range_presets[preset] } : byTable;
}

/** @param {string} name @returns {Field} */
function fieldOf(name) {
  return /** @type {Field} */ (SCHEMA.range_test.find((field) => field.name === name));
}
