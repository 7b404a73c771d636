/** Numbers and settings in words. */

import { sameValue } from '../../engine/config/config.js';

import { SCHEMA } from '../../generated/schema.js';

/** @typedef {import('../state/lab.js').Field} Field @typedef {Record<string, any>} Config */

/** A measurement: three significant digits, no trailing zeros. @param {number | null | undefined} value */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    const [digits, power] = Number(value.toPrecision(3)).toExponential().split('e');
    return `${digits}e${Number(power)}`;
  }
  if (size >= 10000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
}

/** A whole number with thousands separators. @param {number} value */
export function count(value) {
  return Math.round(value).toLocaleString('en-US');
}

/** "1 step", "2 steps". @param {number} amount @param {string} noun */
export function plural(amount, noun) {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A share of 1 as a percentage. @param {number | null | undefined} share @param {number} digits */
export function percent(share, digits = 1) {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  return `${(share * 100).toFixed(digits)} %`;
}

/** A duration. @param {number} seconds */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0.1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A factor as one says it: "doubled", "tripled", "rose 14-fold". @param {number} ratio */
export function growth(ratio) {
  if (!Number.isFinite(ratio)) return 'left every bound';
  if (ratio >= 1.8 && ratio < 2.5) return 'doubled';
  if (ratio >= 2.5 && ratio < 3.5) return 'tripled';
  if (ratio >= 3.5) return `rose ${number(Number(ratio.toPrecision(2)))}-fold`;
  return `rose by ${Math.round((ratio - 1) * 100)} %`;
}

/** What stands for a field in a short phrase: its symbol, or its label. @param {Field} field */
export function shortName(field) {
  if (['η', 'γ', 'ρ', 'β₁', 'β₂', 'ε', 'λ'].includes(field.unit ?? '')) return /** @type {string} */ (field.unit);
  return field.label.toLowerCase();
}

/** A field's value in words. @param {Field} field @param {any} value */
export function valueInWords(field, value) {
  if (field.kind === 'enum') {
    return field.options?.find((option) => String(option.name) === String(value))?.label ?? String(value);
  }
  if (field.kind === 'flag') return value ? 'on' : 'off';
  if (field.kind === 'text') return value === null || value === undefined ? 'default' : String(value);
  if (field.name === 'batch' && Number(value) === 0) return 'full';
  return typeof value === 'number' && field.kind === 'int' && Math.abs(value) < 1e15
    ? value.toLocaleString('en-US')
    : String(value);
}

/**
 * What changed from one config to another: "η 0.03 → 0.2, warmup 0 → 100".
 * @param {Field[]} fields @param {Config} before @param {Config} after
 * @param {(field: Field, config: Config) => boolean} applies
 * @returns {string} empty where nothing changed that has an effect
 */
export function describeChanges(fields, before, after, applies) {
  const phrases = [];
  // What one turns comes before what one is given: the rate before the model, the model before the data.
  const order = SCHEMA.groups.map(({ name }) => name);
  const sorted = [...fields].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  for (const field of sorted) {
    const was = before[field.name];
    const is = after[field.name];
    if (sameValue(was, is)) continue;
    if (!applies(field, before) && !applies(field, after)) continue;
    if (field.kind === 'text') phrases.push(`${field.label.toLowerCase()} ${modelInWords(was)} → ${modelInWords(is)}`);
    else if (field.kind === 'enum' && field.name === 'dataset')
      phrases.push(`${valueInWords(field, was)} → ${valueInWords(field, is)}`);
    else phrases.push(`${shortName(field)} ${valueInWords(field, was)} → ${valueInWords(field, is)}`);
  }
  return phrases.join(', ');
}

/** @param {string | null | undefined} text */
function modelInWords(text) {
  if (text === null || text === undefined) return 'default';
  const line = text
    .replace(/#[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (!line) return 'logistic regression';
  return line.length > 26 ? `${line.slice(0, 24)}…` : line;
}

/** What is said where more than AGGRESSIVE_SHARE of the updates are clipped. */
export const AGGRESSIVE_ADVICE =
  'Above half, clipping is a learning-rate cut in disguise: lowering η is the better tool.';
