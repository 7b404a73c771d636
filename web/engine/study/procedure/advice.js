/** What a diagnosis advises, in sentences: each follows from what was trained. */

import { isLowerRate, NO_LOWER_RATE } from '../../config/clip_rate.js';
import { failsQuietly, findingInWords } from '../../config/verdicts.js';
import { number } from '../../words/numbers.js';
import { capitalize, list, ofSeeds, plural } from '../../words/sentences.js';
import { settingsInWords } from '../../words/settings.js';
import { atUnstableRates } from '../../words/unstable_rates.js';
import { IN_DISGUISE, isLastResort } from '../judge/playbook.js';
import { countStates } from '../judge/trial_words.js';
import { BETTER_SHARE, isBetter, kindOf } from '../judge/verdict.js';
import { isBeyondSeeds, sayCured, sayGain, stateOf } from './diagnosis_words.js';
import { chooseRemedy } from './remedies.js';

/**
 * @typedef {import('./trainings.js').Point} Point
 * @typedef {import('./trainings.js').Run} Run
 * @typedef {import('./remedies.js').Remedy} Remedy
 */

/**
 * What to do, in sentences: the user's own settings first, then the instability, its remedy, and what to keep in mind.
 *
 * @param {object} known
 * @param {import('../../config/config.js').Config} known.config
 * @param {Point} known.baseline
 * @param {import('./yours/yours.js').Yours | null} known.yours  null where that was not found out
 * @param {import('../judge/judge.js').RateFigures} known.rates
 * @param {boolean} known.isSwept  whether the sweep was run to its end
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
  yours,
  rates,
  isSwept,
  finding,
  sudden,
  remedies,
  probe,
  seeds,
  atBest,
  untreated,
}) {
  const { lr_best, best_loss } = rates;
  const own = `Your settings (η ${number(config.lr)}) are ${stateOf(finding, baseline.figures)}: ${countStates(baseline.trials)}.`;
  if (!isSwept && finding.verdict === 'stable') {
    return [
      `${own} The sweep of the learning rate was not finished: whether another rate is better, or unstable, is not known.`,
    ];
  }
  const says = [...(yours?.says ?? [own]), ...sayFinding(rates, finding, baseline, remedies)];
  if (finding.verdict === 'stable') {
    if (sudden.length > 0) {
      says.push(
        `At ${list(sudden.map((factor) => `${factor} ×`))} lr* the loss rises suddenly after a steady decline. With lr* so far below, this costs nothing now; remember it where a larger model or a longer run asks for a higher rate.`,
      );
    }
    return says;
  }
  const solved = remedies.filter((remedy) => remedy.solved);
  const first = chooseRemedy(remedies);
  // What was not unstable cannot be stable again.
  const isQuiet = failsQuietly(untreated);
  if (first) {
    says.push(
      `${isLastResort(first.kind) ? 'Remedy, the last resort' : 'Remedy'}: ${sayRemedy(first)}. ${capitalize(sayCured(isQuiet))}${seeds === 1 ? ', and the best checkpoint' : ` in ${ofSeeds(first.free, seeds)}, and the median of their best checkpoints`} is ${number(first.median_best)}${first.untreated_best === null ? ', where there was none' : ` instead of ${number(first.untreated_best)}${sayGain(runsOf(first), untreated)}`}.`,
    );
  } else if (remedies.length > 0) {
    says.push(`No remedy that was tried solves it (${list(remedies.map(({ label }) => label))}).`);
  }
  const lesser = solved.filter(
    (remedy) => first && !remedy.aggressive && remedies.indexOf(remedy) < remedies.indexOf(first),
  );
  if (lesser.length > 0) {
    says.push(
      `Earlier in the playbook’s order, but with less than half of the gain: ${list(lesser.map(({ label, median_best }) => `${label} with ${number(median_best)}`))}.`,
    );
  }
  const better = solved
    .filter((remedy) => first && remedies.indexOf(remedy) > remedies.indexOf(first))
    .filter((remedy) => isBetter(remedy.median_best, first?.median_best ?? null))
    .sort((a, b) => (a.median_best ?? 0) - (b.median_best ?? 0));
  if (better.length > 0) {
    says.push(
      `Later in the playbook’s order, but with a better checkpoint: ${list(better.map((remedy) => `${sayRemedy(remedy)} with ${number(remedy.median_best)}`))}.`,
    );
  }
  const failed = remedies.filter((remedy) => !remedy.solved);
  if (first && failed.length > 0) {
    says.push(
      `Did not solve it: ${list(failed.map(({ label, cured, better: isLower }) => `${label} (${cured ? (isQuiet ? 'it learns' : 'stable') : isQuiet ? 'it does not learn, or not calmly' : 'still unstable'}, ${isLower ? 'better' : 'no better'} checkpoint)`))}.`,
    );
  }
  const harsh = solved.find(({ aggressive }) => aggressive);
  if (harsh) {
    says.push(
      `${sayHarsh(harsh, harsh === first)} more than half of the steps${isLowerRate({ ...config, ...harsh.changes }) ? `: ${IN_DISGUISE}` : `, but ${NO_LOWER_RATE}`}.`,
    );
  }
  const long = first?.long_warmup;
  if (long) says.push(long);
  if (probe?.hidden) {
    says.push(
      `Evaluate more often at the start: at η ${number(probe.lr)} the loss blows up and recovers, and evaluation ${probe.coarse_every > 0 ? `every ${plural(probe.coarse_every, 'step')}` : 'at the end'} sees nothing of it.`,
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

/** What it is called, and what it sets, unless that is its name. @param {Pick<Remedy, 'label' | 'changes'>} remedy */
function sayRemedy({ label, changes }) {
  const words = settingsInWords(changes, { rounded: true }) || 'the settings as they are';
  return words === label ? label : `${label} (${words})`;
}

/**
 * Where instability is, and whether it matters.
 *
 * @param {import('../judge/judge.js').RateFigures} rates
 * @param {import('../judge/verdict.js').Finding} finding
 * @param {Point} baseline
 * @param {Remedy[]} remedies
 * @returns {string[]}
 */
function sayFinding(rates, { verdict, where, lr: treated }, baseline, remedies) {
  const { lr_best, lr_unstable, lr_first_unstable } = rates;
  const kind = findingInWords(verdict);
  if (where === 'baseline') {
    // What dies without an episode is treated as an early instability, and shows none.
    const shown = kindOf(baseline.trials) === null ? 'fails to learn' : `shows ${kind}`;
    const at = `training at η ${number(treated)}`;
    return [
      remedies.length > 0
        ? `The remedies are for ${at} all the same: there it ${shown}.`
        : `${capitalize(at)} ${shown}.`,
    ];
  }
  if (where === 'edge') {
    return [
      `Instability appears ${atUnstableRates(rates)}: at η ${number(lr_unstable)} it is ${kind}. The best rate, η ${number(lr_best)}, is at this edge, which may force a rate that is too small.`,
    ];
  }
  if (where === 'probe')
    return [`At η ${number(treated)}, twice the best rate, there is an early instability that recovers.`];
  if (lr_best === null)
    return ['At no rate of the sweep does the loss get clearly below that of guessing within these steps.'];
  if (lr_first_unstable !== null && lr_first_unstable <= lr_best)
    return [
      `Instability appears ${atUnstableRates(rates)}; the best checkpoint at η ${number(lr_best)} is the lowest all the same.`,
    ];
  const limit =
    lr_unstable === null
      ? ''
      : ` Instability appears from η ${number(lr_unstable)} on, ${number(lr_unstable / lr_best)} × lr*, as it does for any training at a rate that is too large.`;
  return [`No instability that matters: nothing forces a rate that is too small.${limit}`];
}

/** "Clip at 0.1 shortens"; of a remedy that is not clipping it is that of the settings. @param {Remedy} remedy @param {boolean} isFirst */
function sayHarsh({ kind, label }, isFirst) {
  if (kind !== 'clipping') return `With ${label}, clipping shortens`;
  return isFirst ? `${label} shortens` : `${label} helps too, but it shortens`;
}
