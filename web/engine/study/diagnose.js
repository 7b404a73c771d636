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

import { configToSearch, formatValue } from '../config.js';
import { TrainerError } from '../errors.js';
import { Bench } from './bench.js';
import { isUnstable, judgeRates } from './judge.js';
import { judgeProbe, planProbe } from './probe.js';
import { chooseRemedy, REMEDY_LABELS, REMEDY_ORDER, tryRemedy } from './remedies.js';
import { medianOf } from './statistics.js';
import { BETTER_SHARE, isBetter, judgeInstability, PROBE_RISE, risesSuddenly } from './verdict.js';
import { capitalize, figure, list, ofSeeds, plural } from './wording.js';

/**
 * @typedef {import('./bench.js').Cell} Cell
 * @typedef {import('./bench.js').Run} Run
 * @typedef {import('./remedies.js').Remedy} Remedy
 * @typedef {import('./trial.js').TrialResult} TrialResult
 * @typedef {import('../config.js').Config} Config
 * @typedef {'baseline' | 'sweep' | 'edge' | 'above' | 'probe'} EvidenceKind
 *
 * @typedef {object} Evidence
 * @property {EvidenceKind} kind
 * @property {string} title
 * @property {string[]} says
 * @property {Record<string, any>} numbers
 * @property {Record<string, number>} thresholds  what the numbers were held against
 * @property {Run[]} runs  with their settings
 *
 * @typedef {object} Diagnosis
 * @property {Config} config  the user's own, complete
 * @property {string} settings  the same as a permalink has it
 * @property {number} seeds
 * @property {number | null} lr_best  lr*; null where no rate is feasible
 * @property {number | null} lr_unstable
 * @property {'stable' | 'early' | 'mid'} verdict
 * @property {boolean} at_edge
 * @property {import('./verdict.js').Where | null} where  where the instability shows
 * @property {number | null} lr_treated  the rate at which the remedies were tried
 * @property {Evidence[]} evidence
 * @property {Run[]} untreated  what the remedies are compared with
 * @property {Remedy[]} remedies  in the playbook's order
 * @property {string | null} recommended  kind of the remedy to begin with; null where none solved or none is needed
 * @property {string[]} advice
 * @property {string[]} skipped  what was not done, and why
 * @property {number | null} budget  steps; null without one
 * @property {number} steps  taken
 * @property {number} runs  trained
 * @property {boolean} interrupted
 * @property {number} seconds
 *
 * @typedef {{ title: string, steps: number, runs: number }} Progress  of the stage that is going on
 *
 * @typedef {object} DiagnoseOptions
 * @property {import('./runner.js').TrialRunner} runner
 * @property {Config} config  complete
 * @property {number} [seeds]  seed, seed + 1, …
 * @property {number} [budget]  steps of training; Infinity, the default, is as many as it takes
 * @property {number} [multiple]  of lr_unstable that warmup is to reach: 10 or 100
 * @property {() => number} now  a clock in milliseconds
 * @property {AbortSignal} [signal]  ends the procedure: it reports what it knows by then
 * @property {(progress: Progress) => void} [onProgress]
 * @property {(diagnosis: Diagnosis, curves: Record<string, import('./curve.js').Curve>) => void} [onStage]  so far
 */

/** Rates of the sweep per decade, as in the playbook's Figure 4. */
const PER_DECADE = 3;

/** Where the sweep begins, in points from the user's rate; it grows from there. */
const FIRST_POINTS = [-3, -2, -1, 0, 1, 2];

/** How far it may grow either way. */
const LOWEST_POINT = -15;
const HIGHEST_POINT = 15;

/** Multiples of lr* at which the playbook looks for a sudden rise. */
const ABOVE = [5, 10];

/** The share of a budget that finding lr* may take before seeds are given up. */
const SWEEP_SHARE = 0.6;

/** The sweep's middle where the user's own rate is 0. */
const RATE_OF_NONE = 0.01;

/** Episodes that evidence tells of at most. */
const EPISODES_TOLD = 3;

/**
 * @param {DiagnoseOptions} options
 * @returns {Promise<{ diagnosis: Diagnosis, curves: Record<string, import('./curve.js').Curve> }>}
 * @throws {TrainerError} where the settings make no run, or the budget does not suffice for a single one; the signal's
 *   reason where nothing is known yet
 */
export async function diagnose(options) {
  return new Procedure(options).run();
}

class Procedure {
  #bench;
  /** @type {Config} */
  #config;
  #now;
  #begun;
  #multiple;
  #onProgress;
  #onStage;
  #seeds;
  #askedSeeds;
  #hadChanges;
  #runs = 0;
  #title = '';
  #interrupted = false;
  #signal;

  /** @type {Cell | null} */
  #baseline = null;
  /** Cells of the sweep, and of 5 × and 10 × lr*, by rate. @type {Map<number, Cell>} */
  #swept = new Map();
  /** @type {import('./judge.js').RateFigures} */
  #rates = { lr_best: null, best_loss: null, lr_unstable: null, at_edge: false };
  /** Where, of 5 × and 10 × lr*, the loss rises suddenly after a steady decline. @type {number[]} */
  #sudden = [];
  /** @type {import('./probe.js').ProbeFigures | null} */
  #probe = null;
  /** @type {import('./verdict.js').Finding} */
  #finding = { verdict: 'stable', where: null, lr: null };
  /** @type {Evidence[]} */
  #evidence = [];
  /** @type {Run[]} */
  #untreated = [];
  /** @type {Remedy[]} */
  #remedies = [];
  /** @type {string[]} */
  #skipped = [];

  /** @param {DiagnoseOptions} options */
  constructor({ runner, config, seeds = 3, budget, multiple = 10, now, signal, onProgress, onStage }) {
    // Live changes would override what the procedure varies.
    this.#config = { ...config, changes: [] };
    this.#hadChanges = config.changes.length;
    this.#askedSeeds = seeds;
    this.#seeds = seeds;
    this.#multiple = multiple;
    this.#now = now;
    this.#begun = now();
    this.#onProgress = onProgress ?? (() => {});
    this.#onStage = onStage ?? (() => {});
    this.#bench = new Bench({ runner, budget, signal, onTrial: () => this.#tellTrial() });
    this.#signal = signal;
  }

  async run() {
    try {
      this.#fitBudget();
      await this.#examineBaseline();
      await this.#sweepRates();
      await this.#lookAbove();
      await this.#probeStart();
      this.#judge();
      this.#tellStage();
      await this.#tryRemedies();
    } catch (error) {
      if (!this.#signal?.aborted || !this.#baseline) throw error;
      this.#interrupted = true;
      this.#skipped.push(`Interrupted during: ${this.#title.toLowerCase()}. What follows it was not done.`);
      this.#judge();
    }
    return { diagnosis: this.#describe(), curves: this.#bench.curves };
  }

  // ---- stages --------------------------------------------------------------------------------------------------------

  /** Gives up seeds where the budget cannot pay for them. */
  #fitBudget() {
    const { budget } = this.#bench;
    const run = this.#config.warmup_steps + this.#config.steps;
    if (budget < run) {
      throw new TrainerError(
        'setting',
        'budget',
        `budget must be at least ${run}, the steps of one run of these settings, not ${budget}.`,
      );
    }
    const points = FIRST_POINTS.length;
    while (this.#seeds > 1 && this.#seeds * points * run > SWEEP_SHARE * budget) this.#seeds--;
    if (this.#seeds < this.#askedSeeds) {
      this.#skipped.push(
        `${plural(this.#askedSeeds - this.#seeds, 'seed')} of ${this.#askedSeeds}: the budget of ${plural(budget, 'step')} does not allow more than ${this.#seeds} of the sweep's ${points} rates.`,
      );
    }
    if (this.#hadChanges > 0) {
      this.#skipped.push(
        `${plural(this.#hadChanges, 'live change')} of the settings: the procedure examines the settings from which the run starts.`,
      );
    }
  }

  async #examineBaseline() {
    this.#begin('Training the settings as they are');
    const [cell] = await this.#bench.train([this.#config], this.#seeds);
    this.#baseline = cell;
    this.#swept.set(this.#config.lr, cell);
    const { trials, figures } = cell;
    this.#addEvidence({
      kind: 'baseline',
      title: 'The settings as they are',
      says: [
        `At rate ${figure(this.#config.lr)} the best checkpoint is ${figure(figures.loss)}, median of ${plural(this.#seeds, 'seed')}; ${countStates(trials)}.`,
        ...sayEpisodes(trials),
        ...sayNorms(trials),
      ],
      numbers: { lr: this.#config.lr, ...figures, ...describeNorms(trials) },
      thresholds: { unstable_share: 0.5, infeasible_share_of_baseline_loss: 0.95 },
      cells: [cell],
    });
  }

  /** The sweep: around the user's rate first, then wherever lr* and the edge are. */
  async #sweepRates() {
    this.#begin('Sweeping the learning rate');
    const reached = { low: FIRST_POINTS[0], high: FIRST_POINTS[FIRST_POINTS.length - 1] };
    const isWhole = await this.#trainRates(FIRST_POINTS, 'rates of the sweep');
    for (let isGrowing = isWhole; isGrowing; ) {
      const { lr_best, lr_unstable } = this.#judgeRates();
      const lowest = Math.min(...this.#swept.keys());
      const highest = Math.max(...this.#swept.keys());
      if ((lr_best === null || lr_best === lowest) && reached.low > LOWEST_POINT) {
        reached.low -= 2;
        isGrowing = await this.#trainRates([reached.low + 1, reached.low], 'lower rates of the sweep');
      } else if (lr_best !== null && lr_unstable === null && highest < 10 * lr_best && reached.high < HIGHEST_POINT) {
        reached.high += 2;
        isGrowing = await this.#trainRates([reached.high - 1, reached.high], 'higher rates of the sweep');
      } else break;
    }
    this.#rates = this.#judgeRates();
    this.#tellSweep();
  }

  #judgeRates() {
    return judgeRates(this.#sweptPoints());
  }

  #sweptPoints() {
    return [...this.#swept].map(([lr, { trials }]) => ({ lr, trials })).sort((a, b) => a.lr - b.lr);
  }

  /**
   * @param {number[]} points  of the grid, from the user's rate
   * @param {string} what
   * @returns {Promise<boolean>}  false where the budget did not suffice
   */
  async #trainRates(points, what) {
    const rates = points.map((point) => this.#rateAt(point)).filter((lr) => !this.#swept.has(lr));
    const affordable = [...rates].sort((a, b) => this.#distance(a) - this.#distance(b));
    const configs = affordable.map((lr) => ({ ...this.#config, lr }));
    while (configs.length > 0 && !this.#bench.canAfford(configs, this.#seeds)) configs.pop();
    const left = rates.filter((lr) => !configs.some((config) => config.lr === lr));
    if (left.length > 0) this.#skip(`${capitalize(what)}: ${list(left.map(figure))}`);
    for (const cell of await this.#bench.train(configs, this.#seeds)) this.#swept.set(cell.config.lr, cell);
    return left.length === 0;
  }

  /** @param {number} lr */
  #distance(lr) {
    return Math.abs(Math.log(lr / (this.#config.lr || RATE_OF_NONE)));
  }

  /** @param {number} point */
  #rateAt(point) {
    const { lr } = this.#config;
    if (lr > 0 && point === 0) return lr;
    return Number(((lr || RATE_OF_NONE) * 10 ** (point / PER_DECADE)).toPrecision(3));
  }

  #tellSweep() {
    const { lr_best, best_loss, lr_unstable, at_edge } = this.#rates;
    const points = this.#sweptPoints();
    const cells = points.map(({ lr }) => /** @type {Cell} */ (this.#swept.get(lr)));
    const ends = `${plural(points.length, 'rate')} from ${figure(points[0].lr)} to ${figure(points[points.length - 1].lr)}, ${plural(this.#seeds, 'seed')} each`;
    const found =
      lr_best === null
        ? `${ends}: at none of them does training work.`
        : `${ends}: the best is lr* = ${figure(lr_best)} with a best checkpoint of ${figure(best_loss)}.`;
    this.#addEvidence({
      kind: 'sweep',
      title: 'The learning rate sweep',
      says: [found],
      numbers: {
        lr_best,
        best_loss,
        points: cells.map(({ config, figures }) => ({ lr: config.lr, ...figures })),
      },
      thresholds: { infeasible_share_of_baseline_loss: 0.95, infeasible_seeds_share: 0.5 },
      cells,
    });
    if (lr_best === null) return;
    const above = points.filter(({ lr }) => lr > lr_best && (lr_unstable === null || lr <= lr_unstable));
    const gridPoints = lr_unstable === null ? null : above.length;
    const top = points[points.length - 1].lr;
    const says =
      lr_unstable === null
        ? [`No rate above lr* is unstable, up to ${figure(top)}, ${figure(top / lr_best)} × lr*.`]
        : [
            `Training is unstable or fails from ${figure(lr_unstable)} on, ${figure(lr_unstable / lr_best)} × lr*, ${plural(above.length, 'grid point')} above it: ${at_edge ? 'lr* is at the edge of instability' : 'lr* is not at the edge of instability'}.`,
            ...sayEpisodes(/** @type {Cell} */ (this.#swept.get(lr_unstable)).trials),
          ];
    this.#addEvidence({
      kind: 'edge',
      title: at_edge ? 'The best rate is at the edge' : 'The best rate is not at the edge',
      says,
      numbers: { lr_best, lr_unstable, at_edge, grid_points: gridPoints, grid_ratio: 10 ** (1 / PER_DECADE) },
      thresholds: { edge_grid_points: 2, unstable_seeds_share: 0.5 },
      cells: cells.filter(({ config }) => config.lr >= lr_best && config.lr <= (lr_unstable ?? lr_best)),
    });
  }

  /** 5 × and 10 × lr*: a sudden rise after a steady decline. */
  async #lookAbove() {
    const { lr_best } = this.#rates;
    if (lr_best === null) return;
    this.#begin('Looking at 5 × and 10 × lr*');
    const rates = ABOVE.map((factor) => Number((factor * lr_best).toPrecision(3)));
    const configs = rates.map((lr) => ({ ...this.#config, lr }));
    if (!this.#bench.canAfford(configs, this.#seeds)) {
      this.#skip(`The look at 5 × and 10 × lr* (${list(rates.map(figure))})`);
      return;
    }
    const cells = await this.#bench.train(configs, this.#seeds);
    for (const cell of cells) this.#swept.set(cell.config.lr, cell);
    this.#sudden = ABOVE.filter((_, i) => risesSuddenly(cells[i].trials));
    this.#addEvidence({
      kind: 'above',
      title: '5 × and 10 × the best rate',
      says: cells.flatMap(({ trials, config }, i) => [
        `At ${ABOVE[i]} × lr* = ${figure(config.lr)}: ${risesSuddenly(trials) ? 'the loss rises suddenly after a steady decline' : 'no sudden rise after a steady decline'}; ${countStates(trials)}.`,
        ...sayEpisodes(trials),
      ]),
      numbers: Object.fromEntries(
        cells.map(({ config, figures }, i) => [`x${ABOVE[i]}`, { lr: config.lr, ...figures }]),
      ),
      thresholds: { mid_seeds_share: 0.5 },
      cells,
    });
  }

  async #probeStart() {
    const { lr_best } = this.#rates;
    if (lr_best === null) return;
    this.#begin('Probing the first steps at 2 × lr*');
    const config = planProbe(this.#config, lr_best);
    if (!this.#bench.canAfford([config], 1)) {
      this.#skip(`The probe of ${plural(config.steps, 'step')} at 2 × lr* = ${figure(config.lr)}`);
      return;
    }
    const [cell] = await this.#bench.train([config], 1, 'every');
    const { figures, fine, says } = judgeProbe(cell.trials[0], this.#config.eval_every);
    this.#probe = figures;
    this.#addEvidence({
      kind: 'probe',
      title: 'The first steps at 2 × lr*, evaluated every step',
      says,
      numbers: { ...figures, evaluations: fine.slice(0, 60) },
      thresholds: { batch_rise: PROBE_RISE },
      cells: [cell],
    });
  }

  #judge() {
    if (!this.#baseline) return;
    this.#finding = judgeInstability({
      lr: this.#config.lr,
      baseline: this.#baseline.trials,
      rates: this.#rates,
      swept: this.#sweptPoints(),
      probe: this.#probe,
    });
  }

  async #tryRemedies() {
    const { verdict, lr } = this.#finding;
    if (verdict === 'stable' || lr === null) return;
    this.#begin(`Training at the unstable rate ${figure(lr)}`);
    const config = { ...this.#config, lr };
    if (!this.#bench.canAfford([config], this.#seeds)) {
      this.#skip('The remedies, for want of the untreated run to compare them with');
      return;
    }
    const [untreated] = await this.#bench.train([config], this.#seeds);
    this.#untreated = untreated.trials.map((trial) => this.#bench.describeRun(trial, this.#config));
    const { lr_best } = this.#rates;
    const patient = {
      config,
      untreated,
      examined: this.#config,
      kind: verdict,
      rates: this.#rates,
      atBest: lr_best === null ? null : (this.#swept.get(lr_best) ?? null),
      seeds: this.#seeds,
      multiple: this.#multiple,
    };
    for (const kind of REMEDY_ORDER) {
      this.#begin(`Trying: ${REMEDY_LABELS[kind].toLowerCase()}`);
      const outcome = await tryRemedy(kind, this.#bench, patient);
      if ('remedy' in outcome) this.#remedies.push(outcome.remedy);
      else this.#skipped.push(outcome.skipped);
      this.#tellStage();
    }
  }

  // ---- telling -------------------------------------------------------------------------------------------------------

  /** @param {string} title */
  #begin(title) {
    this.#signal?.throwIfAborted();
    this.#title = title;
    this.#onProgress({ title, steps: this.#bench.stepsTaken, runs: this.#runs });
  }

  #tellTrial() {
    this.#runs++;
    this.#onProgress({ title: this.#title, steps: this.#bench.stepsTaken, runs: this.#runs });
  }

  #tellStage() {
    this.#onStage(this.#describe(), this.#bench.curves);
  }

  /** @param {Omit<Evidence, 'runs'> & { cells: Cell[] }} evidence */
  #addEvidence({ cells, ...evidence }) {
    const runs = cells.flatMap(({ trials }) => trials.map((trial) => this.#bench.describeRun(trial, this.#config)));
    this.#evidence.push({ ...evidence, runs });
    this.#tellStage();
  }

  /** @param {string} what */
  #skip(what) {
    this.#skipped.push(
      `${what}: ${plural(Math.max(0, this.#bench.stepsLeft), 'step')} are left of the budget of ${plural(this.#bench.budget, 'step')}.`,
    );
  }

  /** @returns {Diagnosis} */
  #describe() {
    const { verdict, where, lr } = this.#finding;
    const { lr_best, lr_unstable, at_edge } = this.#rates;
    const { budget } = this.#bench;
    return {
      config: this.#config,
      settings: configToSearch(this.#config),
      seeds: this.#seeds,
      lr_best,
      lr_unstable,
      verdict,
      at_edge,
      where,
      lr_treated: lr,
      evidence: [...this.#evidence],
      untreated: this.#untreated,
      remedies: [...this.#remedies],
      recommended: chooseRemedy(this.#remedies)?.kind ?? null,
      advice: this.#baseline
        ? advise({
            config: this.#config,
            baseline: this.#baseline,
            rates: this.#rates,
            finding: this.#finding,
            sudden: this.#sudden,
            remedies: this.#remedies,
            probe: this.#probe,
            seeds: this.#seeds,
          })
        : [],
      skipped: [...this.#skipped],
      budget: Number.isFinite(budget) ? budget : null,
      steps: this.#bench.stepsTaken,
      runs: this.#runs,
      interrupted: this.#interrupted,
      seconds: (this.#now() - this.#begun) / 1000,
    };
  }
}

// ---- sentences -------------------------------------------------------------------------------------------------------

/**
 * What to do, in sentences: the finding first, then the remedy, then what to keep in mind.
 *
 * @param {object} known
 * @param {Config} known.config
 * @param {Cell} known.baseline
 * @param {import('./judge.js').RateFigures} known.rates
 * @param {import('./verdict.js').Finding} known.finding
 * @param {number[]} known.sudden  multiples of lr* at which the loss rises suddenly
 * @param {Remedy[]} known.remedies
 * @param {import('./probe.js').ProbeFigures | null} known.probe
 * @param {number} known.seeds
 * @returns {string[]}
 */
export function advise({ config, baseline, rates, finding, sudden, remedies, probe, seeds }) {
  const { lr_best, best_loss, lr_unstable } = rates;
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
        `Train at ${figure(lr_best)}: its best checkpoint is ${figure(best_loss)}, that of ${figure(config.lr)} is ${figure(own)}.`,
      );
    } else if (lr_best !== null) {
      says.push(`The rate ${figure(config.lr)} is as good as the sweep's best, ${figure(lr_best)}: keep it.`);
    } else
      says.push('No rate of the sweep learns within these steps: give the run more steps, or look at data and model.');
    return says;
  }
  const solved = remedies.filter((remedy) => remedy.solved);
  const first = chooseRemedy(remedies);
  if (first) {
    says.push(
      `${first.kind === 'lower_rate' ? 'Remedy, the last resort' : 'Remedy'}: ${first.label} (${sayChanges(first.changes)}). The instability is gone in ${ofSeeds(first.free, seeds)}, and the median of their best checkpoints is ${figure(first.median_best)} instead of ${figure(first.untreated_best)}.`,
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
      `Later in the playbook's order, but with a better checkpoint: ${list(better.map(({ label, median_best, changes }) => `${label} (${sayChanges(changes)}) with ${figure(median_best)}`))}.`,
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
      `${harsh.label} ${harsh === first ? 'shortens' : 'helps too, but it shortens'} more than half of the steps: that is a lower learning rate in disguise, and lowering the rate is the better tool.`,
    );
  }
  const long = first?.long_warmup;
  if (long) says.push(long);
  if (probe?.hidden) {
    says.push(
      `Evaluate more often at the start: at ${figure(probe.lr)} the loss blows up and recovers, and evaluation ${probe.coarse_every > 0 ? `every ${plural(probe.coarse_every, 'step')}` : 'at the end'} sees nothing of it.`,
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
      `Even untreated, ${figure(lr_best)} is better than the rate ${figure(config.lr)} of the settings: ${figure(best_loss)} instead of ${figure(own)}.`,
    );
  }
  if (lr_best !== null && lr_unstable !== null && finding.where === 'edge' && first && best_loss !== null) {
    const gain = (first.median_best ?? Infinity) < BETTER_SHARE * best_loss;
    says.push(
      gain
        ? `That is better than the untreated best rate ${figure(lr_best)} with ${figure(best_loss)}: the instability was costing something.`
        : `The untreated best rate ${figure(lr_best)} reaches ${figure(best_loss)}: here the remedy buys stability, not a better checkpoint.`,
    );
  }
  return says;
}

/**
 * @param {Config} config
 * @param {import('./judge.js').RateFigures} rates
 * @param {import('./verdict.js').Finding} finding
 * @param {Cell} baseline
 */
function sayFinding({ lr }, { lr_best, lr_unstable }, { verdict, where, lr: treated }, { trials }) {
  const kind = verdict === 'early' ? 'early instability' : 'sudden instability in the middle of training';
  if (where === 'baseline') {
    const bad = trials.filter((trial) => isUnstable(trial) || trial.infeasible).length;
    return `These settings suffer from ${kind} at their own rate ${figure(lr)}: ${ofSeeds(bad, trials.length)} are unstable or fail to learn.`;
  }
  if (where === 'edge') {
    return `The best rate ${figure(lr_best)} is at the edge: from ${figure(lr_unstable)} on there is ${kind}, which may force a rate that is too small.`;
  }
  if (where === 'probe') {
    return `At ${figure(treated)}, twice the best rate, there is an early instability that recovers.`;
  }
  const limit =
    lr_best === null || lr_unstable === null
      ? ''
      : ` Training becomes unstable at ${figure(lr_unstable)}, ${figure(lr_unstable / lr_best)} × lr*, as any does at a rate that is too large.`;
  return `No instability that matters: the settings train, and nothing forces a rate that is too small.${limit}`;
}

/** @param {Record<string, any>} changes */
function sayChanges(changes) {
  const parts = Object.entries(changes).map(([name, value]) => `${name} ${formatValue(value)}`);
  return parts.length === 0 ? 'the settings as they are' : parts.join(', ');
}

/** @param {TrialResult[]} trials */
function countStates(trials) {
  const count = trials.length;
  const states = [
    { label: 'diverge', of: trials.filter(({ diverged }) => diverged).length },
    { label: 'fail to learn', of: trials.filter(({ diverged, infeasible }) => infeasible && !diverged).length },
    { label: 'show early instability', of: trials.filter(({ verdict }) => verdict === 'early').length },
    {
      label: 'show instability in the middle of training',
      of: trials.filter(({ verdict }) => verdict === 'mid').length,
    },
  ].filter((state) => state.of > 0);
  if (states.length === 0) return `${ofSeeds(count, count)} train without an episode of instability`;
  return list(states.map(({ label, of }) => `${ofSeeds(of, count)} ${label}`));
}

/** The most telling episodes, one per seed. @param {TrialResult[]} trials @returns {string[]} */
function sayEpisodes(trials) {
  return trials
    .filter(({ episodes }) => episodes.length > 0)
    .slice(0, EPISODES_TOLD)
    .map(({ seed, episodes, baseline_loss, verdict }) => {
      const own = episodes.filter(({ kind }) => kind === verdict);
      const { begin, detected_at, peak, loss_before, loss_peak, norm_peak, norm_typical, recovered_at, kind } =
        own.reduce((worst, episode) => (episode.loss_peak > worst.loss_peak ? episode : worst));
      const end = recovered_at === null ? 'and does not recover' : `and recovers at step ${recovered_at}`;
      const norm =
        norm_typical > 0 && norm_peak > 2 * norm_typical
          ? ` The gradient norm reaches ${figure(norm_peak)}, ${figure(norm_peak / norm_typical)} × its 90th percentile before.`
          : '';
      return `Seed ${seed}, ${plural(episodes.length, 'episode')}: ${kind === 'early' ? 'at the start' : 'in the middle of training'} the smoothed loss rises from ${figure(loss_before)} at step ${begin} to ${figure(loss_peak)} at step ${peak} (noticed at step ${detected_at}; predicting the class frequencies costs ${figure(baseline_loss)}) ${end}.${norm}`;
    });
}

/** @param {TrialResult[]} trials */
function describeNorms(trials) {
  const norms = trials.map(({ grad_norm }) => grad_norm);
  return {
    norm_p50: medianOf(norms.map(({ p50 }) => p50)),
    norm_p90: medianOf(norms.map(({ p90 }) => p90)),
    norm_max: Math.max(...norms.map(({ max }) => max)),
  };
}

/** Outliers of the gradient norm, where there are any. @param {TrialResult[]} trials @returns {string[]} */
function sayNorms(trials) {
  const { norm_p50, norm_p90, norm_max } = describeNorms(trials);
  if (norm_p50 === null || norm_p90 === null) return [];
  const ratio = norm_max / norm_p90;
  return [
    `The unclipped gradient norm has median ${figure(norm_p50)} and 90th percentile ${figure(norm_p90)}; its largest value is ${figure(norm_max)}, ${figure(ratio)} × that percentile.`,
  ];
}
