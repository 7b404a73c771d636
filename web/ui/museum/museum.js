/** The museum of published mistakes as the page knows it: what was trained of it, and the guesses that were made. */

import { SCHEMA } from '../../engine/config/schema.js';
import { configOf, drawOf } from './draws.js';

/**
 * @typedef {import('./damage.js').Pair} Pair
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {Pick<import('../../worker/study_client.js').StudyClient, 'run'>} Studies
 * @typedef {{ status: 'running' | 'done' | 'failed', pairs: Pair[], problem: string }} Visit  pairs: by rising seed
 */

/** Seeds that are trained: the first is drawn, the others say whether it stands for more than itself. */
const SEEDS = 3;

export class Museum {
  #lab;
  #studies;
  /** By room, mistake and first seed. @type {Map<string, Visit>} */
  #visits = new Map();
  /** What was guessed, by the number of the draw. @type {Map<number, string>} */
  guesses = new Map();

  /** @param {import('../state/lab.js').Lab} lab @param {Studies} studies */
  constructor(lab, studies) {
    this.#lab = lab;
    this.#studies = studies;
  }

  /** The table's rows. */
  get mistakes() {
    return SCHEMA.mistakes;
  }

  /** @param {string} name */
  mistakeOf(name) {
    return this.mistakes.find((mistake) => mistake.name === name) ?? null;
  }

  /**
   * What was trained of a mistake; it begins with the first question.
   *
   * @param {string} room  the update rule
   * @param {string} mistake
   * @param {number} seed  the first of them
   * @returns {Visit}
   */
  visit(room, mistake, seed) {
    const key = `${room} ${mistake} ${seed}`;
    const known = this.#visits.get(key);
    if (known) return known;
    /** @type {Visit} */
    const visit = { status: 'running', pairs: [], problem: '' };
    this.#visits.set(key, visit);
    this.#train(visit, room, mistake, seed);
    return visit;
  }

  /** @param {Visit} visit @param {string} room @param {string} mistake @param {number} seed */
  async #train(visit, room, mistake, seed) {
    const seeds = Array.from({ length: SEEDS }, (_, i) => seed + i);
    try {
      await this.#studies.run(async (runner, signal) => {
        const trial = (/** @type {string} */ which, /** @type {number} */ s) =>
          runner.trial(configOf(room, which, s), { record: 'every', signal });
        for (const s of seeds) {
          const [right, wrong] = await Promise.all([trial('none', s), trial(mistake, s)]);
          visit.pairs.push({ right, wrong });
          this.#lab.touch();
        }
      }, {}).result;
      visit.status = 'done';
    } catch (error) {
      visit.status = 'failed';
      visit.problem = /** @type {Error} */ (error).message;
    }
    this.#lab.touch();
  }

  /** How many of the guesses were right. */
  get score() {
    const right = [...this.guesses].filter(([number, name]) => drawOf(this.mistakes, number).mistake.name === name);
    return { right: right.length, of: this.guesses.size };
  }
}
