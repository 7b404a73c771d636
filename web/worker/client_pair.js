/**
 * The page's workers, one for each arithmetic, as if they were one: a run goes to the worker whose engine computes as
 * its config says. The plain one is there from the start; the fused one is opened when something asks for it first, and
 * is given the data that was loaded.
 */

import { TrainerError } from '../engine/core/errors.js';

/**
 * @typedef {import('./client.js').WorkerClient} WorkerClient
 * @typedef {import('./client.js').DataFile} DataFile
 * @typedef {import('./protocol.js').GivenConfig} GivenConfig
 * @typedef {import('./run_handle.js').RunHandle} RunHandle
 * @typedef {import('../engine/core/arithmetic.js').Arithmetic} Arithmetic
 */

export class ClientPair {
  #plain;
  #open;
  /** @type {WorkerClient | null} */
  #fused = null;
  /** Why there is no fused engine here; known once one was opened. @type {Promise<string | null> | null} */
  #whyNot = null;
  /** Which of the two has a run. @type {WeakMap<RunHandle, WorkerClient>} */
  #owners = new WeakMap();
  /** What was loaded. @type {{ files: DataFile[], config: GivenConfig, dataId: number }[]} */
  #data = [];

  /**
   * @param {WorkerClient} plain
   * @param {(onUnusable: (reason: string) => void) => WorkerClient} openFused
   */
  constructor(plain, openFused) {
    this.#plain = plain;
    this.#open = openFused;
  }

  get ready() {
    return this.#plain.ready;
  }

  get threads() {
    return this.#plain.threads;
  }

  get normEdges() {
    return this.#plain.normEdges;
  }

  /**
   * Whether arithmetic can be had here; the fused engine is opened for it.
   *
   * @param {Arithmetic} arithmetic
   * @returns {Promise<string | null>}  null where it can, else why not, as a sentence
   */
  async whyNot(arithmetic) {
    if (arithmetic === 'plain') return null;
    this.#fusedClient();
    return this.#whyNot;
  }

  /** As WorkerClient.start. @type {WorkerClient['start']} */
  start(what, listener) {
    const client = this.#clientOf(what.config);
    return this.#own(client.start(what, listener), client);
  }

  /** As WorkerClient.fork. @type {WorkerClient['fork']} */
  fork(parent, what, listener) {
    const client = this.#owners.get(parent) ?? this.#plain;
    return this.#own(client.fork(parent, what, listener), client);
  }

  /** As WorkerClient.ask: what is asked of a config is answered by the worker that would train it. @type {WorkerClient['ask']} */
  async ask(type, question, how) {
    const { config } = /** @type {{ config?: GivenConfig }} */ (question);
    const why = config?.arithmetic === 'fused' ? await this.whyNot('fused') : null;
    if (why !== null) throw new TrainerError('arithmetic', 'arithmetic', why);
    return this.#clientOf(config).ask(type, question, how);
  }

  /** As WorkerClient.loadData. @type {WorkerClient['loadData']} */
  async loadData(files, config) {
    const loaded = await this.#plain.loadData(files, config);
    const data = { files, config, dataId: loaded.dataId };
    this.#data.push(data);
    if (this.#fused) this.#give(this.#fused, data);
    return loaded;
  }

  /** @param {GivenConfig} [config] */
  #clientOf(config) {
    return config?.arithmetic === 'fused' ? this.#fusedClient() : this.#plain;
  }

  #fusedClient() {
    if (this.#fused) return this.#fused;
    /** @type {(reason: string) => void} */
    let fail = () => {};
    const failed = new Promise((resolve) => {
      fail = resolve;
    });
    const client = this.#open(fail);
    this.#whyNot = Promise.race([client.ready.then(() => null), failed]);
    this.#fused = client;
    for (const data of this.#data) this.#give(client, data);
    return client;
  }

  /** Messages keep their order, so that whatever uses the data finds it. @param {WorkerClient} client @param {{ files: DataFile[], config: GivenConfig, dataId: number }} data */
  #give(client, { files, config, dataId }) {
    client.loadData(files, config, dataId).catch((error) => {
      // It was read once; a run that needs it says what is missing.
      if (!(error instanceof TrainerError)) throw error;
    });
  }

  /** @param {RunHandle} run @param {WorkerClient} client */
  #own(run, client) {
    this.#owners.set(run, client);
    return run;
  }
}
