/** LR range tests beside whatever runs. */

import { runRangeTest } from '../../engine/study/range_test.js';
import { judgeByTries, suggestionsOf, tryRates } from '../../engine/study/range_tries.js';
import { LocalRunner } from '../../engine/study/trial/runner.js';
import { completeConfig } from './complete_config.js';

/**
 * @typedef {import('../../engine/study/range_test.js').RangePoint} RangePoint
 */

/** The time between two messages about a range test, in milliseconds. */
const PROGRESS_MS = 1000 / 30;

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const rangeTestQuestions = {
  async rangeTest({ config, dataId, options }, { engine, runs, now, yieldNow }, { signal, tell }) {
    const complete = completeConfig(engine, config);
    const reporter = new RangeReporter(tell, now);
    const result = await runRangeTest({
      engine,
      runner: makeRunner({ runs, now, yieldNow }, dataId),
      config: complete,
      options: engine.parseRangeOptions(options),
      now,
      signal,
      onPoint: (point) => reporter.add(point),
    });
    reporter.flush();
    return { result };
  },

  async tryRates({ config, dataId, test }, { engine, runs, now, yieldNow }, { signal, tell }) {
    const tries = await tryRates({
      runner: makeRunner({ runs, now, yieldNow }, dataId),
      config: completeConfig(engine, config),
      suggestions: suggestionsOf(test),
      signal,
      onTry: (tried) => tell({ tried }),
    });
    return { result: judgeByTries(test, tries) };
  },
};

/** @param {Pick<import('../handlers.js').WorkerParts, 'runs' | 'now' | 'yieldNow'>} service @param {number | null} dataId */
function makeRunner({ runs, now, yieldNow }, dataId) {
  // Asked for each time: meanwhile the data may have made room for another data set.
  return new LocalRunner({ createTrainer: (planned) => runs.createTrainer(planned, dataId), now, yieldNow });
}

/** Collects a range test's points and tells of them in bunches. */
class RangeReporter {
  #tell;
  #now;
  #toldAt = -Infinity;
  /** @type {RangePoint[]} */
  #points = [];

  /**
   * @param {(told: import('../protocol.js').RangeProgress) => void} tell
   * @param {() => number} now
   */
  constructor(tell, now) {
    this.#tell = tell;
    this.#now = now;
  }

  /** @param {RangePoint} point */
  add(point) {
    if (this.#points.length > 0 && this.#points[0].seed !== point.seed) this.flush();
    this.#points.push(point);
    if (this.#now() - this.#toldAt >= PROGRESS_MS) this.flush();
  }

  flush() {
    if (this.#points.length === 0) return;
    this.#toldAt = this.#now();
    this.#tell({
      seed: this.#points[0].seed,
      lr: this.#points.map(({ lr }) => lr),
      loss: this.#points.map(({ loss }) => loss),
      smoothed: this.#points.map(({ smoothed }) => smoothed),
    });
    this.#points = [];
  }
}
