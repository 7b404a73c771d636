/** Samples in another order, some of them, or with targets of another scale: copies of what the caller gave. */

/**
 * @typedef {import('./judging.js').Samples} Samples
 * @typedef {import('./judging.js').DataInput} DataInput
 */

/**
 * Samples in another order, or some of them.
 *
 * @param {Samples} samples
 * @param {Int32Array} indices
 * @param {number} elements  of one sample
 * @returns {Samples}
 */
export function gatherSamples({ images, labels, targets, rows }, indices, elements) {
  const chosen = { images, rows: rows ? indices.map((i) => rows[i]) : indices };
  if (labels) return { ...chosen, labels: gatherRows(labels, indices, 1) };
  const count = rows ? rows.length : images.length / elements;
  return targets ? { ...chosen, targets: gatherRows(targets, indices, targets.length / count) } : chosen;
}

/**
 * @template {Uint8Array | Float32Array} T
 * @param {T} from  [samples][width]
 * @param {Int32Array} indices
 * @param {number} width
 * @returns {T}
 */
function gatherRows(from, indices, width) {
  const Type = from instanceof Float32Array ? Float32Array : Uint8Array;
  const rows = new Type(indices.length * width);
  copyRows(from, indices, width, rows);
  return /** @type {T} */ (rows);
}

/** @param {Uint8Array | Float32Array} from  [samples][width] @param {Int32Array} indices @param {number} width @param {Uint8Array | Float32Array} to */
export function copyRows(from, indices, width, to) {
  for (let i = 0; i < indices.length; i++) {
    to.set(from.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
  }
}

/**
 * The same data with targets that have mean 0 and deviation 1 over the training data, whatever unit they are in: no
 * learning rate suits squared errors of millions and of thousandths.
 *
 * @param {DataInput} input  with targets
 * @param {number} outputs
 * @returns {DataInput}
 */
export function standardizeTargets(input, outputs) {
  const { targets = new Float32Array(), validation } = input;
  const scales = Array.from({ length: outputs }, (_, output) => measureEvery(targets, output, outputs));
  const change = (/** @type {Float32Array} */ values) =>
    values.map((value, i) => (value - scales[i % outputs].mean) / scales[i % outputs].deviation);
  return {
    ...input,
    scaleTargets: false,
    targets: change(targets),
    validation: validation?.targets ? { ...validation, targets: change(validation.targets) } : validation,
  };
}

/** @param {Float32Array} values @param {number} from @param {number} by */
function measureEvery(values, from, by) {
  const count = values.length / by;
  let sum = 0;
  for (let i = from; i < values.length; i += by) sum += values[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = from; i < values.length; i += by) squares += (values[i] - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) || 1 };
}
