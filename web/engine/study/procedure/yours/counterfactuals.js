/**
 * What is wrong with the user's own settings, if anything: a cause stands here because a run without it was tried and
 * is better beyond what seeds differ by, and the fix is the best of what was tried.
 *
 * The rate comes first: instability is a problem only where it forces a rate that is too small, so where another rate
 * alone reaches what any change reaches, the rate is the cause. But a setting that is far from what anybody sets (a
 * suspect that is *odd*) is the cause where undoing it reaches as much: a rate of 30 that makes up for an ε of 1 is not
 * the disease.
 */

import { significant } from '../../../words/numbers.js';
import { isAsGood, isClearlyBetter, isFarBetter, isSurelyBetter, looksBetter, meanLoss } from '../../judge/better.js';
import { causeRow, rankOf } from '../../judge/causes.js';
import { bestLoss, isUnstable, isUnstableRate } from '../../judge/judge.js';
import { changesBetween } from '../trainings.js';
import { confirmFix, isGainConfirmed, joinFresh } from './confirm.js';
import { generalizes, isBelowGuessing, lacksSamples } from './own_verdict.js';
import { bestOf, calmestOf, climbRates, isCalmInstead, trainWhatWorks } from './rate_climb.js';
import { findLack } from './samples.js';
import { listSuspects } from './suspects.js';

/**
 * @typedef {import('../procedure.js').Procedure} Procedure
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('../../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('./suspects.js').Suspect} Suspect
 * @typedef {import('../../judge/causes.js').CauseId} CauseId
 * @typedef {import('../../../config/config.js').Config} Config
 * @typedef {import('../../../config/config.js').SomeSettings} SomeSettings
 *
 * @typedef {object} Try  a suspect, and the settings without it
 * @property {CauseId} cause
 * @property {string} noun  what is suspected
 * @property {boolean} isOdd
 * @property {boolean} [isGiven]  it lies in the data, and nothing is to be set otherwise
 * @property {boolean} isStrict  it sees more samples: a smaller gain says nothing
 * @property {Point | null} own  at the user's own rate
 * @property {Point} best  at the best rate that was found for it
 * @property {Point[]} [plain]  without it, and as it is in all else: with all seeds, each in another way
 * @property {Point[]} [others]  what else was trained in place of it, with all seeds
 *
 * @typedef {object} Found
 * @property {CauseId[]} causes  the most important first; empty where something is wrong and nothing that was tried helps
 * @property {Try | null} first  what showed the first of them; null where nothing did
 * @property {Point | null} fix
 * @property {Try[]} tries  what was tried, in the order of trying
 * @property {ReadonlyMap<unknown, string>} edits  what a model has, by its text, that was tried in place of the user's
 * @property {import('./samples.js').Lack | null} lack  of samples; null where there is none, or none was looked for
 * @property {Point | null} fresh  the fix with seeds that did not choose it; null where it was not trained with any
 */

/** From rate to rate, while the best is looked for, and where it is looked at closely. */
const WIDE = 10 ** 0.5;
const CLOSE = 1.5;

/** How many times higher or lower the rates are that are looked at once more. */
const AROUND = [0.1, 1 / 3, 3];

/** So many are held against each other once more where they are near to each other. */
const PLAY_OFF = 3;

/** What gains this share of what larger batches do explains as much: these help anything. */
const NEARLY_ALL = 0.9;

/** A run is far behind that reaches no more than this share of another's accuracy. */
const FAR_BEHIND = 0.85;

/**
 * @param {object} known
 * @param {Procedure} known.procedure
 * @param {Point} known.baseline  the user's own settings
 * @param {Point[]} known.swept  the same at other rates
 * @returns {Promise<Found>}
 */
export async function findCauses({ procedure, baseline, swept }) {
  return new Search(procedure, baseline, swept).run();
}

class Search {
  #procedure;
  #trainings;
  #baseline;
  /** Of the seeds the one that fares worst: with it alone it is found out what is worth all of them. @type {TrialResult} */
  #worst;
  /** The user's own settings at other rates. @type {Point[]} */
  #swept;
  /** @type {Try[]} */
  #tries = [];
  /** @type {Map<unknown, string>} */
  #edits = new Map();
  /** @type {import('./samples.js').Lack | null} */
  #lack = null;

  /** @param {Procedure} procedure @param {Point} baseline @param {Point[]} swept */
  constructor(procedure, baseline, swept) {
    this.#procedure = procedure;
    this.#trainings = procedure.trainings;
    this.#baseline = baseline;
    this.#swept = swept.filter((point) => point.config.lr !== baseline.config.lr);
    this.#worst = baseline.trials.reduce((worst, trial) => (isWorse(trial, worst) ? trial : worst));
  }

  /** @returns {Promise<Found>} */
  async run() {
    const rate = this.#tryRates();
    for (const suspect of this.#suspects()) {
      this.#procedure.begin(`Trying without a suspect: ${suspect.noun}`);
      await this.#try(suspect, rate);
    }
    this.#lack = await findLack(this.#procedure, this.#baseline);
    const first = await this.#chooseFirst(rate);
    if (first === null) return this.#foundNothing();
    if (first.isGiven) return this.#tell([first.cause], null, { first });
    this.#procedure.begin('Looking for the best fix');
    return this.#fixBy(first);
  }

  get #seeds() {
    return this.#procedure.seeds;
  }

  #suspects() {
    const { config, trials } = this.#baseline;
    return listSuspects({ config, trials, model: trials[0].config.model }).sort(
      (a, b) => Number(b.isOdd) - Number(a.isOdd),
    );
  }

  /** The best of the other rates. @returns {Try | null} */
  #tryRates() {
    const { config } = this.#baseline;
    const best = bestOf(this.#swept);
    if (best === null) return null;
    const cause = rateCause(config.lr, best.config.lr);
    const tried = { cause, noun: causeRow(cause).noun, isOdd: false, isStrict: false, own: null, best };
    this.#tries.push(tried);
    return tried;
  }

  /**
   * The settings without a suspect: with one seed at the user's rate and at the best one that is known, from the better
   * of them to its own best rate; with all seeds where that one looks better.
   *
   * @param {Suspect} suspect
   * @param {Try | null} rate
   */
  async #try(suspect, rate) {
    const { cause, noun, isOdd, isGiven, without, proof, edits = [] } = suspect;
    const { config } = this.#baseline;
    for (const { model, says } of edits) this.#edits.set(model, says);
    const { seed } = this.#worst;
    const changed = without.map((changes) => ({ ...config, ...changes, seed }));
    const atOwn = await trainWhatWorks(this.#trainings, changed, 1);
    const isStrict = proof !== undefined;
    const told = { cause, noun, isOdd, isGiven, isStrict };
    if (proof && !(await this.#isProven(cause, proof, rate, atOwn))) return;
    const other = rate && isClearlyBetter(rate.best, this.#baseline) ? rate.best.config.lr : null;
    const atOther =
      other === null
        ? []
        : await trainWhatWorks(
            this.#trainings,
            changed.map((one) => ({ ...one, lr: other })),
            1,
          );
    const start = bestOf([...atOwn, ...atOther]) ?? atOwn[0];
    if (!start) return;
    const climbed = await climbRates(this.#trainings, start, { ratio: WIDE, seeds: 1 });
    const found = bestOf(climbed) ?? start;
    const own = bestOf(atOwn) ?? atOwn[0] ?? null;
    if (!this.#looksBetter(found) && !(own && this.#looksBetter(own))) {
      this.#tries.push({ ...told, own, best: bestOf([found, ...(own ? [own] : [])]) ?? found });
      return;
    }
    const whole = (/** @type {Point} */ point) => ({ ...point.config, seed: config.seed });
    const promising = atOwn.filter((point) => point === own || this.#looksBetter(point)).map(whole);
    const ownPoints = await trainWhatWorks(this.#trainings, promising, this.#seeds);
    const ofOwn = bestOf(ownPoints) ?? ownPoints[0] ?? null;
    const [ofFound = null] = await trainWhatWorks(this.#trainings, [whole(found)], this.#seeds);
    const points = [ofOwn, ofFound].filter((point) => point !== null);
    if (points.length === 0) return;
    const best = bestOf(points) ?? points[0];
    this.#tries.push({ ...told, own: ofOwn, best, plain: ownPoints, others: [...ownPoints, ...points] });
  }

  /**
   * Whether it is the smallness of the batch that limits training, and not how few samples it sees, which any larger batch
   * makes up for: the settings do not train well as they are, or are far behind what larger batches reach, or settings
   * that see no more samples are better.
   *
   * @param {CauseId} cause
   * @param {SomeSettings} proof
   * @param {Try | null} rate
   * @param {Point[]} larger  one seed of larger batches
   */
  async #isProven(cause, proof, rate, larger) {
    const { config, trials } = this.#baseline;
    if (isUnstableRate(trials)) return true;
    if (larger.some((point) => isFarBehind(this.#worst, point.trials[0]))) return true;
    // Noise is what a lower rate averages out.
    const isLower = cause === 'batch_noise' && rate?.cause === 'rate_too_high';
    if (isLower && isClearlyBetter(rate.best, this.#baseline)) return true;
    const [point] = await trainWhatWorks(this.#trainings, [{ ...config, ...proof }], this.#seeds);
    return point !== undefined && isClearlyBetter(point, this.#baseline);
  }

  /** Whether one seed, the worst of the user's own, looks better. @param {Point} point */
  #looksBetter({ trials }) {
    return looksBetter(trials[0], this.#worst);
  }

  // ---- judging -------------------------------------------------------------------------------------------------------

  /**
   * The most important cause; null where nothing is clearly better.
   *
   * @param {Try | null} rate
   * @returns {Promise<Try | null>}
   */
  async #chooseFirst(rate) {
    /** @param {Point | null} point @param {{ isOdd?: boolean, isStrict: boolean }} how */
    const helps = (point, { isOdd = false, isStrict }) =>
      point !== null &&
      isComplete(point, this.#seeds) &&
      isClearlyBetter(point, this.#baseline, { isOdd: isOdd && !isStrict, isStrict });
    // Larger batches help almost anything a little: it must be much.
    const isEnough = (/** @type {Try} */ { cause, best }) =>
      cause !== 'batch_noise' || isFarBetter(best, this.#baseline);
    const suspects = this.#tries.filter((one) => one !== rate && isEnough(one));
    const known = rate && helps(rate.best, { isStrict: false }) ? rate : null;
    const asGoodAsRate = (/** @type {Try} */ one) => known === null || !isFarBetter(known.best, one.best);
    const odd = suspects.filter((one) => one.isOdd && helps(one.own, one) && asGoodAsRate(one));
    if (odd.length > 0) return foremost(odd);
    if (this.#lack) {
      const lack = { isOdd: true, isGiven: true, isStrict: false, own: null, best: this.#lack.more };
      return { cause: 'not_optimization', noun: 'lack of samples', ...lack };
    }
    const helping = suspects.filter((one) => helps(one.own, { isStrict: one.isStrict }));
    const strong = await this.#playOff(helping, known);
    if (strong.length > 0) return this.#asTried(foremost(strong));
    // None by itself, but one of them with another rate; what is odd may be to blame for more than a rate makes up for.
    const joint = suspects
      .filter((one) => helps(one.best, { isStrict: one.isStrict }))
      .filter((one) => known === null || (one.isOdd && isFarBetter(one.best, known.best)));
    if (known && joint.length === 0) return known;
    return joint.length > 0 ? this.#asTried(foremost(await this.#playOff(joint, null))) : null;
  }

  /** With the seeds that it was tried with. @param {Try} one */
  #asTried({ noun }) {
    return /** @type {Try} */ (this.#tries.find((tried) => tried.noun === noun));
  }

  /**
   * Those that are better than the rate alone. What is near to each other by three seeds is held against each other by
   * more: some seeds of the one may be left behind.
   *
   * @param {Try[]} helping
   * @param {Try | null} rate
   * @returns {Promise<Try[]>}  with all seeds that they were trained with
   */
  async #playOff(helping, rate) {
    // Noise wants a lower rate: where a higher one helps, larger batches help as they help anything.
    const isLow = rate?.cause === 'rate_too_low';
    const isMore = (/** @type {Try} */ one) =>
      rate === null || (isLow ? isFarBetter(one.best, rate.best) : !this.#givesBack(rate.best, one.best));
    const tries = helping.filter((one) => !one.isStrict || isMore(one));
    const better = rate === null ? [] : tries.filter((one) => beats(one, rate));
    if (better.length > 0) return better;
    const near = tries
      .filter((one) => rate === null || (isAsGood(one.best, rate.best) && !isTreatment(one)))
      .sort((a, b) => meanLoss(a.best.trials) - meanLoss(b.best.trials))
      .slice(0, PLAY_OFF);
    const held = [...near, ...(rate ? [rate] : [])];
    if (held.length < 2 || this.#seeds === 1) return rate === null ? tries : [];
    const points = await joinFresh(
      this.#procedure,
      held.map(({ best }) => best),
    );
    if (points === null) return rate === null ? tries : [];
    const all = held.map((one, i) => ({ ...one, best: points[i] }));
    return rate === null ? all : all.slice(0, -1).filter((one) => beats(one, all[all.length - 1]));
  }

  /** Whether one point gains nearly all that another does. @param {Point} point @param {Point} most */
  #givesBack(point, most) {
    const own = meanLoss(this.#baseline.trials);
    return own - meanLoss(point.trials) >= NEARLY_ALL * (own - meanLoss(most.trials));
  }

  /**
   * @param {CauseId[]} causes
   * @param {Point | null} fix
   * @param {{ first?: Try | null, fresh?: Point | null }} [how]
   * @returns {Found}
   */
  #tell(causes, fix, { first = null, fresh = null } = {}) {
    return { causes, first, fix, tries: this.#tries, edits: this.#edits, lack: this.#lack, fresh };
  }

  /** @returns {Found} */
  #foundNothing() {
    const { trials, figures } = this.#baseline;
    if (lacksSamples(trials)) return this.#tell(['not_optimization'], null);
    if (figures.feasible) return this.#tell([isBelowGuessing(trials) ? 'none' : 'not_optimization'], null);
    // What blows up at every rate, or never learns, has a cause that was not among those tried.
    return this.#tell(isUnstableRate(trials) && trials.some(blowsUp) ? [] : ['not_optimization'], null);
  }

  /**
   * The best settings without the first cause; what they take besides is a cause too.
   *
   * @param {Try} first
   * @returns {Promise<Found>}
   */
  async #fixBy(first) {
    const { config } = this.#baseline;
    const causes = [first.cause];
    let fix = first.best;
    if (first.own !== null && first.own !== fix) {
      if (isClearlyBetter(fix, first.own)) causes.push(rateCause(config.lr, fix.config.lr));
    }
    for (const one of this.#tries) {
      if (one.cause === 'not_optimization' || causes.includes(one.cause) || one.cause.startsWith('rate_')) continue;
      if (!isClearlyBetter(one.best, this.#baseline)) continue;
      const { lr, ...changes } = changesBetween(config, one.best.config);
      const both = { ...fix.config, ...changes };
      const [screened] = await trainWhatWorks(this.#trainings, [both], 1);
      if (!screened || !looksBetter(screened.trials[0], fix.trials[0])) continue;
      const [point] = await trainWhatWorks(this.#trainings, [both], this.#seeds);
      if (!point || !isClearlyBetter(point, fix)) continue;
      fix = point;
      causes.push(one.cause);
    }
    // A climb ends at the first rate that is no better, by chance or not: a look further away.
    const around = AROUND.map((factor) => ({ ...fix.config, lr: significant(fix.config.lr * factor) }));
    // Of larger batches two sizes were tried: the best may lie below.
    if (fix.config.batch > config.batch) around.push({ ...fix.config, batch: fix.config.batch / 2 });
    const glances = await trainWhatWorks(this.#trainings, around, 1);
    const worth = glances
      .filter((glance) => isAsGood(glance, { trials: fix.trials.slice(0, 1) }))
      .map(({ config: one }) => one);
    const further = await trainWhatWorks(this.#trainings, worth, this.#seeds);
    fix = bestOf([fix, ...further]) ?? fix;
    const closer = await climbRates(this.#trainings, fix, { ratio: CLOSE, seeds: this.#seeds, steps: 2 });
    const others = causes.length > 1 ? [] : first.own ? [first.own] : this.#swept;
    fix = bestOf([...closer, ...further, ...others]) ?? fix;
    // What makes up for the cause may do better than what takes it away.
    const rate = this.#tries.find(({ cause }) => cause.startsWith('rate_'));
    if (rate && isClearlyBetter(rate.best, fix)) fix = rate.best;
    const rivals = [...closer, ...further, ...(first.others ?? others), first.best];
    const plain = first.plain ?? [];
    fix = calmestOf(fix, rivals) ?? fix;
    const calm = fix;
    const [held, own] = [rivals, plain].map((some) => some.filter((one) => !isCalmInstead(calm, one)));
    const confirmed = await confirmFix(this.#procedure, fix, held, own);
    if (this.#baseline.figures.feasible && !(await isGainConfirmed(this.#procedure, this.#baseline, confirmed))) {
      return this.#foundNothing();
    }
    // What learns its samples by heart, more slowly or not, and is no better than guessing with others, lacks samples.
    if (lacksSamples(this.#baseline.trials) && !generalizes(confirmed.fix.trials)) return this.#foundNothing();
    // What takes the first cause away and changes nothing else tells of no other.
    const isPlain = plain.some((point) => isEmpty(changesBetween(point.config, confirmed.fix.config)));
    return this.#tell(isPlain ? [first.cause] : causes, confirmed.fix, { first, fresh: confirmed.fresh });
  }
}

/**
 * Of several that explain as much, the first of the table; what is better goes before, and treatments come last.
 *
 * @param {Try[]} tries
 * @returns {Try}
 */
function foremost(tries) {
  const unbeaten = tries.filter((one) => !tries.some((other) => beats(other, one)));
  return (unbeaten.length > 0 ? unbeaten : tries).sort(
    (a, b) => Number(isTreatment(a)) - Number(isTreatment(b)) || rankOf(a.cause) - rankOf(b.cause),
  )[0];
}

/** @param {Try} one @param {Try} other */
function beats(one, other) {
  return isClearlyBetter(one.best, other.best) || isSurelyBetter(one.best, other.best);
}

/**
 * Whether it rather makes up for something: a constant rate, in place of a schedule as anybody has it, is more of the
 * rate.
 *
 * @param {Try} one
 */
function isTreatment({ cause, isOdd }) {
  return cause === 'schedule' && !isOdd;
}

/** @param {number} own @param {number} best @returns {CauseId} */
function rateCause(own, best) {
  return best > own ? 'rate_too_low' : 'rate_too_high';
}

/** Whether a run ends far behind another: in accuracy or, for regression, in loss. @param {TrialResult} trial @param {TrialResult} other */
function isFarBehind({ val }, { val: other }) {
  if (!val || !other) return false;
  if (val.accuracy !== null && other.accuracy !== null) return val.accuracy < FAR_BEHIND * other.accuracy;
  return other.loss < FAR_BEHIND ** 2 * val.loss;
}

/** @param {TrialResult} trial */
function blowsUp(trial) {
  return isUnstable(trial) || trial.diverged;
}

/** Whether a run fares worse: it does not learn, or less well. @param {TrialResult} trial @param {TrialResult} other */
function isWorse(trial, other) {
  if (trial.infeasible !== other.infeasible) return trial.infeasible;
  return bestLoss(trial) > bestLoss(other);
}

/** @param {object} changes */
function isEmpty(changes) {
  return Object.keys(changes).length === 0;
}

/** @param {Point} point @param {number} seeds */
function isComplete({ trials }, seeds) {
  return trials.length === seeds;
}
