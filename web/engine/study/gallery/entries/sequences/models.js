/** What the lessons on sequences train, in the sizes at which their phenomena show within seconds. */

/** Six of eight symbols, a bar, the same six sorted: T 12, of which the answer's are scored. */
export const SMALL_SORT = {
  dataset: 'sort',
  length: 6,
  symbols: 8,
  samples: 4000,
  val_samples: 500,
  batch: 32,
  init: 'lecun',
  optimizer: 'adam',
  eval_every: 0,
};

/** Where normalization stands in a block. @type {Record<'post' | 'pre', (part: string) => string>} */
const BLOCKS = {
  post: (part) => `residual(${part}) layernorm`,
  pre: (part) => `residual(layernorm ${part})`,
};

/**
 * A transformer of width 32 with four heads: Post-LN is Norm(x + f(x)), Pre-LN x + f(Norm(x)) with a last norm.
 *
 * @param {'post' | 'pre'} placement
 * @param {number} layers
 * @param {{ head?: string, arguments?: string, hidden?: number, tail?: string }} [how]  head: what makes the width of the
 *   input; arguments: of attention, beside the heads; tail: after all blocks
 */
export function transformer(placement, layers, how = {}) {
  const { head = 'embed(32) position', arguments: more = '', hidden = 128, tail = '' } = how;
  const block = BLOCKS[placement];
  const parts = [block(`attention(4${more && `, ${more}`})`), block(`linear(${hidden}) gelu linear(32)`)];
  const end = placement === 'pre' ? '\nlayernorm' : '';
  return `${head}\n(${parts.join(' ')})*${layers}${end}${tail && ` ${tail}`}`;
}

/** The largest attention score of a training, over all its steps. @param {import('../../entry.js').CellTrial} trial */
export function largestScore({ curve }) {
  return Math.max(...(curve?.attention ?? []).filter(Number.isFinite));
}
