/** What is known of a run from its settings and its data alone. */

import { totalSteps } from '../config/config.js';
import { REGRESSION_LOSS } from '../config/rules.js';
import { SCHEMA } from '../config/schema.js';
import { count } from '../words/numbers.js';
import { plural } from '../words/sentences.js';

/**
 * @typedef {import('../data/dataset.js').Dataset} Dataset
 * @typedef {import('../config/config.js').Config} Config
 */

export class RunFacts {
  #config;
  #dataset;

  /** @param {Config} config  complete @param {Dataset} dataset */
  constructor(config, dataset) {
    this.#config = config;
    this.#dataset = dataset;
  }

  /**
   * The settings of the run from its first step on, and its changes: together they replay it. Trainer.settings has the
   * values in force now.
   */
  get config() {
    return this.#config;
  }

  get dataset() {
    return this.#dataset;
  }

  /** The config as reports name it: a model that was left out is the text that its absence means. @returns {Config} */
  get reportedConfig() {
    return { ...this.#config, model: this.#config.model ?? SCHEMA.models[this.#dataset.models] };
  }

  /** Shape of one input as the network sees it, pooling included: as the data set's, smaller where it is an image. */
  get inputShape() {
    const [channels, ...size] = this.#dataset.shape;
    if (!this.#dataset.isImage) return this.#dataset.shape;
    return [channels, ...size.map((length) => Math.floor(length / this.#config.downsample))];
  }

  /** Training samples that this run sees. */
  get trainCount() {
    return limitCount(this.#dataset.trainCount, this.#config.samples);
  }

  /** Validation samples that this run sees. */
  get valCount() {
    return limitCount(this.#dataset.valCount, this.#config.val_samples);
  }

  /** Samples per step. */
  get batchRows() {
    const { batch } = this.#config;
    return batch === 0 ? this.trainCount : Math.min(batch, this.trainCount);
  }

  /** Steps of the whole run: warmup_steps + steps. */
  get totalSteps() {
    return totalSteps(this.#config);
  }

  /** What the user should know about these settings, in sentences. */
  get notices() {
    const { batch, changes } = this.#config;
    const late = changes.filter(({ step }) => step >= this.totalSteps);
    return [
      ...(batch > this.trainCount
        ? [`The batch of ${batch} is larger than the ${this.trainCount} training samples: each step takes all of them.`]
        : []),
      ...(late.length > 0
        ? [
            `${late.length === 1 ? 'The change' : `${count(late.length)} changes, the first`} at step ${late[0].step} will not be made: the run ends after ${plural(this.totalSteps, 'step')}.`,
          ]
        : []),
    ];
  }
}

/** @param {number} count @param {number} limit  0: all */
function limitCount(count, limit) {
  return limit > 0 ? Math.min(count, limit) : count;
}

/**
 * The config that a run on this data has: it says where the data came from, and regression has one loss only.
 *
 * @param {Config} config
 * @param {Dataset} dataset
 * @returns {Config}
 */
export function fitToData(config, dataset) {
  const name = /** @type {Config['dataset']} */ (dataset.name);
  return { ...config, dataset: name, loss: dataset.classes > 0 ? config.loss : REGRESSION_LOSS };
}
