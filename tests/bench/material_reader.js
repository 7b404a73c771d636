/** Material, read by a peer: in Node from files, in a browser from an address. */

/**
 * @typedef {import('./works.js').Work & { parameters: number[][] }} GivenWork
 * @typedef {import('./material.js').DataFacts} DataFacts
 * @typedef {{ images: Uint8Array | Float32Array, labels: Uint8Array }} Samples
 *
 * @typedef {object} Material  of one work
 * @property {GivenWork} work
 * @property {DataFacts} facts
 * @property {Samples} train
 * @property {Samples} val
 * @property {Int32Array} order  the samples of all batches, one after the other; they repeat
 * @property {Float32Array[]} weights  in the order of work.parameters
 * @property {number} seed
 */

export class MaterialReader {
  #read;
  /** @type {Promise<any> | null} */
  #list = null;

  /** @param {(name: string) => Promise<Uint8Array>} read  a file of the folder */
  constructor(read) {
    this.#read = read;
  }

  /** @param {string} id  of a work @returns {Promise<Material>} */
  async load(id) {
    this.#list ??= this.#read('works.json').then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
    const { works, data, seed } = await this.#list;
    const work = works.find((/** @type {GivenWork} */ one) => one.id === id);
    const facts = data[work.data];
    const [train, val] = await Promise.all([
      this.#readSamples(work.data, 'train', facts),
      this.#readSamples(work.data, 'val', facts),
    ]);
    const order = new Int32Array(await this.#readBuffer(`${work.data}.order`));
    const all = new Float32Array(await this.#readBuffer(`${work.id}.weights`));
    let at = 0;
    const weights = work.parameters.map((/** @type {number[]} */ shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      at += count;
      return all.slice(at - count, at);
    });
    return { work, facts, train, val, order, weights, seed };
  }

  /** @param {string} name @param {string} split @param {DataFacts} facts @returns {Promise<Samples>} */
  async #readSamples(name, split, { inputs }) {
    const images = await this.#readBuffer(`${name}.${split}`);
    return {
      images: inputs === 'u8' ? new Uint8Array(images) : new Float32Array(images),
      labels: new Uint8Array(await this.#readBuffer(`${name}.${split}_labels`)),
    };
  }

  /** A buffer of its own, so that any kind of array may start in it. @param {string} name */
  async #readBuffer(name) {
    return (await this.#read(name)).slice().buffer;
  }
}

/**
 * Batches as a peer wants them: float32 inputs, standardized as the engine does, and class numbers.
 *
 * @param {Material} material
 */
export function makeBatches({ work, facts, train, val, order }) {
  const elements = facts.shape.reduce((product, size) => product * size, 1);
  /** @param {Samples} samples @param {(i: number) => number} sampleAt @param {number} count */
  const gatherTokens = ({ images }, sampleAt, count) => {
    const inputs = new Int32Array(count * elements);
    const classes = new Int32Array(count * elements);
    for (let i = 0; i < count; i++) {
      const from = sampleAt(i) * (elements + 1);
      inputs.set(images.subarray(from, from + elements), i * elements);
      classes.set(images.subarray(from + 1, from + 1 + elements), i * elements);
    }
    return { inputs, classes, count };
  };
  /** @param {Samples} samples @param {(i: number) => number} sampleAt @param {number} count */
  const gather = ({ images, labels }, sampleAt, count) => {
    const inputs = new Float32Array(count * elements);
    const classes = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const sample = sampleAt(i);
      classes[i] = labels[sample];
      const from = sample * elements;
      for (let j = 0; j < elements; j++) inputs[i * elements + j] = (images[from + j] - facts.mean) / facts.deviation;
    }
    return { inputs, classes, count };
  };
  return {
    /** The batch of a step, of a sequence work. @param {number} step */
    tokens: (step) => gatherTokens(train, (i) => order[(step * work.batch + i) % order.length], work.batch),
    /** The batch of a step. @param {number} step */
    train: (step) => gather(train, (i) => order[(step * work.batch + i) % order.length], work.batch),
    /** All validation samples, in order. @param {number} size  of a batch; the last one may be smaller */
    val: (size) => {
      const batches = [];
      for (let from = 0; from < facts.val; from += size) {
        batches.push(gather(val, (i) => from + i, Math.min(size, facts.val - from)));
      }
      return batches;
    },
  };
}

/** @param {ArrayLike<number>} found @param {ArrayLike<number>} classes */
export function countEqual(found, classes) {
  let count = 0;
  for (let i = 0; i < classes.length; i++) count += Number(found[i] === classes[i]);
  return count;
}
