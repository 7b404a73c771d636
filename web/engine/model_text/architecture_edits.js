/**
 * Edits of a model's architecture as the playbook advises them: normalization as the last operation before the residual,
 * x + Norm(f(x)) rather than Norm(x + f(x)); residual connections where widths allow them; residual branches that
 * start at 0.
 */

import {
  bracket,
  formatModel,
  hasUnit,
  isBranch,
  isNorm,
  LAYERNORM,
  mapSequences,
  parseModel,
  widthOf,
} from './model_text.js';
import { ACTIVATIONS, KEEPERS, WEIGHTS } from './units.js';

/**
 * @typedef {import('./model_text.js').Node} Node
 * @typedef {{ model: string, says: string }} Edit  says: what the model has then
 */

/**
 * x + Norm(f(x)) for every residual block that is not so yet; null where there is none.
 *
 * @param {string} text
 * @returns {Edit | null}
 */
export function normalizeResiduals(text) {
  const tally = { moved: 0, added: 0 };
  const nodes = mapSequences(parseModel(text), (sequence) => {
    /** @type {Node[]} */
    const result = [];
    for (const [i, node] of sequence.entries()) {
      const isMoved = isNorm(node) && sequence[i - 1]?.name === 'residual' && sequence[i - 1].count === 1;
      if (isMoved) {
        tally.moved++;
        continue;
      }
      const body = node.body;
      const needsNorm = node.name === 'residual' && body && !isNorm(body[body.length - 1]);
      if (needsNorm) tally.added++;
      result.push(needsNorm ? { ...node, body: [...body, LAYERNORM] } : node);
    }
    return result;
  });
  if (tally.moved + tally.added === 0) return null;
  const instead = tally.moved > 0 ? ' instead of Norm(x + f(x))' : '';
  const says = `residual blocks as x + Norm(f(x))${instead}`;
  return { model: formatModel(nodes), says };
}

/**
 * Normalization between weights and activation wherever there is none; null where nothing lacks it.
 *
 * @param {string} text
 * @param {Node} [norm]
 * @returns {Edit | null}
 */
export function addNormalization(text, norm = LAYERNORM) {
  let added = 0;
  const nodes = mapSequences(parseModel(text), (sequence) =>
    sequence.flatMap((node, i) => {
      const isBare = WEIGHTS.includes(node.name) && ACTIVATIONS.includes(sequence[i + 1]?.name ?? '');
      if (!isBare || node.count > 1) return [node];
      added++;
      return [node, norm];
    }),
  );
  const over = norm.name === LAYERNORM.name ? '' : ' over the batch';
  return added === 0 ? null : { model: formatModel(nodes), says: `normalization${over} before the activations` };
}

/**
 * Residual connections around layers that keep their width, each x + Norm(f(x)); null where there is no such layer,
 * or where the model has residual connections already.
 *
 * @param {string} text
 * @returns {Edit | null}
 */
export function addResiduals(text) {
  const parsed = parseModel(text);
  if (hasUnit(parsed, isBranch)) return null;
  let added = 0;
  const nodes = mapSequences(parsed, (sequence) => {
    /** @type {Node[]} */
    const result = [];
    for (const layer of splitLayers(sequence)) {
      const width = widthOf(layer);
      const before = widthOf(result);
      if (width === null || width !== before) {
        result.push(...layer);
        continue;
      }
      added++;
      result.push(bracket('residual', [...layer, LAYERNORM]));
    }
    return result;
  });
  const unrolled = nodes.flatMap((node) => {
    const isLayer = node.name === '' && node.count > 1 && node.body && widthOf(node.body) !== null;
    if (!isLayer || !node.body || !isOneLayer(node.body)) return [node];
    added += node.count - 1;
    return [...node.body, bracket('residual', [...node.body, LAYERNORM], node.count - 1)];
  });
  if (added === 0) return null;
  return { model: formatModel(unrolled), says: 'residual connections and normalization, x + Norm(f(x))' };
}

/**
 * Residual branches that start at 0: rezero in place of residual; null where there is no residual.
 *
 * @param {string} text
 * @returns {Edit | null}
 */
export function startBranchesAtZero(text) {
  let changed = 0;
  const nodes = mapSequences(parseModel(text), (sequence) =>
    sequence.map((node) => {
      if (node.name !== 'residual') return node;
      changed++;
      return { ...node, name: 'rezero' };
    }),
  );
  return changed === 0 ? null : { model: formatModel(nodes), says: 'residual branches that start at 0 (rezero)' };
}

// ---- layers ----------------------------------------------------------------------------------------------------------

/** Cuts before every linear. @param {Node[]} sequence @returns {Node[][]} */
function splitLayers(sequence) {
  /** @type {Node[][]} */
  const layers = [[]];
  for (const node of sequence) {
    if (node.name === 'linear' && layers[layers.length - 1].length > 0) layers.push([]);
    layers[layers.length - 1].push(node);
  }
  return layers;
}

/** One linear, then only what keeps the width. @param {Node[]} body */
function isOneLayer(body) {
  const [first, ...rest] = body;
  return first?.name === 'linear' && rest.every(({ name }) => KEEPERS.includes(name));
}
