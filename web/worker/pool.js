/**
 * A runner that spreads trials over workers: Web Workers in a page, worker threads in Node, each with an engine of its
 * own. Trials are handed out first come, first served; what comes back does not depend on how many workers there are,
 * because a trial is the same bits wherever it runs. Data of the user's own is in memory once for all of them, where
 * memory can be shared; see pool_data.js.
 *
 *     const pool = new WorkerPool({ openPort: openThread, jobs: 4 });
 *     const results = await Promise.all(configs.map((config) => pool.trial(config)));
 *     pool.dispose();
 */

import { TrainerError } from '../engine/core/errors.js';
import { onAbort } from '../engine/study/trial/abort.js';
import { WorkerClient } from './client.js';
import { kindOf, MISPLACED } from './patience.js';
import { PoolData } from './pool_data.js';

/**
 * @typedef {import('./client.js').Port} Port
 * @typedef {import('../engine/core/arithmetic.js').Arithmetic} Arithmetic
 * @typedef {import('../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../engine/study/trial/trial.js').TrialOptions} TrialOptions
 * @typedef {import('../engine/study/trial/trial.js').TrialResult} TrialResult
 *
 * @typedef {(how: { common: object | null, arithmetic: Arithmetic }) => Port} OpenPort
 *
 * @typedef {object} Job
 * @property {import('../engine/config/config.js').Config} config
 * @property {TrialOptions} options
 * @property {(result: TrialResult) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {string} kind  trials of one kind take about as long, unless they diverge
 * @property {number} losses  workers that were lost over it
 *
 * @typedef {object} PoolWorker
 * @property {WorkerClient} client
 * @property {Set<Job>} jobs  that it was given: at most one, and one ahead
 * @property {boolean} keepsQueue  as its port says
 * @property {boolean} isAtHand  it has computed a trial, and loads no code any more
 * @property {Promise<number | null>} dataId
 * @property {boolean} isSharing  whether its engine has its memory in common with others
 * @property {Arithmetic} arithmetic  of its engine
 * @property {PoolData} data  of all workers of that arithmetic: two cores of different binaries share no memory
 */

/** A trial is given ahead where it and the one before it are of kinds that took no longer than this: as long may it wait. */
const AHEAD_SECONDS = 0.5;

/** A job whose worker is lost is given to another one so many times. */
const RETRIES = 1;

/** The engine in a worker has trapped: what is in its memory cannot be trusted any more. */
const TRAP = 'RuntimeError';

/** Errors after which a worker is not used again: it is gone, or the engine in it has trapped. */
const LOSSES = ['worker-lost', TRAP];

/**
 * @typedef {import('../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @implements {TrialRunner}
 */
export class WorkerPool {
  #openPort;
  #jobs;
  #arithmetic;
  #makeData;
  /** @type {Map<Arithmetic, PoolData>} */
  #data = new Map();
  /** @type {Job[]} */
  #queue = [];
  /** @type {PoolWorker[]} */
  #idle = [];
  /** @type {Set<PoolWorker>} */
  #workers = new Set();
  /** What the longest trial of each kind took. @type {Map<string, number>} */
  #seconds = new Map();
  #isDisposed = false;

  /**
   * @param {object} options
   * @param {OpenPort} options.openPort  openWorker or openThread; common: a memory for the worker's engine to share
   * @param {number} options.jobs  trials at once, from 1; a worker is opened when it is first needed
   * @param {DataFiles | null} [options.data]  what the setting dataset calls custom
   * @param {import('./pool_data.js').Reading | null} [options.files]  the same as files, for workers to read
   * @param {Arithmetic | null} [options.arithmetic]  of all trials, whatever their configs say; null: as they say
   * @param {{ common: object, arithmetic: Arithmetic } | null} [options.host]  where the data lie already: a common
   *   memory, and the arithmetic of the engines that can share it
   */
  constructor({ openPort, jobs, data = null, files = null, arithmetic = null, host = null }) {
    if (!(Number.isInteger(jobs) && jobs >= 1)) {
      throw new TrainerError('argument', 'jobs', `jobs must be a whole number from 1, not ${jobs}.`);
    }
    this.#openPort = openPort;
    this.#jobs = jobs;
    this.#arithmetic = arithmetic;
    this.#makeData = (/** @type {Arithmetic} */ of) =>
      new PoolData(data, files, host?.arithmetic === of ? host.common : null);
  }

  get jobs() {
    return this.#jobs;
  }

  /** One to compute, one ahead, and one for whoever is free. */
  get wanted() {
    return 3 * this.#jobs;
  }

  /**
   * @param {import('../engine/config/config.js').Config} config
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
        const planned = this.#arithmetic === null ? config : { ...config, arithmetic: this.#arithmetic };
        const job = { config: planned, options, resolve, reject, kind: kindOf(planned), losses: 0 };
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
    for (const data of this.#data.values()) data.stopSharing();
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
      const [job] = this.#queue;
      let worker = null;
      try {
        worker = this.#find(job);
        if (!worker) return;
      } catch (error) {
        job.reject(error);
      }
      this.#queue.shift();
      if (worker) this.#run(worker, job);
    }
  }

  /** A worker that is idle, or new, or can wait for a trial; null where there is none. @param {Job} job */
  #find(job) {
    const arithmetic = /** @type {Arithmetic} */ (job.config.arithmetic);
    const found = this.#idle.findLast((worker) => worker.arithmetic === arithmetic);
    if (found) {
      this.#idle.splice(this.#idle.indexOf(found), 1);
      return found;
    }
    // One of the other arithmetic makes room.
    if (this.#workers.size >= this.#jobs && this.#idle.length > 0) this.#retire(this.#idle[0]);
    return (this.#workers.size < this.#jobs && this.#tryOpen(arithmetic)) || this.#findAhead(job);
  }

  /**
   * A system may have no more threads to give: those that there are do the work.
   *
   * @param {Arithmetic} arithmetic
   * @throws what keeps the first from being opened
   */
  #tryOpen(arithmetic) {
    try {
      return this.#open(arithmetic);
    } catch (error) {
      if (this.#workers.size === 0) throw error;
      this.#jobs = this.#workers.size;
      return null;
    }
  }

  /**
   * A worker at work that can be given its next trial already, which it would otherwise wait for. Neither the last trials
   * nor long ones, nor one behind a long one: whoever is done first takes them.
   *
   * @param {Job} job
   */
  #findAhead(job) {
    const isShort = (/** @type {Job} */ { kind }) => (this.#seconds.get(kind) ?? Infinity) <= AHEAD_SECONDS;
    if (this.#queue.length <= this.#jobs || !isShort(job)) return null;
    const canWait = (/** @type {PoolWorker} */ { arithmetic, keepsQueue, isAtHand, jobs }) =>
      arithmetic === job.config.arithmetic && keepsQueue && isAtHand && jobs.size === 1 && [...jobs].every(isShort);
    return [...this.#workers].find(canWait) ?? null;
  }

  /** @param {PoolWorker} worker @param {Job} job */
  async #run(worker, job) {
    const { config, options } = job;
    const { record, signal, onProgress } = options;
    worker.jobs.add(job);
    try {
      const dataId = await worker.dataId;
      const { result } = await worker.client.ask(
        'trial',
        { config, dataId, record },
        {
          signal,
          progress: onProgress && (({ step, totalSteps, smoothed }) => onProgress({ step, totalSteps, smoothed })),
        },
      );
      job.resolve(result);
      worker.jobs.delete(job);
      worker.isAtHand = true;
      this.#seconds.set(job.kind, Math.max(this.#seconds.get(job.kind) ?? 0, result.seconds));
      this.#rest(worker);
    } catch (error) {
      worker.jobs.delete(job);
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
    const code = error instanceof TrainerError ? error.code : null;
    const isRetired = !this.#workers.has(worker);
    const isCramped = worker.isSharing && code === 'memory';
    const isMisplaced = code === MISPLACED;
    const isLost = LOSSES.includes(code ?? '');
    if (worker.isSharing && code === TRAP) this.#retireSharing(worker.data);
    else if (isCramped || isMisplaced || isLost) this.#retire(worker);
    else this.#rest(worker);
    // What does not fit into the common memory may well fit into one of its own.
    if (isCramped) worker.data.stopSharing();
    if (job.options.signal?.aborted) job.reject(job.options.signal.reason);
    else if (isRetired || isCramped || isMisplaced) this.#queue.unshift(job);
    else if (!isLost) job.reject(error);
    else if (job.losses++ < RETRIES) this.#queue.unshift(job);
    else {
      const { message } = /** @type {TrainerError} */ (error);
      job.reject(new TrainerError('worker-lost', null, `Two workers were lost over one trial. ${message}`));
    }
  }

  /** A worker waits for its next trial, unless it has one or was ended meanwhile. @param {PoolWorker} worker */
  #rest(worker) {
    if (worker.jobs.size === 0 && this.#workers.has(worker)) this.#idle.push(worker);
  }

  /** Ends a worker; its trials, where it has any, fail and are given to others. @param {PoolWorker} worker */
  #retire(worker) {
    this.#workers.delete(worker);
    this.#idle = this.#idle.filter((other) => other !== worker);
    worker.client.dispose();
  }

  /** Gives up a common memory and all that is computed in it. @param {PoolData} data */
  #retireSharing(data) {
    data.stopSharing();
    for (const worker of [...this.#workers]) if (worker.isSharing && worker.data === data) this.#retire(worker);
  }

  /** @param {Arithmetic} arithmetic @returns {PoolWorker} */
  #open(arithmetic) {
    const data = this.#data.get(arithmetic) ?? this.#makeData(arithmetic);
    this.#data.set(arithmetic, data);
    const { common } = data;
    const isSharing = common !== null;
    let keepsQueue = false;
    const openPort = () => {
      const port = this.#openPort({ common, arithmetic });
      keepsQueue = port.keepsQueue ?? false;
      return port;
    };
    const client = new WorkerClient({ openPort });
    const dataId = data.give(client, isSharing);
    /** @type {PoolWorker} */
    const worker = { client, jobs: new Set(), keepsQueue, isAtHand: false, arithmetic, data, isSharing, dataId };
    // Whoever awaits it hears of it.
    worker.dataId.catch(() => {});
    this.#workers.add(worker);
    return worker;
  }
}

function disposedError() {
  return new TrainerError('disposed', null, 'The workers have been closed.');
}
