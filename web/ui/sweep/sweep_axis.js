/**
 * A setting to sweep, as the page edits it: numbers from low to high in equal ratios, or a list; options by ticking.
 *
 * @typedef {import('../state/lab.js').Field} Field
 * @typedef {{ field: string, mode: 'range' | 'list' | 'options', from: string, to: string, points: string, list: string,
 *             options: string[] }} AxisDraft
 *   range: from, to, points; list: values between commas; options: names of the ticked ones; each as typed
 * @typedef {{ field: string, values: import('../../engine/config/config.js').SettingValue[] } | string} AxisWanted  as the study takes it
 */

import { significant } from '../../engine/words/numbers.js';

/** The grid that the playbook's figures use: ten rates, three to a decade. */
const RATES = { from: '0.001', to: '1', points: '10' };

/** Whether a setting can be an axis at all. @param {Field} field */
export function canSweep(field) {
  return field.kind !== 'text' && !['seed', 'dataset', 'sharpness_every', 'eval_every'].includes(field.name);
}

/**
 * Where editing an axis begins: values around the one in force.
 * @param {Field} field @param {import('../../engine/config/config.js').Config} config the settings in force
 * @returns {AxisDraft}
 */
export function proposeAxis(field, config) {
  const axis = { field: field.name, from: '', to: '', points: '5', list: '', options: /** @type {string[]} */ ([]) };
  if (field.kind === 'enum') {
    const names = (field.options ?? []).map((option) => String(option.name));
    return { ...axis, mode: 'options', options: names.length <= 4 ? names : names.slice(0, 3) };
  }
  if (field.kind === 'flag') return { ...axis, mode: 'options', options: ['true', 'false'] };
  if (field.name === 'lr') return { ...axis, mode: 'range', ...RATES };
  if (field.name === 'warmup_steps')
    return { ...axis, mode: 'list', list: warmupsFor(Number(config.steps)).join(', ') };
  const low = Math.max(field.low ?? 0, field.min ?? 0);
  const high = Math.min(field.high ?? 1, field.max ?? 1);
  if (field.scale === 'log' && low > 0) {
    const middle = Math.min(Math.max(Number(config[field.name]) || Math.sqrt(low * high), low), high);
    const tidy = (/** @type {number} */ number) =>
      String(field.kind === 'int' ? Math.round(number) : significant(number, 2));
    return { ...axis, mode: 'range', from: tidy(Math.max(middle / 10, low)), to: tidy(Math.min(middle * 10, high)) };
  }
  const five = Array.from({ length: 5 }, (_, i) => low + ((high - low) * i) / 4);
  const values = field.kind === 'int' ? five.map(Math.round) : five.map((number) => significant(number, 4));
  return { ...axis, mode: 'list', list: [...new Set(values)].join(', ') };
}

/** No warmup, and orders of magnitude up to a tenth of the steps, as the playbook has it. @param {number} steps */
function warmupsFor(steps) {
  const warmups = [0];
  for (let warmup = 10; warmup <= steps / 10; warmup *= 10) warmups.push(warmup);
  // One value is no axis.
  if (warmups.length < 2) warmups.push(Math.max(1, Math.round(steps / 10)));
  return warmups;
}

/** @param {AxisDraft} axis @param {Field} field @returns {AxisWanted} */
export function wantedAxis(axis, field) {
  if (axis.mode === 'options') {
    const names = axis.options;
    if (field.kind === 'flag') return { field: field.name, values: names.map((name) => name === 'true') };
    const options = (field.options ?? []).filter((option) => names.includes(String(option.name)));
    return { field: field.name, values: options.map((option) => option.name) };
  }
  if (axis.mode === 'range') return `${axis.field}=${axis.from.trim()}:${axis.to.trim()}:${axis.points.trim()}`;
  const values = axis.list.split(/[\s,;]+/).filter(Boolean);
  return `${axis.field}=${values.join(',')}`;
}

/**
 * How many values an axis has, as far as one can tell before it is judged.
 * @param {AxisDraft} axis
 */
export function countValues(axis) {
  if (axis.mode === 'options') return axis.options.length;
  if (axis.mode === 'range') return Math.max(0, Math.floor(Number(axis.points)) || 0);
  return axis.list.split(/[\s,;]+/).filter(Boolean).length;
}
