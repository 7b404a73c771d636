/** The settings of a race as text, and what is said of one: no page needed. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RULE_BY_NAME } from '../../web/engine/config/schema.js';
import { SCHEMA } from '../../web/generated/schema.js';
import { createEngine } from '../../web/platform/node/index.js';
import { RaceTables } from '../../web/ui/race/race_settings.js';
import { limitInWords, raceParagraphs } from '../../web/ui/race/race_words.js';
import { ruleStyle } from '../../web/ui/race/rule_styles.js';

const engine = await createEngine();
const tables = new RaceTables(/** @type {any} */ (SCHEMA));

/** What is said of the race of an address after some steps. @param {string} text @param {number} steps */
function tell(text, steps) {
  const { race: settings, problems } = tables.read(text);
  assert.deepEqual(problems, []);
  const facts = tables.factsOf(settings);
  const rate = tables.rateOf(settings);
  const race = engine.createRace({
    surface: settings.options,
    start: settings.start ?? facts.start,
    entries: [...settings.rules.keys()].map((rule) => ({
      rule,
      lr: rate * tables.factorOf(settings, rule),
      settings: settings.settings,
    })),
  });
  race.advance(steps);
  const track = /** @type {any} */ ({ race, settings, facts, rate, tables, steps });
  const said = raceParagraphs(track).map((sentences) => sentences.map((sentence) => sentence.text).join(' '));
  race.dispose();
  return said;
}

test('every rule has a look of its own, by its place in the table', () => {
  const looks = tables.rules.map((rule) => tables.styleOf(rule));
  assert.equal(looks.length, SCHEMA.rules.filter((rule) => !rule.moves_matrices).length);
  assert.equal(new Set(looks.map(({ color }) => color)).size, looks.length);
  assert.equal(new Set(looks.map(({ marker }) => marker)).size, looks.length);
  const css = readFileSync(new URL('../../web/ui/race/optimizers.css', import.meta.url), 'utf8');
  const many = Array.from({ length: 64 }, (_, place) => ruleStyle(place));
  for (const { color, marker, dash } of many) {
    // Light, dark by the system, dark by choice.
    assert.equal(css.split(`--${color}: #`).length - 1, 3, color);
    assert.match(marker, /^M[-\d. A-Z]+Z$/);
    assert.ok(dash.every((length) => length > 0));
  }
  assert.equal(new Set(many.map(({ color, marker }) => `${color} ${marker}`)).size, many.length);
});

/** A racer that stands somewhere, as the words read it. @param {string} rule @param {number} limit */
function standIn(rule, limit) {
  const standing = { x: 1, y: 1, excess: 0.5, sharpness: 40, load: 4, limit };
  return { rule, divergedAt: null, excess: [1, 0.5], standing };
}

test('a rule without a limit of stability is promised nothing, and is never beyond it', () => {
  for (const surface of ['quadratic', 'rosenbrock']) {
    const { race: settings } = tables.read(`surface=${surface}&rules=sgd,adam`);
    const racers = [standIn('sgd', Number.NaN), standIn('adam', Number.NaN)];
    const track = { race: { racers }, settings, facts: tables.factsOf(settings), rate: 0.1, tables, steps: 1 };
    const said = raceParagraphs(/** @type {any} */ (track)).flat();
    const text = said.map((sentence) => sentence.text).join(' ');
    assert.equal(text.includes('SGD has no limit of stability.'), surface === 'quadratic');
    assert.doesNotMatch(text, /NaN|–|undefined|stable up to|too steep|stands at its limit/);
    assert.ok(said.every(({ tone }) => tone !== 'bad'));
  }
});

test('the settings of a race are those that one has chosen; the others are each rule’s own affair', () => {
  const rule = /** @type {import('../../web/engine/config/schema.js').Rule} */ (RULE_BY_NAME.get('adam'));
  const { race } = tables.read('rules=sgd,adam&beta1=0.8');
  assert.deepEqual(tables.chosenSettings(race), { beta1: 0.8 });
  const beta2 = /** @type {any} */ (tables.ruleFields.find(({ name }) => name === 'beta2'));
  assert.equal(tables.ownDefaultsInWords(race, beta2), '');
  rule.defaults = { beta2: 0.99 };
  try {
    assert.equal(tables.ownDefaultsInWords(race, beta2), 'Adam takes 0.99');
    const { race: chosen } = tables.read('rules=sgd,adam&beta2=0.9');
    assert.equal(tables.ownDefaultsInWords(chosen, beta2), '');
    assert.deepEqual(tables.chosenSettings(chosen), { beta2: 0.9 });
  } finally {
    rule.defaults = {};
  }
});

test('an address holds what differs from the tables, and reads back', () => {
  assert.equal(tables.write(tables.defaults()), '');
  assert.deepEqual(tables.read(''), { race: tables.defaults(), problems: [] });
  for (const text of [
    'surface=rosenbrock&start=-1.5,2&lr=0.001&rules=sgd,adam:50&beta1=0.8',
    'lambda2=40&angle=30&grad_noise=0.5&noise_seed=7&steps=500',
    'rules=',
    'lr=1e-7',
  ]) {
    const { race, problems } = tables.read(text);
    assert.deepEqual(problems, []);
    assert.equal(tables.write(race), text);
  }
  const encoded = tables.read('start=-1%2C2&rules=adam%2Csgd').race;
  assert.deepEqual(encoded.start, [-1, 2]);
  assert.deepEqual([...encoded.rules.keys()], ['sgd', 'adam'], 'in the order of the table');
});

test('what an address says wrongly is a sentence, the rest counts', () => {
  for (const [text, sentence] of /** @type {[string, RegExp][]} */ ([
    ['surface=bowl', /^surface must be one of quadratic, /],
    ['lambda1=0', /^lambda1 must be between 0\.0001 and 10000, not "0"/],
    ['start=1', /^start must be two numbers/],
    ['start=1,NaN', /^start must be two numbers/],
    ['start=1,2e9', /^start must be two numbers/],
    ['rules=adma', /^rules: each must be one of .* Did you mean adam\?$/],
    ['rules=adam:0', /^rules: a factor is a number above 0, not "0"/],
    ['lr=-1', /^lr must be between/],
    ['speed=3', /^The link names "speed"/],
    ['toString=3', /^The link names "toString"/],
  ])) {
    const { race, problems } = tables.read(`${text}&steps=50`);
    assert.equal(problems.length, 1, text);
    assert.match(problems[0], sentence);
    assert.deepEqual(race, { ...tables.defaults(), options: { ...tables.defaults().options, steps: 50 } });
  }
});

test('on the quadratic the limits are promised, and kept', () => {
  const [promised] = tell('lambda2=10&lr=0.21&rules=sgd,momentum,nesterov', 0);
  assert.equal(
    promised,
    'η·λ is 2.1. Momentum is stable up to 2+2γ = 3.8: it converges. SGD is stable up to 2: it diverges. ' +
      'Nesterov is stable up to (2+2γ)/(1+2γ) = 1.36: it diverges.',
  );
  assert.match(tell('lambda2=8&lr=0.25&rules=sgd', 10)[0], /it stands at the edge/);
  assert.match(
    tell('lambda2=8&lr=0.1&rules=sgd,momentum:2', 0)[0],
    /^Momentum, with η·λ 1\.6, is .* SGD, with η·λ 0\.8/,
  );
  assert.match(tell('lr=0.01&grad_noise=1&rules=sgd', 0)[0], /shaken by the noise/);
  assert.match(tell('lr=0.01&momentum=1&rules=momentum', 0)[0], /swings without end/);
  assert.match(tell('lambda2=10&lr=0.21&rules=sgd', 150)[1], /^SGD is at [\d.e,]+ times the height of the start\.$/);
  assert.match(
    tell('lambda2=10&lr=0.4&rules=sgd,adam', 600)[1],
    /^SGD left the finite numbers at step \d+ \(✕\)\. After 600 steps Adam is at/,
  );
  // L2 decay is curvature of its own: 10 + 1, times 0.19, is beyond 2.
  assert.match(tell('lambda2=10&lr=0.19&weight_decay=1&rules=sgd', 0)[0], /^η·λ is 2\.09\. SGD .* diverges\.$/);
});

test('elsewhere: who stands too steep, who is lowest, and who ended where', () => {
  assert.match(tell('surface=product&rules=sgd', 0)[0], /^At the start, SGD’s η·λ is 2\.\d+, above 2: too steep/);
  assert.match(tell('surface=himmelblau', 200)[1], /^After 200 steps .* is lowest.* SGD is at \(−2\.81, 3\.13\)/);
  assert.deepEqual(tell('rules=', 5), ['Nobody races: choose a rule.']);
  assert.deepEqual(tell('lr=0', 5), ['η is 0: nothing moves.']);
  assert.match(tell('lr=0.1&rules=adam&beta2=0.95', 1500)[1], /preconditioned η·λ stands at its limit/);
});

test('limits are said with their formula', () => {
  assert.equal(limitInWords('sgd', 2), '2');
  assert.equal(limitInWords('rmsprop', 3.8), '2+2γ = 3.8');
  assert.equal(limitInWords('adam', 38), '(2+2β₁)/(1−β₁) = 38');
});
