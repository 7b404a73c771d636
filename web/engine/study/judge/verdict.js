/**
 * How a diagnosis decides: whether instability costs anything, of which kind it is, and whether a remedy cured it.
 * Each decision is a function of trials alone. Whether a single run is unstable, and how, was found by C.
 */

import { isInstability, kindOfRun } from '../../config/verdicts.js';
import { isUnstable } from './judge.js';

/**
 * @typedef {import('../../config/verdicts.js').Verdict} Verdict
 * @typedef {import('../../config/verdicts.js').Instability} Instability
 * @typedef {import('./judge.js').Judged & { diverged: boolean, episodes: { kind: Instability }[] }} Tried
 * @typedef {'baseline' | 'edge' | 'probe'} Where  in the user's own settings; right above lr*; in the probe at 2 × lr*
 *
 * @typedef {object} Finding
 * @property {import('../../config/verdicts.js').Diagnosed} verdict
 * @property {Where | null} where  null where nothing needs a remedy
 * @property {number | null} lr  the rate at which remedies are tried
 */

/** How much lower the median of best must be to count as better. */
export const BETTER_SHARE = 0.98;

/**
 * In the probe, a blow-up counts where a batch's loss reaches so many times the first one's: beyond what the choice of
 * a batch can do.
 */
export const PROBE_RISE = 1.8;

/**
 * **Sick**: at least half of the seeds are unstable, or fail to learn at a rate above lr* (below it, they are slow).
 *
 * @param {Tried[]} trials  of the user's own settings
 * @param {number} lr
 * @param {number | null} lr_best
 */
export function isSick(trials, lr, lr_best) {
  const isAbove = lr_best === null || lr > lr_best;
  const bad = trials.filter((trial) => isUnstable(trial) || trial.diverged || (trial.infeasible && isAbove));
  return 2 * bad.length >= trials.length;
}

/**
 * The kind of instability that more of the unstable runs have; mid on ties, as in a single run. Null where none is
 * unstable.
 *
 * @param {Tried[]} trials
 * @returns {Instability | null}
 */
export function kindOf(trials) {
  const mid = trials.filter((trial) => kindOfRun(trial) === 'mid').length;
  const early = trials.filter((trial) => kindOfRun(trial) === 'early').length;
  if (mid + early === 0) return null;
  return mid >= early ? 'mid' : 'early';
}

/**
 * The verdict. Any workload becomes unstable at a large enough rate; that matters where it shows in the user's own
 * settings, or forces the best rate to be so small that the next ones above it are unstable.
 *
 * @param {object} findings
 * @param {number} findings.lr  the user's own
 * @param {Tried[]} findings.baseline  trials of the user's own settings
 * @param {boolean} [findings.isHarmless]  whether it is known that nothing is better than these, whatever they show
 * @param {Pick<import('./judge.js').RateFigures, 'lr_best' | 'lr_unstable' | 'at_edge'>} findings.rates
 * @param {{ lr: number, trials: Tried[] }[]} findings.swept  rates tried, 5 × and 10 × lr* among them, rising
 * @param {{ lr: number, early: boolean, batch_rise: number } | null} findings.probe
 * @returns {Finding}
 */
export function judgeInstability({ lr, baseline, isHarmless = false, rates, swept, probe }) {
  /** The kind at a rate or, where its runs die without an episode, at the next one that shows it. @param {number} from */
  const kindFrom = (from) => {
    for (const point of swept) {
      const kind = point.lr >= from ? kindOf(point.trials) : null;
      if (kind) return kind;
    }
    return null;
  };
  if (!isHarmless && isSick(baseline, lr, rates.lr_best)) {
    // Runs that die without an episode never got beyond the start.
    return { verdict: kindOf(baseline) ?? kindFrom(lr) ?? 'early', where: 'baseline', lr };
  }
  if (rates.at_edge && rates.lr_unstable !== null) {
    return { verdict: kindFrom(rates.lr_unstable) ?? 'early', where: 'edge', lr: rates.lr_unstable };
  }
  if (probe?.early && probe.batch_rise >= PROBE_RISE) return { verdict: 'early', where: 'probe', lr: probe.lr };
  return { verdict: 'stable', where: null, lr: null };
}

/**
 * Free of the instability that was found: feasible, and without an episode of it. Against a mid-training instability,
 * a spike in the first steps that passes does not count; against an early one, every episode does.
 *
 * @param {{ infeasible: boolean, verdict: Verdict, episodes: { kind: Instability }[] }} trial
 * @param {Instability} kind
 */
export function isFree({ infeasible, verdict, episodes }, kind) {
  if (infeasible) return false;
  return kind === 'mid' ? !episodes.some((episode) => episode.kind === 'mid') : !isInstability(verdict);
}

/**
 * **Cured**: more than half of the seeds are free of the instability.
 *
 * @param {Parameters<typeof isFree>[0][]} trials  with the remedy
 * @param {Instability} kind
 */
export function isCured(trials, kind) {
  return 2 * trials.filter((trial) => isFree(trial, kind)).length > trials.length;
}

/**
 * **Better**: the median of best is below 0.98 × the untreated runs', or they have none.
 *
 * @param {number | null} treated
 * @param {number | null} untreated
 */
export function isBetter(treated, untreated) {
  return treated !== null && (untreated === null || treated < BETTER_SHARE * untreated);
}

/** A sudden rise after a steady decline, in at least half of the seeds. @param {Tried[]} trials */
export function risesSuddenly(trials) {
  return 2 * trials.filter((trial) => kindOfRun(trial) === 'mid').length >= trials.length;
}
