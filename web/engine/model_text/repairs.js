/**
 * What a model text may suffer from, and the text without it: gains that are far from 1, normalization behind the
 * residual sum, normalization over the batch, and none at all; dropout.
 */

import { bracket, formatModel, hasUnit, isBranch, isNorm, LAYERNORM, mapSequences, parseModel } from './model_text.js';
import { UNITS, WEIGHTS } from './units.js';

/**
 * @typedef {import('./model_text.js').Node} Node
 * @typedef {import('./architecture_edits.js').Edit} Edit
 */

/** A gain between these is a matter of taste: 0.7071 turns one initialization into another. */
const USUAL_GAINS = [0.4, 2.5];

/** Every gain that is far from 1 left out; a branch may end in one that starts it at 0. @param {string} text @returns {Edit | null} */
export function resetGains(text) {
  let changed = 0;
  /** @param {Node[]} nodes @param {boolean} isInBranch @returns {Node[]} */
  const reset = (nodes, isInBranch) =>
    nodes.map((node) => {
      const body = node.body && reset(node.body, isInBranch || isBranch(node));
      const gain = gainOf(node);
      const isUsual =
        gain === null ||
        (gain === 0 && isInBranch) ||
        (Math.abs(gain) >= USUAL_GAINS[0] && Math.abs(gain) <= USUAL_GAINS[1]);
      if (isUsual) return { ...node, body };
      changed++;
      return { ...node, args: withoutGain(node), body };
    });
  const nodes = reset(parseModel(text), false);
  return changed === 0 ? null : { model: formatModel(nodes), says: 'every layer with gain 1' };
}

/** Norm(x + f(x)) as x + f(Norm(x)); null where there is none. @param {string} text @returns {Edit | null} */
export function normalizeBefore(text) {
  let moved = 0;
  const nodes = mapSequences(parseModel(text), (sequence) => {
    /** @type {Node[]} */
    const result = [];
    for (const [i, node] of sequence.entries()) {
      const next = sequence[i + 1];
      if (isNorm(node) && isSum(sequence[i - 1])) continue;
      const isFollowed = isSum(node) && isNorm(next);
      if (isFollowed) moved++;
      result.push(isFollowed ? bracket(node.name, [next, .../** @type {Node[]} */ (node.body)]) : node);
    }
    return result;
  });
  return moved === 0 ? null : { model: formatModel(nodes), says: 'residual blocks as x + f(Norm(x))' };
}

/** The same with one normalization behind all blocks, as it is usual; null where there is none to move. @param {string} text @returns {Edit | null} */
export function normalizeBeforeAndLast(text) {
  const edit = normalizeBefore(text);
  if (edit === null) return null;
  const model = formatModel([...parseModel(edit.model), LAYERNORM]);
  return { model, says: `${edit.says}, normalized once more behind them` };
}

/** Whether a block's sum is normalized: Norm(x + f(x)). @param {string} text */
export function isNormalizedBehind(text) {
  return normalizeBefore(text) !== null;
}

/** layernorm in place of batchnorm; null where there is none. @param {string} text @returns {Edit | null} */
export function layernormForBatchnorm(text) {
  let changed = 0;
  const nodes = mapSequences(parseModel(text), (sequence) =>
    sequence.map((node) => {
      if (!usesBatch(node)) return node;
      changed++;
      return { ...LAYERNORM, count: node.count };
    }),
  );
  return changed === 0 ? null : { model: formatModel(nodes), says: 'layernorm in place of batchnorm' };
}

/** The largest share of the values that dropout sets to 0; 0 without. @param {string} text @returns {number} */
export function strongestDropout(text) {
  let most = 0;
  mapSequences(parseModel(text), (sequence) => {
    for (const node of sequence)
      if (isDropout(node)) most = Math.max(most, Number((node.args ?? '').replace('p=', '')));
    return sequence;
  });
  return most;
}

/** Every dropout left out; null where there is none. @param {string} text @returns {Edit | null} */
export function withoutDropout(text) {
  const nodes = parseModel(text);
  if (!hasUnit(nodes, isDropout)) return null;
  const kept = mapSequences(nodes, (sequence) => sequence.filter((node) => !isDropout(node)));
  return { model: formatModel(kept), says: 'the same without dropout' };
}

/** @param {string} text */
export function hasNormalization(text) {
  return hasUnit(parseModel(text), isNorm);
}

/** @param {string} text @param {readonly string[]} names */
export function usesUnits(text, names) {
  return hasUnit(parseModel(text), ({ name }) => names.includes(name));
}

/** Layers with weights that a signal passes, the implied last one not counted. @param {string} text */
export function countLayers(text) {
  /** @param {Node[]} nodes @returns {number} */
  const weightsOf = (nodes) =>
    nodes.reduce(
      (sum, node) =>
        sum + node.count * ((WEIGHTS.includes(node.name) ? 1 : 0) + (node.body ? weightsOf(node.body) : 0)),
      0,
    );
  return weightsOf(parseModel(text));
}

/** @param {Node} node */
function usesBatch({ name }) {
  return name === 'batchnorm';
}

/** @param {Node} node */
function isDropout({ name }) {
  return name === 'dropout';
}

/** @param {Node | undefined} node */
function isSum(node) {
  return node !== undefined && isBranch(node) && node.count === 1;
}

/** Whether an argument is the unit's gain: by name, or as the last of its places. @param {Node} node @param {string} arg @param {number} place */
function isGain({ name }, arg, place) {
  if (arg === '') return false;
  if (arg.includes('=')) return arg.startsWith('gain=');
  return UNITS.find((unit) => unit.name === name)?.arguments[place]?.name === 'gain';
}

/** @param {Node} node */
function gainOf(node) {
  const own = (node.args ?? '').split(',').find((arg, place) => isGain(node, arg.trim(), place));
  return own === undefined ? null : Number(own.replace('gain=', ''));
}

/** @param {Node} node */
function withoutGain(node) {
  const kept = (node.args ?? '').split(',').filter((arg, place) => !isGain(node, arg.trim(), place));
  return kept.join(',') || null;
}
