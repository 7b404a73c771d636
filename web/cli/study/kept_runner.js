/**
 * A runner whose trainings are kept in a file and shared between machines: what is in the file is not trained again, and
 * of the rest each shard takes its part.
 *
 * A procedure decides by what it has trained what it trains next, so a shard goes as far as its own part carries it: when
 * nothing of its own is left and others' trainings are missing, all that wait for them are rejected. Once the files are
 * joined, every shard begins again and gets further.
 */

import { configToSearch } from '../../engine/config/config_text.js';
import { TrainerError } from '../../engine/core/errors.js';
import { plural } from '../../engine/words/sentences.js';

/**
 * @typedef {import('../../engine/study/trial/runner.js').TrialRunner} TrialRunner
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../engine/study/sweep_plan.js').Shard} Shard
 * @typedef {import('../files/kept_file.js').KeptFile<TrialResult>} TrainingsFile
 */

/** The code of the error with which a shard says that it waits for others. */
export const WAITS = 'waits';

/** @implements {TrialRunner} */
export class KeptRunner {
  #runner;
  #file;
  #shard;
  #fingerprint;
  /** Trainings that were asked for: every shard counts them alike, known or not. */
  #asked = 0;
  #running = 0;
  /** @type {((error: TrainerError) => void)[]} */
  #waiting = [];

  /**
   * @param {object} options
   * @param {TrialRunner} options.runner  that trains what is this shard's
   * @param {TrainingsFile} options.file
   * @param {Shard | null} options.shard  null: all is this one's
   * @param {string} options.fingerprint  of data of one's own
   */
  constructor({ runner, file, shard, fingerprint }) {
    this.#runner = runner;
    this.#file = file;
    this.#shard = shard;
    this.#fingerprint = fingerprint;
  }

  get jobs() {
    return this.#runner.jobs;
  }

  /** @type {TrialRunner['trial']} */
  async trial(config, options = {}) {
    const key = [options.record ?? 'none', configToSearch(config), this.#fingerprint].join('#');
    const turn = this.#asked++;
    const known = this.#file.known.get(key);
    if (known) return known;
    const { index, count } = this.#shard ?? { index: 0, count: 1 };
    if (turn % count !== index) {
      return new Promise((_, reject) => {
        this.#waiting.push(reject);
        this.#giveUpIfIdle();
      });
    }
    this.#running++;
    try {
      const result = await this.#runner.trial(config, options);
      this.#file.add(key, result);
      return result;
    } finally {
      this.#running--;
      this.#giveUpIfIdle();
    }
  }

  /** Whoever asks for several asks for all of them at once; so this looks when they had the time to. */
  #giveUpIfIdle() {
    if (this.#waiting.length === 0) return;
    setImmediate(() => {
      if (this.#running > 0) return;
      const missing = this.#waiting.splice(0);
      if (missing.length === 0) return;
      const told = `${plural(missing.length, 'training')} of other shards must be there before this one goes on: join the files of all (cat) and start them again.`;
      for (const reject of missing) reject(new TrainerError(WAITS, null, told));
    });
  }
}
