/**
 * A learning rate without being asked. A range test has to be clear, else it is refused; then what it suggests is tried in
 * short trainings, and so are the rates around. Its steepest descent is taken where the tries do not refute it, else the
 * rate that they find.
 */

import { TrainerError } from '../core/errors.js';
import { duration, number } from '../words/numbers.js';
import { RULE_NAMES } from '../words/range_rules.js';
import { hasDescent } from './range_result.js';
import { runRangeTest } from './range_test.js';
import { findFickle, isConfirmed, judgeByTries, suggestionsOf, tryAlone, tryRates } from './range_tries.js';
import {
  explainNoDescent,
  sayChoice,
  sayConfirmed,
  sayFickle,
  sayNoneLearns,
  sayWhatTriesFind,
} from './range_words.js';

/**
 * @typedef {import('../engine.js').Engine} Engine
 * @typedef {import('../config/config.js').Config} Config
 * @typedef {import('./range_result.js').RangeResult} RangeResult
 * @typedef {import('./range_result.js').Rule} Rule
 * @typedef {import('./range_result.js').Tried} Tried
 *
 * @typedef {Omit<import('./range_result.js').TriedResult, 'chosen'> & {
 *   chosen: Pick<Tried, 'lr' | 'rules'> & Partial<Tried>, forced: boolean }} AutoRate  forced: its choice was not tried
 *
 * @typedef {'on' | 'tried' | 'force'} Way  on: the steepest descent of a clear test, or what the tries choose where they
 *   refute it; tried: what the tries choose, however clear the test is; force: the steepest descent as it was read,
 *   whatever speaks against it
 */

/**
 * The tests, each asked only where the one before leaves the question open. The default one; where the loss has not
 * broken at its end, the same grid as far as sgd without momentum can stand it; and where there is no descent, nine
 * times as many steps a decade, for what learns slowly or under noise.
 *
 * @type {import('../config/config.js').SomeSettings[]}
 */
const TESTS = [{}, { lr_max: 100, points: 125 }, { lr_min: 1e-5, lr_max: 100, points: 800 }];

/**
 * @param {object} question
 * @param {Engine} question.engine
 * @param {import('./trial/runner.js').Runner} question.runner
 * @param {Config} question.config
 * @param {Way} [question.way]
 * @param {() => number} question.now
 * @param {import('./trial/abort.js').Signal} [question.signal]
 * @param {(point: import('./range_test.js').RangePoint) => void} [question.onPoint]
 * @param {(tried: Tried[]) => void} [question.onTry]
 * @returns {Promise<{ lr: number, found: AutoRate, says: string }>}
 * @throws {TrainerError} field auto_lr, where no rate deserves to be trained with
 */
export async function findRate({ engine, way = 'on', onTry, ...question }) {
  const begun = question.now();
  const { asked, test } = await testRange(engine, question);
  const took = () => duration((question.now() - begun) / 1000);
  if (way === 'force') return takeUnchecked(test, took());
  if (!hasDescent(test)) throw refusal(sayNoDescent(test));
  const suggestions = suggestionsOf(test);
  // The steepest descent of a clear test is soon confirmed where it is the best of its neighbourhood.
  /** @type {import('./range_tries.js').Trained} */
  const trained = new Map();
  const alone = way === 'on' && asked.clear ? await tryAlone({ ...question, trained, onTry }, suggestions[0]) : null;
  const tries = alone?.chosen ? alone : await tryRates({ ...question, suggestions, trained, onTry });
  const { tried, chosen } = tries;
  if (!chosen) throw refusal(`${sayNoneLearns(tried)} Raise steps, or diagnose these settings.`);
  if (way === 'on' && !asked.clear) throw refusal(`${asked.message} ${sayWhatTriesFind(chosen)}`);
  const fickle = way === 'on' ? findFickle(tried, trained) : undefined;
  if (fickle) throw refusal(`${sayFickle(fickle)} ${sayWhatTriesFind(chosen)}`);
  const read = tries.tried.find(({ rules }) => rules.includes(test.headline));
  const steepest = test.read[test.headline];
  const isTaken = way === 'on' && read !== undefined && steepest !== null && isConfirmed(read, tries);
  const taken = isTaken ? { ...read, lr: steepest } : chosen;
  const why = isTaken ? sayConfirmed(test, tries) : sayChoice(test, tries);
  return {
    lr: taken.lr,
    found: { ...judgeByTries(test, tries), chosen: taken, forced: false },
    says: `Learning rate ${number(taken.lr)}: ${why}. Range test and tries took ${took()}.`,
  };
}

/**
 * @param {Engine} engine @param {Omit<Parameters<typeof runRangeTest>[0], 'engine' | 'options'>} question
 * @returns {Promise<{ asked: RangeResult, test: RangeResult }>}  the default test, and the one that answers the question
 */
async function testRange(engine, question) {
  const ask = (/** @type {import('../config/config.js').SomeSettings} */ given) =>
    runRangeTest({ ...question, engine, options: engine.parseRangeOptions(given) });
  const asked = await ask(TESTS[0]);
  let test = asked;
  if (test.stop === 'completed' && !test.seeds[0].check.rises) test = await ask(TESTS[1]);
  if (!hasDescent(test)) test = await ask(TESTS[2]);
  return { asked, test };
}

/** The headline's rate as it was read, or the next rule's. @param {RangeResult} test @param {string} took */
function takeUnchecked(test, took) {
  const [first] = suggestionsOf(test);
  if (!first) throw refusal(`${test.message} There is no rate to force either.`);
  const { rule, lr } = first;
  const doubt = test.clear ? '' : ` ${test.message}`;
  return {
    lr,
    found: { ...test, doubt: test.message, middle: null, tried: [], chosen: { lr, rules: [rule] }, forced: true },
    says: `Learning rate ${number(lr)}, taken unchecked: what a range test of ${took} reads as ${RULE_NAMES[rule]}.${doubt}`,
  };
}

/** @param {RangeResult} test  one without a descent */
function sayNoDescent({ seeds: [{ check, stop, lr_end, reason }] }) {
  return explainNoDescent(check, stop, lr_end, 'run') ?? String(reason);
}

/** @param {string} reason  with what to change */
function refusal(reason) {
  return new TrainerError(
    'setting',
    'auto_lr',
    `auto_lr finds no rate to train with. ${reason} To train regardless: --auto-lr force.`,
  );
}
