/**
 * What new runs start from instead of random weights: a safetensors file that was dropped on the page or chosen. The
 * worker reads it when a run starts, as the command line does, and refuses what does not fit the model.
 *
 * @typedef {import('../../worker/protocol.js').NamedBytes} NamedBytes
 *
 * @typedef {object} Lab  what it asks of the lab
 * @property {import('./draft.js').Draft} draft
 * @property {{ start: () => void }} runs
 * @property {() => void} touch
 */

export class StartWeights {
  /** @type {NamedBytes | null} */
  chosen = null;

  #lab;

  /** @param {Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  /** Whether a file is one of weights, by its name. @param {File} file */
  static isFor({ name }) {
    return /\.safetensors$/i.test(name);
  }

  /** Reads a file; runs start from it from now on. @param {File[]} files  of weights, one @param {{ quiet?: boolean }} [how]  quiet: without a run at once */
  async take([file, ...others], { quiet = false } = {}) {
    const { draft, runs } = this.#lab;
    if (others.length > 0) {
      draft.report({ field: 'weights', message: 'A run starts from the weights of one file: choose one.' });
      return;
    }
    try {
      this.choose({ name: file.name, bytes: await file.arrayBuffer() });
    } catch (error) {
      const message = `${file.name} could not be read: ${/** @type {Error} */ (error).message}`;
      draft.report({ field: 'weights', message });
      return;
    }
    if (!quiet) runs.start();
  }

  /** Those of a run, or none: random ones. @param {NamedBytes | null} weights */
  choose(weights) {
    this.chosen = weights;
    this.#lab.draft.forget('weights');
    this.#lab.touch();
  }
}
