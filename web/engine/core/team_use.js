/**
 * Whether a team's help is worth having at the moment. The threads of a team wait for each other many times in a step, so
 * where another program keeps one of their cores busy, or all have one core to share, they may be slower together than
 * one of them alone. Which is faster is found out by the clock; the bits are the same.
 */

/** Milliseconds of a piece that is too small for the core to call a team: FLOPS_WORTH_A_TEAM in src/train/pass.c. */
const SMALL = 0.025;
/** Pieces of work that the mean time of the latest ones is over. */
const LATEST = 16;
/** Pieces that a trial of a way takes, at most. */
const TRIAL = 8;
/** Pieces between two trials: at first, and at most, when the other way has been slower again and again. */
const FIRST_REST = 32;
const LONGEST_REST = 512;
/** The team is doubted where the latest pieces took so many times as long as its fastest, and until one thread has been
 * tried: threads that have a core to share are as slow in their first piece as in any other. */
const DOUBT = 1.5;

/** @typedef {{ pieces: number, total: number, alone: number | null }} Trial  milliseconds */

export class TeamUse {
  /** Whether the team is to help with the next piece. */
  pays = true;
  /** Whether the pieces are too small for a team, and for being timed. */
  isIdle = false;

  /** Milliseconds of the team's fastest piece. */
  #fastest = Infinity;
  /** Of the latest pieces, in the way that is not on trial. */
  #mean = NaN;
  #isOneTried = false;
  #rest = FIRST_REST;
  #piecesLeft = FIRST_REST;
  /** Of what is on trial, if anything is; alone: what one thread took in the first half of it. @type {Trial | null} */
  #trial = null;

  /** A piece of work is done as `pays` said. @param {number} milliseconds */
  took(milliseconds) {
    if (this.pays) this.#fastest = Math.min(this.#fastest, milliseconds);
    if (this.#trial) {
      this.#goOnTrying(this.#trial, milliseconds);
      return;
    }
    this.#mean = Number.isNaN(this.#mean) ? milliseconds : this.#mean + (milliseconds - this.#mean) / LATEST;
    this.#piecesLeft--;
    if (this.#piecesLeft === 0) this.isIdle = this.pays && this.#mean < SMALL;
    const isDoubted = !this.pays || !this.#isOneTried || this.#mean > DOUBT * this.#fastest;
    if (this.#piecesLeft <= 0 && isDoubted && !this.isIdle) this.#try(!this.pays);
  }

  /** @param {boolean} pays @param {number | null} [alone] */
  #try(pays, alone = null) {
    this.pays = pays;
    this.#isOneTried ||= !pays;
    this.#trial = { pieces: 0, total: 0, alone };
  }

  /** @param {Trial} trial @param {number} milliseconds */
  #goOnTrying(trial, milliseconds) {
    trial.pieces++;
    trial.total += milliseconds;
    const { alone } = trial;
    const toBeat = alone ?? this.#mean;
    // A trial ends as soon as it is lost.
    if (trial.pieces < TRIAL && !(trial.total >= TRIAL * toBeat)) return;
    const mean = trial.total / TRIAL;
    const isFaster = mean < toBeat;
    // What held the team up may have been over when the other was tried.
    if (alone === null && isFaster && !this.pays) this.#try(true, mean);
    else if (alone !== null) this.#settle(isFaster, isFaster ? mean : alone, isFaster);
    else this.#settle(isFaster === this.pays, isFaster ? mean : this.#mean, !isFaster);
  }

  /** @param {boolean} pays @param {number} mean  of this way @param {boolean} isAsBefore */
  #settle(pays, mean, isAsBefore) {
    this.pays = pays;
    this.#mean = mean;
    this.#rest = isAsBefore ? Math.min(2 * this.#rest, LONGEST_REST) : FIRST_REST;
    this.#piecesLeft = this.#rest;
    this.#trial = null;
  }
}
