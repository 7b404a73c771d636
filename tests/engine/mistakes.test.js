/** Published mistakes: each step against its formula in double, and what each must leave alone, to the bit. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { changeSettings, trainedRule } from '../../web/engine/config/rules.js';
import { FIELD_BY_NAME } from '../../web/engine/config/schema.js';
import { createEngine } from '../../web/platform/node/index.js';

/**
 * @typedef {{ name: string, rule: string, mistake: string, settings: import('../../web/engine/config/config.js').SomeSettings,
 *             gradients: number[][], rates: number[], expected: number[][] }} MistakeFigure  expected: what each number
 *   loses at each step
 * @typedef {import('../../web/engine/run/trainer.js').Trainer} Trainer
 */

const engine = await createEngine();
const MISTAKES = engine.schema.mistakes;
const isInStep = (/** @type {{ acts: string }} */ { acts }) => acts === 'STEP' || acts === 'BIASES';

/** @type {MistakeFigure[]} */
const figures = JSON.parse(readFileSync(new URL('../fixtures/mistakes.json', import.meta.url), 'utf8'));

/** The update rule that a mistake is shown with. @param {string} mistake */
const ruleOf = (mistake) => /** @type {string} */ (MISTAKES.find(({ name }) => name === mistake)?.rules[0]);

/** @param {import('../../web/engine/config/config.js').GivenConfig} settings @param {number} steps */
function train(settings, steps) {
  const trainer = engine.createTrainer({
    dataset: 'moons',
    samples: 96,
    model: 'linear(6) tanh',
    batch: 16,
    ...settings,
  });
  const rows = trainer.step(steps);
  const result = { rows, parameters: trainer.parameters, digest: trainer.digest() };
  trainer.dispose();
  return result;
}

/** The parameters whose names end so. @param {Trainer['parameters']} parameters @param {string} part */
const named = (parameters, part) =>
  parameters.filter(({ name }) => name.endsWith(part)).map(({ data }) => Array.from(data));

// ---- the table -------------------------------------------------------------------------------------------------------

test('the options of the setting are none and the rows, which name rules that exist and say where they were seen', () => {
  const options = FIELD_BY_NAME.get('mistake')?.options ?? [];
  assert.deepEqual(
    options.slice(1),
    MISTAKES.map(({ name, label }) => ({ name, label })),
  );
  assert.deepEqual(options[0], { name: 'none', label: 'None' });
  const rules = engine.schema.rules.map(({ name }) => name);
  for (const mistake of MISTAKES) {
    assert.match(mistake.name, /^[a-z0-9_]+$/);
    assert.ok(mistake.label && mistake.where && mistake.formula, mistake.name);
    assert.ok(mistake.rules.length > 0 && mistake.rules.every((rule) => rules.includes(rule)), mistake.name);
    assert.ok(['STEP', 'BIASES', 'DECAY', 'LOG'].includes(mistake.acts), mistake.name);
  }
});

test('with another update rule a mistake is refused in one sentence, with its own it is taken', () => {
  for (const { name, rules } of MISTAKES) {
    for (const { name: rule } of engine.schema.rules) {
      const { problems } = engine.parseConfig({ optimizer: rule, mistake: name });
      if (rules.includes(rule)) assert.deepEqual(problems, [], `${name} with ${rule}`);
      else {
        const [{ field, message }] = problems;
        assert.equal(problems.length, 1);
        assert.equal(field, 'mistake');
        assert.ok(message.includes(name) && message.includes(`not to ${rule}`), message);
        for (const own of rules) assert.ok(message.includes(own), message);
      }
    }
  }
});

// ---- the steps -------------------------------------------------------------------------------------------------------

test('every mistake of a step has figures, with all its settings at their defaults among them', () => {
  const known = figures.map(({ mistake }) => mistake);
  assert.deepEqual(
    [...new Set(known)].sort(),
    MISTAKES.filter(isInStep)
      .map(({ name }) => name)
      .sort(),
  );
});

for (const { name, rule, mistake, settings, gradients, rates, expected } of figures) {
  test(`the formula in double agrees: ${name}`, () => {
    const optimizer = engine.createOptimizer(rule, { ...settings, mistake }, gradients[0].length);
    const right = engine.createOptimizer(rule, settings, gradients[0].length);
    const largest = gradients[0].map(() => 0);
    let differs = false;
    gradients.forEach((gradient, t) => {
      // From 0, so that what stands there afterwards is the step alone.
      const [theta, rightTheta] = [new Float32Array(gradient.length), new Float32Array(gradient.length)];
      optimizer.step(theta, Float32Array.from(gradient), rates[t]);
      right.step(rightTheta, Float32Array.from(gradient), rates[t]);
      expected[t].forEach((lost, i) => {
        largest[i] = Math.max(largest[i], Math.abs(lost));
        const error = Math.abs(theta[i] + lost);
        assert.ok(error <= 1e-6 * largest[i], `step ${t}, number ${i}: ${-theta[i]} is not ${lost}`);
        differs ||= Math.abs(theta[i] - rightTheta[i]) > 1e-3 * largest[i];
      });
    });
    assert.ok(differs, 'the right rule takes other steps');
    assert.ok(Number.isNaN(optimizer.stabilityLimit), 'what theory says of the rule is not said of its mistake');
    assert.deepEqual(
      [...optimizer.scale()],
      gradients[0].map(() => 1),
    );
    optimizer.dispose();
    right.dispose();
  });
}

test('Adam’s and momentum’s mistakes about biases leave the weights’ steps as they are, to the bit', () => {
  const adam = { optimizer: 'adam', lr: 0.01 };
  const [start] = [train(adam, 0)];
  const [right, lagging] = [train(adam, 1), train({ ...adam, mistake: 'adam_bias_lags' }, 1)];
  assert.deepEqual(named(lagging.parameters, 'weight'), named(right.parameters, 'weight'));
  assert.deepEqual(named(lagging.parameters, 'bias'), named(start.parameters, 'bias'), 'nothing in the first step');
  assert.notDeepEqual(named(right.parameters, 'bias'), named(start.parameters, 'bias'));
  const spares = { mistake: 'momentum_spares_biases' };
  assert.equal(train(spares, 1).digest, train({}, 1).digest, 'there is no velocity before the first step');
  // In the second the velocity is, and gradients are still the same.
  const [both, weightsOnly] = [train({}, 2), train(spares, 2)];
  assert.deepEqual(named(weightsOnly.parameters, 'weight'), named(both.parameters, 'weight'));
  assert.notDeepEqual(named(weightsOnly.parameters, 'bias'), named(both.parameters, 'bias'));
  assert.deepEqual(
    named(train({ ...spares, momentum: 0.9 }, 2).parameters, 'bias'),
    named(weightsOnly.parameters, 'bias'),
  );
});

test('Adadelta that divides by the mean from before is SGD, to the bit, whatever ρ and ε', () => {
  const sgd = train({ optimizer: 'sgd', lr: 0.1 }, 60).digest;
  for (const settings of [{}, { rho: 0.5 }, { epsilon: 0.01 }]) {
    const mistaken = { optimizer: 'adadelta', lr: 0.1, mistake: 'adadelta_is_sgd', ...settings };
    assert.equal(train(mistaken, 60).digest, sgd);
  }
  assert.notEqual(train({ optimizer: 'adadelta', lr: 0.1 }, 60).digest, sgd);
});

test('a penalty over the batch is the penalty of a smaller decay', () => {
  for (const optimizer of MISTAKES.find(({ name }) => name === 'l2_over_batch')?.rules ?? []) {
    const settings = { optimizer, lr: 0.01, batch: 16 };
    const mistaken = train({ ...settings, weight_decay: 0.5, mistake: 'l2_over_batch' }, 20).digest;
    assert.equal(mistaken, train({ ...settings, weight_decay: 0.5 / 16 }, 20).digest);
    assert.notEqual(mistaken, train({ ...settings, weight_decay: 0.5 }, 20).digest);
  }
});

test('a norm that is recorded after clipping changes the record alone; with an adaptive threshold, the training', () => {
  const settings = { clip: 'norm', clip_norm: 0.3, lr: 0.1 };
  const right = train(settings, 40);
  const late = train({ ...settings, mistake: 'norm_after_clipping' }, 40);
  assert.equal(late.digest, right.digest);
  assert.ok(right.rows.some(({ grad_norm }) => grad_norm > 0.6));
  late.rows.forEach((row, i) => {
    const { grad_norm, clip_scale, loss } = right.rows[i];
    assert.ok(Math.abs(row.grad_norm - Math.min(grad_norm, 0.3)) < 1e-6, `step ${i}: ${row.grad_norm}`);
    assert.deepEqual([row.clip_scale, row.loss], [clip_scale, loss]);
  });
  const adaptive = { clip: 'adaptive', clip_percentile: 50, lr: 0.1 };
  const [wide, narrow] = [train(adaptive, 80), train({ ...adaptive, mistake: 'norm_after_clipping' }, 80)];
  // Each threshold is made of norms that the ones before have cut.
  assert.ok(narrow.rows[79].clip_threshold < wide.rows[79].clip_threshold);
  for (const clip of ['off', 'update']) {
    const plain = { clip, clip_norm: 0.01, lr: 0.1 };
    assert.deepEqual(train({ ...plain, mistake: 'norm_after_clipping' }, 10).rows, train(plain, 10).rows, clip);
  }
});

test('threads share a mistaken update as they share a right one', async () => {
  const threaded = await createEngine({ threads: 3 });
  for (const mistake of ['adam_bias_lags', 'adam_multiplies']) {
    const settings = {
      dataset: 'glyphs',
      samples: 64,
      model: 'linear(61) relu',
      batch: 16,
      optimizer: ruleOf(mistake),
      mistake,
    };
    const [alone, shared] = [engine, threaded].map((one) => {
      const trainer = one.createTrainer(settings);
      trainer.step(5);
      const digest = trainer.digest();
      trainer.dispose();
      return digest;
    });
    assert.equal(shared, alone, mistake);
  }
});

test('with another update rule a mistake that is none of its own is dropped, unless it is asked for', () => {
  const { config } = engine.parseConfig({ optimizer: 'adam', mistake: 'adam_multiplies' });
  assert.equal(changeSettings(config, { lr: 0.1 }).mistake, 'adam_multiplies');
  assert.equal(changeSettings(config, { optimizer: 'adamw' }).mistake, 'adam_multiplies');
  assert.equal(changeSettings(config, { optimizer: 'sgd' }).mistake, 'none');
  assert.equal(changeSettings(config, { optimizer: 'sgd', mistake: 'l2_over_batch' }).mistake, 'l2_over_batch');
  assert.equal(changeSettings(config, { optimizer: 'sgd', mistake: 'adam_multiplies' }).mistake, 'adam_multiplies');
});

test('what theory knows of a rule is not told of a mistaken step, and is of a mistake elsewhere', () => {
  for (const { name, acts, rules } of MISTAKES) {
    const rule = trainedRule({ optimizer: rules[0], mistake: name });
    const right = trainedRule({ optimizer: rules[0], mistake: 'none' });
    if (acts === 'STEP' || acts === 'BIASES')
      assert.deepEqual([rule?.limit, rule?.preconditioned], [null, false], name);
    else assert.deepEqual(rule, right, name);
    const optimizer = engine.createOptimizer(rules[0], { mistake: name }, 1);
    assert.equal(Number.isNaN(optimizer.stabilityLimit), rule?.limit === null, name);
    optimizer.dispose();
  }
});
