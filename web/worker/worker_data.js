/**
 * The data sets of a worker: loaded files, and for each way in which a config takes data, one data set that all its
 * runs share.
 */

import { TrainerError } from '../engine/core/errors.js';
import { createFileDataset } from '../engine/data/data_files.js';

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../engine/data/dataset.js').Dataset} Dataset
 * @typedef {import('../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../engine/config/config.js').Config} Config
 */

/** Data sets kept though nothing may use them just now: going back and forth between two configs costs nothing. */
const KEPT = 2;

export class WorkerData {
  #engine;
  /** @type {Map<number, DataFiles>} */
  #files = new Map();
  /** In order of use, the newest last. @type {Map<string, Dataset>} */
  #datasets = new Map();
  #dataFields;

  /** @param {Engine} engine */
  constructor(engine) {
    this.#engine = engine;
    this.#dataFields = engine.tables.fields.filter(({ group }) => group === 'data').map(({ name }) => name);
  }

  /** @param {number} dataId @param {DataFiles} data */
  keepFiles(dataId, data) {
    this.forgetFiles(dataId);
    this.#files.set(dataId, data);
  }

  /** @param {number} dataId */
  forgetFiles(dataId) {
    this.#files.delete(dataId);
    for (const key of this.#datasets.keys()) {
      if (key.startsWith(`${dataId}:`)) this.#drop(key);
    }
  }

  /**
   * The data set of a config. It is owned here; a trainer keeps what it needs alive by itself.
   *
   * @param {Config} config  complete
   * @param {number | null} dataId
   * @returns {Dataset}
   */
  find(config, dataId) {
    const isCustom = config.dataset === 'custom';
    const values = this.#dataFields.map((name) => config[name]);
    const key = `${isCustom ? dataId : 'generated'}:${JSON.stringify(values)}`;
    const dataset = this.#datasets.get(key) ?? this.#make(config, isCustom ? dataId : null);
    this.#datasets.delete(key);
    this.#datasets.set(key, dataset);
    for (const oldest of [...this.#datasets.keys()].slice(0, -KEPT)) this.#drop(oldest);
    return dataset;
  }

  /** Gives back what all of them hold of the engine's memory. */
  dispose() {
    this.#files.clear();
    for (const key of [...this.#datasets.keys()]) this.#drop(key);
  }

  /** @param {Config} config @param {number | null} dataId */
  #make(config, dataId) {
    if (config.dataset !== 'custom') return this.#engine.generateDataset(config);
    const data = dataId === null ? undefined : this.#files.get(dataId);
    if (!data) {
      throw new TrainerError('unknown-data', 'dataset', 'There is no data of your own yet: drop files first.');
    }
    return createFileDataset(this.#engine, data, config);
  }

  /** @param {string} key */
  #drop(key) {
    this.#datasets.get(key)?.dispose();
    this.#datasets.delete(key);
  }
}
