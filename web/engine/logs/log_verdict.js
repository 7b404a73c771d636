/** What C says of a log's series: episodes and divergence of its losses, warmup and schedule of its rates, its norms. */

import { FIELD_BY_NAME } from '../config/schema.js';
import { kindOfEpisode, nameVerdict } from '../config/verdicts.js';
import { readRecord, recordBytes, writeRecord } from '../core/record.js';

/**
 * @typedef {import('../core/wasm.js').Core} Core
 * @typedef {import('../core/record.js').Records} Records
 * @typedef {{ step: ArrayLike<number>, value: ArrayLike<number> }} Points
 *
 * @typedef {object} LogEpisode
 * @property {number} begin
 * @property {number} detected_at
 * @property {number} peak
 * @property {number | null} recovered_at
 * @property {import('../config/verdicts.js').Instability} kind
 * @property {number} loss_before
 * @property {number} loss_peak  of a run that died the first that is not finite
 *
 * @typedef {object} LogVerdict
 * @property {boolean} isJudged  false: the losses are 0 or below it
 * @property {import('../config/verdicts.js').Verdict | 'diverged'} verdict
 * @property {number | null} divergedAt
 * @property {number | null} baseline
 * @property {number} minimum
 * @property {number} minimumAt
 * @property {number} last
 * @property {number} noise
 * @property {number} doubted
 * @property {number} leastRise  of a rise that would be told at the end, in multiples of the minimum
 * @property {boolean} isSmooth  rows follow each other more closely than losses of single batches do
 * @property {boolean} isNoisy  their noise hides rises that would count
 * @property {LogEpisode[]} episodes
 * @property {Float64Array} smoothed
 *
 * @typedef {object} LogRate
 * @property {number} peak
 * @property {number} peakAt
 * @property {{ steps: number, share: number, from: number } | null} warmup
 * @property {number} skipped
 * @property {number} last
 * @property {string | null} schedule
 *
 * @typedef {Records['log_norms']} LogNorms
 */

/** The C of an engine, asked about logs. */
export class LogJudge {
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** Episodes and divergence of losses, at whatever steps. @param {Points} loss @param {Parameters<typeof judgeLosses>[2]} how */
  judge(loss, how) {
    return judgeLosses(this.#core, loss, how);
  }

  /** Warmup and schedule. @param {Points} rates @param {{ last: number, planned?: number | null }} how  last: the log's last step */
  readRate(rates, how) {
    return readLogRate(this.#core, rates, how);
  }

  /** Percentiles of norms, and how they were logged. @param {ArrayLike<number>} norms */
  readNorms(norms) {
    return readLogNorms(this.#core, norms);
  }
}

/** What stands for a norm that was not logged. */
const NO_NORM = -1;

/**
 * @param {Core} core
 * @param {Points} loss
 * @param {object} how
 * @param {Points} [how.norms]
 * @param {number | null} [how.baseline]
 * @param {number | null} [how.planned]
 * @param {boolean} [how.isSummary]  a row sums up an epoch
 * @param {boolean} [how.isCut]  the log does not begin where the run did
 * @returns {LogVerdict}
 */
function judgeLosses(core, loss, { norms, baseline = null, planned = null, isSummary = false, isCut = false }) {
  const n = loss.step.length;
  const most = core.constants.LOG_EPISODES_MAX;
  const episodeBytes = recordBytes('log_episode');
  const factBytes = recordBytes('log_facts');
  const bytes = 8 * 7 * n + factBytes + recordBytes('log_verdict') + most * episodeBytes;
  return core.withMemory(bytes, (at) => {
    const [lossAt, normAt, smoothedAt, workspace] = [at + 8 * n, at + 16 * n, at + 24 * n, at + 32 * n];
    const factsAt = at + 56 * n;
    const verdictAt = factsAt + factBytes;
    const episodesAt = verdictAt + recordBytes('log_verdict');
    core.view(Float64Array, at, n).set(loss.step);
    core.view(Float64Array, lossAt, n).set(loss.value);
    core.view(Float64Array, normAt, n).set(align(loss.step, norms));
    writeRecord(core, factsAt, 'log_facts', {
      baseline: baseline ?? Number.NaN,
      planned: planned ?? Number.NaN,
      is_summary: Number(isSummary),
      is_cut: Number(isCut),
    });
    core.call.tscope_log_judge(at, lossAt, normAt, n, factsAt, workspace, smoothedAt, episodesAt, verdictAt);
    const found = readRecord(core, verdictAt, 'log_verdict');
    const divergedAt = noneIfNaN(found.diverged_at);
    return {
      isJudged: found.is_judged === 1,
      verdict: divergedAt === null ? nameVerdict(found.verdict) : 'diverged',
      divergedAt,
      baseline: noneIfNaN(found.baseline),
      minimum: found.minimum,
      minimumAt: found.minimum_at,
      last: found.last,
      noise: found.noise,
      doubted: found.doubted,
      leastRise: found.least_rise,
      isSmooth: found.is_smooth === 1,
      isNoisy: found.is_noisy === 1,
      episodes: Array.from({ length: found.episode_count }, (_, i) =>
        readEpisode(readRecord(core, episodesAt + i * episodeBytes, 'log_episode')),
      ),
      smoothed: core.view(Float64Array, smoothedAt, n).slice(),
    };
  });
}

/** @param {Records['log_episode']} episode @returns {LogEpisode} */
function readEpisode({ reserved: _, kind, recovered_at, ...episode }) {
  return { ...episode, kind: kindOfEpisode({ kind }), recovered_at: noneIfNaN(recovered_at) };
}

/** The norms of the losses' own steps. @param {ArrayLike<number>} steps @param {Points | undefined} norms */
function align(steps, norms) {
  const aligned = new Float64Array(steps.length).fill(NO_NORM);
  if (!norms) return aligned;
  for (let i = 0, j = 0; i < steps.length; i++) {
    while (j < norms.step.length && norms.step[j] < steps[i]) j++;
    if (norms.step[j] === steps[i]) aligned[i] = norms.value[j];
  }
  return aligned;
}

/**
 * @param {Core} core
 * @param {Points} rates
 * @param {{ last: number, planned?: number | null }} how  last: the log's last step
 * @returns {LogRate | null}  null where no rate is above 0
 */
function readLogRate(core, rates, { last, planned = null }) {
  let n = 0;
  for (let i = 0; i < rates.value.length; i++) n += Number(Number.isFinite(rates.value[i]));
  return core.withMemory(16 * n + recordBytes('log_rate'), (at) => {
    const places = core.view(Float64Array, at, n);
    const values = core.view(Float64Array, at + 8 * n, n);
    for (let i = 0, kept = 0; i < rates.value.length; i++) {
      if (!Number.isFinite(rates.value[i])) continue;
      places[kept] = rates.step[i];
      values[kept++] = rates.value[i];
    }
    core.call.tscope_log_read_rate(at, at + 8 * n, n, last, planned ?? Number.NaN, at + 16 * n);
    const found = readRecord(core, at + 16 * n, 'log_rate');
    if (Number.isNaN(found.peak)) return null;
    const steps = noneIfNaN(found.warmup_steps);
    return {
      peak: found.peak,
      peakAt: found.peak_at,
      warmup: steps === null ? null : { steps, share: found.warmup_share, from: found.warmup_from },
      skipped: found.skipped,
      last: found.last,
      schedule: nameSchedule(found.schedule),
    };
  });
}

/** As the setting calls it. @param {number} schedule  its place, or -1 */
function nameSchedule(schedule) {
  const option = FIELD_BY_NAME.get('schedule')?.options[schedule];
  return option ? String(option.name) : null;
}

/** @param {Core} core @param {ArrayLike<number>} norms @returns {LogNorms} */
function readLogNorms(core, norms) {
  const n = norms.length;
  return core.withMemory(16 * n + recordBytes('log_norms'), (at) => {
    core.view(Float64Array, at, n).set(norms);
    core.call.tscope_log_read_norms(at, n, at + 8 * n, at + 16 * n);
    return readRecord(core, at + 16 * n, 'log_norms');
  });
}

/** @param {number} value */
function noneIfNaN(value) {
  return Number.isNaN(value) ? null : value;
}
