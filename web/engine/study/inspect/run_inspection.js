/** What one run's log shows: the figures, as `inspect --json` has them; sentences are added by the files beside this one. */

import { isBadVerdict } from '../../config/log_verdicts.js';
import { highestWithin, valueAt } from '../../logs/cells/rows.js';
import { areSummaries, intervalOf } from '../../logs/cells/summaries.js';
import { LogJudge } from '../../logs/log_verdict.js';
import { isInBits } from '../../logs/names.js';
import { findClimb, findLevel, findStill, findTurns } from './levels.js';
import { figuresOfOwn, noteOwn, reportOf } from './own_run.js';
import { writeRemedy } from './remedy_code.js';
import { findRises } from './rises.js';
import { adviseRun } from './run_advice.js';
import { noteMissing, noteRun } from './run_notes.js';
import { findUntold } from './untold.js';

/**
 * @typedef {import('../../engine.js').Engine} Engine
 * @typedef {import('../../logs/settle.js').LogRun} LogRun
 * @typedef {import('./findings.js').RunInspection} RunInspection
 * @typedef {import('./findings.js').Findings} Findings
 * @typedef {import('../../logs/log_verdict.js').LogEpisode} LogEpisode
 */

/**
 * @param {Engine} engine
 * @param {LogRun} run
 * @param {{ baseline: number | null, framework?: string | null }} how  L₀ where the reader knows it; framework: for which
 *   what is advised is written as code, where the reader named one
 * @returns {RunInspection}
 */
export function inspectRun(engine, run, { baseline, framework = null }) {
  const { series, planned } = run;
  const { val_loss, grad_norm, lr } = series;
  // Where only validation is logged, that is what there is to judge.
  const losses = series.loss ?? (series.reward ? undefined : val_loss);
  const any = losses ?? series.reward ?? val_loss ?? lr ?? grad_norm;
  const steps = any ? any.step[any.step.length - 1] : run.reach;
  const isSummary = areSummaries(run);
  const how = { planned, isSummary, isCut: run.isCutAtHead };
  const scale = run.lossScale !== null && run.lossScale > 1 ? run.lossScale : null;
  // What is told in bits is so many logarithms to the base of 2.
  const known = baseline !== null && losses && isInBits(losses.name) ? baseline / Math.LN2 : baseline;
  const guess = known === null ? null : known * (scale ?? 1);
  const judge = new LogJudge(engine.core);
  const judged = losses ? judge.judge(losses, { ...how, norms: grad_norm, baseline: guess }) : null;
  const loss =
    judged && run.game && losses === series.loss ? { ...judged, isJudged: false, episodes: [], doubted: 0 } : judged;
  const validation = val_loss && series.loss ? judge.judge(val_loss, { ...how, isSummary: true }) : null;
  const rate = lr ? judge.readRate(lr, { last: steps, planned }) : null;
  const report = reportOf(run.own);
  const episodes = /** @type {LogEpisode[]} */ (report?.episodes ?? loss?.episodes ?? []);
  const { norms, calm } = readNorms(judge, run, episodes);
  const isTold = loss !== null && (loss.isJudged || loss.divergedAt !== null);
  /** @type {RunInspection} */
  const figures = {
    name: run.name,
    source: run.source,
    steps,
    planned,
    unit: run.unit,
    series: Object.fromEntries(
      Object.entries(series).map(([role, { name, step }]) => [role, { name, points: step.length }]),
    ),
    verdict: isTold ? loss.verdict : null,
    untold: [],
    diverged_at: loss?.divergedAt ?? null,
    episodes: episodes.map((episode) => ({
      ...episode,
      norm_peak: grad_norm ? peakWithin(grad_norm, episode) : null,
      lr: lr ? valueAt(lr, episode.begin) : null,
      lr_peak: lr ? valueAt(lr, episode.peak) : null,
    })),
    baseline_loss: loss?.baseline ?? null,
    norms: norms && {
      p50: orNull(norms.p50),
      p90: orNull(norms.p90),
      max: orNull(norms.max),
      after_clipping: norms.after_clipping === 1,
      above_one: norms.above_one,
      not_finite: norms.non_finite,
    },
    warmup: rate?.warmup ? { steps: rate.warmup.steps, share: orNull(rate.warmup.share) } : null,
    schedule: rate?.schedule ?? null,
    best:
      val_loss || !loss?.isJudged || isSummary
        ? findBest(val_loss ?? (loss?.isJudged ? losses : undefined), loss?.divergedAt ?? Number.POSITIVE_INFINITY)
        : lowestOf(loss),
    loss_scale: scale,
    notes: [],
    advice: [],
    rehearsal: null,
    code: null,
  };
  if (report) Object.assign(figures, figuresOfOwn(report, figures));
  const interval = losses ? intervalOf(losses.step) : 0;
  /** @type {Findings} */
  const found = {
    run,
    figures,
    losses,
    loss,
    validation,
    rate,
    norms,
    calm,
    isSummary,
    interval,
    summed: series.loss && val_loss && scale === null ? findSum(series.loss, val_loss) : null,
    given: known,
    rises: [],
    level: null,
    climb: null,
    still: null,
    vanished: null,
    turns: null,
  };
  if (loss && losses && figures.verdict === 'stable' && !report) {
    found.rises = findRises(losses, loss.smoothed, { norms: grad_norm, p90: figures.norms?.p90, rates: lr });
    found.level = run.isCutAtHead ? null : findLevel(losses.value);
    found.climb = series.loss && !found.level ? findClimb(losses, lr) : null;
    found.still = findStill(losses);
    const still = findStill(grad_norm);
    found.vanished = still?.value === 0 ? still : null;
    found.turns = interval === 1 && !isSummary ? findTurns(losses.value) : null;
  }
  if (report) figures.notes = [noteOwn(report), ...run.notes];
  else {
    const { untold, notes } = findUntold(found);
    figures.untold = untold;
    figures.notes = [...run.notes, ...noteRun(found), ...notes, ...noteMissing(found)];
    if (run.own) figures.notes.push(noteOwn(null));
  }
  const { advice, rehearsal } = adviseRun(engine, found);
  figures.advice = advice;
  figures.rehearsal = rehearsal;
  if (isBadVerdict(figures)) {
    const { code, missing } = writeRemedy(engine, found, framework);
    figures.code = code;
    if (missing !== null) figures.notes.push(missing);
  }
  // Exactly as the run has them.
  if (report) figures.episodes = /** @type {typeof figures.episodes} */ (/** @type {unknown} */ (report.episodes));
  return figures;
}

/** Of fewer norms a percentile means nothing. */
const NORMS_MIN = 20;

/** A largest norm of so many medians from before spoils the percentiles of a run that broke. */
const SPOILED = 10;

/**
 * Norms, and those that a threshold may be read off: of a run that broke and stayed so the ones before.
 *
 * @param {LogJudge} judge @param {LogRun} run @param {LogEpisode[]} episodes
 */
function readNorms(judge, { series: { grad_norm }, own }, episodes) {
  if (!grad_norm) return { norms: null, calm: null };
  const read = (/** @type {Float64Array} */ values) => judge.readNorms(values.filter((norm) => !(norm < 0)));
  const norms = read(grad_norm.value);
  const broken = episodes.find((episode) => episode.recovered_at === null);
  const before = broken && grad_norm.value.filter((_, i) => grad_norm.step[i] <= broken.begin);
  const first = before ? read(before) : norms;
  const isSpoiled = !(norms.max <= SPOILED * first.p50);
  const calm = !before || before.length >= NORMS_MIN ? first : isSpoiled ? null : norms;
  // Of a run that blew up norms are large for another reason; ours have no loss scale.
  return { norms: { ...norms, scaled: own ? 0 : (calm?.scaled ?? 0) }, calm };
}

/** @param {number} value */
function orNull(value) {
  return Number.isFinite(value) ? value : null;
}

/** @param {import('../../logs/settle.js').Series} series @param {{ begin: number, peak: number, recovered_at: number | null }} episode */
function peakWithin(series, { begin, peak, recovered_at }) {
  return highestWithin(series, begin, recovered_at ?? Math.max(peak, series.step[series.step.length - 1]));
}

/**
 * The lowest, the first on ties.
 *
 * @param {import('../../logs/settle.js').Series | undefined} series
 * @param {number} dead  from which step on the run is, whatever it logs
 */
function findBest(series, dead) {
  if (!series) return null;
  let best = -1;
  for (let i = 0; i < series.value.length; i++) {
    if (series.step[i] >= dead) break;
    if (Number.isFinite(series.value[i]) && (best < 0 || series.value[i] < series.value[best])) best = i;
  }
  if (best < 0) return null;
  const last = series.step.length - 1;
  return {
    step: series.step[best],
    loss: series.value[best],
    last: series.step[last] >= dead ? Number.NaN : series.value[last],
  };
}

/**
 * Of losses of single batches the lowest is the luckiest batch: that of their running mean is meant.
 *
 * @param {import('../../logs/log_verdict.js').LogVerdict} loss
 */
function lowestOf({ minimum, minimumAt, last }) {
  return { step: minimumAt, loss: minimum, last };
}

/** Of many validations so many are compared. */
const RATIOS_MAX = 1000;

/** By how much a loss is summed: its ratio to the validation's, in the first half, where the two belong together. @param {import('../../logs/settle.js').Series} loss @param {import('../../logs/settle.js').Series} validation */
function findSum(loss, validation) {
  const stride = Math.ceil(validation.step.length / RATIOS_MAX);
  const ratios = [];
  for (let i = 0; i < validation.step.length; i += stride) {
    const ratio = (valueAt(loss, validation.step[i]) ?? Number.NaN) / validation.value[i];
    if (Number.isFinite(ratio) && validation.step[i] >= loss.step[0]) ratios.push(ratio);
  }
  const early = ratios.slice(0, Math.max(2, ratios.length >> 1)).sort((a, b) => a - b);
  if (early.length < 2) return null;
  const middle = early[early.length >> 1];
  const whole = Math.round(middle);
  const isSteady = early[early.length - 1] / early[0] < 1.25;
  return whole >= 2 && Math.abs(middle - whole) < 0.15 * whole && isSteady ? whole : null;
}
