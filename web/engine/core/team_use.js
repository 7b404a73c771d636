/**
 * Whether a team's help is worth having at the moment. The threads of a team wait for each other many times in a step, so
 * where another program keeps one of their cores busy they may be slower together than one of them alone. Which is
 * faster is found out by the clock; the bits are the same.
 */

/** Milliseconds of a piece that is too small for the core to call a team: FLOPS_WORTH_A_TEAM in src/train/pass.c. */
const SMALL = 0.025;
/** Pieces of work that the mean time of the latest ones is over. */
const LATEST = 16;
/** Pieces that a trial of the other way takes. */
const TRIAL = 8;
/** Pieces between two trials: at first, and at most, when the other way has been slower again and again. */
const FIRST_REST = 32;
const LONGEST_REST = 512;
/** The team is doubted where the latest pieces took so many times as long as its fastest. */
const DOUBT = 1.5;

export class TeamUse {
  /** Whether the team is to help with the next piece. */
  pays = true;
  /** Whether the pieces are too small for a team, and for being timed. */
  isIdle = false;

  /** Milliseconds of the team's fastest piece. */
  #fastest = Infinity;
  /** Of the latest pieces, in the way that is not on trial. */
  #mean = NaN;
  #rest = FIRST_REST;
  #piecesLeft = FIRST_REST;
  /** Of the way that is on trial, if one is. @type {{ pieces: number, total: number } | null} */
  #trial = null;

  /** A piece of work is done as `pays` said. @param {number} milliseconds */
  took(milliseconds) {
    if (this.pays) this.#fastest = Math.min(this.#fastest, milliseconds);
    if (this.#trial) {
      this.#tryOn(this.#trial, milliseconds);
      return;
    }
    this.#mean = Number.isNaN(this.#mean) ? milliseconds : this.#mean + (milliseconds - this.#mean) / LATEST;
    this.#piecesLeft--;
    if (this.#piecesLeft === 0) this.isIdle = this.pays && this.#mean < SMALL;
    const isDoubted = !this.pays || this.#mean > DOUBT * this.#fastest;
    if (this.#piecesLeft > 0 || !isDoubted) return;
    this.#trial = { pieces: 0, total: 0 };
    this.pays = !this.pays;
  }

  /** @param {{ pieces: number, total: number }} trial @param {number} milliseconds */
  #tryOn(trial, milliseconds) {
    trial.pieces++;
    trial.total += milliseconds;
    if (trial.pieces < TRIAL) return;
    const mean = trial.total / TRIAL;
    this.#trial = null;
    if (mean < this.#mean) {
      this.#mean = mean;
      this.#rest = FIRST_REST;
    } else {
      this.pays = !this.pays;
      this.#rest = Math.min(2 * this.#rest, LONGEST_REST);
    }
    this.#piecesLeft = this.#rest;
  }
}
