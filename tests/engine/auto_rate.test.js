/** A learning rate without being asked: within a factor of the best of a sweep, or refused with what to change. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRate } from '../../web/engine/study/auto_rate.js';
import { tryRates, trySteps } from '../../web/engine/study/range_tries.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeLocalRunner } from '../fixtures/local_runner.js';
import { chooseRate, judgeChoice, sweepRates } from '../ward/rate_choice.js';

const engine = await createEngine();
const now = () => performance.now();
const runner = makeLocalRunner((config) => engine.createTrainer(config));

/** @param {Record<string, unknown>} settings */
function configOf(settings) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  return config;
}

// Some of tests/ward/auto_lr.js, whose trial takes minutes.
test('the rate is within a factor of 3 of the best of a sweep', async () => {
  const rates = Array.from({ length: 11 }, (_, i) => Number((1e-3 * 10 ** (i * 0.4)).toPrecision(3)));
  for (const [dataset, optimizer] of [
    ['circle', 'momentum'],
    ['moons', 'adam'],
    ['circle', 'sgd'],
  ]) {
    const configs = [1, 2, 3].map((seed) => configOf({ dataset, optimizer, seed, steps: 300, eval_every: 15 }));
    const swept = await sweepRates(runner, configs, rates);
    const { lr, says } = await chooseRate(engine, runner, configs[0], 'tried');
    assert.equal(judgeChoice(lr, swept), 'within', `${dataset}, ${optimizer}: ${lr}, good ${swept.good}. ${says}`);
    assert.equal(judgeChoice(swept.good[0] / 10, swept), 'wrong', 'not every rate would do');
  }
});

test('where the loss has not broken at the highest rate, the test goes on', async () => {
  const config = configOf({ dataset: 'circle', optimizer: 'sgd', steps: 200 });
  const { found } = await findRate({ engine, runner, config, way: 'tried', now });
  assert.ok(found.options.lr_max > 1 && found.lr.length > 100, `${found.options.lr_max}`);
  assert.equal(found.seeds[0].check.rises, 1);
});

test('a try is the run in fewer steps, evaluated as often, and its schedule as a whole', async () => {
  assert.deepEqual(
    [40, 100, 150, 600, 2000, 50000].map((steps) => trySteps(configOf({ steps }))),
    [40, 100, 150, 300, 1000, 1000],
  );
  const config = configOf({
    ...{ dataset: 'moons', steps: 800, warmup_steps: 80, schedule: 'triangular', cycle_steps: 100, lr_min: 0.001 },
    ...{ eval_every: 40, sharpness_every: 10 },
    changes: [{ step: 100, field: 'lr', value: 5 }],
  });
  /** @type {import('../../web/engine/config/config.js').Config[]} */
  const asked = [];
  const listening = {
    jobs: 1,
    trial: (
      /** @type {typeof config} */ planned,
      /** @type {import('../../web/engine/study/trial/trial.js').TrialOptions} */ options = {},
    ) => {
      asked.push(planned);
      return runner.trial(planned, options);
    },
  };
  const { tried, chosen } = await tryRates({ runner: listening, config, suggestions: [{ rule: 'valley', lr: 0.05 }] });
  const [{ steps, warmup_steps, cycle_steps, eval_every, sharpness_every, changes }] = asked;
  assert.deepEqual([steps, warmup_steps, cycle_steps, eval_every, sharpness_every], [400, 40, 50, 20, 0]);
  assert.deepEqual(changes, []);
  // The search has gone on until both sides of the best are worse, or as near as neighbours are.
  assert.equal(2 * tried.length, asked.length);
  assert.deepEqual([asked[0].seed, asked[1].seed, asked[0].lr === asked[1].lr], [1, 2, true]);
  const lowest = Math.min(...tried.map(({ val, learns }) => (learns ? Number(val) : Infinity)));
  const worse = tried.filter(({ val, learns }) => !learns || Number(val) > 1.25 * lowest).map(({ lr }) => lr);
  const at = Number(tried.find(({ val }) => val === lowest)?.lr);
  assert.ok(Math.min(...worse) < at && Math.max(...worse) > at, `${worse} around ${at}`);
  assert.ok(chosen?.learns);
});

test('it refuses with what to change, in words of the settings', async () => {
  /** @param {Record<string, unknown>} settings */
  const refusal = async (settings) => (await chooseRate(engine, runner, configOf({ steps: 100, ...settings }))).says;
  const dead = await refusal({ dataset: 'moons', init_gain: 0 });
  assert.match(dead, /does not learn at any rate, so look at model, init and init_gain/);
  const early = await refusal({ dataset: 'moons', model: 'linear(8)*20', loss: 'squared_error', init_gain: 100 });
  assert.match(early, /break so early: init_gain, the scale of the data \(standardize\)/);
  const frozen = await refusal({ dataset: 'moons', model: '', init_gain: 0, label_noise: 0.5, samples: 4000 });
  assert.doesNotMatch(frozen, /lr_max|lr_min|points/, 'these cannot be changed here');
});
