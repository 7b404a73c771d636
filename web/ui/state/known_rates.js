/**
 * What was learned about the learning rate, by the range test, by sweeps and by runs, for which settings: the marks
 * on its slider.
 */

import { isInstability, nameVerdict } from '../../engine/config/verdicts.js';
import { significant } from '../../engine/words/numbers.js';

/**
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {{ value: number, label: string, tone: string, from: string }} RateMark  from: where it was found
 * @typedef {{ best: number | null, unstable: number | null, slow?: number | null }} Found  slow: up to where it crawls
 *
 * @typedef {Found & { from: string }} Known
 */

/** Where a mark comes from. */
const FROM = {
  test: 'a range test',
  sweep: 'a sweep',
  preset: 'trials of this preset',
  run: 'your runs',
};

export class KnownRates {
  /** What the last range test suggested. @type {{ lr: number, like: string } | null} */
  suggested = null;
  /** What sweeps found, by what it holds for. @type {Map<string, Known>} */
  #swept = new Map();

  /** @param {number | null} lr @param {Config} config what was tested */
  suggest(lr, config) {
    this.suggested = lr === null ? null : { lr: significant(lr), like: likeness(config) };
  }

  /** @param {number | null} best lr* @param {number | null} unstable lr_first_unstable @param {Config} config what was swept */
  sweep(best, unstable, config) {
    this.#swept.set(likeness(config), { best, unstable, from: FROM.sweep });
  }

  /** What a sweep of a preset found before the page was built. @param {Found} found @param {Config} config */
  know(found, config) {
    this.#swept.set(likeness(config), { ...found, from: FROM.preset });
  }

  /**
   * What is known of these settings.
   * @param {Config} config @param {import('./run.js').Run[]} runs @returns {RateMark[]}
   */
  marks(config, runs) {
    const like = likeness(config);
    /** @type {RateMark[]} */
    const marks = [];
    const { suggested } = this;
    if (suggested?.like === like) marks.push({ value: suggested.lr, label: 'range test', tone: 'lr', from: FROM.test });
    const known = this.#swept.get(like);
    const from = known?.from ?? '';
    if (typeof known?.slow === 'number') marks.push({ value: known.slow, label: 'crawls up to', tone: 'slow', from });
    if (known && known.best !== null) marks.push({ value: known.best, label: '★ best', tone: 'lr', from });
    const broke = runs
      .filter(
        (run) =>
          likeness(run.config) === like &&
          !run.changes.length &&
          (run.status === 'diverged' || (run.summary !== null && isInstability(nameVerdict(run.summary.verdict)))),
      )
      .map((run) => Number(run.config.lr));
    const lowest = Math.min(...broke, known?.unstable ?? Infinity);
    if (lowest < Infinity)
      marks.push({
        value: lowest,
        label: 'unstable from',
        tone: 'bad',
        from: lowest === known?.unstable ? from : FROM.run,
      });
    return marks;
  }
}

/** What two configs must share for a learning rate to mean the same in both: all but the rate and how long, how often and
 * with which seed. @param {Config} config */
function likeness({ lr, steps, seed, eval_every, sharpness_every, changes, ...same }) {
  return JSON.stringify(Object.entries(same).sort(([a], [b]) => (a < b ? -1 : 1)));
}
