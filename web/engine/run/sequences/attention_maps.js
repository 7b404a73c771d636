/** Where a network's attention looks for one sample: the weights that each query gives to the keys. */

import { argumentError, checkWhole } from '../../core/arguments.js';
import { TrainerError } from '../../core/errors.js';
import { askRecord } from '../../core/record.js';
import { splitIndex } from '../../data/dataset.js';
import { checkSplit } from '../../data/judging.js';

/**
 * @typedef {import('../../core/wasm.js').Core} Core
 * @typedef {import('../../data/judging.js').Split} Split
 * @typedef {import('../run_facts.js').RunFacts} RunFacts
 *
 * @typedef {object} AttentionMap  of one layer
 * @property {string} name  as its parameters begin: 3.attention
 * @property {number} heads
 * @property {number} positions
 * @property {boolean} causal  a query sees no key after it
 * @property {Float32Array} weights  [heads][query][key]; a query's sum to 1
 */

/** Numbers of all maps of a sample together, at most: more is no picture that anybody wants. */
const NUMBERS_MAX = 2 ** 25;

/**
 * The maps of a sample, layer by layer; none where the network has no attention. Evaluation mode; changes nothing.
 *
 * @param {Core} core
 * @param {number} handle  the tscope_trainer's address
 * @param {RunFacts} facts
 * @param {Split} split
 * @param {number} index  of the sample
 * @returns {AttentionMap[]}
 * @throws {TrainerError} where there is no such sample, or the maps are too large to be looked at
 */
export function readAttention(core, handle, facts, split, index) {
  const count = checkSplit(split) === 'val' ? facts.valCount : facts.trainCount;
  if (count === 0) throw argumentError('split', `There are no samples in the split ${split}.`);
  checkWhole('index', index, { max: count - 1 });
  const layers = Array.from({ length: core.call.tscope_trainer_attention_count(handle) }, (_, i) =>
    askRecord(core, 'attention_map', (pointer) => core.call.tscope_trainer_attention_map(handle, i, pointer)),
  );
  const sizes = layers.map(({ heads, positions }) => heads * positions ** 2);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > NUMBERS_MAX) {
    const sentence = `The attention of one sample is ${total} numbers, and at most ${NUMBERS_MAX} are read at once.`;
    throw new TrainerError('memory', null, sentence);
  }
  if (total === 0) return [];
  return core.withMemory(4 * total, (pointer) => {
    core.call.tscope_trainer_read_attention(handle, splitIndex(core, split), index, pointer);
    let at = pointer;
    return layers.map(({ number, heads, positions, is_causal }, i) => {
      const weights = core.view(Float32Array, at, sizes[i]).slice();
      at += 4 * sizes[i];
      return { name: `${number}.attention`, heads, positions, causal: is_causal === 1, weights };
    });
  });
}
