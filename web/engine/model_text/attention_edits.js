/** Attention in a model's text: whether there is any, and what transformers are given against instability. */

import { formatModel, hasUnit, LAYERNORM, mapSequences, parseModel } from './model_text.js';
import { placementOf, placeNorms } from './norm_placement.js';
import { UNITS } from './units.js';

/** @typedef {import('./model_text.js').Node} Node */

const ATTENTIONS = UNITS.filter(({ role }) => role === 'attention').map(({ name }) => name);

/** @param {Node} node */
const isAttention = ({ name }) => ATTENTIONS.includes(name);

/** Whether positions attend to each other. @param {string} text */
export function attends(text) {
  return hasUnit(parseModel(text), isAttention);
}

/** The text with queries and keys normalized wherever they are not; the same where there are none. @param {string} text */
export function normalizeQueries(text) {
  const edit = (/** @type {Node} */ node) => (isAttention(node) ? { ...node, args: withQknorm(node) } : node);
  return formatModel(mapSequences(parseModel(text), (sequence) => sequence.map(edit)));
}

/** Post-LN as Pre-LN, x + f(Norm(x)) and a last norm, which is what transformers use instead; null where there is none. @param {string} text */
export function toPreNorm(text) {
  if (!attends(text) || placementOf(text)?.id !== 'after') return null;
  return formatModel([...parseModel(placeNorms(text, 'first')), LAYERNORM]);
}

/** Every argument but the first by its name. @param {Node} node */
function withQknorm({ name, args }) {
  const names = UNITS.find((unit) => unit.name === name)?.arguments.map((argument) => argument.name) ?? [];
  const given = (args ?? '').split(',').map((arg, i) => (arg.includes('=') ? arg.split('=') : [names[i], arg]));
  const all = Object.entries({ ...Object.fromEntries(given), qknorm: 1 });
  return all.map(([key, value]) => (key === names[0] ? value : `${key}=${value}`)).join(',');
}
