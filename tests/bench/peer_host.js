/**
 * One peer at work: answers requests, wherever they come from. peer_process.js puts it behind standard input, the
 * browser's worker behind messages; peers/torch_peer.py speaks the same.
 *
 *     open()                   → { version, notes }
 *     load({ work })           → { notes }
 *     train({ steps, ms })     → { losses, norms, digest }  from the initial weights; fewer steps where time is up
 *     time({ ms })             → { count, seconds }  units of the work, and the time that they took
 *     evaluate({ ms })         → { correct }  of all images; null where time is up
 */

import { makeBatches } from './material_reader.js';

/**
 * @typedef {import('./material_reader.js').Material} Material
 *
 * @typedef {object} Session  a work, ready
 * @property {(step: number, count: number) => void} [prepare]  makes batches ready in host memory; not timed
 * @property {(step: number, count: number) => { losses: ArrayLike<number>, norms: ArrayLike<number> }} [steps]
 * @property {number} [parts]  of a work that is not steps
 * @property {(i: number) => { correct?: number, count: number }} [part]  count: images, or 1
 * @property {() => string} [digest]
 * @property {() => void} dispose
 *
 * @typedef {object} Peer
 * @property {string} version
 * @property {string[]} notes
 * @property {(material: Material, batches: ReturnType<typeof makeBatches>) => Promise<{ session: Session, notes: string[] }>} load
 */

/** Batches that are made ready at once: enough that timing them costs nothing, few enough to stay in the caches. */
const PREPARED_INPUTS = 400_000;

export class PeerHost {
  #open;
  #reader;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Material | null} */
  #material = null;
  /** @type {Session | null} */
  #session = null;
  #step = 0;

  /**
   * @param {() => Promise<Peer>} open
   * @param {import('./material_reader.js').MaterialReader} reader
   */
  constructor(open, reader) {
    this.#open = open;
    this.#reader = reader;
  }

  async open() {
    this.#peer = await this.#open();
    return { version: this.#peer.version, notes: this.#peer.notes };
  }

  /** @param {{ work: string }} request */
  async load({ work }) {
    this.#session?.dispose();
    this.#session = null;
    const peer = /** @type {Peer} */ (this.#peer);
    this.#material = await this.#reader.load(work);
    const { session, notes } = await peer.load(this.#material, makeBatches(this.#material));
    this.#session = session;
    this.#step = 0;
    return { notes };
  }

  /** @param {{ steps: number, ms: number }} request */
  async train({ steps, ms }) {
    const session = this.#need();
    const losses = [];
    const norms = [];
    const begun = performance.now();
    while (losses.length < steps && (losses.length < 20 || performance.now() - begun < ms)) {
      const count = Math.min(this.#chunk(), steps - losses.length);
      session.prepare?.(this.#step, count);
      const rows = /** @type {any} */ (session).steps(this.#step, count);
      losses.push(...rows.losses);
      norms.push(...rows.norms);
      this.#step += count;
    }
    return { losses, norms, digest: session.digest?.() ?? null };
  }

  /** @param {{ ms: number }} request */
  async evaluate({ ms }) {
    const session = this.#need();
    let correct = 0;
    const begun = performance.now();
    for (let i = 0; i < (session.parts ?? 0); i++) {
      if (performance.now() - begun > ms) return { correct: null };
      correct += session.part?.(i).correct ?? 0;
    }
    return { correct };
  }

  /** @param {{ ms: number }} request */
  async time({ ms }) {
    const session = this.#need();
    return session.steps ? this.#timeSteps(session, ms) : this.#timeParts(session, ms);
  }

  /** @param {Session} session @param {number} ms */
  #timeSteps(session, ms) {
    const { work } = /** @type {Material} */ (this.#material);
    let steps = 0;
    let elapsed = 0;
    while (elapsed < ms) {
      // The first step says how long one takes; the last chunk should not overshoot by much.
      const left = steps === 0 ? 1 : Math.ceil((ms - elapsed) / (elapsed / steps));
      const count = Math.min(this.#chunk(), left);
      session.prepare?.(this.#step, count);
      const begun = performance.now();
      session.steps?.(this.#step, count);
      elapsed += performance.now() - begun;
      this.#step += count;
      steps += count;
    }
    return { count: steps * (work.unit === 'samples/s' ? work.batch : 1), seconds: elapsed / 1000 };
  }

  /** @param {Session} session @param {number} ms */
  #timeParts(session, ms) {
    let count = 0;
    let elapsed = 0;
    const { part, parts = 1 } = session;
    for (let i = 0; elapsed < ms; i++) {
      const begun = performance.now();
      const done = part?.(i % parts);
      elapsed += performance.now() - begun;
      count += done?.count ?? 0;
    }
    return { count, seconds: elapsed / 1000 };
  }

  #chunk() {
    const { work, facts } = /** @type {Material} */ (this.#material);
    const elements = facts.shape.reduce((product, size) => product * size, 1);
    return Math.max(1, Math.min(100, Math.floor(PREPARED_INPUTS / (work.batch * elements))));
  }

  #need() {
    if (!this.#session) throw new Error('no work has been loaded');
    return this.#session;
  }
}
