/**
 * Editing a model's text as the playbook advises: normalization as the last operation before the residual,
 * x + Norm(f(x)) rather than Norm(x + f(x)); residual connections where widths allow them; residual branches that
 * start at 0. The text is taken apart only as far as an edit needs; what it means is C's to judge.
 */

import { ACTIVATIONS, BRANCHES, KEEPERS, NORMS, needsBrackets, WEIGHTS } from './units.js';

/**
 * @typedef {object} Node
 * @property {string} name  of the unit; '' for a group in brackets
 * @property {string | null} args  as written, null without brackets
 * @property {Node[] | null} body  of a group or a branch
 * @property {number} count
 *
 * @typedef {{ model: string, says: string }} Edit  says: what the model has then
 */

/** What an edit adds where a normalization is missing. @type {Node} */
export const LAYERNORM = { name: 'layernorm', args: null, body: null, count: 1 };

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
      const isMoved = NORMS.includes(node.name) && sequence[i - 1]?.name === 'residual' && sequence[i - 1].count === 1;
      if (isMoved) {
        tally.moved++;
        continue;
      }
      const body = node.body;
      const needsNorm = node.name === 'residual' && body && !NORMS.includes(body[body.length - 1]?.name ?? '');
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
 * @returns {Edit | null}
 */
export function addNormalization(text) {
  let added = 0;
  const nodes = mapSequences(parseModel(text), (sequence) =>
    sequence.flatMap((node, i) => {
      const isBare = WEIGHTS.includes(node.name) && ACTIVATIONS.includes(sequence[i + 1]?.name ?? '');
      if (!isBare || node.count > 1) return [node];
      added++;
      return [node, LAYERNORM];
    }),
  );
  return added === 0 ? null : { model: formatModel(nodes), says: 'normalization before the activations' };
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
  if (findNames(parsed).some((name) => BRANCHES.includes(name))) return null;
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
      result.push({ name: 'residual', args: null, body: [...layer, LAYERNORM], count: 1 });
    }
    return result;
  });
  const unrolled = nodes.flatMap((node) => {
    const isLayer = node.name === '' && node.count > 1 && node.body && widthOf(node.body) !== null;
    if (!isLayer || !node.body || !isOneLayer(node.body)) return [node];
    added += node.count - 1;
    const block = { name: 'residual', args: null, body: [...node.body, LAYERNORM], count: node.count - 1 };
    return [...node.body, block];
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

/** The outputs of the last linear of a stretch, null where something else decides. @param {Node[]} nodes @returns {string | null} */
export function widthOf(nodes) {
  const last = [...nodes].reverse().find(({ name }) => !KEEPERS.includes(name));
  if (!last || last.count > 1) return null;
  if (last.name === 'linear') return (last.args ?? '').split(',')[0].trim();
  return BRANCHES.includes(last.name) && last.body ? widthOf(last.body) : null;
}

/** @param {Node[]} nodes @returns {string[]} */
function findNames(nodes) {
  return nodes.flatMap(({ name, body }) => [name, ...(body ? findNames(body) : [])]);
}

// ---- the text --------------------------------------------------------------------------------------------------------

/** @param {Node[]} nodes @param {(sequence: Node[]) => Node[]} edit  innermost first @returns {Node[]} */
function mapSequences(nodes, edit) {
  return edit(nodes.map((node) => (node.body ? { ...node, body: mapSequences(node.body, edit) } : node)));
}

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
      if (isGroup || BRANCHES.includes(name)) node.body = parseSequence();
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
