/**
 * Residual blocks of a model's text: where their normalization stands, and how to put it elsewhere. The two editions
 * of the tuning playbook disagree about the best place, so every place can be had and says who recommends it.
 */

import { addNormalization, addResiduals } from './architecture_edits.js';
import { bracket, formatModel, isBranch, isNorm, LAYERNORM, mapSequences, parseModel, widthOf } from './model_text.js';

/**
 * @typedef {import('./model_text.js').Node} Node
 * @typedef {'none' | 'bare' | 'last' | 'first' | 'after' | 'rezero'} PlacementId
 * @typedef {{ id: PlacementId, label: string, says: string }} Placement  says: what is known of it, as a sentence
 */

/** @type {Placement[]} */
export const PLACEMENTS = [
  {
    id: 'last',
    label: 'x + Norm(f(x))',
    says: 'What the playbook’s web page recommends: normalize as the last operation before the residual.',
  },
  {
    id: 'first',
    label: 'x + f(Norm(x))',
    says: 'What the playbook’s text on GitHub recommends: normalize inside the residual. Elsewhere it is called pre-norm.',
  },
  {
    id: 'after',
    label: 'Norm(x + f(x))',
    says: 'Both editions of the playbook warn that it can cause issues. Elsewhere it is called post-norm.',
  },
  {
    id: 'rezero',
    label: 'x + α f(x), α from 0',
    says: 'ReZero: every residual branch is initialized to 0, so the network begins as the identity.',
  },
  { id: 'bare', label: 'x + f(x)', says: 'Residual connections alone. The playbook would add normalization.' },
  { id: 'none', label: 'f(x)', says: 'No residual connection. The playbook would add one, and normalization.' },
];

/**
 * How the text's blocks are normalized; null where it has no block, or blocks of several kinds.
 *
 * @param {string} text
 * @returns {Placement | null}
 */
export function placementOf(text) {
  /** @type {Set<PlacementId>} */
  const found = new Set();
  rebuild(text, (block) => {
    found.add(block.placement);
    return block.placement;
  });
  const [only] = found;
  return found.size === 1 ? (PLACEMENTS.find(({ id }) => id === only) ?? null) : null;
}

/** How many blocks the text writes down; a repeated one counts once. @param {string} text */
export function countBlocks(text) {
  let count = 0;
  rebuild(text, ({ placement }) => {
    count++;
    return placement;
  });
  return count;
}

/**
 * The text with every block normalized in one way. Normalization within a branch, between its layers, stays.
 *
 * @param {string} text
 * @param {PlacementId} placement
 * @returns {string}
 */
export function placeNorms(text, placement) {
  return formatModel(rebuild(text, () => placement));
}

/**
 * What can be added to a text without blocks, or taken from it: as a button says it.
 *
 * @param {string} text
 * @returns {{ label: string, model: string }[]}
 */
export function listVariations(text) {
  const variations = [];
  const normalized = addNormalization(text);
  if (normalized) variations.push({ label: 'Add normalization', model: normalized.model });
  const residual = addResiduals(text);
  if (residual) variations.push({ label: 'Add residual connections', model: residual.model });
  const bare = formatModel(mapSequences(parseModel(text), (nodes) => nodes.filter((node) => !isNorm(node))));
  if (bare !== formatModel(parseModel(text))) variations.push({ label: 'Remove normalization', model: bare });
  return variations;
}

// ---- taking apart, putting together ----------------------------------------------------------------------------------

/** @typedef {{ inner: Node[], count: number, placement: PlacementId, norm: Node }} Block */

/** @param {string} text @param {(block: Block) => PlacementId} choose @returns {Node[]} */
function rebuild(text, choose) {
  return mapSequences(parseModel(text), (nodes) => {
    /** @type {Node[]} */
    const result = [];
    for (let i = 0; i < nodes.length; i++) {
      const block = readBlock(nodes[i], nodes[i + 1], result);
      if (!block) {
        result.push(nodes[i]);
        continue;
      }
      if (block.placement === 'after') i++;
      result.push(...writeBlock(block, choose(block)));
    }
    return result;
  }).map(unwrap);
}

/**
 * @param {Node} node
 * @param {Node | undefined} next  what follows it
 * @param {Node[]} before  what stands before it
 * @returns {Block | null}
 */
function readBlock(node, next, before) {
  const { name, body, count } = node;
  if (!body || body.length === 0) return null;
  const hasBranch = isBranch(node);
  if (!hasBranch && !isPlainBlock(name, body, count, before)) return null;
  const first = isNorm(body[0]) ? body[0] : null;
  const last = body.length > 1 && isNorm(body[body.length - 1]) ? body[body.length - 1] : null;
  const after = hasBranch && count === 1 && !first && !last && next && isNorm(next) ? next : null;
  const norm = first ?? last ?? after;
  /** @type {PlacementId} */
  let placement = 'bare';
  if (!hasBranch) placement = 'none';
  else if (after) placement = 'after';
  else if (name === 'rezero') placement = 'rezero';
  else if (last) placement = 'last';
  else if (first) placement = 'first';
  const inner = body.slice(first ? 1 : 0, last ? -1 : undefined);
  return { inner, count, placement, norm: norm ?? LAYERNORM };
}

/**
 * Layers that are repeated and keep their width: what a residual connection could lead around.
 *
 * @param {string} name @param {Node[]} body @param {number} count @param {Node[]} before
 */
function isPlainBlock(name, body, count, before) {
  if (name !== '' || count === 1 || body.some(isBranch)) return false;
  const width = widthOf(body);
  return width !== null && width === widthOf(before);
}

/** @param {Block} block @param {PlacementId} placement @returns {Node[]} */
function writeBlock({ inner, count, norm }, placement) {
  const branch = (/** @type {Node[]} */ body, name = 'residual') => bracket(name, body, count);
  switch (placement) {
    case 'none':
      return count > 1 ? [branch(inner, '')] : inner;
    case 'bare':
      return [branch(inner)];
    case 'last':
      return [branch([...inner, norm])];
    case 'first':
      return [branch([norm, ...inner])];
    case 'after':
      return count > 1 ? [branch([bracket('residual', inner), norm], '')] : [branch(inner), norm];
    case 'rezero':
      return [branch(inner, 'rezero')];
  }
}

/** A repeated group of one block is that block repeated. @param {Node} node @returns {Node} */
function unwrap(node) {
  const [only] = node.body ?? [];
  return node.name === '' && node.body?.length === 1 && only.body && only.count === 1
    ? { ...only, count: node.count }
    : node;
}
