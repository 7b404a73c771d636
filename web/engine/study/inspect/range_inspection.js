/** A curve of a learning-rate finder: what every rule reads off it, and whether there is anything to read. */

import { optionNames } from '../../range/range_options.js';
import { number } from '../../words/numbers.js';
import { RULE_NAMES } from '../../words/range_rules.js';
import { list } from '../../words/sentences.js';
import { hasFall, RULES } from '../range_result.js';
import { explainNoDescent } from '../range_words.js';

/**
 * @typedef {import('../range_result.js').Suggestions} Suggestions
 *
 * @typedef {object} RangeInspection
 * @property {string} name
 * @property {number} points
 * @property {number} lr_min
 * @property {number} lr_max
 * @property {boolean} clear  whether the descent stands out of the curve's noise
 * @property {Suggestions} suggestion  null for a rule whose own check fails
 * @property {Suggestions} read  what the rules read off, whatever the checks say
 * @property {Record<string, { headline: string, lr: number | null }>} presets  what each framework's own rule would have said
 * @property {number | null} said  what the file itself says
 * @property {number[]} lr  of each point
 * @property {number[]} loss
 * @property {number[]} smoothed
 * @property {string[]} notes
 * @property {string[]} advice
 */

/** Beyond so many times the loss at its begin a finder's curve has exploded. */
const RANGE_FACTOR = 10;

/**
 * @param {import('../../engine.js').Engine} engine
 * @param {import('../../logs/range_file.js').RangeFile} curve
 * @param {{ baseline: number | null }} how
 * @returns {RangeInspection}
 */
export function inspectRange(engine, { name, lr, loss, said, notes }, { baseline }) {
  const smoothed = smooth(engine, loss, 'trainscope');
  const { check, suggestion: found } = engine.judgeCurve({ lr, loss, smoothed, baseline: baseline ?? undefined });
  const read = pick((rule) => found[rule]);
  const clear = hasFall(check);
  const suggestion = pick((rule) => (clear && check[rule] === 1 ? found[rule] : null));
  const presets = Object.fromEntries(
    optionNames('preset').map((preset) => {
      const { headline } = traitsOf(engine, preset);
      const own = engine.suggest(lr, smooth(engine, loss, preset), { preset });
      return [preset, { headline, lr: own[/** @type {keyof Suggestions} */ (headline)] ?? null }];
    }),
  );
  const last = lr[lr.length - 1];
  const stop = loss.every(Number.isFinite) ? 'completed' : 'non-finite';
  const advice = clear
    ? adviseClear(suggestion)
    : [
        explainNoDescent(check, stop, last) ?? 'The curve has no descent to read a rate off.',
        sayRange(lr, check.rises === 1),
      ];
  return {
    name,
    points: lr.length,
    lr_min: lr[0],
    lr_max: last,
    clear,
    suggestion,
    read,
    presets,
    said,
    lr,
    loss,
    smoothed,
    notes: [
      ...notes,
      ...(said === null
        ? []
        : [`The file itself suggests ${number(said)}${clear ? '' : ', which its curve does not bear out'}.`]),
      ...(clear ? [] : [`By noise alone the rules would say ${sayAll(read)}.`]),
    ],
    advice,
  };
}

/** @param {(rule: import('../range_result.js').Rule) => number | null} of @returns {Suggestions} */
function pick(of) {
  return /** @type {Suggestions} */ (Object.fromEntries(RULES.map((rule) => [rule, of(rule)])));
}

/** The curve as a preset smooths it. @param {import('../../engine.js').Engine} engine @param {number[]} loss @param {string} preset */
function smooth(engine, loss, preset) {
  const curve = engine.createRangeCurve(engine.parseRangeOptions({ preset }));
  return loss.map((value) => curve.add(value).smoothed);
}

/** @param {import('../../engine.js').Engine} engine @param {string} preset */
function traitsOf(engine, preset) {
  return engine.tables.range_traits[preset];
}

/** @param {Suggestions} rates */
function sayAll(rates) {
  const known = RULES.filter((rule) => rates[rule] !== null);
  return list(known.map((rule) => `${number(rates[rule])} (${RULE_NAMES[rule]})`)) || 'nothing';
}

/** @param {Suggestions} suggestion */
function adviseClear(suggestion) {
  const { steepest } = suggestion;
  if (steepest === null) return [`The curve has a descent; rates read off it: ${sayAll(suggestion)}.`];
  return [
    `Try ${number(steepest)}, the steepest descent, and rates three times below and above it in short runs; the other rules say ${sayAll({ ...suggestion, steepest: null })}.`,
  ];
}

/** @param {number[]} lr @param {boolean} rises */
function sayRange(lr, rises) {
  const last = lr[lr.length - 1];
  return rises
    ? `The range, ${number(lr[0])} to ${number(last)}, reaches rates at which the loss rises.`
    : `The loss does not rise at the end of the range, ${number(last)}: extend it, to ${number(RANGE_FACTOR * 10 * last)} for example, until it does.`;
}
