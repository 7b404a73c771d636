/**
 * The sweep of the learning rate that the playbook's procedures begin with: around the user's rate first, then
 * wherever lr* and the rate from which training is unstable are.
 */

import { SCHEMA } from '../../config/schema.js';
import { number, significant } from '../../words/numbers.js';
import { sayLrSensitivity } from '../../words/sensitivity.js';
import { capitalize, list, plural, seedsEach } from '../../words/sentences.js';
import { EDGE_POINTS, findBestPoint, isUnstable, isUnstableRate, judgeRates } from '../judge/judge.js';
import { countStates, sayEpisodes } from '../judge/trial_words.js';
import { isRate } from './trainings.js';

/**
 * @typedef {import('./procedure.js').Procedure} Procedure
 * @typedef {import('./trainings.js').Point} Point
 */

/** Rates of the sweep per decade, as in the playbook's Figure 4. */
const PER_DECADE = 3;

/** Where the sweep begins, in points from the user's rate; it grows from there. */
const FIRST_POINTS = [-3, -2, -1, 0, 1, 2];

/** How far it may grow either way. */
const LOWEST_POINT = -18;
const HIGHEST_POINT = 18;

/** And how far down where rates are quiet and nothing learns. */
const LOWEST_OF_QUIET = -9;

/** The sweep's middle where the user's own rate is 0. */
const RATE_OF_NONE = 0.01;

export class RateSweep {
  #procedure;
  /** By rate; a procedure may add rates of its own. @type {Map<number, Point>} */
  byRate = new Map();
  /** @type {import('../judge/judge.js').RateFigures} */
  rates = judgeRates([]);
  /** What the sweep itself trained, evenly spaced. @type {Point[]} */
  grid = [];
  /** Whether it has been run to its end: before, nothing is known of the rates. */
  isDone = false;

  /** @param {Procedure} procedure */
  constructor(procedure) {
    this.#procedure = procedure;
  }

  /** Gives up seeds where the budget cannot pay for the sweep. */
  fitBudget() {
    this.#procedure.fitBudget(FIRST_POINTS.length, `the sweep’s ${FIRST_POINTS.length} rates`);
  }

  /** Trains the rates, and adds what they say to the evidence. */
  async run() {
    this.#procedure.begin('Sweeping the learning rate');
    const reached = { low: FIRST_POINTS[0], high: FIRST_POINTS[FIRST_POINTS.length - 1] };
    const isWhole = await this.#train(FIRST_POINTS, 'rates of the sweep');
    for (let isGrowing = isWhole; isGrowing; ) {
      const { lr_best, lr_unstable } = judgeRates(this.points);
      const points = this.points;
      const [lowest, highest] = [points[0], points[points.length - 1]];
      // Where nothing learns, rates that stay quiet are too low, and rates that do not are too high. But a network that
      // a high rate has killed is quiet too: where the highest is not, what learns may lie lower all the same.
      const mayBeDead = lr_best === null && !isQuiet(highest.trials) && reached.low > LOWEST_OF_QUIET;
      const wantsLower = lr_best === lowest.lr || !isQuiet(lowest.trials) || mayBeDead;
      const wantsHigher =
        lr_best === null ? isQuiet(highest.trials) : lr_unstable === null && highest.lr < 10 * lr_best;
      if (wantsHigher && reached.high < HIGHEST_POINT) {
        const higher = lr_best === null ? [PER_DECADE] : [1, 2];
        const from = reached.high;
        reached.high += higher[higher.length - 1];
        isGrowing = await this.#train(
          higher.map((points) => from + points),
          'higher rates of the sweep',
        );
      } else if (wantsLower && reached.low > LOWEST_POINT) {
        reached.low -= 2;
        isGrowing = await this.#train([reached.low + 1, reached.low], 'lower rates of the sweep');
      } else break;
    }
    this.rates = judgeRates(this.points);
    this.grid = [...this.byRate.values()];
    this.isDone = true;
    this.#tell(isWhole);
  }

  /** The rates and their trials, rising. */
  get points() {
    return [...this.byRate].map(([lr, { trials }]) => ({ lr, trials })).sort((a, b) => a.lr - b.lr);
  }

  /** The runs at lr*. @returns {Point | null} */
  get atBest() {
    const { lr_best } = this.rates;
    return lr_best === null ? null : (this.byRate.get(lr_best) ?? null);
  }

  /**
   * @param {number[]} points  of the grid, from the user's rate
   * @param {string} what
   * @returns {Promise<boolean>}  false where the budget did not suffice
   */
  async #train(points, what) {
    const { trainings, seeds, config } = this.#procedure;
    const rates = points.map((point) => this.#rateAt(point)).filter((lr) => !this.byRate.has(lr) && isRate(lr));
    const affordable = [...rates].sort((a, b) => this.#distance(a) - this.#distance(b));
    const configs = affordable.map((lr) => ({ ...config, lr }));
    while (configs.length > 0 && !trainings.canAfford(configs, seeds)) configs.pop();
    const left = rates.filter((lr) => !configs.some((planned) => planned.lr === lr));
    if (left.length > 0) this.#procedure.skip(`${capitalize(what)}: ${list(left.map((rate) => number(rate)))}`);
    for (const point of await trainings.train(configs, seeds)) this.byRate.set(point.config.lr, point);
    return left.length === 0;
  }

  /** @param {number} lr */
  #distance(lr) {
    return Math.abs(Math.log(lr / (this.#procedure.config.lr || RATE_OF_NONE)));
  }

  /** @param {number} point */
  #rateAt(point) {
    const { lr } = this.#procedure.config;
    if (lr > 0 && point === 0) return lr;
    return significant((lr || RATE_OF_NONE) * 10 ** (point / PER_DECADE));
  }

  /** The runs at the best of the rates that train without instability. @returns {Point | null} */
  get atCalmest() {
    const calm = [...this.byRate.values()].filter(({ trials }) => !isUnstableRate(trials));
    return calm[findBestPoint(calm)] ?? null;
  }

  /** That lr* is itself unstable, where it is, and what calm training reaches. @returns {string[]} */
  #sayUnstableBest() {
    const { atBest, atCalmest } = this;
    if (!atBest || !isUnstableRate(atBest.trials)) return [];
    const instead =
      atCalmest === null
        ? 'No rate of the sweep trains calmly.'
        : `Without instability the best is η ${number(atCalmest.config.lr)}, with ${number(atCalmest.figures.loss)}.`;
    return [
      `Training at lr* is itself unstable (${countStates(atBest.trials)}): its best checkpoint is what counts, and the run may not end there. ${instead}`,
    ];
  }

  /** @param {boolean} isWhole  whether the budget sufficed for all rates that the sweep begins with */
  #tell(isWhole) {
    const procedure = this.#procedure;
    const { lr_best, best_loss, lr_unstable, at_edge, lr_sensitivity } = this.rates;
    const { points } = this;
    if (points.length === 0) return;
    const trained = points.map(({ lr }) => /** @type {Point} */ (this.byRate.get(lr)));
    const ends = `${plural(points.length, 'rate')} from η ${number(points[0].lr)} to ${number(points[points.length - 1].lr)}, ${seedsEach(procedure.seeds)}`;
    const found =
      lr_best === null
        ? `${ends}: at none of them does training work.`
        : !isWhole
          ? `${ends}: the best of them is η ${number(lr_best)} with a best checkpoint of ${number(best_loss)}. The budget left rates out, among which there may be a better one; what is called lr* below is the best of these.`
          : `${ends}: the best is lr* = ${number(lr_best)} with a best checkpoint of ${number(best_loss)}.`;
    procedure.addEvidence({
      kind: 'sweep',
      title: 'The learning rate sweep',
      says: [found, ...(lr_sensitivity === null ? [] : [sayLrSensitivity(lr_sensitivity)])],
      numbers: {
        lr_best,
        best_loss,
        lr_sensitivity,
        points: trained.map(({ config, figures }) => ({ lr: config.lr, ...figures })),
      },
      thresholds: {
        infeasible_share_of_baseline_loss: SCHEMA.definitions.infeasible_share,
        infeasible_seeds_share: 0.5,
      },
      points: trained,
    });
    if (lr_best === null) return;
    const beyond = points.filter(({ lr }) => lr > lr_best);
    const above = beyond.filter(({ lr }) => lr_unstable === null || lr <= lr_unstable);
    const gridPoints = lr_unstable === null ? null : above.length;
    const top = points[points.length - 1].lr;
    const says =
      lr_unstable !== null
        ? [
            `Above lr* training is unstable or fails from η ${number(lr_unstable)} on, ${number(lr_unstable / lr_best)} × lr*, ${plural(above.length, 'grid point')} above it: ${at_edge ? 'lr* is at the edge of instability' : 'lr* is not at the edge of instability'}.`,
            ...sayEpisodes(/** @type {Point} */ (this.byRate.get(lr_unstable)).trials),
          ]
        : beyond.length === 0
          ? ['No rate above lr* was tried, so where training becomes unstable is not known.']
          : [`No rate above lr* is unstable, up to ${number(top)}, ${number(top / lr_best)} × lr*.`];
    // Where lr* is not at the edge, the next rates above it are worth a look all the same.
    const drawn = Math.max(lr_unstable ?? lr_best, beyond[Math.min(EDGE_POINTS, beyond.length) - 1]?.lr ?? lr_best);
    procedure.addEvidence({
      kind: 'edge',
      title: at_edge
        ? 'The best rate is at the edge'
        : beyond.length === 0
          ? 'Whether the best rate is at the edge'
          : 'The best rate is not at the edge',
      says: [...says, ...this.#sayUnstableBest()],
      numbers: { lr_best, lr_unstable, at_edge, grid_points: gridPoints, grid_ratio: 10 ** (1 / PER_DECADE) },
      thresholds: { edge_grid_points: EDGE_POINTS, unstable_seeds_share: 0.5 },
      points: trained.filter(({ config }) => config.lr >= lr_best && config.lr <= drawn),
    });
  }
}

/** Whether most runs neither blow up nor diverge, whatever they learn. @param {import('../judge/verdict.js').Tried[]} trials */
function isQuiet(trials) {
  return 2 * trials.filter((trial) => isUnstable(trial) || trial.diverged).length < trials.length;
}
