/** Data sets: judging, standardizing, sharing, letting go. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** Six samples of two numbers. */
const IMAGES = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
const LABELS = Uint8Array.of(0, 1, 2, 0, 1, 2);
const GOOD = { images: IMAGES, labels: LABELS, shape: [2], classes: 3 };

test('facts of a data set', () => {
  const dataset = engine.createDataset({
    ...GOOD,
    validation: { images: IMAGES.slice(0, 4), labels: LABELS.slice(0, 2) },
  });
  const { name, shape, classes, outputs, trainCount, valCount, isImage, scaling } = dataset;
  assert.deepEqual(
    { name, shape, classes, outputs, trainCount, valCount, isImage, scaling },
    { name: 'custom', shape: [2], classes: 3, outputs: 3, trainCount: 6, valCount: 2, isImage: false, scaling: null },
  );
  const seen = dataset.readSamples('train', [5, 0]);
  assert.deepEqual(seen, {
    shape: [2],
    inputs: Float32Array.of(10, 11, 0, 1),
    labels: Uint8Array.of(2, 0),
    targets: null,
  });
  dataset.dispose();
});

test('what does not fit together is one sentence that names the field', () => {
  const nan = IMAGES.slice();
  nan[3] = NaN;
  /** @type {[any, string, RegExp][]} */
  const cases = [
    [null, 'null', /object/],
    [{ ...GOOD, images: undefined }, 'images', /Uint8Array or a Float32Array/],
    [{ ...GOOD, images: [...IMAGES] }, 'images', /Uint8Array or a Float32Array/],
    [{ ...GOOD, images: new Float32Array(0) }, 'images', /empty/],
    [{ ...GOOD, images: IMAGES.slice(1) }, 'images', /no multiple/],
    [{ ...GOOD, images: nan }, 'images', /images\[3\] is NaN/],
    [{ ...GOOD, images: Float32Array.of(Infinity, 0), labels: Uint8Array.of(0) }, 'images', /finite/],
    [{ ...GOOD, labels: undefined }, 'labels', /labels or targets/],
    [{ ...GOOD, labels: [...LABELS] }, 'labels', /Uint8Array/],
    [{ ...GOOD, labels: LABELS.slice(1) }, 'labels', /5 entries.*6 samples/],
    [{ ...GOOD, labels: Uint8Array.of(0, 1, 2, 3, 0, 0) }, 'labels', /labels\[3\] is 3/],
    [{ ...GOOD, targets: IMAGES }, 'targets', /not both/],
    [{ ...GOOD, classes: undefined }, 'classes', /missing/],
    [{ ...GOOD, classes: 1 }, 'classes', /between 2 and 256/],
    [{ ...GOOD, classes: 300 }, 'classes', /between 2 and 256/],
    [{ ...GOOD, classes: '3' }, 'classes', /between 2 and 256/],
    [{ ...GOOD, shape: undefined }, 'shape', /\[features\] or \[channels, height, width\]/],
    [{ ...GOOD, shape: [1, 2, 1, 1] }, 'shape', /\[features\]/],
    [{ ...GOOD, shape: [0] }, 'shape', /\[features\]/],
    [{ ...GOOD, shape: [1.5] }, 'shape', /\[features\]/],
    [{ ...GOOD, shape: 2 }, 'shape', /\[features\]/],
    [{ images: IMAGES, shape: [2], targets: new Float32Array(5) }, 'targets', /no multiple/],
    [{ tokens: [1, 2], length: 1, vocabulary: 3 }, 'tokens', /Uint8Array/],
    [{ tokens: Uint8Array.of(0, 1, 2), length: 1, vocabulary: 3 }, 'tokens', /multiple of 2/],
    [{ tokens: Uint8Array.of(0, 3), length: 1, vocabulary: 3 }, 'tokens', /tokens\[1\] is 3/],
    [{ tokens: Uint8Array.of(0, 1), length: 0, vocabulary: 3 }, 'length', /between 1/],
    [{ tokens: Uint8Array.of(0, 1), length: 1, vocabulary: 1 }, 'vocabulary', /between 2 and 256/],
    [{ tokens: Uint8Array.of(0, 1), length: 1, vocabulary: 3, scoredFrom: 1 }, 'scoredFrom', /between 0 and 0/],
    [{ tokens: Uint8Array.of(0, 1), length: 1, vocabulary: 3, symbols: ['a'] }, 'symbols', /1 entries/],
    [{ text: 'abab', context: 4 }, 'text', /too few/],
    [{ text: 'aaaa', context: 2 }, 'text', /two distinct/],
    [{ text: String.fromCodePoint(...Array(300).keys()), context: 2 }, 'text', /300 distinct/],
    [{ text: 'abab', context: 2, validation: { text: 'ab' } }, 'validation', /too few/],
    [{ images: IMAGES, shape: [2], targets: new Float32Array(0) }, 'targets', /no multiple/],
    [{ images: IMAGES, shape: [2], targets: Float32Array.of(1, 2, 3, NaN, 5, 6) }, 'targets', /targets\[3\]/],
    [{ images: IMAGES, shape: [2], targets: new Float32Array(6), classes: 2 }, 'classes', /left out/],
    [{ ...GOOD, validation: 7 }, 'validation', /object/],
    [{ ...GOOD, validation: { images: IMAGES.slice(1), labels: LABELS } }, 'validation.images', /no multiple/],
    [{ ...GOOD, validation: { images: new Uint8Array(12), labels: LABELS } }, 'validation', /same type/],
    [{ ...GOOD, validation: { images: IMAGES, targets: new Float32Array(6) } }, 'validation', /labels/],
    [{ ...GOOD, validation: { images: IMAGES } }, 'validation.labels', /Uint8Array/],
  ];
  const before = engine.memory.used;
  for (const [input, field, message] of cases) {
    assert.throws(
      () => engine.createDataset(input),
      (/** @type {any} */ error) => {
        assert.equal(error.name, 'TrainerError');
        assert.equal(error.code, 'data', error.message);
        assert.equal(String(error.field), field, error.message);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  }
  assert.equal(engine.memory.used, before);
});

test('tokens are samples of T + 1 ids', () => {
  const tokens = Uint8Array.of(0, 1, 2, 1, 2, 0, 2, 2, 2);
  const dataset = engine.createDataset({ tokens, length: 2, vocabulary: 3, scoredFrom: 1, symbols: ['a', 'b', 'c'] });
  assert.deepEqual(dataset.shape, [2]);
  assert.deepEqual(dataset.tokens, { length: 2, vocabulary: 3, scoredFrom: 1, symbols: ['a', 'b', 'c'] });
  assert.deepEqual(dataset.readSamples('train', [2, 0]), {
    shape: [2],
    inputs: Float32Array.of(2, 2, 0, 1),
    labels: null,
    targets: null,
    ids: Uint8Array.of(2, 2, 2, 0, 1, 2),
  });
  const trainer = engine.createTrainer({ model: 'linear(3)', batch: 2, steps: 3 }, dataset);
  assert.deepEqual(
    trainer.parameters.map(({ name, shape }) => [name, ...shape]),
    [
      ['embed.weight', 3, 64],
      ['0.linear.weight', 3, 64],
      ['0.linear.bias', 3],
      ['out.weight', 3, 3],
      ['out.bias', 3],
    ],
  );
  // Scored are 2, 0 and 2: two of one, one of another.
  assert.ok(Math.abs(trainer.summary().baseline_loss - (Math.log(3) - (2 / 3) * Math.log(2))) < 1e-12);
  assert.equal(trainer.predict('train', [0, 1]).length, 2 * 2 * 3);
  trainer.dispose();
  dataset.dispose();
});

test('a text is its characters, and its windows the samples', () => {
  const text = 'so so, ﬁne 😀 so.';
  const dataset = engine.createDataset({ text, context: 3, validation: { text: 'so so, ﬁ' } });
  const symbols = [...new Set(text)].sort((a, b) => Number(a.codePointAt(0)) - Number(b.codePointAt(0)));
  assert.deepEqual(dataset.tokens, { length: 3, vocabulary: symbols.length, scoredFrom: 0, symbols });
  const read = (/** @type {'train' | 'val'} */ split, /** @type {number} */ i) =>
    [...(dataset.readSamples(split, [i]).ids ?? [])].map((id) => symbols[id]).join('');
  const characters = [...text];
  assert.equal(dataset.trainCount, characters.length - 3);
  for (let i = 0; i < dataset.trainCount; i++) assert.equal(read('train', i), characters.slice(i, i + 4).join(''));
  assert.deepEqual([read('val', 0), read('val', 1), dataset.valCount], ['so s', 'so, ', 2]);
  const counts = symbols.map((symbol) => {
    const scored = Array.from({ length: dataset.trainCount }, (_, i) => characters.slice(i + 1, i + 4)).flat();
    return scored.filter((other) => other === symbol).length / scored.length;
  });
  const entropy = counts.reduce((sum, p) => sum - (p ? p * Math.log(p) : 0), 0);
  const trainer = engine.createTrainer({ model: 'linear(3)', batch: 2, steps: 3 }, dataset);
  assert.ok(Math.abs(trainer.summary().baseline_loss - entropy) < 1e-9);
  trainer.dispose();
  dataset.dispose();
});

test('a tenth of a text is held back at its end', () => {
  const text = 'abcdefghij'.repeat(10);
  const dataset = engine.splitDataset({ text, context: 4 }, { val_fraction: 0.1 });
  assert.deepEqual([dataset.trainCount, dataset.valCount], [86, 2]);
  assert.deepEqual([...(dataset.readSamples('val', [0]).ids ?? [])], [0, 1, 2, 3, 4]);
  dataset.dispose();
});

test('bytes are standardized by mean and deviation of all training bytes, floats are not', () => {
  const images = Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70);
  const labels = Uint8Array.of(0, 1);
  const shape = [1, 2, 2];
  const dataset = engine.createDataset({ images, labels, shape, classes: 2 });
  const mean = 35;
  const deviation = Math.sqrt(525);
  assert.ok(Math.abs(/** @type {any} */ (dataset.scaling).mean - mean) < 1e-5);
  assert.ok(Math.abs(/** @type {any} */ (dataset.scaling).deviation - deviation) < 1e-5);

  const scaled = Float32Array.from(images, (value) => (value - mean) / deviation);
  const config = { model: 'linear(3) tanh' };
  const outputs = (/** @type {any} */ input, settings = {}) => {
    const made = engine.createDataset({ images: input, labels, shape, classes: 2 });
    const trainer = engine.createTrainer({ ...config, ...settings }, made);
    const result = trainer.predict('train', [0, 1]);
    trainer.dispose();
    made.dispose();
    return result;
  };
  assertClose(outputs(images), outputs(scaled), 1e-6);
  assert.deepEqual(outputs(images, { standardize: false }), outputs(Float32Array.from(images)));
  dataset.dispose();
});

test('columns with units of their own are scaled one by one', () => {
  const images = Float32Array.of(1, 1000, 2, 3000, 3, 5000);
  const dataset = engine.createDataset({
    images,
    labels: Uint8Array.of(0, 1, 0),
    shape: [2],
    classes: 2,
    scalePerFeature: true,
  });
  const scaled = Float32Array.of(-1, -1, 0, 0, 1, 1).map((value) => value * Math.sqrt(1.5));
  const plain = engine.createDataset({ images: scaled, labels: Uint8Array.of(0, 1, 0), shape: [2], classes: 2 });
  const [a, b] = [dataset, plain].map((data) => {
    const trainer = engine.createTrainer({ model: 'linear(3) tanh' }, data);
    const outputs = trainer.predict('train', [0, 1, 2]);
    trainer.dispose();
    data.dispose();
    return outputs;
  });
  assertClose(a, b, 1e-6);
});

test('a split-off validation set is a share, seeded, and loses nothing', () => {
  const images = Float32Array.from({ length: 100 }, (_, i) => i);
  const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 2);
  const read = (/** @type {any} */ config) => {
    const dataset = engine.splitDataset({ images, labels, shape: [1], classes: 2 }, config);
    const indices = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => i);
    const train = dataset.readSamples('train', indices(dataset.trainCount));
    const val = dataset.valCount ? dataset.readSamples('val', indices(dataset.valCount)) : { inputs: [], labels: [] };
    dataset.dispose();
    return { train, val };
  };
  const { train, val } = read({ val_fraction: 0.2, data_seed: 3 });
  assert.equal(val.inputs.length, 20);
  assert.deepEqual(
    [...train.inputs, ...val.inputs].sort((a, b) => a - b),
    [...images],
  );
  assert.ok(train.inputs.every((value, i) => value % 2 === train.labels?.[i]));
  assert.deepEqual(read({ val_fraction: 0.2, data_seed: 3 }).val.inputs, val.inputs);
  assert.notDeepEqual(read({ val_fraction: 0.2, data_seed: 4 }).val.inputs, val.inputs);
  assert.equal(read({ val_fraction: 0 }).train.inputs.length, 100);
  const two = { images: images.slice(0, 1), labels: labels.slice(0, 1), shape: [1], classes: 2 };
  assert.throws(() => engine.splitDataset(two, {}), { code: 'data', field: 'val_fraction' });
});

test('generated data: every generator trains, counts are as asked, custom is refused', () => {
  for (const dataset of ['spiral', 'circle', 'xor', 'blobs', 'moons', 'plane', 'glyphs']) {
    const data = engine.generateDataset({ dataset, samples: 70, val_samples: 30 });
    assert.deepEqual([data.name, data.trainCount, data.valCount], [dataset, 70, 30]);
    const trainer = engine.createTrainer({ dataset, samples: 70, val_samples: 30 }, data);
    assert.ok(trainer.step(2).every(({ loss }) => Number.isFinite(loss)));
    const val = trainer.evaluate('val');
    assert.equal(val?.accuracy === null, dataset === 'plane');
    trainer.dispose();
    data.dispose();
  }
  assert.throws(() => engine.generateDataset({ dataset: 'custom' }), { name: 'TrainerError' });
  assert.throws(() => engine.createTrainer({ dataset: 'custom' }), { code: 'data', field: 'dataset' });
});

test('a generated sample depends on data_seed and its number only', () => {
  const read = (/** @type {any} */ config, /** @type {number[]} */ indices) => {
    const data = engine.generateDataset({ dataset: 'glyphs', ...config });
    const seen = data.readSamples('train', indices);
    data.dispose();
    return seen;
  };
  const few = read({ samples: 20 }, [7]);
  const many = read({ samples: 200 }, [150, 7]);
  assert.deepEqual(few.inputs, many.inputs.slice(784));
  assert.notDeepEqual(read({ samples: 20, data_seed: 2 }, [7]).inputs, few.inputs);
});

test('several trainers share a data set; its memory goes with the last of them', () => {
  const before = engine.memory.used;
  const dataset = engine.createDataset(GOOD);
  const first = engine.createTrainer({ model: '' }, dataset);
  const second = engine.createTrainer({ model: '' }, dataset);
  dataset.dispose();
  dataset.dispose();
  assert.throws(() => engine.createTrainer({ model: '' }, dataset), { code: 'disposed' });
  first.dispose();
  first.dispose();
  assert.equal(second.step(3).length, 3);
  second.dispose();
  assert.equal(engine.memory.used, before);
  assert.throws(() => dataset.readSamples('train', [0]), { code: 'disposed' });
});

/** @param {ArrayLike<number>} actual @param {ArrayLike<number>} expected @param {number} tolerance */
function assertClose(actual, expected, tolerance) {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(Math.abs(actual[i] - expected[i]) <= tolerance, `${i}: ${actual[i]} and ${expected[i]}`);
  }
}
