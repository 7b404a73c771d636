/**
 * How the workers of a pool come by data of the user's own. Where memory can be shared, all their engines live in one,
 * the data lies in it once, be it that the caller's engine lives there too, and every worker's data sets are made of it where it lies; only what a config splits off for
 * validation is each worker's own. Elsewhere each worker is sent the data, or reads the files, and keeps a copy.
 *
 * What a worker that was lost held in the common memory is not used again: in a browser it may still be writing there.
 */

import { createCommonMemory } from '../engine/core/wasm.js';
import { storeData } from '../engine/data/shared_data.js';

/**
 * @typedef {import('./client.js').WorkerClient} WorkerClient
 * @typedef {import('./client.js').DataFile} DataFile
 * @typedef {import('../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {{ files: DataFile[], config: import('../engine/config/config.js').GivenConfig }} Reading  config as for loadData
 */

export class PoolData {
  #data;
  #files;
  /** @type {object | null} */
  #common = null;
  /** The data in the common memory, where it was there from the start. @type {DataFiles | null} */
  #shared = null;
  /** What the worker that reads the files for all finds. @type {Promise<import('./protocol.js').DataLoaded> | null} */
  #reading = null;

  /**
   * @param {DataFiles | null} data  what the setting dataset calls custom
   * @param {Reading | null} files  the same as files, for workers to read
   * @param {object | null} [common]  the memory that the data lie in already
   */
  constructor(data, files, common = null) {
    this.#data = data;
    this.#files = files;
    if (common) {
      this.#common = common;
      this.#shared = data;
      return;
    }
    if (!data && !files) return; // Generated data is small, or made by each worker as it is needed.
    this.#common = createCommonMemory();
    this.#shared = this.#common && data && storeData(this.#common, data);
    if (data && !this.#shared) this.#common = null;
  }

  /** The memory for the next worker's engine; null for one of its own. */
  get common() {
    return this.#common;
  }

  /** From now on workers have memories of their own, and copies of the data as it was given. */
  stopSharing() {
    this.#common = null;
    this.#shared = null;
    this.#reading = null;
  }

  /**
   * @param {WorkerClient} client
   * @param {boolean} isSharing  whether it was opened with the common memory
   * @returns {Promise<number | null>}  the data's id in that worker; null where there is none
   */
  async give(client, isSharing) {
    if (this.#data) {
      const shared = isSharing ? this.#shared : null;
      return client.keepData(shared ?? this.#data, { isShared: shared !== null });
    }
    if (!this.#files) return null;
    return isSharing ? this.#readOnce(client, this.#files) : (await this.#read(client, this.#files)).dataId;
  }

  /** @param {WorkerClient} client @param {Reading} files */
  #read(client, { files, config }) {
    return client.loadData(files, config);
  }

  /**
   * The first worker reads the files for all; where it fails, the next one tries.
   *
   * @param {WorkerClient} client
   * @param {Reading} files
   * @returns {Promise<number>}
   */
  async #readOnce(client, files) {
    while (this.#reading) {
      const found = await this.#reading.catch(() => null);
      if (found?.shared) return client.keepData(found.shared, { isShared: true });
      if (found) break; // That worker had a memory of its own.
    }
    const reading = this.#read(client, files);
    this.#reading = reading;
    reading.catch(() => {
      if (this.#reading === reading) this.#reading = null;
    });
    return (await reading).dataId;
  }
}
