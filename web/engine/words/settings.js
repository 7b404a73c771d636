/** Settings in a phrase: "η 0.2, warmup 100", and what became of them: "η 0.03 → 0.2, warmup 0 → 100". */

import { SCHEMA } from '../../generated/schema.js';
import { count, number } from './numbers.js';

/**
 * @typedef {object} Field  what a phrase takes from a row of the table of settings
 * @property {string} name
 * @property {string} kind
 * @property {string} group
 * @property {string} label
 * @property {string} unit
 * @property {{ name: string | number, label: string }[]} options
 *
 * @typedef {{ [name: string]: unknown }} Config
 */

/** A model in a phrase is cut at so many characters. */
const MODEL_LENGTH = 26;

const FIELDS = new Map(SCHEMA.fields.map((field) => [field.name, /** @type {Field} */ (field)]));

// What one turns comes before what one is given, in the order of the table's groups: the rate before the model, the
// model before the data.
const GROUPS = SCHEMA.groups.map(({ name }) => name);

/** What stands for a setting in a short phrase: its symbol, or its label. @param {Field} field */
export function shortName(field) {
  return /^\p{Script=Greek}[₁₂]?$/u.test(field.unit) ? field.unit : field.label.toLowerCase();
}

/**
 * A setting's value in words: as it was typed or, rounded, as a grid of equal ratios and a hand that drags are told.
 *
 * @param {Field} field
 * @param {unknown} value
 * @param {{ rounded?: boolean }} [how]
 */
export function valueInWords(field, value, { rounded = false } = {}) {
  if (field.kind === 'enum')
    return field.options.find(({ name }) => String(name) === String(value))?.label ?? String(value);
  if (field.kind === 'flag') return value ? 'on' : 'off';
  if (field.kind === 'text') return value === null || value === undefined ? 'default' : String(value);
  if (field.name === 'batch' && Number(value) === 0) return 'full';
  if (typeof value !== 'number') return String(value);
  if (field.kind === 'int' && Math.abs(value) < 1e15) return count(value);
  return rounded && field.kind === 'real' ? number(value) : String(value);
}

/** The update rule, and the published mistake that it is trained with: "Adam", "Adam (adam_multiplies)". @param {{ optimizer?: unknown, mistake?: unknown }} settings */
export function ruleInWords({ optimizer, mistake = 'none' }) {
  const rule = valueInWords(fieldOf('optimizer'), optimizer);
  return mistake === 'none' ? rule : `${rule} (${mistake})`;
}

/** "η 0.2", "warmup 100"; a data set goes without saying what it is. @param {string} name @param {unknown} value @param {{ rounded?: boolean }} [how] */
export function settingInWords(name, value, how) {
  const field = fieldOf(name);
  return `${nameBefore(field)}${valueInWords(field, value, how)}`;
}

/** "η 0.2, warmup 100"; empty where nothing is set. @param {Config} settings @param {{ rounded?: boolean }} [how] */
export function settingsInWords(settings, how) {
  return Object.entries(settings)
    .map(([name, value]) => settingInWords(name, value, how))
    .join(', ');
}

/** A setting as part of a sentence: "η to 10", "clipping off". @param {string} name @param {unknown} value @param {string} [between] */
export function settingInSentence(name, value, between = ' ') {
  const field = fieldOf(name);
  return `${shortName(field)}${between}${valueInWords(field, value, { rounded: true }).toLowerCase()}`;
}

/** A change told at length: "Learning rate η 0.03 → 0.2". @param {string} name @param {unknown} before @param {unknown} after */
export function changeInWords(name, before, after) {
  const field = fieldOf(name);
  const symbol = shortName(field) === field.unit ? ` ${field.unit}` : '';
  return `${field.label}${symbol} ${valueInWords(field, before)} → ${valueInWords(field, after)}`;
}

/**
 * What changed from one config to another: "η 0.03 → 0.2, warmup 0 → 100".
 *
 * @template {Field} Row
 * @param {readonly Row[]} fields  to look at
 * @param {Config} before
 * @param {Config} after
 * @param {(field: Row, config: Config) => boolean} applies  whether a field has an effect in a config
 * @returns {string} empty where nothing changed that has an effect
 */
export function describeChanges(fields, before, after, applies) {
  return (
    [...fields]
      .sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group))
      // No model and none given are one.
      .filter(({ name }) => (before[name] ?? null) !== (after[name] ?? null))
      .filter((field) => applies(field, before) || applies(field, after))
      .map((field) => {
        const values = [before[field.name], after[field.name]];
        const said = field.kind === 'text' ? modelsInWords(values) : values.map((value) => valueInWords(field, value));
        return `${nameBefore(field)}${said.join(' → ')}`;
      })
      .join(', ')
  );
}

/** @param {string} name */
function fieldOf(name) {
  return /** @type {Field} */ (FIELDS.get(name));
}

/** @param {Field} field */
function nameBefore(field) {
  return field.name === 'dataset' ? '' : `${shortName(field)} `;
}

/** Two models, cut; where both begin alike, from the word on that tells them apart. @param {unknown[]} texts */
function modelsInWords(texts) {
  const [one, other] = texts.map(modelLine);
  let from = 0;
  while (from < one.length && one[from] === other[from]) from++;
  from = from < MODEL_LENGTH - 2 ? 0 : one.lastIndexOf(' ', from - 1) + 1;
  return [one, other].map((line) => {
    const rest = (from ? '…' : '') + line.slice(from);
    return rest.length > MODEL_LENGTH ? `${rest.slice(0, MODEL_LENGTH - 2)}…` : rest;
  });
}

/** A model in one line, without comments. @param {unknown} text */
function modelLine(text) {
  const line = `${text ?? 'default'}`
    .replace(/#[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line || 'logistic regression';
}
