/**
 * The museum's room of range tests: what is done to a test's curve on the way to a learning rate. Their formulas are
 * the core's own presets and modes (study_fields.h), so a row says which of them stands in for ours.
 */

/**
 * @typedef {import('../../engine/config/config.js').RangeOptions} RangeOptions
 *
 * @typedef {object} RangeMistake  a row like those of the table of mistakes
 * @property {string} name
 * @property {string} label
 * @property {string} where
 * @property {string[]} rules
 * @property {string} formula
 * @property {{ smoothing?: RangeOptions['preset'], slope?: RangeOptions['preset'], mode?: RangeOptions['mode'] }} reading  the presets whose smoothing
 *   and slope are used, and how the rates are spaced, where that is not ours
 */

/** Stands where the other rooms have the name of their update rule. */
export const RANGE_ROOM = 'range';

/** What every test of the room tries; the first is below all use, the last beyond it. */
export const TRIED = { lr_min: 1e-6, lr_max: 10, points: 100 };

/** @type {RangeMistake[]} */
export const RANGE_MISTAKES = [
  {
    name: 'range_by_rate',
    label: 'The slope is taken by the rate, not by its logarithm',
    where: 'Lightning 2.5.3 to 2.6',
    rules: [RANGE_ROOM],
    formula: 'the suggestion: where ∂loss / ∂η is lowest',
    reading: { slope: 'lightning-2.6' },
  },
  {
    name: 'range_shifted',
    label: 'The smoothed loss is corrected by one step too many',
    where: 'Lightning 1.6 to 2.6',
    rules: [RANGE_ROOM],
    formula: 'smoothed = mean / (1−βᵗ⁺¹)',
    reading: { smoothing: 'lightning-2.6' },
  },
  {
    name: 'range_linear',
    label: 'The rates are spaced evenly, not by a factor',
    where: 'an option of Lightning and of torch-lr-finder',
    rules: [RANGE_ROOM],
    formula: 'ηₜ = low + t (high − low) / n, and the slope by η',
    reading: { mode: 'linear' },
  },
];
