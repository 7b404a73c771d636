/**
 * What was learned about the learning rate, by the range test, by sweeps and by runs, for which settings: the marks
 * on its slider.
 */

import { isInstability, nameVerdict } from '../../engine/config/verdicts.js';
import { significant } from '../../engine/words/numbers.js';

/**
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {{ value: number, label: string, tone: string }} RateMark
 * @typedef {{ best: number | null, unstable: number | null, slow?: number | null }} Found  slow: up to where it crawls
 */

export class KnownRates {
  /** What the last range test suggested. @type {{ lr: number, like: string } | null} */
  suggested = null;
  /** What sweeps found, by what it holds for. @type {Map<string, Found>} */
  #swept = new Map();

  /** @param {number | null} lr @param {Config} config what was tested */
  suggest(lr, config) {
    this.suggested = lr === null ? null : { lr: significant(lr), like: likeness(config) };
  }

  /** @param {number | null} best lr* @param {number | null} unstable lr_unstable @param {Config} config what was swept */
  sweep(best, unstable, config) {
    this.#swept.set(likeness(config), { best, unstable });
  }

  /** What a sweep of a preset found before the page was built. @param {Found} found @param {Config} config */
  know(found, config) {
    this.#swept.set(likeness(config), found);
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
    if (suggested?.like === like) marks.push({ value: suggested.lr, label: 'range test', tone: 'lr' });
    const known = this.#swept.get(like);
    if (typeof known?.slow === 'number') marks.push({ value: known.slow, label: 'crawls up to', tone: 'slow' });
    if (known && known.best !== null) marks.push({ value: known.best, label: '★ lr*', tone: 'lr' });
    const broke = runs
      .filter(
        (run) =>
          likeness(run.config) === like &&
          !run.changes.length &&
          (run.status === 'diverged' || (run.summary !== null && isInstability(nameVerdict(run.summary.verdict)))),
      )
      .map((run) => Number(run.config.lr));
    if (known && known.unstable !== null) broke.push(known.unstable);
    if (broke.length) marks.push({ value: Math.min(...broke), label: 'unstable from', tone: 'bad' });
    return marks;
  }
}

/** What two configs must share for a learning rate to mean the same in both: all but the rate and how long, how often and
 * with which seed. @param {Config} config */
function likeness({ lr, steps, seed, eval_every, sharpness_every, changes, ...same }) {
  return JSON.stringify(Object.entries(same).sort(([a], [b]) => (a < b ? -1 : 1)));
}
