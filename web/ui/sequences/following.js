/** Asks about the run in focus again and again as it moves on, for an element that shows the answer. */

/** How often at most, in milliseconds. */
const EVERY_MS = 400;

/** The training goes on between two answers for so many times as long as an answer took. */
const REST = 4;

/**
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {import('../../worker/run_handle.js').RunHandle} RunHandle
 */

/** A controller of Lit. */
export class Following {
  #host;
  #ask;
  #asking = false;
  #visible = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #tookMs = 0;
  /** What was asked about last: another is asked about at once. */
  #asked = '';
  #timer = 0;
  /** @type {IntersectionObserver | null} */
  #sights = null;

  /**
   * @param {import('../shared/lab_element.js').LabElement} host
   * @param {{ about: () => string, ask: (run: Run, handle: RunHandle) => Promise<void> }} how  about: what besides the run
   *   and its step the answer depends on; ask may reject where the run has been given up meanwhile
   */
  constructor(host, how) {
    this.#host = host;
    this.#ask = how;
    host.addController(this);
  }

  hostConnected() {
    this.#sights = new IntersectionObserver((entries) => {
      this.#visible = entries[entries.length - 1].isIntersecting;
      this.#askSoon();
    });
    this.#sights.observe(this.#host);
  }

  hostDisconnected() {
    this.#sights?.disconnect();
    clearTimeout(this.#timer);
  }

  hostUpdated() {
    this.#askSoon();
  }

  #askSoon() {
    const run = this.#host.lab?.focus;
    if (!run?.handle || !run.shape.length || this.#asking || !this.#visible) return;
    const about = `${run.id} ${this.#ask.about()}`;
    const isNew = !this.#asked.startsWith(`${about} `);
    if (this.#asked === `${about} ${run.step}`) return;
    clearTimeout(this.#timer);
    const wait = isNew ? 0 : this.#askedAt + Math.max(EVERY_MS, REST * this.#tookMs) - performance.now();
    if (wait > 0) {
      this.#timer = Number(setTimeout(() => this.#askSoon(), wait));
      return;
    }
    this.#asked = `${about} ${run.step}`;
    this.#askNow(run, run.handle);
  }

  /** @param {Run} run @param {RunHandle} handle */
  async #askNow(run, handle) {
    this.#asking = true;
    this.#askedAt = performance.now();
    try {
      await this.#ask.ask(run, handle);
    } catch {
      // The run was given up in the meantime; the next one will be asked.
    }
    this.#tookMs = performance.now() - this.#askedAt;
    this.#asking = false;
    this.#askSoon();
  }
}
