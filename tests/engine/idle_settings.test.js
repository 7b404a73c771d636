/** Which settings act on which data: what the table says is held against whether they change what is learned. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldApplies } from '../../web/engine/config/config.js';
import { dataFactsOf } from '../../web/engine/config/data_facts.js';
import { sayIdle } from '../../web/engine/config/idle_settings.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { createEngine } from '../../web/platform/node/index.js';
import { drawRuns } from '../fixtures/random_runs.js';

const engine = await createEngine();

/** Another value than the default for each setting of the data. @type {Record<string, string | number | boolean>} */
const OTHER = {
  val_fraction: 0.5,
  downsample: 2,
  standardize: false,
  noise: 0.5,
  label_noise: 0.5,
  outliers: 0.3,
  outlier_scale: 7,
  length: 5,
  symbols: 7,
  delay: 6,
  context: 8,
};

const bytes = (/** @type {number} */ count, /** @type {number} */ below) =>
  Uint8Array.from({ length: count }, (_, i) => (i * 37 + (i >> 3)) % below);

/** Data of one's own, of every kind. @type {Record<string, import('../../web/engine/data/judging.js').GivenData>} */
const OWN = {
  text: { text: 'the cat sat on the mat and the dog ran. '.repeat(10), context: 16 },
  vector: { images: bytes(240, 251), labels: bytes(60, 3), shape: [4], classes: 3 },
  image: { images: bytes(60 * 64, 251), labels: bytes(60, 3), shape: [1, 8, 8], classes: 3 },
  numbers: { images: bytes(240, 251), targets: Float32Array.from(bytes(60, 9)), shape: [4] },
};

/** What two steps lead to, and what of it validates. @param {import('../../web/engine/config/config.js').GivenConfig} given @param {string} [own] */
function train(given, own) {
  const { config, problems } = engine.parseConfig(given);
  assert.deepEqual(problems, []);
  const input = own ? OWN[own] : null;
  const dataset = input
    ? engine.splitDataset('text' in input ? { ...input, context: config.context } : input, config)
    : engine.generateDataset(config);
  const trainer = engine.createTrainer(config, dataset);
  trainer.step(2);
  const facts = own ? dataFactsOf(dataset.isTokens ? [] : dataset.shape, dataset.classes) : {};
  const found = `${trainer.digest()} ${JSON.stringify(trainer.evaluate('val'))}`;
  trainer.dispose();
  dataset.dispose();
  return { config, facts, found };
}

const fields = SCHEMA.fields.filter(({ name }) => name in OTHER);
const generated = SCHEMA.fields
  .find(({ name }) => name === 'dataset')
  ?.options.map(({ name }) => String(name))
  .filter((name) => name !== 'custom');

test('a setting of the data acts exactly where the table says, on every generated and every kind of own data', () => {
  assert.equal(fields.length, Object.keys(OTHER).length);
  const cases = [...(generated ?? []).map((name) => [name]), ...Object.keys(OWN).map((own) => ['custom', own])];
  for (const [dataset, own] of cases) {
    const isText = own === 'text' || engine.schema.tasks.some(({ name }) => name === dataset);
    const model = isText ? 'embed(4) position' : 'linear(4) tanh';
    // An outlier's scale is seen where there are outliers.
    const base = { dataset, model, batch: 16, samples: 40, val_samples: 20, outliers: 0.2, context: 16 };
    const plain = train(base, own);
    for (const field of fields) {
      const acts = train({ ...base, [field.name]: OTHER[field.name] }, own).found !== plain.found;
      const said = fieldApplies(field, { ...plain.config, ...plain.facts });
      assert.equal(said, acts, `${field.name} on ${own ?? dataset}`);
    }
  }
});

test('what was asked for and has no effect is said in a sentence that names it, unless it varies', () => {
  const { config } = engine.parseConfig({
    dataset: 'sort',
    label_noise: 0.3,
    length: 4,
    optimizer: 'adam',
    momentum: 0.5,
  });
  const given = { label_noise: '0.3', length: '4', momentum: '0.5', outliers: '0' };
  assert.deepEqual(
    sayIdle(config, { given }),
    [
      'momentum has no effect with optimizer adam; it acts with momentum, nesterov, rmsprop, muon.',
      'label_noise has no effect with dataset sort; it acts with spiral, circle, xor, blobs, moons, glyphs, custom.',
    ].sort((a, b) => order(a) - order(b)),
  );
  assert.equal(sayIdle(config, { given, varied: ['optimizer'] }).length, 1);
  const own = engine.parseConfig({ dataset: 'custom', label_noise: 0.3 }).config;
  assert.deepEqual(sayIdle(own, { given: { label_noise: 0.3 } }), []);
  assert.deepEqual(sayIdle(own, { given: { label_noise: 0.3 }, facts: dataFactsOf([], 9) }), [
    'label_noise has no effect with data of the kind tokens; it acts with vector, sequence, image.',
  ]);
});

/** The place of a sentence's setting in the table. @param {string} sentence */
function order(sentence) {
  return SCHEMA.fields.findIndex(({ name }) => sentence.startsWith(`${name} `));
}

test('drawn runs have no setting that does nothing, so that the command trains them without a word', () => {
  for (const { settings } of drawRuns(100)) {
    const { config } = engine.parseConfig(settings);
    assert.deepEqual(sayIdle(config, { given: settings }), []);
  }
});
