/** What is wrong with the user's own settings, in sentences, and what was tried to find it out, as evidence. */

import { findingInWords } from '../../../config/verdicts.js';
import { count, number, percent } from '../../../words/numbers.js';
import { agree, capitalize, list, medianOver, plural, uncapitalize } from '../../../words/sentences.js';
import { settingInSentence } from '../../../words/settings.js';
import { accuracyOf, CLEAR_GAIN } from '../../judge/better.js';
import { causeRow, ownVerdictInWords } from '../../judge/causes.js';
import { isUnstableRate } from '../../judge/judge.js';
import { countStates } from '../../judge/trial_words.js';
import { kindOf } from '../../judge/verdict.js';
import { medianOf } from '../../trial/statistics.js';
import { describeCompared } from '../compared.js';
import { changesBetween } from '../trainings.js';
import { isBelowGuessing, scoreOf } from './own_verdict.js';
import { isFarBelow } from './samples.js';

/**
 * @typedef {import('../trainings.js').Point} Point
 * @typedef {import('./counterfactuals.js').Found} Found
 * @typedef {import('./counterfactuals.js').Try} Try
 * @typedef {import('../../judge/causes.js').CauseId} CauseId
 * @typedef {import('../../judge/causes.js').OwnVerdict} OwnVerdict
 */

/** What a gain must be that shows in the accuracy, and one that does not. */
const [LEAST] = CLEAR_GAIN.classes;
const MOST = CLEAR_GAIN.classes[CLEAR_GAIN.classes.length - 1];

/** @param {Point} point */
function isRegression({ trials }) {
  return accuracyOf(trials) === null;
}

/**
 * "slow, the learning rate is too low".
 *
 * @param {OwnVerdict} verdict
 * @param {CauseId[]} causes
 * @param {Point} baseline
 */
export function sayState(verdict, [cause], baseline) {
  if (!cause) return `${ownVerdictInWords(verdict)}, at every rate that was tried`;
  if (cause === 'none') return sayGood(verdict, baseline);
  return `${ownVerdictInWords(verdict)}, ${uncapitalize(causeRow(cause).label)}`;
}

/** What settings are that nothing is wrong with: stable, or good although they are not. @param {OwnVerdict} verdict @param {Point} baseline */
function sayGood(verdict, { trials, figures }) {
  const kind = kindOf(trials);
  if (verdict !== 'stable' || kind === null) return ownVerdictInWords(verdict);
  return 2 * figures.unstable > trials.length ? `good, in spite of ${findingInWords(kind)}` : 'mostly stable';
}

/**
 * @param {Found} found
 * @param {Point} baseline
 * @param {OwnVerdict} verdict
 * @returns {string[]}
 */
export function sayYours(found, baseline, verdict) {
  const { causes, fix } = found;
  const { config, trials } = baseline;
  const [first, ...others] = causes;
  const state = first === 'none' ? sayGood(verdict, baseline) : ownVerdictInWords(verdict);
  const own = `Your settings (η ${number(config.lr)}) are ${state}: ${countStates(trials)}.`;
  if (!first) {
    return fix
      ? [own, `${sayTried(found)} None of it helps, but a remedy does.`, sayFix(found, fix, baseline)]
      : [own, `${sayTried(found)} None of it helps.`];
  }
  if (first === 'none') return [own, sayNothing(found, baseline)];
  if (first === 'not_optimization') return [own, sayNotOptimization(found, baseline)];
  const { label, says } = causeRow(first);
  return [
    own,
    `What is wrong: ${uncapitalize(label)}. ${says}`,
    ...(fix ? [`${sayFix(found, fix, baseline)}${sayFresh(found)}`] : []),
    ...(others.length > 0 ? [`Besides: ${list(others.map((cause) => uncapitalize(causeRow(cause).label)))}.`] : []),
  ];
}

/** @param {Found} found @param {Point} fix @param {Point} baseline */
function sayFix({ edits }, fix, baseline) {
  const isRate = Object.keys(changesBetween(baseline.config, fix.config)).every((name) => name === 'lr');
  const changes = sayChanges(fix, baseline, edits);
  const verb = isRate ? (fix.config.lr > baseline.config.lr ? 'raise' : 'lower') : 'set';
  return `Fix: ${verb} ${changes}. ${sayGained(fix, baseline)}`;
}

/** What the fix reaches with other seeds; '' where it was not trained with any. @param {Found} found */
function sayFresh({ fresh }) {
  if (fresh === null) return '';
  return ` With ${plural(fresh.trials.length, 'other seed')} it is ${number(fresh.figures.loss)}.`;
}

/** "The best checkpoint is then 0.11 instead of 0.6". @param {Point} point @param {Point} baseline */
function sayGained(point, baseline) {
  const [score, own] = [scoreOf(point), scoreOf(baseline)];
  const accuracy =
    typeof score?.accuracy === 'number' && typeof own?.accuracy === 'number'
      ? `, and the validation accuracy at the end ${percent(score.accuracy, 1)} instead of ${percent(own.accuracy, 1)}`
      : '';
  const alone = point.trials.length === 1 ? ' One seed cannot tell such a gain from chance for sure.' : '';
  const instead =
    baseline.figures.loss === null ? ', where there was none' : ` instead of ${number(baseline.figures.loss)}`;
  const still = isUnstableRate(point.trials)
    ? ` ${isUnstableRate(baseline.trials) ? 'Training is not calm then either' : 'But training is not calm then'} (${countStates(point.trials)}): it is the best checkpoint that counts, and the run may not end there.`
    : '';
  return `The best checkpoint is then ${number(point.figures.loss)}${instead}${accuracy} (${medianOver(point.trials.length)}).${alone}${still}`;
}

/** @param {Found} found @param {Point} baseline */
function sayNothing(found, baseline) {
  const { trials } = baseline;
  const kind = kindOf(trials);
  const needed = isRegression(baseline)
    ? `${percent(CLEAR_GAIN.regression.loss_share)} of the loss`
    : `${percent(MOST.baseline_share)} of the loss of guessing, or by ${percent(LEAST.baseline_share)} of it and ${percent(LEAST.accuracy)} in accuracy`;
  const costs = kind === null ? '' : ` What there is of ${findingInWords(kind)} costs nothing.`;
  return `Nothing is wrong with them. ${sayTried(found)} None of it is better by ${needed}, beyond what seeds differ by.${costs}`;
}

/** @param {Found} found */
function sayTried({ tries }) {
  const suspects = tries.filter(({ cause }) => !cause.startsWith('rate_'));
  const names = suspects.map(({ noun }) => noun);
  const rates = suspects.length < tries.length ? ['other learning rates'] : [];
  const tried = [
    ...rates,
    ...(names.length > 0 ? [`the same settings without what may be a cause (${list(names)})`] : []),
  ];
  return tried.length > 0 ? `Tried were ${list(tried)}.` : 'Nothing else could be tried.';
}

/** @param {Found} found @param {Point} baseline */
function sayNotOptimization(found, baseline) {
  const { first, tries, lack, fix } = found;
  const { says } = causeRow('not_optimization');
  if (fix !== null) {
    return `It is not the optimization, but dropout: what is set to 0 at random while training leaves too little to learn from. ${sayFix(found, fix, baseline)}${sayFresh(found)}`;
  }
  if (first !== null && tries.includes(first)) {
    const point = first.own ?? first.best;
    return `It is not the optimization, but the labels: with ${sayChanges(point, baseline, new Map(), ' ')} the same training does better. ${sayGained(point, baseline)} ${says}`;
  }
  if (lack)
    return `It is not the optimization, but the number of samples: ${sayGap(lack.own)} ${sayLack(lack)} ${says}`;
  const nothing = isBelowGuessing(baseline.trials)
    ? 'nothing that was tried gets further'
    : 'on validation data nothing that was tried is clearly better than guessing';
  return `It is not the optimization: ${nothing}. ${isFarBelow(baseline) ? `${capitalize(sayGap(baseline))} ` : ''}${says}`;
}

/** "training ends at a loss of 0.1, and the best checkpoint on validation data has 0.9". @param {Point} point */
function sayGap({ trials, figures }) {
  const train = Number(medianOf(trials.map((trial) => trial.train.last50)));
  return `training ends at a loss of ${number(train)}, while the best checkpoint on validation data has ${number(figures.loss)} (guessing costs ${number(trials[0].baseline_loss)}).`;
}

/** @param {import('./samples.js').Lack} lack */
function sayLack({ less, more, own }) {
  const [few, many] = [less, more].map(({ trials }) => trials[0].train_samples);
  const validation = own.config.val_samples > 0 ? own.config.val_samples : null;
  const against = validation === null ? '' : ` (both held against ${plural(validation, 'validation sample')})`;
  return own === less
    ? `With ${count(many)} samples instead of ${count(few)} the same training reaches ${number(more.figures.loss)}${against}.`
    : `With ${count(few)} samples instead of ${count(many)} the same training reaches no more than ${number(less.figures.loss)}: the fewer there are, the worse.`;
}

/**
 * What is to be changed: "ε to 1e-8 and η to 0.02".
 *
 * @param {Point} point
 * @param {Point} baseline
 * @param {ReadonlyMap<unknown, string>} edits
 * @param {string} [between]
 */
function sayChanges(point, baseline, edits, between = ' to ') {
  const { model, ...others } = changesBetween(baseline.config, point.config);
  const parts = Object.entries(others).map(([name, value]) => settingInSentence(name, value, between));
  const edit = model === undefined ? [] : [`the model to ${edits.get(model) ?? 'another one'}`];
  return list([...edit, ...parts]);
}

// ---- evidence --------------------------------------------------------------------------------------------------------

/**
 * What was tried in place of the user's own settings, side by side.
 *
 * @param {import('../procedure.js').Procedure} procedure
 * @param {Found} found
 * @param {Point} baseline
 */
export function addCausesEvidence(procedure, { tries, fix, edits, causes, lack }, baseline) {
  const label = (/** @type {Point} */ point) => sayChanges(point, baseline, edits);
  const candidates = [
    { id: 'yours', label: 'As they are', point: baseline },
    ...tries.map(({ cause, best }) => ({ id: cause, label: label(best), point: best })),
    ...(fix && !tries.some(({ best }) => best === fix) ? [{ id: 'fix', label: label(fix), point: fix }] : []),
    ...(lack ? [lack.own, lack.less, lack.more] : [])
      .filter((point, i, all) => point.config !== baseline.config && all.indexOf(point) === i)
      .map((point) => ({ id: 'not_optimization', label: label(point) || 'As they are', point })),
  ];
  const seeds = procedure.seeds === 1 ? '' : '; what did not look better with one seed was trained with no more';
  procedure.addEvidence({
    kind: 'causes',
    title: 'The same settings without what may be a cause',
    says: [
      tries.length === 0
        ? 'Nothing else could be tried.'
        : `${plural(tries.length, 'other setting')} ${agree(tries.length, 'was', 'were')} tried, ${agree(tries.length, '', 'each ')}at the best rate that was found for it${seeds}.`,
    ],
    numbers: { causes },
    thresholds: {
      ...(isRegression(baseline)
        ? { clear_gain_of_loss: CLEAR_GAIN.regression.loss_share }
        : { clear_gain_of_baseline_loss: MOST.baseline_share, clear_gain_with_accuracy: LEAST.baseline_share }),
    },
    points: [...new Set(candidates.map(({ point }) => point))],
    compared: candidates.map(({ point, ...one }) =>
      describeCompared(procedure.trainings, { ...one, config: point.config }, point, baseline.config),
    ),
  });
}
