/** The museum of published mistakes as the page knows it: what was trained of it, and the guesses that were made. */

import { configOf, drawOf } from './draws.js';
import { RANGE_ROOM } from './range_exhibits.js';
import { readTest, testConfig } from './range_pair.js';

/**
 * @typedef {import('./damage.js').Pair} Pair
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {Pick<import('../../worker/study_client.js').StudyClient, 'run'>} Studies
 * @typedef {() => Promise<import('./range_pair.js').Formulas>} Engine  fetched when it is first asked for
 * @typedef {{ status: 'running' | 'done' | 'failed', pairs: Pair[], problem: string }} Visit  pairs: by rising seed
 */

/** Seeds that are trained: the first is drawn, the others say whether it stands for more than itself. */
const SEEDS = 3;

export class Museum {
  #lab;
  #studies;
  #engine;
  /** By room, mistake and first seed. @type {Map<string, Visit>} */
  #visits = new Map();
  /** What was guessed, by the number of the draw. @type {Map<number, string>} */
  guesses = new Map();

  /** @param {import('../state/lab.js').Lab} lab @param {Studies} studies @param {Engine} engine */
  constructor(lab, studies, engine) {
    this.#lab = lab;
    this.#studies = studies;
    this.#engine = engine;
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
    const train = room === RANGE_ROOM ? await this.#rangePairs() : pairOf;
    try {
      await this.#studies.run(async (runner, signal) => {
        const trial = (/** @type {Config} */ config) => runner.trial(config, { record: 'every', signal });
        for (const s of seeds) {
          visit.pairs.push(await train(trial, room, mistake, s));
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

  /** @returns {Promise<typeof pairOf>} */
  async #rangePairs() {
    const formulas = await this.#engine();
    return async (trial, room, mistake, seed) => {
      const config = configOf(room, 'none', seed);
      const [rightTest, wrongTest] = await Promise.all([
        trial(testConfig(config, 'none')),
        trial(testConfig(config, mistake)),
      ]);
      const tests = { right: readTest(formulas, rightTest, 'none'), wrong: readTest(formulas, wrongTest, mistake) };
      const [right, wrong] = await Promise.all([
        trial({ ...config, lr: tests.right.suggested }),
        trial({ ...config, lr: tests.wrong.suggested }),
      ]);
      return { right, wrong, tests };
    };
  }

  /** How many of the guesses were right. */
  get score() {
    const right = [...this.guesses].filter(([number, name]) => drawOf(number).mistake.name === name);
    return { right: right.length, of: this.guesses.size };
  }
}

/**
 * The same training without a mistake and with it.
 *
 * @param {(config: Config) => Promise<TrialResult>} trial
 * @param {string} room
 * @param {string} mistake
 * @param {number} seed
 * @returns {Promise<Pair>}
 */
async function pairOf(trial, room, mistake, seed) {
  const [right, wrong] = await Promise.all([trial(configOf(room, 'none', seed)), trial(configOf(room, mistake, seed))]);
  return { right, wrong };
}
