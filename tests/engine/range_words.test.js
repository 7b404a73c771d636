/** What a range test says stands beside its chart and its rates: each sentence is held to the numbers of the same test. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RULES } from '../../web/engine/study/range_result.js';
import { runRangeTest } from '../../web/engine/study/range_test.js';
import { judgeByTries, suggestionsOf, tryRates } from '../../web/engine/study/range_tries.js';
import { sayCounting, sayStops } from '../../web/engine/study/range_words.js';
import { medianOf } from '../../web/engine/study/trial/statistics.js';
import { number } from '../../web/engine/words/numbers.js';
import { createEngine } from '../../web/platform/node/index.js';
import { adviseRate, isWorthTrying, sayRule } from '../../web/ui/range/range_words.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';

/** @typedef {import('../../web/engine/study/range_result.js').SeedResult} SeedResult */

const engine = await createEngine();
const now = () => performance.now();
const runner = makeLocalRunner((config) => engine.createTrainer(config));

/** @param {Record<string, unknown>} settings @param {Record<string, number | string>} [options] */
function testRange(settings, options = {}) {
  const { config } = engine.parseConfig(settings);
  return runRangeTest({ engine, runner, config, options: engine.parseRangeOptions(options), now });
}

const glyphs = await testRange({ dataset: 'spiral', steps: 100 }, { seeds: 5 });

test('the lowest loss that is told is the lowest point of the curve that is drawn', async () => {
  let rising = 0;
  for (const settings of [
    { dataset: 'glyphs' },
    { dataset: 'moons', optimizer: 'rmsprop' },
    { dataset: 'spiral', optimizer: 'adam' },
    { dataset: 'plane' },
  ]) {
    const { ending, lr, smoothed, seeds } = await testRange(settings, { stop_factor: 1e6 });
    const low = Math.min(...smoothed.filter(Number.isFinite));
    const at = lr[smoothed.indexOf(low)];
    assert.deepEqual(seeds[0].drawn, { low, low_lr: at, end: smoothed[smoothed.length - 1] });
    const told = /lowest at (\S+), where it was (\S+), and has risen again to (\S+),/.exec(ending);
    if (!told) continue;
    rising++;
    assert.deepEqual(
      told.slice(1),
      [at, low, smoothed[smoothed.length - 1]].map((value) => number(value)),
    );
  }
  assert.ok(rising > 0, 'one of them at least rises');
});

test('a curve that lags behind is not said to have risen', () => {
  const check = { rises: 1, still_falls: 0, low: 1.5, low_lr: 0.02, end: 2.3 };
  const seed = (/** @type {object} */ given) =>
    /** @type {SeedResult} */ (/** @type {unknown} */ ({ seed: 1, stop: 'completed', lr_end: 1, check, ...given }));
  const lagging = sayStops([seed({ drawn: { low: 1.8, low_lr: 1, end: 1.8 } })]);
  assert.match(lagging, /where the smoothed loss was lowest; but before smoothing the last points are at 2\.3/);
  assert.doesNotMatch(lagging, /risen again/);
  const drawn = { low: 2.02, low_lr: 0.191, end: 2.19 };
  assert.match(sayStops([seed({ drawn })]), /lowest at 0\.191, where it was 2\.02, and has risen again to 2\.19/);
  const falling = { ...check, rises: 0, still_falls: 1 };
  assert.doesNotMatch(sayStops([seed({ drawn, check: falling })]), /where the loss was lowest/);
});

test('of several seeds, what is said of a rule is of the rate that stands beside it', () => {
  const { seeds, suggestion, read, counting, spread } = glyphs;
  const kinds = new Set();
  for (const rule of RULES) {
    const said = String(counting[rule]);
    const count = seeds.filter((seed) => seed.suggestion[rule] !== null).length;
    assert.equal(suggestion[rule] === null, 2 * count < seeds.length);
    if (suggestion[rule] === null) {
      assert.match(said, count === 0 ? /^It counts with none/ : new RegExp(`no more than ${count} of 5 seeds`));
      assert.ok(said.endsWith(`the median is ${number(read[rule])}.`), said);
      kinds.add('none');
      continue;
    }
    assert.match(said, count === 5 ? /^Median of 5 seeds;/ : new RegExp(`^Median of the ${count} of 5 seeds`));
    assert.ok(said.endsWith(`all ${number(spread[rule]?.min)} … ${number(spread[rule]?.max)}.`), said);
    kinds.add('median');
  }
  assert.equal(kinds.size, 2, 'both kinds');
});

test('two of five: the two are named as two, and what all five read apart from them', () => {
  const seeds = [1e-4, 2e-4, 3e-4, 4e-3, 5e-3].map((lr, i) => ({
    read: { steepest: lr },
    suggestion: { steepest: i < 2 ? lr : null },
  }));
  const given = /** @type {SeedResult[]} */ (/** @type {unknown} */ (seeds));
  assert.equal(
    sayCounting('steepest', given),
    'It counts with no more than 2 of 5 seeds, fewer than half: all 1e-4 … 2e-4. As all of them read it, the median is 3e-4.',
  );
  assert.equal(
    sayCounting('steepest', given, true),
    'Median of what 5 of 5 seeds read; the middle half 2e-4 … 0.004, all 1e-4 … 0.005.',
  );
  assert.equal(sayCounting('steepest', given.slice(0, 1)), null);
});

test('where the rules disagree no rate is offered before the tries, and their doubts stay after them', async () => {
  assert.equal(glyphs.clear, false);
  assert.equal(adviseRate(glyphs), null, 'no rule that stands decades apart from the others');
  assert.ok(isWorthTrying(glyphs));
  const tries = await tryRates({ runner, config: glyphs.config, suggestions: suggestionsOf(glyphs) });
  const result = judgeByTries(glyphs, tries);
  assert.equal(adviseRate(result)?.lr, tries.chosen?.lr);
  assert.equal(isWorthTrying(result), false);
  assert.equal(result.doubt, glyphs.message);
  const lowest = tries.tried.find(({ regret }) => regret === 0);
  assert.equal(result.middle === null, lowest === tries.chosen);
  for (const rule of RULES) {
    const own = tries.tried.find(({ rules }) => rules.includes(rule));
    if (own?.learns)
      assert.equal(result.suggestion[rule], medianOf(glyphs.seeds.flatMap(({ read }) => read[rule] ?? [])));
    assert.match(sayRule(result, rule), /^Median of what 5 of 5 seeds read/);
  }
});

test('what is chosen and has not the lowest loss says which one has, and why it is not that', () => {
  const tried = [
    { lr: 0.01, val: 0.31, regret: 0.01, seeds: 2 },
    { lr: 0.03, val: 0.3, regret: 0, seeds: 2 },
  ];
  const judge = (/** @type {unknown} */ chosen) =>
    judgeByTries(glyphs, /** @type {any} */ ({ tried: tried.map((one) => ({ ...one, rules: [] })), chosen }));
  assert.match(String(judge({ lr: 0.01, val: 0.31 }).middle), /^The lowest, 0\.3, is that of 0\.03\. /);
  assert.equal(judge({ lr: 0.03, val: 0.3 }).middle, null);
});

test('of one seed a rule that does not count says why, and the headline once', async () => {
  const result = await testRange({ dataset: 'spiral', lr: 0.1 });
  assert.equal(sayRule(result, 'steepest'), `It reads ${number(result.read.steepest)}, which does not count.`);
  assert.match(String(result.message), /where up to 4 times would count/);
  assert.equal(sayRule(result, 'valley'), '');
});
