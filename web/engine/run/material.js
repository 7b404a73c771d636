/**
 * What a run is made of, as named tensors: its first weights, its samples as the network is given them, and the order of
 * its batches. Another program that is given these trains the same.
 */

import { readList } from '../core/arguments.js';
import { TrainerError } from '../core/errors.js';
import { askRecord } from '../core/record.js';
import { splitIndex } from '../data/dataset.js';
import { checkSplit } from '../data/judging.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../data/judging.js').Split} Split
 * @typedef {import('./run_facts.js').RunFacts} RunFacts
 * @typedef {import('./tensors.js').Tensor} Tensor
 */

/** The names of the tensors beside the weights. */
export const MATERIAL = {
  order: 'order',
  inputs: (/** @type {Split} */ split) => `${split}.inputs`,
  targets: (/** @type {Split} */ split) => `${split}.targets`,
  ids: (/** @type {Split} */ split) => `${split}.ids`,
};

/** Samples that are read at once. */
const SAMPLES_AT_ONCE = 1024;

/** Numbers that a tensor of material may have: more is no file that anybody wants. */
const NUMBERS_MAX = 2 ** 29;

/**
 * The samples of some splits, and the order of the batches.
 *
 * @param {Core} core
 * @param {number} handle  the tscope_trainer's address
 * @param {RunFacts} facts
 * @param {Split[]} splits
 * @param {() => void} begin  called once they are judged
 * @returns {Tensor[]}
 */
export function readMaterial(core, handle, facts, splits, begin) {
  const chosen = readList('splits', splits, "splits, such as ['train', 'val']").map(checkSplit);
  begin();
  return [...chosen.flatMap((split) => readSplit(core, handle, facts, split)), readOrder(core, handle, facts)];
}

/**
 * The samples of a split as the network is given them: pooled, standardized, outliers and wrong labels included. Tokens
 * have ids instead.
 *
 * @param {Core} core
 * @param {number} handle  the tscope_trainer's address
 * @param {RunFacts} facts
 * @param {Split} split
 * @returns {Tensor[]}  inputs [count, ...shape] and targets: [count], the class, or [count, outputs]; none without samples
 */
function readSplit(core, handle, facts, split) {
  const { inputShape, dataset } = facts;
  if (dataset.isTokens) return readTokens(core, facts, split);
  const total = split === 'val' ? facts.valCount : facts.trainCount;
  if (total === 0) return [];
  const elements = inputShape.reduce((product, size) => product * size, 1);
  const width = dataset.classes ? 1 : dataset.outputs;
  const inputs = makeFloats(total * elements, 'samples');
  const targets = makeFloats(total * width, 'samples');
  core.withMemory(4 * Math.min(total, SAMPLES_AT_ONCE) * (elements + width), (pointer) => {
    for (let first = 0; first < total; first += SAMPLES_AT_ONCE) {
      const count = Math.min(SAMPLES_AT_ONCE, total - first);
      const behind = pointer + 4 * count * elements;
      core.call.tscope_trainer_read_samples(handle, splitIndex(core, split), first, count, pointer, behind);
      inputs.set(core.view(Float32Array, pointer, count * elements), first * elements);
      targets.set(core.view(Float32Array, behind, count * width), first * width);
    }
  });
  return [
    { name: MATERIAL.inputs(split), shape: [total, ...inputShape], data: inputs },
    { name: MATERIAL.targets(split), shape: dataset.classes ? [total] : [total, width], data: targets },
  ];
}

/**
 * The ids of a split's samples, one after the other; those of a text overlap and are the text itself.
 *
 * @param {Core} core
 * @param {RunFacts} facts
 * @param {Split} split
 * @returns {Tensor[]}
 */
function readTokens(core, { dataset, trainCount, valCount }, split) {
  const stored = askRecord(core, 'dataset_facts', (record) =>
    core.call.tscope_wasm_dataset_read(dataset.pointer, record),
  );
  const [total, from, stride] =
    split === 'val'
      ? [valCount, stored.val_inputs, stored.val_stride]
      : [trainCount, stored.train_inputs, stored.train_stride];
  if (total === 0) return [];
  const length = (total - 1) * stride + stored.width + 1;
  const data = makeFloats(length, 'samples');
  data.set(core.bytes(from, length));
  return [{ name: MATERIAL.ids(split), shape: [length], data }];
}

/**
 * Which training samples each step takes. Numbers of samples are below 2^24, so that floats hold them exactly.
 *
 * @param {Core} core
 * @param {number} handle
 * @param {RunFacts} facts
 * @returns {Tensor}  [steps, batch]
 */
function readOrder(core, handle, { totalSteps, batchRows, trainCount }) {
  const total = totalSteps * batchRows;
  const data = makeFloats(total, 'steps');
  const atOnce = Math.min(total, 2 ** 16);
  core.withMemory(4 * Math.max(atOnce, 1), (pointer) => {
    for (let first = 0; first < total; first += atOnce) {
      const count = Math.min(atOnce, total - first);
      const epoch = Math.floor(first / trainCount);
      core.call.tscope_trainer_read_order(handle, epoch, first % trainCount, count, pointer);
      data.set(core.view(Int32Array, pointer, count), first);
    }
  });
  return { name: MATERIAL.order, shape: [totalSteps, batchRows], data };
}

/** @param {number} count @param {string} field  the setting that makes it so large */
function makeFloats(count, field) {
  if (count <= NUMBERS_MAX) return new Float32Array(count);
  throw new TrainerError('memory', field, `${field} makes ${count} numbers, and a file holds at most ${NUMBERS_MAX}.`);
}
