/**
 * A run's past: snapshots in bounded memory, all of the recent past and an even selection of the rest, so that going
 * back to any step costs at most a short replay.
 */

/** Snapshots kept of one run, and the bytes they may take together. */
const COUNT_MAX = 32;
const BYTES_MAX = 64 * 2 ** 20;

/**
 * @template Snapshot
 * @typedef {{ step: number, bytes: number, snapshot: Snapshot }} Entry
 */

/** @template Snapshot */
export class SnapshotRing {
  /** In order of steps. @type {Entry<Snapshot>[]} */
  #entries = [];
  #bytes = 0;
  #countMax;
  #bytesMax;

  /** @param {{ countMax?: number, bytesMax?: number }} [limits] */
  constructor({ countMax = COUNT_MAX, bytesMax = BYTES_MAX } = {}) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  get count() {
    return this.#entries.length;
  }

  get bytes() {
    return this.#bytes;
  }

  /** The steps of all of them, rising. */
  get steps() {
    return this.#entries.map(({ step }) => step);
  }

  /** Whether there is room for more than the start and the present. @param {number} bytes  of one snapshot */
  accepts(bytes) {
    return 3 * bytes <= this.#bytesMax;
  }

  /** @param {Entry<Snapshot>} entry  at a step not before the newest; at the same step it says nothing new */
  add(entry) {
    const newest = this.#entries[this.#entries.length - 1];
    if (newest && newest.step === entry.step) return;
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    while (this.#entries.length > this.#countMax || this.#bytes > this.#bytesMax) this.#thin();
  }

  /**
   * The newest snapshot at or before a step; null where the run must be replayed from its start.
   *
   * @param {number} step
   * @returns {Entry<Snapshot> | null}
   */
  nearest(step) {
    return this.#entries.findLast((entry) => entry.step <= step) ?? null;
  }

  clear() {
    this.#entries = [];
    this.#bytes = 0;
  }

  /**
   * Removes the snapshot that is missed least: of the older half the one whose neighbours are closest together. The
   * start stays, and so does the newer half.
   */
  #thin() {
    const last = this.#entries.length - 1;
    const older = last - (this.#entries.length >> 1);
    let victim = 1;
    let closest = Infinity;
    for (let i = 1; i <= older; i++) {
      const gap = this.#entries[i + 1].step - this.#entries[i - 1].step;
      if (gap < closest) {
        closest = gap;
        victim = i;
      }
    }
    this.#remove(victim);
  }

  /** @param {number} i */
  #remove(i) {
    this.#bytes -= this.#entries[i].bytes;
    this.#entries.splice(i, 1);
  }
}
