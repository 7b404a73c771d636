/** Schedules against their formulas in double and against PyTorch's schedulers. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { networkSteps, RULES } from './rule_formulas.js';

const engine = await createEngine();

const LR = 0.5;
const STEPS = 40;

/** Half a cosine from a to b. */
const cosine = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ x) =>
  b + ((a - b) * (1 + Math.cos(Math.PI * x))) / 2;

/** @type {Record<string, { settings?: any, rate: (t: number) => number }>} */
const SCHEDULES = {
  constant: { rate: () => LR },
  linear: { settings: { lr_min: 0.1 }, rate: (t) => LR + ((0.1 - LR) * t) / STEPS },
  cosine: { settings: { lr_min: 0.1 }, rate: (t) => cosine(LR, 0.1, t / STEPS) },
  step: { settings: { decay_steps: 7, decay_rate: 0.3 }, rate: (t) => LR * 0.3 ** Math.floor(t / 7) },
  exponential: { settings: { decay_steps: 7, decay_rate: 0.3 }, rate: (t) => LR * 0.3 ** (t / 7) },
  triangular: {
    settings: { lr_min: 0.1, cycle_steps: 10 },
    rate: (t) => 0.1 + (LR - 0.1) * (1 - Math.abs(((t % 10) * 2) / 10 - 1)),
  },
  triangular2: {
    settings: { lr_min: 0.1, cycle_steps: 10 },
    rate: (t) => 0.1 + ((LR - 0.1) * (1 - Math.abs(((t % 10) * 2) / 10 - 1))) / 2 ** Math.floor(t / 10),
  },
  exp_range: {
    settings: { lr_min: 0.1, cycle_steps: 10, cycle_gamma: 0.97 },
    rate: (t) => 0.1 + (LR - 0.1) * (1 - Math.abs(((t % 10) * 2) / 10 - 1)) * 0.97 ** t,
  },
  onecycle: {
    rate: (t) => {
      const x = t / STEPS;
      return x < 0.3 ? cosine(LR / 25, LR, x / 0.3) : cosine(LR, LR / 1e5, (x - 0.3) / 0.7);
    },
  },
  range_linear: {
    settings: { lr_min: 0.001 },
    rate: (t) => (t === 0 ? 0.001 : 0.001 + ((LR - 0.001) * (t + 1)) / STEPS),
  },
  range_exponential: {
    settings: { lr_min: 1e-6 },
    rate: (t) => (t === 0 ? 1e-6 : 1e-6 * (LR / 1e-6) ** ((t + 1) / STEPS)),
  },
};

test('every schedule of the table is tested here', () => {
  const field = engine.schema.fields.find(({ name }) => name === 'schedule');
  assert.deepEqual(Object.keys(SCHEDULES).sort(), [...(field?.options ?? [])].sort());
});

for (const [schedule, { settings, rate }] of Object.entries(SCHEDULES)) {
  test(`learning rates of ${schedule}, with a warmup before it`, () => {
    for (const warmup of [0, 5]) {
      const rates = engine.learningRates({ schedule, lr: LR, steps: STEPS, warmup_steps: warmup, ...settings });
      assert.equal(rates.length, warmup + STEPS);
      for (let k = 0; k < rates.length; k++) {
        const expected = k < warmup ? (rate(0) * (k + 1)) / warmup : rate(k - warmup);
        assertRelative(rates[k], expected, 2e-6, `step ${k}`);
      }
    }
  });
}

test('a change of lr rescales the schedule from its step on', () => {
  const plain = engine.learningRates({ schedule: 'cosine', lr: 1, steps: 50 });
  const changes = ['20:lr=3', '30:clip=norm', '35:lr=0.5'];
  const changed = engine.learningRates(engine.parseConfig({ schedule: 'cosine', lr: 1, steps: 50, changes }).config);
  changed.forEach((rate, k) => {
    assertRelative(rate, plain[k] * (k < 20 ? 1 : k < 35 ? 3 : 0.5), 1e-6, `step ${k}`);
  });
  const { config } = engine.parseConfig({ schedule: 'cosine', lr: 1, steps: 50, changes: ['20:lr=3'] });
  const some = engine.learningRatesAt(config, [0, 19, 20, 49, 3]);
  assert.deepEqual(
    [...some],
    [0, 19, 20, 49, 3].map((k) => engine.learningRates(config)[k]),
  );
});

test('learning rates of long runs, of no steps, and of wrong settings', () => {
  assert.equal(engine.learningRates({ steps: 0 }).length, 0);
  const long = engine.learningRates({ schedule: 'linear', steps: 100_000, warmup_steps: 50_000 });
  assert.equal(long.length, 150_000);
  assertRelative(long[100_000], 0.01, 1e-6, 'half way');
  assert.throws(() => engine.learningRates({ lr: 'x' }), { code: 'setting', field: 'lr' });
});

// ---- PyTorch ---------------------------------------------------------------------------------------------------------

/**
 * @typedef {{ name: string, settings: import('../../web/engine/config/config.js').SomeSettings, rates: number[],
 *             momenta: number[] | null }} ScheduleFigure
 */
const FIGURES_URL = new URL('../fixtures/schedules.json', import.meta.url);
/** @type {ScheduleFigure[]} */
const FIGURES = JSON.parse(readFileSync(FIGURES_URL, 'utf8'));

for (const { name, settings, rates, momenta } of FIGURES) {
  test(`PyTorch agrees: ${name}`, () => {
    engine.learningRates(settings).forEach((rate, t) => {
      assertRelative(rate, rates[t], 1e-6, `step ${t}`);
    });
    if (!momenta) return;
    const used = momentaOfTraining(settings);
    used.forEach((momentum, t) => {
      // At the very end the steps are too short to tell.
      if (rates[t] < 0.01 * Math.max(...rates)) return;
      assert.ok(Math.abs(momentum - momenta[t]) < 5e-4, `step ${t}: ${momentum}, not ${momenta[t]}`);
    });
  });
}

test('a step’s row has its momentum, or β₁: PyTorch’s where they are cycled, the setting where not', () => {
  const momentaOf = (/** @type {import('../../web/engine/config/config.js').SomeSettings} */ settings) => {
    const trainer = engine.createTrainer(engine.parseConfig({ ...SMALL, ...settings, lr: 0.01 }).config);
    const momenta = trainer.step(Infinity).map(({ momentum }) => momentum);
    trainer.dispose();
    return momenta;
  };
  const cycled = FIGURES.filter(({ momenta }) => momenta);
  assert.ok(cycled.length > 0);
  for (const { settings, momenta } of cycled)
    momentaOf(settings).forEach((momentum, t) => {
      assertRelative(momentum, Number(momenta?.[t]), 1e-6, `step ${t}`);
    });
  assert.deepEqual(momentaOf({ optimizer: 'nesterov', momentum: 0.7, steps: 2 }), [0.7, 0.7].map(Math.fround));
  assert.deepEqual(momentaOf({ optimizer: 'adam', beta1: 0.8, steps: 2 }), [0.8, 0.8].map(Math.fround));
  assert.deepEqual(momentaOf({ optimizer: 'sgd', steps: 2 }), [Number.NaN, Number.NaN]);
});

// ---- the momentum cycle ----------------------------------------------------------------------------------------------

const CYCLED = { schedule: 'onecycle', steps: 40, lr: 0.01, cycle_momentum: true, momentum_low: 0.7 };
const SMALL = {
  dataset: 'moons',
  samples: 40,
  batch: 0,
  model: 'linear(3) tanh',
  loss: 'squared_error',
  eval_every: 0,
};

/**
 * The momentum that a full-batch training used at each step: the one that leads nearest to where it went, as well as
 * floats tell.
 *
 * @param {import('../../web/engine/config/config.js').SomeSettings} settings
 * @param {string[]} [changes]
 */
function momentaOfTraining(settings, changes = []) {
  const { config } = engine.parseConfig({ ...SMALL, ...settings, lr: 0.01, changes });
  const rates = engine.learningRates(config);
  const setting = engine.schema.rules.find(({ name }) => name === config.optimizer)?.settings.includes('momentum')
    ? 'momentum'
    : 'beta1';
  /** @type {Record<string, number>[]} */
  let states = [];
  return train(config, (t, before, gradient, after) => {
    if (t === 0) states = before.map(() => ({}));
    /** Where a momentum would lead from here. @param {number} momentum @param {Record<string, number>[]} from */
    const error = (momentum, from) =>
      before.reduce((sum, theta, i) => {
        const c = { .../** @type {any} */ (config), [setting]: momentum };
        return sum + (theta - RULES[String(config.optimizer)](from[i], gradient[i], rates[t], t, c) - after[i]) ** 2;
      }, 0);
    let [low, high] = [0.5, 0.999];
    // Nothing tells the first step's momentum: there is nothing to keep yet.
    if (t === 0) low = high = 0.9;
    while (high - low > 1e-6) {
      const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
      const [atA, atB] = [a, b].map((momentum) => error(momentum, structuredClone(states)));
      if (atA < atB) high = b;
      else low = a;
    }
    error((low + high) / 2, states);
    return (low + high) / 2;
  });
}

/**
 * Trains in full batches and hands every step to somebody.
 *
 * @template T
 * @param {import('../../web/engine/config/config.js').Config} config
 * @param {(t: number, before: number[], gradient: number[], after: number[],
 *   tensors: { name: string, shape: number[] }[]) => T} look
 */
function train(config, look) {
  const dataset = engine.generateDataset(config);
  const trainer = engine.createTrainer(config, dataset);
  const all = Array.from({ length: dataset.trainCount }, (_, i) => i);
  const flat = (/** @type {{ data: Float32Array }[]} */ tensors) => tensors.flatMap(({ data }) => [...data]);
  const looks = [];
  for (let t = 0; t < config.steps; t++) {
    const before = flat(trainer.parameters);
    const gradient = flat(trainer.lossAndGradient(all).gradient);
    trainer.step(1);
    looks.push(look(t, before, gradient, flat(trainer.parameters), trainer.parameters));
  }
  trainer.dispose();
  dataset.dispose();
  return looks;
}

test('momentum runs down and up again in every rule that has one, and in no other', () => {
  for (const { name, settings } of engine.schema.rules) {
    const { config } = engine.parseConfig({ ...SMALL, ...CYCLED, optimizer: name });
    const rates = engine.learningRates(config);
    /** @type {Record<string, number>[]} */
    let states = [];
    let differs = 0;
    train(config, (t, before, gradient, after, tensors) => {
      if (t === 0) states = before.map(() => ({}));
      const x = t / config.steps;
      const cycled = (/** @type {number} */ from) =>
        x < 0.3 ? cosine(from, 0.7, x / 0.3) : cosine(0.7, from, (x - 0.3) / 0.7);
      const { momentum, beta1 } = /** @type {any} */ (config);
      const c = { .../** @type {any} */ (config), momentum: cycled(momentum), beta1: cycled(beta1) };
      networkSteps(name, tensors, states, gradient, rates[t], t, c).forEach((step, i) => {
        const theta = before[i];
        assert.ok(Math.abs(theta - step - after[i]) < 3e-7 * (1 + Math.abs(theta)), `${name}, step ${t}, ${i}`);
        differs = Math.max(differs, Math.abs(step));
      });
    });
    assert.ok(differs > 1e-5, `${name} moves, if only as slowly as Adadelta from its start`);
    const uses = settings.includes('momentum') || settings.includes('beta1');
    const field = engine.schema.fields.find((row) => row.name === 'cycle_momentum');
    assert.equal(field?.when.split('optimizer=')[1].split(',').includes(name), uses, name);
  }
});

test('the cycle only lowers momentum: a lowest one above it is refused, and does nothing after a live change', () => {
  const problemOf = (/** @type {object} */ settings) => {
    const { problems } = engine.parseConfig({ ...SMALL, ...CYCLED, ...settings });
    try {
      engine.createTrainer(engine.parseConfig({ ...SMALL, ...CYCLED, ...settings }).config).dispose();
    } catch (error) {
      problems.push(/** @type {any} */ (error));
    }
    return problems.map(({ field, message }) => `${field}: ${message}`);
  };
  assert.deepEqual(problemOf({}), []);
  assert.match(problemOf({ momentum: 0.6 })[0], /^momentum_low: momentum_low must not be above momentum/);
  assert.match(problemOf({ optimizer: 'adam', beta1: 0.6 })[0], /^momentum_low: .* above beta1/);
  assert.deepEqual(problemOf({ optimizer: 'adam', momentum: 0.6 }), [], 'Adam has no momentum');
  assert.deepEqual(problemOf({ optimizer: 'sgd', momentum: 0.6 }), []);
  assert.deepEqual(problemOf({ momentum: 0.6, cycle_momentum: false }), []);
  const used = momentaOfTraining(CYCLED, ['0:momentum=0.6']);
  used.slice(1).forEach((momentum) => {
    assert.ok(Math.abs(momentum - 0.6) < 2e-4, `${momentum}`);
  });
});

test('a cycle has room to rise and to fall', () => {
  for (const schedule of ['triangular', 'triangular2', 'exp_range']) {
    const { problems } = engine.parseConfig({ schedule, cycle_steps: 1 });
    assert.deepEqual(
      problems.map(({ field }) => field),
      ['cycle_steps'],
    );
    assert.deepEqual([...engine.learningRates({ schedule, cycle_steps: 2, lr: 1, cycle_gamma: 1, steps: 2 })], [0, 1]);
  }
});

// ---- helpers ---------------------------------------------------------------------------------------------------------

/** @param {number} actual @param {number} expected @param {number} tolerance @param {string} where */
function assertRelative(actual, expected, tolerance, where) {
  const off = Math.abs(actual - expected);
  assert.ok(off <= tolerance * Math.abs(expected), `${where}: ${actual} is not ${expected} within ${tolerance}`);
}
