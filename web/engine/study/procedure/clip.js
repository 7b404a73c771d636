/**
 * The clip study on its own: the unclipped gradient norms, their percentile as the threshold, smaller thresholds where
 * that is not enough, the other ways to clip, and the lower rate that extreme clipping is in disguise.
 */

import { number, percent } from '../../words/numbers.js';
import { capitalize, list, medianOver } from '../../words/sentences.js';
import { AGGRESSIVE_SHARE, IN_DISGUISE } from '../judge/playbook.js';
import { countStates } from '../judge/trial_words.js';
import { BETTER_SHARE, isBetter, isCured, kindOf } from '../judge/verdict.js';
import {
  equivalentRateOf,
  isAggressive,
  planClipVariants,
  planNormClip,
  planNormClips,
  readThreshold,
  sayAggressive,
  sayThreshold,
} from './clip_threshold.js';
import { lowest, sayBest } from './compared.js';
import { runStandalone, sweepFor } from './standalone.js';

/**
 * @typedef {import('../../config/config.js').Config} Config
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('./clip_threshold.js').ClipPlan} ClipPlan
 * @typedef {import('./clip_threshold.js').Threshold} Threshold
 * @typedef {import('./compared.js').Compared} Compared
 * @typedef {import('./procedure.js').Procedure} Procedure
 * @typedef {import('./standalone.js').Known} Known
 *
 * @typedef {object} Aggressive  a setting that clips more than half of its steps
 * @property {string} id
 * @property {number} clipped_fraction
 * @property {number | null} equivalent_lr  η times the mean of min(1, λ / ‖g‖)
 * @property {string | null} twin  id of the unclipped runs at that rate
 */

/** Settings that the study trains at most, twins apart. */
const CANDIDATES_MAX = 7;

/**
 * @param {import('./standalone.js').StandaloneOptions & { thresholds?: number[], variants?: boolean }} options
 *   thresholds: λ to try; the percentile and smaller ones by default; variants: adaptive, update and in-warmup clipping
 *   as well
 * @returns {Promise<import('./standalone.js').Outcome>}  of the study's own: measured, the norms that λ was read off, null
 *   where no run is healthy enough; compared: 'none' first; aggressive
 */
export function runClipStudy({ thresholds = [], variants = true, ...options }) {
  return runStandalone('clip', options, async (procedure, known) => {
    Object.assign(known, { measured: null, compared: [], aggressive: [] });
    procedure.fitBudget(CANDIDATES_MAX, 'the runs that are compared');
    const plain = await measureNorms(procedure, known);
    await compareClips(procedure, known, { plain, thresholds, variants });
  });
}

/**
 * The norms of unclipped runs: of the settings themselves where they train, else at the best rate of a sweep.
 *
 * @param {Procedure} procedure
 * @param {Known} known
 * @returns {Promise<Point>}  the settings without clipping
 */
async function measureNorms(procedure, known) {
  const { trainings, config, seeds } = procedure;
  procedure.begin('Measuring the unclipped gradient norms');
  const [plain] = await trainings.train([{ ...config, clip: 'off' }], seeds);
  let source = plain;
  let measured = readThreshold(plain.trials);
  const says = [];
  if (!measured) {
    says.push(
      `At the rate ${number(config.lr)} of the settings every run diverges or fails to learn, and the percentile of such norms means nothing.`,
    );
    source = (await sweepFor(procedure, known)).atBest ?? plain;
    measured = readThreshold(source.trials);
    procedure.begin('Measuring the unclipped gradient norms');
  }
  known.measured = measured;
  const percentile = config.clip_percentile;
  says.push(
    ...(measured
      ? [
          sayThreshold(measured, percentile),
          `λ just above the typical norm is that percentile, ${number(measured.threshold)}: it cuts the outliers and leaves the others alone. λ at the median, ${number(measured.typical)}, is too aggressive: it would clip half of the updates.`,
        ]
      : ['No run is healthy enough for a percentile of its gradient norms, so round thresholds are tried.']),
  );
  procedure.addEvidence({
    kind: 'norms',
    title: 'The unclipped gradient norms',
    says,
    numbers: { ...measured, percentile, norm_histogram: source.trials[0].norm_histogram },
    thresholds: { clip_percentile: percentile, aggressive_share: AGGRESSIVE_SHARE },
    points: [source],
  });
  return plain;
}

/**
 * @param {Procedure} procedure
 * @param {Known} known
 * @param {{ plain: Point, thresholds: number[], variants: boolean }} wanted
 */
async function compareClips(procedure, known, { plain, thresholds, variants }) {
  const { config, seeds } = procedure;
  const measured = /** @type {Threshold | null} */ (known.measured);
  /** @type {Config} */
  const unclipped = { ...config, clip: 'off' };
  const byNorm =
    thresholds.length > 0
      ? thresholds.map((threshold) => planNormClip(unclipped, threshold))
      : planNormClips(unclipped, measured?.threshold ?? null);
  const others = variants && measured ? planClipVariants(unclipped, measured.threshold) : [];
  procedure.skipped.push(...sayLeftOut(others, { config, variants, measured }));
  const none = { id: 'none', label: 'No clipping', config: unclipped };
  procedure.begin('Comparing thresholds and ways to clip');
  const clips = await compareAsAffordable(procedure, none, [...byNorm, ...others]);
  if (!clips) return;

  const aggressive = clips.candidates.flatMap((one, i) => findAggressive(one, clips.points[i]));
  const twins = aggressive.flatMap((one) => planTwin(unclipped, one));
  const beside =
    twins.length === 0
      ? null
      : await procedure.compare(twins, 'The runs at the equivalent lower rates, without clipping');
  const compared = [...clips.compared, ...(beside?.compared ?? [])];
  known.compared = compared;
  known.aggressive = aggressive.map(({ candidate, trials, ...one }) => ({
    ...one,
    twin: beside && one.equivalent_lr !== null ? twinId(one.id) : null,
  }));
  const warnings = aggressive.map(
    ({ candidate, trials, id }) => `${sayAggressive(candidate.config, trials)}${sayTwin(id, compared)}`,
  );
  // The instability is that of the unclipped runs; where they just die, every episode counts.
  const kind = kindOf(plain.trials) ?? 'early';
  const isSound = (/** @type {Compared} */ { runs }) => isCured(runs, kind);
  judge(known, compared, { seeds, isSound });
  known.says.push(...warnInShort(aggressive));
  procedure.addEvidence({
    kind: 'compared',
    title: 'Clipped, and not',
    says: [`Compared by best checkpoint, ${medianOver(seeds)}.`, ...sayHarder(compared, byNorm, isSound), ...warnings],
    numbers: { aggressive: known.aggressive },
    thresholds: { better_share: BETTER_SHARE, aggressive_share: AGGRESSIVE_SHARE, surviving_seeds_share: 0.5 },
    points: [...clips.points, ...(beside?.points ?? [])],
    compared,
  });
}

/**
 * What the budget allows of the ways to clip, the first ones first.
 *
 * @param {Procedure} procedure
 * @param {import('./compared.js').Candidate} none
 * @param {ClipPlan[]} clips
 */
async function compareAsAffordable(procedure, none, clips) {
  const { trainings, seeds } = procedure;
  const affordable = [...clips];
  while (
    affordable.length > 0 &&
    !trainings.canAfford(
      affordable.map(({ config }) => config),
      seeds,
    )
  )
    affordable.pop();
  const left = clips.slice(affordable.length);
  if (left.length > 0) procedure.skip(list(left.map(({ label }) => label)));
  if (affordable.length === 0) return null;
  const candidates = [none, ...affordable];
  const outcome = await procedure.compare(candidates, 'The comparison');
  return outcome && { ...outcome, candidates };
}

/**
 * @param {ClipPlan[]} others  the ways to clip that are tried besides the norm
 * @param {{ config: import('../../config/config.js').Config, variants: boolean, measured: Threshold | null }} why
 * @returns {string[]}
 */
function sayLeftOut(others, { config, variants, measured }) {
  if (!variants) return ['Adaptive, update and in-warmup clipping: they were not asked for.'];
  if (!measured)
    return ['Adaptive, update and in-warmup clipping: without a percentile there is no threshold for them.'];
  const has = (/** @type {ClipPlan['kind']} */ kind) => others.some((one) => one.kind === kind);
  return [
    ...(has('update')
      ? []
      : [
          `Clipping the update: ${config.optimizer} scales its gradients itself, so that no threshold follows from their norm.`,
        ]),
    ...(has('in_warmup') ? [] : ['Clipping on and off during warmup: the settings have no warmup, so it is the same.']),
  ];
}

/** @param {import('./compared.js').Candidate} candidate @param {Point} point */
function findAggressive(candidate, point) {
  if (candidate.config.clip === 'off' || !isAggressive(point.trials)) return [];
  const shares = point.trials.map(({ clipped_fraction }) => clipped_fraction).sort((a, b) => a - b);
  return [
    {
      id: candidate.id,
      clipped_fraction: shares[(shares.length - 1) >> 1],
      equivalent_lr: equivalentRateOf(candidate.config, point.trials),
      candidate,
      trials: point.trials,
    },
  ];
}

/** @param {string} id */
function twinId(id) {
  return `twin-${id}`;
}

/**
 * The unclipped run at the rate that extreme clipping comes down to.
 *
 * @param {import('../../config/config.js').Config} unclipped
 * @param {{ id: string, equivalent_lr: number | null, candidate: import('./compared.js').Candidate }} aggressive
 */
function planTwin(unclipped, { id, equivalent_lr, candidate }) {
  if (equivalent_lr === null) return [];
  const label = `No clipping, rate ${number(equivalent_lr)}, instead of ${candidate.label.toLowerCase()}`;
  return [{ id: twinId(id), label, config: { ...unclipped, lr: equivalent_lr } }];
}

/** @param {string} id @param {Compared[]} compared */
function sayTwin(id, compared) {
  const twin = compared.find((one) => one.id === twinId(id));
  const own = compared.find((one) => one.id === id);
  if (!twin || !own) return '';
  return ` Without clipping, at that rate, ${sayBest(twin.figures.loss)}; with it, ${number(own.figures.loss)}.`;
}

/** @param {{ candidate: import('./compared.js').Candidate }[]} aggressive @returns {string[]} */
function warnInShort(aggressive) {
  if (aggressive.length === 0) return [];
  const labels = aggressive.map(({ candidate }) => candidate.label.toLowerCase());
  return [
    `More than ${percent(AGGRESSIVE_SHARE)} of the steps are shortened with: ${list(labels)}. ${capitalize(IN_DISGUISE)}.`,
  ];
}

/**
 * Whether smaller thresholds were needed.
 *
 * @param {Compared[]} compared
 * @param {ClipPlan[]} byNorm
 * @param {(one: Compared) => boolean} isSound  free of the instability
 * @returns {string[]}
 */
function sayHarder(compared, byNorm, isSound) {
  const tried = byNorm.flatMap(({ id }) => compared.find((one) => one.id === id) ?? []);
  if (isSound(compared[0]) || tried.length === 0) return [];
  const first = tried.findIndex(isSound);
  if (first === 0) return [`${tried[0].label} is enough: smaller thresholds were not needed.`];
  if (first > 0)
    return [
      `Try it harder: ${tried[0].label.toLowerCase()} leaves the instability, ${tried[first].label.toLowerCase()} ends it.`,
    ];
  return ['Even the smallest threshold that was tried leaves the instability: it is not one that clipping cures.'];
}

/**
 * @param {Known} known
 * @param {Compared[]} compared  without clipping first
 * @param {{ seeds: number, isSound: (one: Compared) => boolean }} how  isSound: free of the instability
 */
function judge(known, compared, { seeds, isSound }) {
  const [none, ...rest] = compared;
  const isTwin = (/** @type {Compared} */ { id }) => id.startsWith(twinId(''));
  const clipped = rest.filter((one) => !isTwin(one));
  const isHarsh = (/** @type {Compared} */ { id }) =>
    known.aggressive.some((/** @type {Aggressive} */ one) => one.id === id);
  const sound = clipped.filter(isSound);
  const better = (/** @type {Compared} */ one) => isBetter(one.figures.loss, none.figures.loss);
  // Among those that shorten few steps, if there are any: the others are a lower rate in disguise.
  const gentle = sound.filter((one) => !isHarsh(one));
  const best = lowest(gentle.length > 0 ? gentle : sound.length > 0 ? sound : clipped);
  const limit = none.figures.loss === null ? '' : ` (better means below ${BETTER_SHARE} × that)`;
  const held = `best checkpoint ${number(best.figures.loss)} instead of ${number(none.figures.loss)} unclipped, ${medianOver(seeds)}${limit}`;
  const offer = { label: best.label.toLowerCase(), settings: best.runs[0].settings };
  if (isSound(none)) {
    known.offer = better(best) ? offer : null;
    known.tone = better(best) ? 'good' : 'soft';
    known.says = [
      better(best)
        ? `Without clipping there is no instability, but ${best.label.toLowerCase()} is better: ${held}.`
        : `There is nothing for clipping to do: without it there is no instability, and with it the best checkpoint is no better (${number(best.figures.loss)}, ${best.label.toLowerCase()}; ${number(none.figures.loss)} unclipped).`,
    ];
    return;
  }
  const sick = `unclipped, ${countStates(none.runs)}`;
  if (sound.length === 0) {
    known.tone = 'bad';
    known.says = [
      `Clipping does not cure it: ${sick}, and so it stays with every threshold that was tried. Try warmup.`,
    ];
    return;
  }
  known.offer = offer;
  known.tone = better(best) && !isHarsh(best) ? 'good' : 'soft';
  known.says = [
    `${best.label} ends the instability (${sick}): ${held}${better(best) ? '' : ', which is no better'}. It shortens ${percent(best.clipped_fraction)} of the steps.`,
  ];
}
