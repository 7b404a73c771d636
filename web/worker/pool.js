/**
 * A runner that spreads trials over workers: Web Workers in a page, worker threads in Node, each with an engine of its
 * own. Trials are handed out first come, first served; what comes back does not depend on how many workers there are,
 * because a trial is the same bits wherever it runs.
 *
 *     const pool = new WorkerPool({ openPort: openThread, jobs: 4 });
 *     const results = await Promise.all(configs.map((config) => pool.trial(config)));
 *     pool.dispose();
 */

import { TrainerError } from '../engine/errors.js';
import { onAbort } from '../engine/study/abort.js';
import { WorkerClient } from './client.js';

/**
 * @typedef {import('./client.js').Port} Port
 * @typedef {import('./client.js').DataFile} DataFile
 * @typedef {import('../engine/data_files.js').DataFiles} DataFiles
 * @typedef {import('../engine/study/trial.js').TrialOptions} TrialOptions
 * @typedef {import('../engine/study/trial.js').TrialResult} TrialResult
 *
 * @typedef {object} Job
 * @property {Record<string, any>} config
 * @property {TrialOptions} options
 * @property {(result: TrialResult) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {number} losses  workers that were lost over it
 *
 * @typedef {{ client: WorkerClient, dataId: Promise<number | null> }} PoolWorker
 */

/** A job whose worker is lost is given to another one so many times. */
const RETRIES = 1;

/** Errors after which a worker is not used again: it is gone, or the engine in it has trapped. */
const LOSSES = ['worker-lost', 'RuntimeError'];

/**
 * @typedef {import('../engine/study/runner.js').TrialRunner} TrialRunner
 * @implements {TrialRunner}
 */
export class WorkerPool {
  #openPort;
  #jobs;
  #data;
  #files;
  /** @type {Job[]} */
  #queue = [];
  /** @type {PoolWorker[]} */
  #idle = [];
  /** @type {Set<PoolWorker>} */
  #workers = new Set();
  #isDisposed = false;

  /**
   * @param {object} options
   * @param {() => Port} options.openPort  openWorker or openThread
   * @param {number} options.jobs  trials at once, from 1; a worker is opened when it is first needed
   * @param {DataFiles | null} [options.data]  what the setting dataset calls custom; its arrays are shared between the
   *   workers where shared memory exists, and sent to each of them once where it does not
   * @param {{ files: DataFile[], config: Record<string, any> } | null} [options.files]  the same as files that each
   *   worker reads for itself; config as for loadData
   */
  constructor({ openPort, jobs, data = null, files = null }) {
    if (!(Number.isInteger(jobs) && jobs >= 1)) {
      throw new TrainerError('argument', 'jobs', `jobs must be a whole number from 1, not ${jobs}.`);
    }
    this.#openPort = openPort;
    this.#jobs = jobs;
    this.#data = data && shareData(data);
    this.#files = files;
  }

  get jobs() {
    return this.#jobs;
  }

  /**
   * @param {Record<string, any>} config
   * @param {TrialOptions} [options]
   * @returns {Promise<TrialResult>}
   * @throws {TrainerError} where the config makes no run; code "worker-lost" where two workers were lost over it;
   *   the signal's reason where it was given up
   */
  async trial(config, options = {}) {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#isDisposed) throw disposedError();
    let forgetSignal = () => {};
    try {
      return await new Promise((resolve, reject) => {
        const job = { config, options, resolve, reject, losses: 0 };
        forgetSignal = onAbort(signal, () => this.#leave(job));
        this.#queue.push(job);
        this.#handOut();
      });
    } finally {
      forgetSignal();
    }
  }

  /** Ends the workers. Trials that are not finished are rejected with code "disposed". */
  dispose() {
    this.#isDisposed = true;
    for (const { client } of this.#workers) client.dispose();
    this.#workers.clear();
    this.#idle = [];
    for (const { reject } of this.#queue.splice(0)) reject(disposedError());
  }

  /** Gives a job up that still waits; of one that runs, its worker has been told. @param {Job} job */
  #leave(job) {
    const at = this.#queue.indexOf(job);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    job.reject(job.options.signal?.reason);
  }

  #handOut() {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? (this.#workers.size < this.#jobs ? this.#open() : null);
      if (!worker) return;
      this.#run(worker, /** @type {Job} */ (this.#queue.shift()));
    }
  }

  /** @param {PoolWorker} worker @param {Job} job */
  async #run(worker, job) {
    const { config, options } = job;
    const { record, signal, onProgress } = options;
    try {
      const dataId = await worker.dataId;
      const { result } = await worker.client.trial(
        { config, dataId, record },
        {
          signal,
          progress: onProgress && (({ step, totalSteps, smoothed }) => onProgress({ step, totalSteps, smoothed })),
        },
      );
      job.resolve(result);
      this.#idle.push(worker);
    } catch (error) {
      this.#fail(worker, job, error);
    }
    this.#handOut();
  }

  /**
   * @param {PoolWorker} worker
   * @param {Job} job
   * @param {unknown} error
   */
  #fail(worker, job, error) {
    if (this.#isDisposed) return job.reject(disposedError());
    const isLost = error instanceof TrainerError && LOSSES.includes(error.code);
    if (isLost) {
      this.#workers.delete(worker);
      worker.client.dispose();
    } else this.#idle.push(worker);
    if (job.options.signal?.aborted) job.reject(job.options.signal.reason);
    else if (!isLost) job.reject(error);
    else if (job.losses++ < RETRIES) this.#queue.unshift(job);
    else job.reject(new TrainerError('worker-lost', null, `Two workers were lost over one trial. ${error.message}`));
  }

  /** @returns {PoolWorker} */
  #open() {
    const client = new WorkerClient({ openPort: this.#openPort });
    const worker = { client, dataId: this.#giveData(client) };
    // Whoever awaits it hears of it.
    worker.dataId.catch(() => {});
    this.#workers.add(worker);
    return worker;
  }

  /** @param {WorkerClient} client @returns {Promise<number | null>} */
  async #giveData(client) {
    if (this.#data) return client.keepData(this.#data);
    if (!this.#files) return null;
    const { dataId } = await client.loadData(this.#files.files, this.#files.config);
    return dataId;
  }
}

/** The data over shared memory, where that exists. @param {DataFiles} data @returns {DataFiles} */
function shareData(data) {
  if (typeof SharedArrayBuffer === 'undefined') return data;
  const { images, labels, validation } = data;
  return {
    ...data,
    images: shareArray(images),
    labels: shareArray(labels),
    validation: validation && { images: shareArray(validation.images), labels: shareArray(validation.labels) },
  };
}

/**
 * @template {Uint8Array | Float32Array} T
 * @param {T} array
 * @returns {T}
 */
function shareArray(array) {
  const buffer = new SharedArrayBuffer(array.byteLength);
  const Type = /** @type {any} */ (array instanceof Float32Array ? Float32Array : Uint8Array);
  const shared = new Type(buffer);
  shared.set(array);
  return shared;
}

function disposedError() {
  return new TrainerError('disposed', null, 'The workers have been closed.');
}
