/**
 * A model's text taken apart into its units, and written again: what every edit of one stands on. It is taken apart only
 * as far as edits need; what it means is C's to judge.
 */

import { BRANCHES, KEEPERS, NORMS, needsBrackets } from './units.js';

/**
 * @typedef {object} Node
 * @property {string} name  of the unit; '' for a group in brackets
 * @property {string | null} args  as written, null without brackets
 * @property {Node[] | null} body  of a group or a branch
 * @property {number} count
 */

// ---- reading and writing ---------------------------------------------------------------------------------------------

/**
 * Takes apart a text that the engine has accepted.
 *
 * @param {string} text
 * @returns {Node[]}
 */
export function parseModel(text) {
  const bare = text.replace(/#[^\n]*/g, ' ');
  const found = [...bare.matchAll(/[A-Za-z_]\w*|\*\s*\d+|[()]|[^\s()*]+/g)];
  const tokens = found.map(([token]) => token);
  let at = 0;

  /**
   * Whether the bracket after a name is its own, as C has it (owns_bracket): in "relu (linear(8))*3" it is a group, since
   * a relu can do without and there is a blank.
   *
   * @param {string} name
   */
  const ownsBracket = (name) => {
    const isAdjacent = !/\s/.test(bare[found[at].index - 1]);
    return isAdjacent || needsBrackets(name);
  };

  /** @returns {Node[]} */
  const parseSequence = () => {
    /** @type {Node[]} */
    const nodes = [];
    while (at < tokens.length && tokens[at] !== ')') nodes.push(parseItem());
    return nodes;
  };
  /** @returns {Node} */
  const parseItem = () => {
    const isGroup = tokens[at] === '(';
    const name = isGroup ? '' : tokens[at++];
    /** @type {Node} */
    const node = { name, args: null, body: null, count: 1 };
    if (tokens[at] === '(' && (isGroup || ownsBracket(name))) {
      at++;
      if (isGroup || isBranch(node)) node.body = parseSequence();
      else {
        const from = at;
        while (at < tokens.length && tokens[at] !== ')') at++;
        node.args = tokens.slice(from, at).join('');
      }
      at++;
    }
    if (tokens[at]?.startsWith('*')) node.count = Number(tokens[at++].slice(1));
    return node;
  };
  return parseSequence();
}

/** @param {Node[]} nodes @returns {string} */
export function formatModel(nodes) {
  return nodes
    .map(({ name, args, body, count }) => {
      const inner = body ? `(${formatModel(body)})` : args === null ? '' : `(${args})`;
      return `${name}${inner}${count > 1 ? `*${count}` : ''}`;
    })
    .join(' ');
}

// ---- the parts of a text ---------------------------------------------------------------------------------------------

/** What an edit adds where a normalization is missing. @type {Node} */
export const LAYERNORM = { name: 'layernorm', args: null, body: null, count: 1 };

/** The same over the batch. @type {Node} */
export const BATCHNORM = { ...LAYERNORM, name: 'batchnorm' };

/** Units in brackets: a branch, or without a name a group. @param {string} name @param {Node[]} body @param {number} [count] @returns {Node} */
export function bracket(name, body, count = 1) {
  return { name, args: null, body, count };
}

/** @param {Node | null | undefined} node */
export function isNorm(node) {
  return !!node && NORMS.includes(node.name);
}

/** @param {Node} node */
export function isBranch({ name }) {
  return BRANCHES.includes(name);
}

/** Edits every sequence, the innermost first. @param {Node[]} nodes @param {(sequence: Node[]) => Node[]} edit @returns {Node[]} */
export function mapSequences(nodes, edit) {
  return edit(nodes.map((node) => (node.body ? { ...node, body: mapSequences(node.body, edit) } : node)));
}

/** Whether one of the units, or of those within them, is of a kind. @param {Node[]} nodes @param {(node: Node) => boolean} isOf @returns {boolean} */
export function hasUnit(nodes, isOf) {
  return nodes.some((node) => isOf(node) || (node.body !== null && hasUnit(node.body, isOf)));
}

/** The outputs of the last linear of a stretch, null where something else decides. @param {Node[]} nodes @returns {string | null} */
export function widthOf(nodes) {
  const last = [...nodes].reverse().find(({ name }) => !KEEPERS.includes(name));
  if (!last || last.count > 1) return null;
  if (last.name === 'linear') return (last.args ?? '').split(',')[0].trim();
  return isBranch(last) && last.body ? widthOf(last.body) : null;
}
