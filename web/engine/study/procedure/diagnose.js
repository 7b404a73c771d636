/**
 * The playbook's procedure against optimization failures, as one function: look at the user's own settings, sweep the
 * learning rate to lr*, see whether it sits at the edge of instability, look at 5 × and 10 × lr*, probe for an early
 * blow-up that evaluation misses, name the instability, try the remedies in the playbook's order, and compare them by
 * best checkpoint. Every sentence it says is made of the numbers it found.
 *
 *     const { diagnosis, curves } = await diagnose({ runner, config, seeds: 3 });
 *     diagnosis.verdict;     // 'early'
 *     diagnosis.remedies;    // [{ kind: 'warmup', changes: { warmup_steps: 40 }, solved: true, … }, …]
 */

import { SCHEMA } from '../../config/schema.js';
import { findingInWords } from '../../config/verdicts.js';
import { number, significant } from '../../words/numbers.js';
import { agree, list, medianOver, ofSeeds, plural } from '../../words/sentences.js';
import { settingsInWords } from '../../words/settings.js';
import { isUnstable } from '../judge/judge.js';
import { IN_DISGUISE, isLastResort, REMEDIES, WARMUP_MULTIPLE } from '../judge/playbook.js';
import { countStates, describeNorms, sayEpisodes, sayNorms } from '../judge/trial_words.js';
import { BETTER_SHARE, isBetter, judgeInstability, risesSuddenly } from '../judge/verdict.js';
import { describeThreshold } from './clip_threshold.js';
import { isBeyondSeeds, sayGain, stateOf } from './diagnosis_words.js';
import { addProbeEvidence, judgeProbe, planProbe } from './probe.js';
import { Procedure } from './procedure.js';
import { RateSweep } from './rate_sweep.js';
import { chooseRemedy, tryRemedy } from './remedies.js';

/**
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('./trainings.js').Run} Run
 * @typedef {import('./remedies.js').Remedy} Remedy
 * @typedef {import('../trial/trial.js').TrialResult} TrialResult
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('./procedure.js').Evidence} Evidence
 * @typedef {import('./procedure.js').Progress} Progress
 *
 * @typedef {object} Finding
 * @property {number | null} lr_best  lr*; null where no rate is feasible
 * @property {number | null} lr_unstable
 * @property {import('../../config/verdicts.js').Diagnosed} verdict
 * @property {boolean} at_edge
 * @property {import('../judge/verdict.js').Where | null} where  where the instability shows
 * @property {number | null} lr_treated  the rate at which the remedies were tried
 * @property {Run[]} untreated  what the remedies are compared with
 * @property {Remedy[]} remedies  in the playbook's order
 * @property {string | null} recommended  kind of the remedy to begin with; null where none solved or none is needed
 * @property {string[]} advice
 *
 * @typedef {import('./procedure.js').Account & Finding} Diagnosis
 *
 * @typedef {import('./procedure.js').ProcedureOptions & {
 *   multiple?: number,
 *   onStage?: (diagnosis: Diagnosis, curves: Record<string, import('../trial/curve.js').Curve>) => void,
 * }} DiagnoseOptions  multiple: of lr_unstable that warmup is to reach: 10 or 100; onStage: what is known so far
 */

/** Multiples of lr* at which the playbook looks for a sudden rise. */
const ABOVE = [5, 10];

/**
 * @param {DiagnoseOptions} options
 * @returns {Promise<{ diagnosis: Diagnosis, curves: Record<string, import('../trial/curve.js').Curve> }>}
 * @throws {import('../../core/errors.js').TrainerError} where the settings make no run, or the budget does not suffice for a
 *   single one; the signal's reason where nothing is known yet
 */
export async function diagnose(options) {
  return new WholeProcedure(options).run();
}

class WholeProcedure {
  #procedure;
  #sweep;
  #multiple;
  #onStage;

  /** @type {Point | null} */
  #baseline = null;
  /** Where, of 5 × and 10 × lr*, the loss rises suddenly after a steady decline. @type {number[]} */
  #sudden = [];
  /** @type {import('./probe.js').ProbeFigures | null} */
  #probe = null;
  /** @type {import('../judge/verdict.js').Finding} */
  #finding = { verdict: 'stable', where: null, lr: null };
  /** @type {Run[]} */
  #untreated = [];
  /** @type {Remedy[]} */
  #remedies = [];

  /** @param {DiagnoseOptions} options */
  constructor({ multiple = WARMUP_MULTIPLE, onStage, ...options }) {
    this.#procedure = new Procedure(options, () => this.#tellStage());
    this.#sweep = new RateSweep(this.#procedure);
    this.#multiple = multiple;
    this.#onStage = onStage ?? (() => {});
  }

  async run() {
    try {
      this.#sweep.fitBudget();
      await this.#examineBaseline();
      await this.#sweep.run();
      await this.#lookAbove();
      await this.#probeStart();
      this.#judge();
      this.#tellStage();
      await this.#tryRemedies();
    } catch (error) {
      this.#procedure.endBy(error, this.#baseline !== null);
      this.#judge();
    }
    return { diagnosis: this.#describe(), curves: this.#procedure.trainings.curves };
  }

  // ---- stages --------------------------------------------------------------------------------------------------------

  async #examineBaseline() {
    const { trainings, config, seeds } = this.#procedure;
    this.#procedure.begin('Training the settings as they are');
    const [point] = await trainings.train([config], seeds);
    this.#baseline = point;
    this.#sweep.byRate.set(config.lr, point);
    const { trials, figures } = point;
    this.#procedure.addEvidence({
      kind: 'baseline',
      title: 'The settings as they are',
      says: [
        `At η ${number(config.lr)} the best checkpoint is ${number(figures.loss)}, ${medianOver(seeds)}; ${countStates(trials)}.`,
        ...sayEpisodes(trials),
        ...sayNorms(trials),
      ],
      numbers: {
        lr: config.lr,
        ...figures,
        ...describeNorms(trials),
        ...describeThreshold(trials),
        percentile: config.clip_percentile,
        norm_histogram: trials[0].norm_histogram,
      },
      thresholds: { unstable_share: 0.5, infeasible_share_of_baseline_loss: SCHEMA.definitions.infeasible_share },
      points: [point],
    });
  }

  /** 5 × and 10 × lr*: a sudden rise after a steady decline. */
  async #lookAbove() {
    const { lr_best } = this.#sweep.rates;
    if (lr_best === null) return;
    const { trainings, config, seeds } = this.#procedure;
    this.#procedure.begin('Looking at 5 × and 10 × lr*');
    const rates = ABOVE.map((factor) => significant(factor * lr_best));
    const configs = rates.map((lr) => ({ ...config, lr }));
    if (!trainings.canAfford(configs, seeds)) {
      this.#procedure.skip(`The look at 5 × and 10 × lr* (${list(rates.map((rate) => number(rate)))})`);
      return;
    }
    const points = await trainings.train(configs, seeds);
    for (const point of points) this.#sweep.byRate.set(point.config.lr, point);
    this.#sudden = ABOVE.filter((_, i) => risesSuddenly(points[i].trials));
    this.#procedure.addEvidence({
      kind: 'above',
      title: '5 × and 10 × the best rate',
      says: points.flatMap(({ trials, config: { lr } }, i) => [
        `At ${ABOVE[i]} × lr* = ${number(lr)}: ${risesSuddenly(trials) ? 'the loss rises suddenly after a steady decline' : 'no sudden rise after a steady decline'}; ${countStates(trials)}.`,
        ...sayEpisodes(trials),
      ]),
      numbers: Object.fromEntries(points.map(({ config: { lr }, figures }, i) => [`x${ABOVE[i]}`, { lr, ...figures }])),
      thresholds: { mid_seeds_share: 0.5 },
      points,
    });
  }

  async #probeStart() {
    const { lr_best } = this.#sweep.rates;
    if (lr_best === null) return;
    const { trainings, config } = this.#procedure;
    this.#procedure.begin('Probing the first steps at 2 × lr*');
    const planned = planProbe(config, lr_best);
    if (!trainings.canAfford([planned], 1)) {
      this.#procedure.skip(`The probe of ${plural(planned.steps, 'step')} at 2 × lr* = ${number(planned.lr)}`);
      return;
    }
    const [point] = await trainings.train([planned], 1, 'every');
    const probe = judgeProbe(point.trials[0], config.eval_every);
    this.#probe = probe.figures;
    addProbeEvidence(this.#procedure, probe, point);
  }

  #judge() {
    if (!this.#baseline) return;
    this.#finding = judgeInstability({
      lr: this.#procedure.config.lr,
      baseline: this.#baseline.trials,
      rates: this.#sweep.rates,
      swept: this.#sweep.points,
      probe: this.#probe,
    });
  }

  async #tryRemedies() {
    const { verdict, lr } = this.#finding;
    if (verdict === 'stable' || lr === null) return;
    const procedure = this.#procedure;
    const { trainings, seeds } = procedure;
    procedure.begin(`Training at η ${number(lr)}, which is unstable`);
    const config = { ...procedure.config, lr };
    if (!trainings.canAfford([config], seeds)) {
      procedure.skip('The remedies, for want of the untreated run to compare them with');
      return;
    }
    const [untreated] = await trainings.train([config], seeds);
    this.#untreated = untreated.trials.map((trial) => trainings.describeRun(trial, procedure.config));
    const { rates, atBest } = this.#sweep;
    const instability = {
      config,
      untreated,
      examined: procedure.config,
      kind: verdict,
      rates,
      atBest,
      seeds,
      multiple: this.#multiple,
    };
    for (const { kind, label } of REMEDIES) {
      procedure.begin(`Trying: ${label.toLowerCase()}`);
      const outcome = await tryRemedy(kind, trainings, instability);
      if ('remedy' in outcome) this.#remedies.push(outcome.remedy);
      else procedure.skipped.push(outcome.skipped);
      this.#tellStage();
    }
  }

  // ---- telling -------------------------------------------------------------------------------------------------------

  #tellStage() {
    this.#onStage(this.#describe(), this.#procedure.trainings.curves);
  }

  /** @returns {Diagnosis} */
  #describe() {
    const { verdict, where, lr } = this.#finding;
    const { rates } = this.#sweep;
    const account = this.#procedure.account();
    return {
      lr_best: rates.lr_best,
      lr_unstable: rates.lr_unstable,
      verdict,
      at_edge: rates.at_edge,
      where,
      lr_treated: lr,
      untreated: this.#untreated,
      remedies: [...this.#remedies],
      recommended: chooseRemedy(this.#remedies)?.kind ?? null,
      advice: this.#baseline
        ? advise({
            config: account.config,
            baseline: this.#baseline,
            rates,
            isSwept: this.#sweep.isDone,
            finding: this.#finding,
            sudden: this.#sudden,
            remedies: this.#remedies,
            probe: this.#probe,
            seeds: account.seeds,
            atBest: this.#sweep.atBest,
            untreated: this.#untreated,
          })
        : [],
      ...account,
    };
  }
}

// ---- sentences -------------------------------------------------------------------------------------------------------

/**
 * What to do, in sentences: the finding first, then the remedy, then what to keep in mind.
 *
 * @param {object} known
 * @param {Config} known.config
 * @param {Point} known.baseline
 * @param {import('../judge/judge.js').RateFigures} known.rates
 * @param {boolean} [known.isSwept]  whether the sweep was run to its end
 * @param {import('../judge/verdict.js').Finding} known.finding
 * @param {number[]} known.sudden  multiples of lr* at which the loss rises suddenly
 * @param {Remedy[]} known.remedies
 * @param {import('./probe.js').ProbeFigures | null} known.probe
 * @param {number} known.seeds
 * @param {Point | null} known.atBest  the runs at lr*
 * @param {Run[]} known.untreated
 * @returns {string[]}
 */
export function advise({
  config,
  baseline,
  rates,
  isSwept = true,
  finding,
  sudden,
  remedies,
  probe,
  seeds,
  atBest,
  untreated,
}) {
  const { lr_best, best_loss } = rates;
  if (!isSwept && finding.verdict === 'stable') {
    return [
      `Your settings (η ${number(config.lr)}) are ${stateOf(baseline.figures)}: ${countStates(baseline.trials)}. The sweep of the learning rate was not finished: whether another rate is better, or unstable, is not known.`,
    ];
  }
  const says = [sayFinding(config, rates, finding, baseline)];
  const own = baseline.figures.loss;
  if (finding.verdict === 'stable') {
    if (sudden.length > 0) {
      says.push(
        `At ${list(sudden.map((factor) => `${factor} ×`))} lr* the loss rises suddenly after a steady decline. With lr* so far below, this costs nothing now; remember it where a larger model or a longer run asks for a higher rate.`,
      );
    }
    if (lr_best !== null && lr_best !== config.lr && isBetter(best_loss, own)) {
      says.push(
        `Train at η ${number(lr_best)}: its best checkpoint is ${number(best_loss)}, that of ${number(config.lr)} is ${number(own)}.`,
      );
    } else if (lr_best !== null) {
      says.push(`η ${number(config.lr)} is as good as the sweep's best, ${number(lr_best)}: keep it.`);
    } else
      says.push('No rate of the sweep learns within these steps: give the run more steps, or look at data and model.');
    return says;
  }
  const solved = remedies.filter((remedy) => remedy.solved);
  const first = chooseRemedy(remedies);
  if (first) {
    says.push(
      `${isLastResort(first.kind) ? 'Remedy, the last resort' : 'Remedy'}: ${first.label} (${settingsInWords(first.changes) || 'the settings as they are'}). The instability is gone${seeds === 1 ? ', and the best checkpoint' : ` in ${ofSeeds(first.free, seeds)}, and the median of their best checkpoints`} is ${number(first.median_best)} instead of ${number(first.untreated_best)}${sayGain(runsOf(first), untreated)}.`,
    );
  } else if (remedies.length > 0) {
    says.push(`No remedy that was tried solves it (${list(remedies.map(({ label }) => label))}).`);
  }
  const better = solved
    .filter((remedy) => first && remedies.indexOf(remedy) > remedies.indexOf(first))
    .filter((remedy) => isBetter(remedy.median_best, first?.median_best ?? null))
    .sort((a, b) => (a.median_best ?? 0) - (b.median_best ?? 0));
  if (better.length > 0) {
    says.push(
      `Later in the playbook's order, but with a better checkpoint: ${list(better.map(({ label, median_best, changes }) => `${label} (${settingsInWords(changes) || 'the settings as they are'}) with ${number(median_best)}`))}.`,
    );
  }
  const failed = remedies.filter((remedy) => !remedy.solved);
  if (first && failed.length > 0) {
    says.push(
      `Did not solve it: ${list(failed.map(({ label, cured, better: isLower }) => `${label} (${cured ? 'stable' : 'still unstable'}, ${isLower ? 'better' : 'no better'} checkpoint)`))}.`,
    );
  }
  const harsh = solved.find(({ aggressive }) => aggressive);
  if (harsh) {
    says.push(
      `${harsh.label} ${harsh === first ? 'shortens' : 'helps too, but it shortens'} more than half of the steps: ${IN_DISGUISE}.`,
    );
  }
  const long = first?.long_warmup;
  if (long) says.push(long);
  if (probe?.hidden) {
    says.push(
      `Evaluate more often at the start: at η ${number(probe.lr)} the loss blows up and recovers, and evaluation ${probe.coarse_every > 0 ? `every ${plural(probe.coarse_every, 'step')}` : 'at the end'} sees nothing of it.`,
    );
  }
  if (
    finding.where === 'edge' &&
    lr_best !== null &&
    best_loss !== null &&
    lr_best > config.lr &&
    isBetter(best_loss, own)
  ) {
    says.push(
      `Even untreated, η ${number(lr_best)} is better than the η ${number(config.lr)} of the settings: ${number(best_loss)} instead of ${number(own)}.`,
    );
  }
  if (lr_best !== null && best_loss !== null && finding.where === 'edge' && first) {
    says.push(sayAgainstBest(first, lr_best, best_loss, atBest));
  }
  return says;
}

/** The runs of the variant by which a remedy is told. @param {Remedy} remedy */
function runsOf({ tried, label }) {
  return tried.find((variant) => variant.label === label)?.runs ?? [];
}

/**
 * Whether the unstable rate, treated, is worth more than the best rate as it is.
 *
 * @param {Remedy} remedy
 * @param {number} lr_best
 * @param {number} best_loss
 * @param {Point | null} atBest
 */
function sayAgainstBest(remedy, lr_best, best_loss, atBest) {
  const reaches = `The untreated best rate, η ${number(lr_best)}, reaches ${number(best_loss)}`;
  if (!((remedy.median_best ?? Infinity) < BETTER_SHARE * best_loss)) {
    return `${reaches}: here the remedy buys stability, not a better checkpoint.`;
  }
  const isBeyond = atBest && isBeyondSeeds(runsOf(remedy), atBest.trials);
  if (isBeyond) {
    return `That is better than the untreated best rate, η ${number(lr_best)}, with ${number(best_loss)}: the instability was costing something.`;
  }
  const gain =
    isBeyond === false
      ? 'the gain is no larger than the difference between seeds'
      : 'one seed cannot tell the gain from chance';
  return `${reaches}: ${gain}, so what the remedy surely buys is stability.`;
}

/**
 * @param {Config} config
 * @param {import('../judge/judge.js').RateFigures} rates
 * @param {import('../judge/verdict.js').Finding} finding
 * @param {Point} baseline
 */
function sayFinding({ lr }, { lr_best, lr_unstable }, { verdict, where, lr: treated }, { trials, figures }) {
  const kind = findingInWords(verdict);
  const settings = `Your settings (η ${number(lr)})`;
  if (where === 'baseline') {
    const bad = trials.filter((trial) => isUnstable(trial) || trial.infeasible).length;
    return `${settings} are unstable, with ${kind}: ${ofSeeds(bad, trials.length)} ${agree(bad, 'is unstable or fails', 'are unstable or fail')} to learn.`;
  }
  const own = `${settings} are ${stateOf(figures)}: ${countStates(trials)}.`;
  if (where === 'edge') {
    return `${own} Instability appears from η ${number(lr_unstable)} on: there it is ${kind}. The best rate, η ${number(lr_best)}, is at this edge, which may force a rate that is too small.`;
  }
  if (where === 'probe') {
    return `${own} At η ${number(treated)}, twice the best rate, there is an early instability that recovers.`;
  }
  const limit =
    lr_best === null || lr_unstable === null
      ? ''
      : ` Instability appears from η ${number(lr_unstable)} on, ${number(lr_unstable / lr_best)} × lr*, as it does for any training at a rate that is too large.`;
  return `${own} No instability that matters: nothing forces a rate that is too small.${limit}`;
}
