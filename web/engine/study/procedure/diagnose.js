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
import { attends } from '../../model_text/attention_edits.js';
import { number, significant } from '../../words/numbers.js';
import { list, medianOver, plural } from '../../words/sentences.js';
import { isUnstable } from '../judge/judge.js';
import { REMEDIES, WARMUP_MULTIPLE } from '../judge/playbook.js';
import { countStates, describeNorms, sayEpisodes, sayNorms } from '../judge/trial_words.js';
import { judgeInstability, risesSuddenly } from '../judge/verdict.js';
import { advise } from './advice.js';
import { describeThreshold } from './clip_threshold.js';
import { sayBest } from './compared.js';
import { addProbeEvidence, judgeProbe, planProbe } from './probe.js';
import { Procedure } from './procedure.js';
import { RateSweep } from './rate_sweep.js';
import { chooseRemedy, tryRemedy } from './remedies.js';
import { measureSensitivity, saySensitivity } from './remedy_sensitivity.js';
import { isRate } from './trainings.js';
import { findCauses } from './yours/counterfactuals.js';
import { lookAgain } from './yours/second_look.js';
import { describeYours } from './yours/yours.js';
import { addCausesEvidence } from './yours/yours_words.js';

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
 * @property {number | null} lr_first_unstable  lower where training is unstable at lr* itself, or below
 * @property {import('../../config/verdicts.js').Diagnosed} verdict
 * @property {boolean} at_edge
 * @property {number | null} lr_sensitivity  of the sweep, without remedies
 * @property {import('../judge/verdict.js').Where | null} where  where the instability shows
 * @property {number | null} lr_treated  the rate at which the remedies were tried
 * @property {import('./yours/yours.js').Yours | null} yours  the user's own settings, and what is wrong with them; null where that was not
 *   found out
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
  /** @type {import('./yours/counterfactuals.js').Found | null} */
  #found = null;
  /** @type {import('./yours/yours.js').Yours | null} */
  #yours = null;
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
      await this.#examineYours();
      this.#judge();
      this.#tellStage();
      await this.#tryRemedies();
      await this.#lookAgain();
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
        `At η ${number(config.lr)} ${sayBest(figures.loss)}, ${medianOver(seeds)}; ${countStates(trials)}.`,
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
    const factors = ABOVE.filter((factor) => isRate(factor * lr_best));
    const beyond = ABOVE.filter((factor) => !factors.includes(factor));
    if (beyond.length > 0) this.#procedure.skipBeyond(`The look at ${list(beyond.map((factor) => `${factor} ×`))} lr*`);
    const rates = factors.map((factor) => significant(factor * lr_best));
    if (rates.length === 0) return;
    const configs = rates.map((lr) => ({ ...config, lr }));
    if (!trainings.canAfford(configs, seeds)) {
      this.#procedure.skip(`The look at 5 × and 10 × lr* (${list(rates.map((rate) => number(rate)))})`);
      return;
    }
    const points = await trainings.train(configs, seeds);
    for (const point of points) this.#sweep.byRate.set(point.config.lr, point);
    this.#sudden = factors.filter((_, i) => risesSuddenly(points[i].trials));
    this.#procedure.addEvidence({
      kind: 'above',
      title: '5 × and 10 × the best rate',
      says: points.flatMap(({ trials, config: { lr } }, i) => [
        `At ${factors[i]} × lr* = ${number(lr)}: ${risesSuddenly(trials) ? 'the loss rises suddenly after a steady decline' : 'no sudden rise after a steady decline'}; ${countStates(trials)}.`,
        ...sayEpisodes(trials),
      ]),
      numbers: Object.fromEntries(
        points.map(({ config: { lr }, figures }, i) => [`x${factors[i]}`, { lr, ...figures }]),
      ),
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
    if (!isRate(planned.lr)) {
      this.#procedure.skipBeyond('The probe at 2 × lr*');
      return;
    }
    if (!trainings.canAfford([planned], 1)) {
      this.#procedure.skip(`The probe of ${plural(planned.steps, 'step')} at 2 × lr* = ${number(planned.lr)}`);
      return;
    }
    const [point] = await trainings.train([planned], 1, 'every');
    const probe = judgeProbe(point.trials[0], config.eval_every);
    this.#probe = probe.figures;
    addProbeEvidence(this.#procedure, probe, point);
  }

  /** What is wrong with the user's own settings, if anything. */
  async #examineYours() {
    if (!this.#baseline) return;
    const baseline = this.#baseline;
    const found = await findCauses({ procedure: this.#procedure, baseline, swept: [...this.#sweep.byRate.values()] });
    this.#found = found;
    this.#yours = describeYours(found, baseline);
    addCausesEvidence(this.#procedure, found, baseline);
  }

  async #lookAgain() {
    if (!this.#baseline || !this.#found) return;
    const [baseline, remedies] = [this.#baseline, this.#remedies];
    const found = await lookAgain({ procedure: this.#procedure, found: this.#found, baseline, remedies });
    this.#yours = describeYours(found, baseline);
  }

  #judge() {
    if (!this.#baseline) return;
    this.#finding = judgeInstability({
      lr: this.#procedure.config.lr,
      baseline: this.#baseline.trials,
      isHarmless: this.#isHarmless(this.#baseline),
      rates: this.#sweep.rates,
      swept: this.#sweep.points,
      probe: this.#probe,
    });
  }

  /** Whether what the user's own settings show is no harm that instability does. @param {Point} baseline */
  #isHarmless({ trials }) {
    const [first] = this.#found?.causes ?? [];
    const isCalm = 2 * trials.filter((trial) => isUnstable(trial) || trial.diverged).length < trials.length;
    return first === 'none' || (first === 'not_optimization' && isCalm);
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
    const { rates, atBest, atCalmest } = this.#sweep;
    const isAttending = attends(untreated.trials[0].config.model ?? '');
    const instability = {
      config,
      untreated,
      examined: procedure.config,
      kind: verdict,
      rates,
      atBest,
      atCalmest,
      seeds,
      multiple: this.#multiple,
      isAttending,
    };
    for (const { kind, label, attends: isForAttention } of REMEDIES) {
      if (isForAttention && !isAttending) continue;
      procedure.begin(`Trying: ${label.toLowerCase()}`);
      const outcome = await tryRemedy(kind, trainings, instability);
      if ('remedy' in outcome) this.#remedies.push(await this.#withSensitivity(outcome.remedy, isAttending));
      else procedure.skipped.push(outcome.skipped);
      this.#tellStage();
    }
  }

  /** @param {Remedy} remedy @param {boolean} isAttending @returns {Promise<Remedy>} */
  async #withSensitivity(remedy, isAttending) {
    const { trainings, config } = this.#procedure;
    const swept = this.#sweep.grid;
    const found = isAttending ? await measureSensitivity({ trainings, config, remedy, swept }) : null;
    return found ? { ...remedy, lr_sensitivity: found, says: [...remedy.says, saySensitivity(found)] } : remedy;
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
      lr_first_unstable: rates.lr_first_unstable,
      verdict,
      at_edge: rates.at_edge,
      lr_sensitivity: rates.lr_sensitivity,
      where,
      lr_treated: lr,
      yours: this.#yours,
      untreated: this.#untreated,
      remedies: [...this.#remedies],
      recommended: chooseRemedy(this.#remedies)?.kind ?? null,
      advice: this.#baseline
        ? advise({
            config: account.config,
            baseline: this.#baseline,
            yours: this.#yours,
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
