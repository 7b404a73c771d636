/**
 * What an LR range test says, in words of the page: its rules, and which rate to go on with. Sentences about a certain
 * test are the study's own.
 *
 * @typedef {import('../../engine/study/range_result.js').RangeResult} RangeResult
 * @typedef {import('../../engine/study/range_result.js').Rule} Rule
 * @typedef {import('../../engine/study/range_result.js').TriedResult} TriedResult
 * @typedef {import('../../engine/study/range_result.js').Tried} Tried
 * @typedef {{ lr: number, name: string }} Advice  a rate that was tried, or that the curve speaks for
 */

import { SCHEMA } from '../../engine/config/schema.js';
import { number } from '../../engine/words/numbers.js';
import { RULE_NAMES, sayFailure } from '../../engine/words/range_rules.js';
import { capitalize, list, plural } from '../../engine/words/sentences.js';

/** What a preset's steepest descent differentiates by, as the schema's range_traits name it. @type {Record<string, string>} */
const SLOPES = {
  PER_DECADE: 'per decade of η, or per unit where η rises linearly',
  PER_STEP: 'from step to step',
  PER_RATE: 'per unit of η',
  PER_LN_AHEAD: 'from one point to the next, by the logarithm of η',
};

/** The rules: what each looks at, in one sentence. @type {Record<Rule, string>} */
const RULES = {
  steepest: 'where the smoothed loss falls fastest',
  valley: 'fastai’s default: two thirds down the longest falling stretch, so noise moves it least',
  minimum_tenth: 'a tenth of the rate with the lowest loss: Smith’s and fastai’s rule of thumb',
  slide: 'the last rate before the curve stops sliding down and begins to rise',
  steep: 'the steepest single difference of neighbouring points, without a window',
};

/** What the check of the steepest descent reads off; it stands among the rules. */
export const HALFWAY = ['Halfway', 'where the loss has made half of its drop: the steepest descent should be near it'];

/**
 * The rules of a test in the order in which they stand, its headline first.
 *
 * @param {RangeResult} result
 * @returns {[Rule, string, string][]}
 */
export function rulesOf({ headline, options }) {
  const rules = /** @type {Rule[]} */ (Object.keys(RULES));
  const slope = SLOPES[SCHEMA.range_traits[options.preset].slope];
  return [headline, ...rules.filter((rule) => rule !== headline)].map((rule) => {
    const why = RULES[rule];
    return [rule, labelOf(rule), rule === 'steepest' ? `${why} ${slope}` : why];
  });
}

/** @param {Rule} rule */
export function labelOf(rule) {
  return capitalize(RULE_NAMES[rule]);
}

/** What was tried, where it was. @param {RangeResult | TriedResult | null} result @returns {TriedResult | null} */
export function triesOf(result) {
  return result && 'tried' in result ? result : null;
}

/**
 * The rate to go on with: the one chosen of those that were tried; before that the preset's own rule, where the curve
 * speaks for it. Else there is none: rules that disagree lie decades apart, and short trainings decide between them.
 *
 * @param {RangeResult | TriedResult} result
 * @returns {Advice | null}
 */
export function adviseRate(result) {
  const tries = triesOf(result);
  if (tries) return tries.chosen && { lr: tries.chosen.lr, name: nameTried(tries.chosen) };
  const { headline, suggestion } = result;
  const lr = suggestion[headline];
  return lr === null ? null : { lr, name: labelOf(headline) };
}

/** Whether there is something to try: a rule's rate counts. @param {RangeResult | TriedResult} result */
export function isWorthTrying(result) {
  return triesOf(result) === null && Object.values(result.suggestion).some((lr) => lr !== null);
}

/**
 * What stands beside a rule's rate: of several seeds, whose median it is; of one whose rate does not count, why. The
 * headline's reason stands above all rules.
 *
 * @param {RangeResult | TriedResult} result
 * @param {Rule} rule
 */
export function sayRule(result, rule) {
  const { seeds, counting, suggestion, read, message } = result;
  if (seeds.length > 1) return counting[rule] ?? '';
  if (suggestion[rule] !== null || triesOf(result)) return '';
  const reason = seeds[0].reasons[rule];
  if (reason !== null && reason !== message) return reason;
  return read[rule] === null
    ? 'It finds no rate in this curve.'
    : `It reads ${number(read[rule])}, which does not count.`;
}

/** Who suggests a rate that was tried. @param {Tried} tried */
export function nameTried({ rules }) {
  return rules.length === 0 ? 'Beside the suggestions' : list(rules.map(labelOf));
}

/** How a try went. @param {Tried} tried */
export function sayTried({ steps, seeds, split, val, regret, verdict, learns }) {
  const begin = `Tried for ${plural(steps, 'step')}, ${plural(seeds, 'seed')}: `;
  if (!learns) return `${begin}it ${sayFailure(verdict)}.`;
  const cost = regret === 0 ? 'the lowest of all that were tried' : `${number(regret)} above the lowest`;
  return `${begin}${split} loss ${number(val)}, ${cost}.`;
}
