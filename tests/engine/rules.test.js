/** The table of update rules: what its rows must say, and what follows from a row for the settings beside it. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldApplies, judgeValue } from '../../web/engine/config/config.js';
import { configFromSearch, configToSearch } from '../../web/engine/config/config_text.js';
import { changeSettings, defaultBeside, dividesByGradient, usesSetting } from '../../web/engine/config/rules.js';
import { FIELD_BY_NAME, RULE_BY_NAME } from '../../web/engine/config/schema.js';
import { readSchema } from '../../web/engine/config/schema_text.js';
import { planSweep } from '../../web/engine/study/sweep_plan.js';
import { SCHEMA_TEXT } from '../../web/generated/schema.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();
const RULES = engine.schema.rules;

/** @param {string} name */
const field = (name) => /** @type {import('../../web/engine/config/schema.js').Field} */ (FIELD_BY_NAME.get(name));

test('every row has a label, a formula, and settings that exist', () => {
  const { options } = field('optimizer');
  assert.deepEqual(
    RULES.map(({ name, label }) => ({ name, label })),
    options,
  );
  for (const rule of RULES) {
    assert.match(rule.name, /^[a-z0-9_]+$/);
    assert.ok(rule.label, rule.name);
    assert.ok(rule.formula.length > 0 && rule.formula.every((line) => line.trim() === line && line), rule.name);
    assert.equal(new Set(rule.settings).size, rule.settings.length, rule.name);
    for (const name of rule.settings) assert.equal(field(name).group, 'optimizer', `${rule.name} uses ${name}`);
    for (const [name, value] of Object.entries(rule.defaults)) {
      assert.deepEqual(judgeValue(field(name), value), { value }, `${rule.name}: ${name}`);
      assert.notEqual(value, field(name).default, `${rule.name}: ${name} is the table's default`);
    }
    assert.ok(rule.moments.length <= 2 && rule.moments.every(Number.isFinite), rule.name);
    // What has a preconditioner divides, and needs a moment to divide by.
    if (rule.preconditioned) assert.ok(rule.divides_by_gradient && rule.moments.length > 0, rule.name);
  }
});

test('settings have an effect where the rows name them, and every such setting has a user', () => {
  for (const { name, when } of engine.schema.fields.filter(({ group }) => group === 'optimizer')) {
    const users = RULES.filter(({ settings }) => settings.includes(name)).map((rule) => rule.name);
    assert.equal(when, users.length ? `optimizer=${users.join(',')}` : '', name);
    for (const rule of RULES) {
      assert.equal(fieldApplies(field(name), { optimizer: rule.name }), when === '' || users.includes(rule.name));
      assert.equal(usesSetting(rule.name, name), users.includes(rule.name));
    }
  }
});

test('the decoupled rules are those that the help of weight decay names', () => {
  const labels = RULES.filter(({ decoupled_decay }) => decoupled_decay).map(({ label }) => label);
  assert.ok(field('weight_decay').help.includes(`or decoupled with ${labels.join(' or ')};`));
});

test('a limit is printed where the core knows one, and nowhere else', () => {
  for (const { name, limit } of RULES) {
    const optimizer = engine.createOptimizer(name, {}, 1);
    const known = optimizer.stabilityLimit;
    optimizer.dispose();
    if (limit === null) assert.ok(Number.isNaN(known), name);
    else assert.ok(known > 0 && limit.endsWith('η'), name);
  }
});

test('what the core says of a rule is what its row says', () => {
  for (const rule of RULES) {
    const optimizer = engine.createOptimizer(rule.name, { weight_decay: 0.5 }, 1);
    assert.equal(optimizer.addedCurvature, rule.decoupled_decay ? 0 : 0.5, rule.name);
    // A gradient of 4, so that no rule's P is 1.
    optimizer.step(Float32Array.of(1), Float32Array.of(4), 0.1);
    assert.equal(optimizer.scale()[0] !== 1, rule.preconditioned, rule.name);
    optimizer.dispose();
    assert.equal(dividesByGradient(rule.name), rule.divides_by_gradient);
  }
  assert.equal(dividesByGradient('adma'), false);
});

test('a rule that divides steps as far with large gradients as with small ones, another does not', () => {
  for (const { name, divides_by_gradient } of RULES) {
    const moved = [1, 1000].map((size) => {
      const optimizer = engine.createOptimizer(name, {}, 1);
      const theta = Float32Array.of(0);
      // Once it knows how large gradients are: RAdam waits for that.
      for (let t = 0; t < 200; t++) optimizer.step(theta, Float32Array.of(size), 0.01);
      const before = theta[0];
      for (let t = 0; t < 200; t++) optimizer.step(theta, Float32Array.of(size), 0.01);
      optimizer.dispose();
      return theta[0] - before;
    });
    const ratio = moved[1] / moved[0];
    assert.ok(divides_by_gradient ? ratio > 0.9 && ratio < 1.1 : Math.abs(ratio - 1000) < 1, `${name}: ${ratio}`);
  }
});

test("a number's step is its own, whatever is stepped beside it", () => {
  // Sixteen are stepped at once where floats hold their squares: beside some that they do not hold, and at the end, fewer are.
  const sizes = Array.from({ length: 36 }, (_, i) =>
    i === 21 ? 1e-25 : i === 22 ? 1e25 : i % 5 === 0 ? 0 : 0.01 * i - 0.2,
  );
  for (const { name } of RULES) {
    for (const settings of /** @type {Record<string, number>[]} */ ([{}, { beta2: 0.25 }, { epsilon: 1e-15 }])) {
      const step = (/** @type {number[]} */ gradients) => {
        const optimizer = engine.createOptimizer(name, settings, gradients.length);
        const theta = Float32Array.from(gradients, () => 1);
        for (let t = 0; t < 7; t++)
          optimizer.step(
            theta,
            Float32Array.from(gradients, (g) => g * (t - 2)),
            0.01,
          );
        optimizer.dispose();
        return [...theta];
      };
      assert.deepEqual(
        step(sizes),
        sizes.flatMap((size) => step([size])),
        name,
      );
    }
  }
});

test('no code lists rules by their names: what holds for some of them is a column of the table', () => {
  // Who races unless somebody says otherwise; presets, which each train with one; lessons, which are about rules, with the
  // cells that their pictures show; and what a log of others that does not name its rule was most likely trained with.
  const meant = [
    'web/ui/race/race_settings.js',
    'web/presets.js',
    'web/engine/study/gallery/entries/',
    'web/engine/study/gallery/pictures.js',
    'web/engine/study/inspect/rehearsal.js',
  ];
  // momentum is a setting's name as well.
  const names = RULES.map(({ name }) => name).filter((name) => !FIELD_BY_NAME.has(name));
  const offenders = ['web', 'src'].flatMap((folder) =>
    readdirSync(new URL(`../../${folder}/`, import.meta.url), { recursive: true })
      .map((file) => `${folder}/${file}`)
      .filter((file) => /\.(js|c|css)$/.test(file) && !file.startsWith('web/generated/'))
      .filter((file) => !meant.some((start) => file.startsWith(start)))
      .filter((file) => {
        const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
        const said = names.filter((name) => new RegExp(`['"]${name}['"]|TSCOPE_OPTIMIZER_${name}\\b`).test(text));
        return said.length > (file.endsWith('.js') ? 1 : 0);
      }),
  );
  assert.deepEqual(offenders, []);
});

test("a row may name a rule's own default, and no limit", () => {
  const text = SCHEMA_TEXT.split('\n').map((line) => {
    if (!line.startsWith('{"name":"adamw"')) return line;
    return JSON.stringify({ ...JSON.parse(line), settings: 'beta1 beta2=0.99', limit: '' });
  });
  const { rules, fields } = readSchema(text.join('\n'));
  const rule = rules.find(({ name }) => name === 'adamw');
  assert.deepEqual(rule?.settings, ['beta1', 'beta2']);
  assert.deepEqual(rule?.defaults, { beta2: 0.99 });
  assert.equal(rule?.limit, null);
  const others = RULES.filter(({ name, settings }) => name !== 'adamw' && settings.includes('epsilon'));
  const when = `optimizer=${others.map(({ name }) => name).join(',')}`;
  assert.equal(fields.find(({ name }) => name === 'epsilon')?.when, when);
});

test("a setting that is left out takes the rule's own default", () => {
  const rule = /** @type {import('../../web/engine/config/schema.js').Rule} */ (RULE_BY_NAME.get('adamw'));
  rule.defaults = { beta2: 0.99 };
  try {
    const { config } = engine.parseConfig({ optimizer: 'adamw' });
    assert.equal(config.beta2, 0.99);
    assert.equal(engine.parseConfig({ optimizer: 'adam' }).config.beta2, 0.999);
    assert.equal(engine.parseConfig({ optimizer: 'adamw', beta2: '0.999' }).config.beta2, 0.999);
    assert.equal(engine.parseConfig({ optimizer: 'adamw', beta2: 7 }).config.beta2, 0.99, 'the default stands in');
    assert.equal(defaultBeside(field('beta2'), config), 0.99);

    // A link tells what is not the default beside the rule.
    for (const [search, beta2] of /** @type {[string, number][]} */ ([
      ['optimizer=adamw', 0.99],
      ['optimizer=adamw&beta2=0.999', 0.999],
      ['optimizer=adam&beta2=0.99', 0.99],
    ])) {
      const read = configFromSearch(search);
      assert.deepEqual(read.problems, []);
      assert.equal(read.config.beta2, beta2);
      assert.equal(configToSearch(read.config), search);
    }

    // Another rule takes what was left out with it, and leaves what was chosen.
    const plain = engine.parseConfig({ optimizer: 'adam', lr: 0.5 }).config;
    assert.deepEqual(changeSettings(plain, { optimizer: 'adamw' }), { ...plain, optimizer: 'adamw', beta2: 0.99 });
    assert.deepEqual(changeSettings(config, { optimizer: 'adam' }), { ...config, optimizer: 'adam', beta2: 0.999 });
    assert.equal(changeSettings({ ...plain, beta2: 0.9 }, { optimizer: 'adamw' }).beta2, 0.9);
    assert.equal(changeSettings(plain, { optimizer: 'adamw', beta2: 0.5 }).beta2, 0.5);
    assert.equal(changeSettings(config, { beta2: 0.999 }).beta2, 0.999);
    const { trials } = planSweep({ config: {}, over: ['optimizer=adam,adamw'] });
    assert.deepEqual(
      trials.map((trial) => trial.config.beta2),
      [0.999, 0.99],
    );

    // On bare vectors as well: β₂ = 0.99 is what is left out.
    /** @type {import('../../web/engine/config/config.js').SomeSettings[]} */
    const given = [{}, { beta2: 0.99 }, { beta2: 0.999 }];
    const [own, said, other] = given.map((settings) => {
      const optimizer = engine.createOptimizer('adamw', settings, 1);
      const theta = Float32Array.of(1);
      for (let t = 0; t < 5; t++) optimizer.step(theta, Float32Array.of(2 - t), 0.1);
      optimizer.dispose();
      return theta[0];
    });
    assert.equal(own, said);
    assert.notEqual(own, other);
  } finally {
    rule.defaults = {};
  }
});
