/** Data files of every format: the right values, what is said of them, and one sentence where they are wrong. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { defaultReading } from '../../web/engine/config/reading_fields.js';
import { readNpy } from '../../web/engine/data/arrays/npy.js';
import { chooseDataFiles } from '../../web/engine/data/choose_files.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { readDataFiles } from '../../web/engine/data/read_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { concat, writeGrey, writeIdx, writeNpy, writePng, writeZip } from './data_writers.js';

const engine = await createEngine();
const FIXTURES = JSON.parse(await readFile(new URL('../fixtures/data_files.json', import.meta.url), 'utf8'));

/** @typedef {import('../../web/engine/config/reading_fields.js').Reading} Reading */

/** @param {string} text */
const decode = (text) => new Uint8Array(Buffer.from(text, 'base64'));

/** @param {Record<string, Uint8Array>} files @param {Partial<Reading>} [asked] */
function readAll(files, asked) {
  const reading = asked && { ...defaultReading(), ...asked };
  const named = Object.entries(files).map(([name, bytes]) => ({ name, bytes, reading }));
  return readDataFiles(engine, named, 'set');
}

/** @param {Record<string, Uint8Array>} files @param {RegExp} message @param {Partial<Reading>} [asked] */
async function assertRefused(files, message, asked) {
  await assert.rejects(readAll(files, asked), (/** @type {any} */ error) => {
    assert.equal(error.name, 'TrainerError', error.stack);
    assert.match(error.message, message);
    assert.match(error.message, /^[^\n\p{Cc}]{10,250}\.$/u);
    return true;
  });
}

/** Images of one set as IDX. @param {number[]} labels @param {string} [prefix] @param {number[]} [shape] */
function writeSet(labels, prefix = 'train', shape = [2, 2]) {
  const elements = shape.reduce((product, size) => product * size, 1);
  return {
    [`${prefix}-images-idx${shape.length + 1}-ubyte`]: writeIdx(
      8,
      [labels.length, ...shape],
      Uint8Array.from({ length: labels.length * elements }, (_, i) => (7 * i) % 251),
    ),
    [`${prefix}-labels-idx1-ubyte`]: writeIdx(8, [labels.length], labels),
  };
}

const ABAB = [0, 1, 0, 1];

// ---- IDX -------------------------------------------------------------------------------------------------------------

test('IDX: the last of three dimensions is the channels where pixels can have so many', async () => {
  const last = await readAll(writeSet([0, 1], 'train', [2, 2, 3]));
  assert.deepEqual(last.shape, [3, 2, 2]);
  const value = (/** @type {number} */ i) => (7 * i) % 251;
  // Pixel p of image n has its channels at 12 n + 3 p.
  const expected = [0, 1].flatMap((n) => [0, 1, 2].flatMap((c) => [0, 1, 2, 3].map((p) => value(12 * n + 3 * p + c))));
  assert.deepEqual([...last.images], expected);
  for (const [shape, given] of [
    [
      [3, 2, 5],
      [3, 2, 5],
    ],
    [
      [1, 5, 4],
      [5, 4, 1],
    ],
    [
      [4, 2, 2],
      [2, 2, 4],
    ],
    [
      [2, 2, 2],
      [2, 2, 2],
    ],
  ]) {
    assert.deepEqual((await readAll(writeSet([0, 1], 'train', given))).shape, shape);
  }
});

test('IDX: classes are the labels that there are, whatever they are', async () => {
  const plain = await readAll(writeSet([0, 1, 2, 0, 1, 2]));
  assert.deepEqual([plain.classes, plain.classNames, plain.notes], [3, null, []]);
  const fromOne = await readAll(writeSet([1, 2, 3, 1, 2, 3]));
  assert.deepEqual([fromOne.classes, fromOne.classNames], [3, ['1', '2', '3']]);
  assert.deepEqual([...(fromOne.labels ?? [])], [0, 1, 2, 0, 1, 2]);
  assert.match(fromOne.notes.join(), /^The labels of train-labels-idx1-ubyte are 1 … 3: 3 classes/);
  const gaps = await readAll({ ...writeSet([3, 8, 3, 8]), ...writeSet([8, 5], 't10k') });
  assert.deepEqual([gaps.classes, gaps.classNames], [3, ['3', '5', '8']]);
  assert.deepEqual([...(gaps.validation?.labels ?? [])], [2, 1]);
  await assertRefused(writeSet([4, 4, 4]), /^train-labels-idx1-ubyte has only one label, 4; learning needs two/);
});

test('IDX: a label apart from all others is pointed at', async () => {
  const labels = Array.from({ length: 40 }, (_, i) => (i === 17 ? 255 : i % 3));
  const { classes, notes } = await readAll(writeSet(labels));
  assert.equal(classes, 4);
  assert.match(notes.join('\n'), /The label 255 of sample 17, counted from 0, in train-labels-idx1-ubyte stands apart/);
});

test('the samples that a run sees: classes without training samples, and with hardly any', async () => {
  const { config } = engine.parseConfig({ dataset: 'custom', val_fraction: 0 });
  const data = await readAll({ ...writeSet([0, 0, 0, 1, 1, 1, 2]), ...writeSet([0, 1, 3, 3], 't10k') });
  const dataset = createFileDataset(engine, data, config);
  assert.deepEqual(dataset.notes, [
    'No training sample is of class 3, but the validation data has 2.',
    'No validation sample is of class 2.',
    'The class 2 has only 1 training sample.',
  ]);
  dataset.dispose();
});

test('IDX: numbers of every type, big-endian', async () => {
  const labels = writeIdx(8, [2], [0, 1]);
  const types = /** @type {[number, number, (view: DataView, at: number, value: number) => void][]} */ ([
    [0x09, 1, (view, at, value) => view.setInt8(at, value)],
    [0x0b, 2, (view, at, value) => view.setInt16(at, value)],
    [0x0c, 4, (view, at, value) => view.setInt32(at, value)],
    [0x0d, 4, (view, at, value) => view.setFloat32(at, value)],
    [0x0e, 8, (view, at, value) => view.setFloat64(at, value)],
  ]);
  for (const values of [
    [1, 2, 3, -4, 5, 6, 7, 100],
    [1, 2, 3, 4, 5, 6, 7, 100],
  ]) {
    for (const [type, size, set] of types) {
      const bytes = new Uint8Array(8 * size);
      for (const [i, value] of values.entries()) set(new DataView(bytes.buffer), i * size, value);
      const data = await readAll({ 'a-images-idx3': writeIdx(type, [2, 2, 2], bytes), 'a-labels-idx1': labels });
      assert.deepEqual([...data.images], values);
      // Whole numbers from 0 to 255 are pixels like others.
      assert.equal(data.images.constructor, values.includes(-4) ? Float32Array : Uint8Array);
      assert.equal(data.scaleTogether, values.includes(-4));
    }
  }
});

test('IDX: QMNIST has rows of integers for labels', async () => {
  const rows = new Uint8Array(4 * 8 * 4);
  for (let i = 0; i < 4; i++) {
    for (let k = 0; k < 8; k++) new DataView(rows.buffer).setInt32(4 * (8 * i + k), k === 0 ? i % 2 : 100 * k + i);
  }
  const data = await readAll({
    'qmnist-train-images-idx3-ubyte': writeSet(ABAB)['train-images-idx3-ubyte'],
    'qmnist-train-labels-idx2-int': writeIdx(0x0c, [4, 8], rows),
  });
  assert.deepEqual([...(data.labels ?? [])], ABAB);
  assert.equal(data.classes, 2);
  assert.equal(data.notes.length, 1);
  assert.match(data.notes.join(), /^The class is the first of the 8 numbers that qmnist-train-labels-idx2-int has/);
});

test('IDX: images are transposed where that is asked for, and EMNIST is said to need it', async () => {
  const { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels } = writeSet([0, 1], 'train', [2, 3]);
  const files = { 'emnist-train-images-idx3-ubyte': images, 'emnist-train-labels-idx1-ubyte': labels };
  const asStored = await readAll(files);
  assert.match(asStored.notes.join(), /--transpose/);
  const turned = await readAll(files, { transpose: true });
  assert.deepEqual(turned.notes, []);
  assert.deepEqual(
    [asStored.shape, turned.shape],
    [
      [1, 2, 3],
      [1, 3, 2],
    ],
  );
  assert.deepEqual(
    [...turned.images.subarray(6)],
    [0, 3, 1, 4, 2, 5].map((i) => asStored.images[6 + i]),
  );
  await assertRefused(writeSet([0, 1], 'train', [3]), /no images to be transposed/, { transpose: true });

  const pixels = Array.from({ length: 81 }, (_, p) => p);
  const rows = ABAB.map((label, n) => [label, ...pixels.map((p) => (3 * p + n) % 256)].join(','));
  const table = new TextEncoder().encode([['label', ...pixels.map((p) => `pixel${p}`)], ...rows].join('\n'));
  const flat = await readAll({ 'emnist.csv': table });
  const upright = await readAll({ 'emnist.csv': table }, { transpose: true });
  assert.deepEqual(
    [flat.shape, upright.shape],
    [
      [1, 9, 9],
      [1, 9, 9],
    ],
  );
  for (const p of pixels) assert.equal(upright.images[81 + p], flat.images[81 + 9 * (p % 9) + Math.floor(p / 9)]);
});

test('IDX: what a file holds counts, not what it is called', async () => {
  const { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels } = writeSet(ABAB);
  const swapped = await readAll({ 'train-images-idx3-ubyte': labels, 'train-labels-idx1-ubyte': images });
  assert.deepEqual(swapped.shape, [1, 2, 2]);
  assert.equal(swapped.notes.length, 2);
  const packed = await readAll({ 'train-images-idx3-ubyte': gzipSync(images), 'train-labels-idx1-ubyte.gz': labels });
  assert.deepEqual(packed.images, images.subarray(16));
});

test('IDX: what is wrong is one sentence', async () => {
  const { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels } = writeSet(ABAB);
  const refuse = (/** @type {Uint8Array} */ broken, /** @type {RegExp} */ message) =>
    assertRefused({ 'train-images-idx3-ubyte': broken, 'train-labels-idx1-ubyte': labels }, message);
  await refuse(images.subarray(0, 30), /promises 4 x 2 x 2 bytes of data, but 14 follow/);
  await refuse(concat([images, Uint8Array.of(1)]), /but 17 follow/);
  await refuse(Uint8Array.of(0, 0, 0x0a, 3), /not an IDX file/);
  await refuse(writeIdx(8, [3, 2, 2], images.subarray(20)), /has 4 labels, but train-images-idx3-ubyte has 3 images/);
  await refuse(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), /packed with xz/);
  await assertRefused({ 'train-images-idx3-ubyte': images }, /has no labels beside it/);
  await assertRefused({ 't10k-images-idx3-ubyte': images, 't10k-labels-idx1-ubyte': labels }, /no training images/);
  await assertRefused({ ...writeSet(ABAB), ...writeSet(ABAB, 't10k', [2, 3]) }, /samples of 1×2×3, but .* of 1×2×2/);
  await assertRefused(writeSet(ABAB), /target a is about the columns of a table/, { target: 'a' });
});

test('gzip: a header that lies is refused before there is memory for what it promises', async () => {
  const labels = writeIdx(8, [4], ABAB);
  const refuse = (/** @type {Uint8Array} */ packed, /** @type {RegExp} */ message) =>
    assertRefused({ 'train-images-idx3-ubyte.gz': packed, 'train-labels-idx1-ubyte': labels }, message);
  const honest = writeSet(ABAB)['train-images-idx3-ubyte'];
  const huge = Uint8Array.from(honest);
  huge.set([0x7f, 0xff, 0xff, 0xff], 4);
  await refuse(gzipSync(huge), /has 4 labels, but .* has 2,147,483,647 images/);
  const wide = Uint8Array.from(honest);
  wide.set([0x7f, 0xff, 0xff, 0xff], 8);
  await refuse(gzipSync(wide), /promises 17179869192 bytes, which the gzip data does not hold/);
  await refuse(gzipSync(honest).subarray(0, 40), /does not hold: it is damaged or cut short/);
  const many = writeIdx(8, [5_000_000, 2, 2], new Uint8Array(20_000_000));
  await refuse(gzipSync(many), /has 4 labels, but train-images-idx3-ubyte\.gz has 5,000,000 images/);
  // A bomb: 32 MB of zeros behind a header of 16 bytes, and an end that says what the header says.
  const bomb = gzipSync(concat([honest, new Uint8Array(1 << 25)]));
  new DataView(bomb.buffer, bomb.byteOffset).setUint32(bomb.length - 4, honest.length, true);
  const before = process.memoryUsage().arrayBuffers;
  await refuse(bomb, /promises 32 bytes, but more follow/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 2e7);
});

// ---- NumPy -----------------------------------------------------------------------------------------------------------

test('.npy: every type, order and version that NumPy writes', async () => {
  const { readerOf, stridesOf } = await import('../../web/engine/data/arrays/file_array.js');
  for (const [name, { file, shape, values }] of Object.entries(FIXTURES.arrays)) {
    const array = readNpy({ name, bytes: decode(file) });
    assert.deepEqual(array.shape, shape, name);
    const [step, across = 0] = stridesOf(array);
    const read = readerOf(array);
    const columns = shape[1] ?? 1;
    const got = values.map((/** @type {number} */ _, /** @type {number} */ i) =>
      read(Math.floor(i / columns) * step + (i % columns) * across),
    );
    assert.deepEqual(got, values, name);
  }
});

test(".npz: Keras' names stored, MedMNIST's deflated, big-endian and Fortran's order", async () => {
  const keras = await readAll({ 'mnist.npz': decode(FIXTURES.keras.file) });
  assert.deepEqual(keras.shape, [1, 2, 3]);
  assert.deepEqual(keras.images, Uint8Array.from(FIXTURES.keras.train));
  assert.deepEqual(keras.validation?.images, Uint8Array.from(FIXTURES.keras.test));
  assert.deepEqual([...(keras.labels ?? [])], [0, 1, 2, 0, 1, 2]);
  const med = await readAll({ 'med.npz': decode(FIXTURES.med.file) });
  assert.deepEqual(med.images, Float32Array.from(FIXTURES.med.train));
  assert.deepEqual(med.validation?.images, Float32Array.from(FIXTURES.med.train.slice(0, 18)));
  assert.deepEqual([med.classes, med.scaleTogether, med.scalePerFeature], [3, true, false]);
  assert.deepEqual(med.notes, ['Left out: test_images and test_labels.']);
  const { config } = engine.parseConfig({ dataset: 'custom' });
  const dataset = createFileDataset(engine, med, config);
  const mean = FIXTURES.med.train.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b) / 36;
  assert.equal(dataset.scaling?.mean, Math.fround(mean));
  dataset.dispose();
});

test('.npz and .npy: the names that arrays go by', async () => {
  const x = writeNpy('<f4', [4, 2], new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer));
  const y = writeNpy('|u1', [4], Uint8Array.from(ABAB));
  const names = [
    'x_train y_train',
    'X y',
    'images labels',
    'data target',
    'trainX trainY',
    'X_train_data y_train_labels',
    'arr_0 arr_1',
  ];
  for (const [images, labels] of names.map((pair) => pair.split(' '))) {
    const data = await readAll({ 'a.npz': writeZip({ [`${images}.npy`]: x, [`${labels}.npy`]: y }) });
    assert.deepEqual([data.shape, data.scalePerFeature, [...(data.labels ?? [])]], [[2], true, ABAB], images);
    if (images !== 'arr_0') assert.equal((await readAll({ [`${images}.npy`]: x, [`${labels}.npy`]: y })).classes, 2);
  }
  const alone = (/** @type {Uint8Array} */ array) => writeZip({ 'arr_0.npy': array });
  const apart = await readAll({
    'kmnist-test-imgs.npz': alone(x),
    'kmnist-test-labels.npz': alone(y),
    'kmnist-train-imgs.npz': alone(x),
    'kmnist-train-labels.npz': alone(y),
  });
  assert.deepEqual([apart.classes, apart.labels?.length, apart.validation?.labels?.length], [2, 4, 4]);
  const both = writeZip({ 'x.npy': x, 'y.npy': y });
  await assertRefused({ 'a.npz': both, 'b.npz': both }, /^a\.npz must come alone: it holds 2 arrays/);
  const refuse = (/** @type {Record<string, Uint8Array>} */ arrays, /** @type {RegExp} */ message) =>
    assertRefused({ 'a.npz': writeZip(arrays) }, message);
  await refuse(
    { 'foo.npy': x, 'bar.npy': y },
    /^a\.npz has the arrays foo and bar; images and labels are found by names/,
  );
  await refuse({ 'x.npy': x, 'images.npy': x, 'y.npy': y }, /^x and images are both the same part/);
  await refuse({ 'x.txt': x }, /holds no arrays/);
});

test('.npz: labels as rows, texts and truths, and targets that are no classes', async () => {
  const x = writeNpy(
    '|u1',
    [4, 2, 2],
    Uint8Array.from({ length: 16 }, (_, i) => i),
  );
  const read = (/** @type {Uint8Array} */ y, /** @type {Partial<Reading>} */ asked = {}) =>
    readAll({ 'a.npz': writeZip({ 'x.npy': x, 'y.npy': y }, { method: 'stored' }) }, asked);
  const floats = (/** @type {number[]} */ values) => new Uint8Array(Float64Array.from(values).buffer);
  const oneHot = await read(writeNpy('<f8', [4, 3], floats([0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0])));
  assert.deepEqual([...(oneHot.labels ?? [])], [2, 0, 2, 1]);
  const columns = await read(writeNpy('<f8', [4, 1], floats([5, 7, 5, 7])));
  assert.deepEqual(columns.classNames, ['5', '7']);
  const wide = new Uint8Array(
    Uint32Array.from([...'dog', ...'cat', ...'dog', ...'cat'], (c) => c.charCodeAt(0)).buffer,
  );
  assert.deepEqual((await read(writeNpy('<U3', [4], wide))).classNames, ['cat', 'dog']);
  const narrow = new TextEncoder().encode('b\0aab\0aa');
  assert.deepEqual([...((await read(writeNpy('|S2', [4], narrow))).labels ?? [])], [1, 0, 1, 0]);
  assert.deepEqual([...((await read(writeNpy('|b1', [4], Uint8Array.of(1, 0, 1, 0)))).labels ?? [])], [1, 0, 1, 0]);
  const minus = await read(writeNpy('<f8', [4], floats([-1, 1, -1, 1])));
  assert.deepEqual([minus.classNames, [...(minus.labels ?? [])]], [['-1', '1'], ABAB]);

  const numbers = await read(writeNpy('<f8', [4], floats([0.5, 1.5, -3, 4])));
  assert.deepEqual([numbers.classes, [...(numbers.targets ?? [])]], [0, [0.5, 1.5, -3, 4]]);
  assert.match(numbers.notes.join(), /learned by squared error/);
  const asked = await read(writeNpy('|u1', [4], Uint8Array.from(ABAB)), { task: 'regression' });
  assert.deepEqual([...(asked.targets ?? [])], ABAB);

  const refuse = (
    /** @type {Uint8Array} */ y,
    /** @type {RegExp} */ message,
    /** @type {Partial<Reading>} */ how = {},
  ) => assertRefused({ 'a.npz': writeZip({ 'x.npy': x, 'y.npy': y }) }, message, how);
  await refuse(writeNpy('<f8', [4], floats([0.5, 1, 2, 3])), /is 0.5, which is no whole number/, { task: 'classes' });
  await refuse(
    writeNpy('<f8', [4], floats([0.5, NaN, 2, 3])),
    /sample 1, counted from 0, has a target that is not finite/,
  );
  await refuse(writeNpy('|u1', [4, 2], Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 1)), /2 numbers for each sample/);
  await refuse(writeNpy('|u1', [3], Uint8Array.of(0, 1, 0)), /3 labels, but a\.npz: x has 4 images/);
  await refuse(writeNpy('|O', [4], new Uint8Array(20)), /pickled Python objects/);
  await refuse(writeNpy('<c8', [4], new Uint8Array(32)), /type "<c8"/);
  await refuse(writeNpy('<i8', [4], new Uint8Array(31)), /promises 4 numbers of 8 bytes, but 31 bytes follow/);
});

test('.npz: columns of large numbers keep what tells their values apart', async () => {
  const times = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1.7e9 + 20 * (i % 4) : i));
  const y = writeNpy(
    '|u1',
    [10],
    Uint8Array.from({ length: 10 }, (_, i) => i % 2),
  );
  const x = writeNpy('<f8', [10, 2], new Uint8Array(times.buffer));
  const data = await readAll({ 'a.npz': writeZip({ 'x.npy': x, 'y.npy': y }) });
  assert.deepEqual([...data.images].slice(0, 6), [0, 1, 40, 3, 0, 5]);
  assert.match(data.notes.join(), /floats cannot tell the values apart: column 0 from 1700000000/);
});

test('zip: folders of files in it are read, and what is wrong with it is one sentence', async () => {
  const inside = Object.fromEntries(Object.entries(writeSet(ABAB)).map(([name, bytes]) => [`archive/${name}`, bytes]));
  const data = await readAll({
    'archive.zip': writeZip({ ...inside, '__MACOSX/._train-images-idx3-ubyte': Uint8Array.of(1) }),
  });
  assert.equal(data.classes, 2);
  const part = {
    'x.npy': writeNpy('|u1', [4, 2], new Uint8Array(8)),
    'y.npy': writeNpy('|u1', [4], Uint8Array.from(ABAB)),
  };
  const refuse = (/** @type {Uint8Array} */ bytes, /** @type {RegExp} */ message) =>
    assertRefused({ 'a.npz': bytes }, message);
  await refuse(writeZip(part).subarray(0, 200), /zip file is damaged or cut short/);
  await refuse(writeZip(part, { change: (facts) => Object.assign(facts, { flags: 1 }) }), /is encrypted/);
  await refuse(
    writeZip(part, { change: (facts) => Object.assign(facts, { length: 3e9 }) }),
    /cannot hold the 3000000000/,
  );
  await refuse(writeZip(part, { change: (facts) => Object.assign(facts, { length: 20 }) }), /damaged|more follow/);
  await refuse(writeZip(part, { change: (facts) => Object.assign(facts, { checksum: 1 }) }), /damaged/);
  await refuse(
    writeZip(part, { method: 'stored', change: (facts) => Object.assign(facts, { checksum: 1 }) }),
    /damaged/,
  );
  await refuse(new TextEncoder().encode('nonsense'), /is no \.npz file/);
});

// ---- PNG -------------------------------------------------------------------------------------------------------------

test('PNG: every kind that libpng writes has its values', async () => {
  for (const [name, { file, values }] of Object.entries(FIXTURES.images)) {
    const bytes = decode(file);
    const data = await readAll({ 'a/1.png': bytes, 'b/1.png': bytes });
    const channels = values.length / 30;
    assert.deepEqual(data.shape, [channels, 6, 5], name);
    const planes = Array.from({ length: channels }, (_, c) =>
      values.filter((/** @type {number} */ _value, /** @type {number} */ i) => i % channels === c),
    ).flat();
    assert.deepEqual(
      [...data.images.subarray(30 * channels)],
      [...(name === '16 bits' ? Float32Array : Uint8Array).from(planes)],
      name,
    );
    const turned = await readAll({ 'a/1.png': bytes, 'b/1.png': bytes }, { transpose: true });
    assert.deepEqual(turned.shape, [channels, 5, 6], name);
    assert.equal(turned.images[1], data.images[5]);
  }
});

test('PNG: alpha that is opaque everywhere is left out, colour beside grey is kept', async () => {
  const grey = writeGrey(2, 1, (i) => 100 + i);
  const opaque = writePng({ width: 2, height: 1, type: 4, lines: Uint8Array.of(0, 7, 255, 8, 255) });
  assert.deepEqual([...(await readAll({ 'a/1.png': grey, 'b/1.png': opaque })).images], [100, 101, 7, 8]);
  const colour = writePng({ width: 2, height: 1, type: 2, lines: Uint8Array.of(0, 1, 2, 3, 4, 5, 6) });
  const mixed = await readAll({ 'a/1.png': grey, 'b/1.png': colour });
  assert.deepEqual([...mixed.images], [100, 101, 100, 101, 100, 101, 1, 4, 2, 5, 3, 6]);
  const clear = writePng({ width: 2, height: 1, type: 4, lines: Uint8Array.of(0, 7, 255, 8, 0) });
  const kept = await readAll({ 'a/1.png': grey, 'b/1.png': clear });
  assert.deepEqual([...kept.images], [100, 101, 255, 255, 7, 8, 255, 0]);
  assert.match(kept.notes.join(), /transparent: their alpha is the last of 2 channels/);
});

test('PNG: classes are folders, with or without sets above them', async () => {
  const image = (/** @type {number} */ value) => writeGrey(2, 2, () => value);
  const flat = await readAll({ 'pets/dog/2.png': image(4), 'pets/cat/1.png': image(1), 'pets/dog/1.png': image(3) });
  assert.deepEqual([flat.classNames, [...(flat.labels ?? [])], flat.validation], [['cat', 'dog'], [0, 1, 1], null]);
  assert.deepEqual(
    [...flat.images].filter((_, i) => i % 4 === 0),
    [1, 3, 4],
  );
  const sets = await readAll({
    'train/10/a.png': image(1),
    'train/9/a.png': image(2),
    'test/9/b.png': image(3),
    'val/10/c.png': image(4),
  });
  assert.deepEqual(
    [sets.classNames, [...(sets.labels ?? [])]],
    [
      ['9', '10'],
      [1, 0],
    ],
  );
  assert.deepEqual([...(sets.validation?.labels ?? [])], [1]);
  assert.match(sets.notes.join(), /Left out: 1 image, such as test\/9\/b\.png/);
  const stray = await readAll({ 'a/1.png': image(1), 'b/1.png': image(2), 'sheet.png': image(9) });
  assert.equal(stray.labels?.length, 2);
  assert.match(stray.notes.join(), /Left out: 1 image, such as sheet\.png/);
  await assertRefused({ 'a/1.png': image(1), 'b/1.png': image(2) }, /task regression needs numbers/, {
    task: 'regression',
  });
  await assertRefused({ 'a/1.png': image(1), 'a/2.png': image(2) }, /in one folder, such as a\/1\.png/);
  await assertRefused({ 'test/a/1.png': image(1), 'val/b/1.png': image(1) }, /no folder "train"/);
});

test('PNG: what is wrong names the file', async () => {
  const good = writeGrey(2, 2, (i) => i);
  const refuse = (/** @type {Uint8Array} */ bytes, /** @type {RegExp} */ message) =>
    assertRefused({ 'a/1.png': good, 'b/1.png': bytes }, message);
  await refuse(
    writeGrey(3, 2, () => 0),
    /^a\/1\.png is 2×2 pixels large, but b\/1\.png 3×2/,
  );
  await refuse(good.subarray(0, good.length - 20), /^b\/1\.png: the PNG image is damaged or cut short/);
  const flipped = Uint8Array.from(good);
  flipped[45] ^= 1;
  await refuse(flipped, /damaged/);
  await refuse(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), /^b\/1\.png is no PNG image but a JPEG/);
  await refuse(writePng({ width: 2, height: 2, lines: Uint8Array.of(0, 1, 2, 9, 3, 4) }), /damaged/);
  await refuse(writePng({ width: 2, height: 2, lines: Uint8Array.of(0, 1, 2) }), /damaged/);
  await refuse(writePng({ width: 4000, height: 4000, lines: Uint8Array.of(0, 1, 2) }), /damaged|pixels/);
  await refuse(writePng({ width: 1e6, height: 1e6, lines: Uint8Array.of(0) }), /has 1000000×1000000 pixels/);
  const palette = /** @type {[string, Uint8Array][]} */ ([['PLTE', Uint8Array.of(1, 1, 1)]]);
  await refuse(
    writePng({ width: 2, height: 2, type: 3, lines: Uint8Array.of(0, 0, 0, 0, 0, 1), extra: palette }),
    /damaged/,
  );
});

test('which files of a folder are its data', () => {
  const choose = (/** @type {string[]} */ ...names) => chooseDataFiles(names, 'The folder');
  const idx = ['train-images.idx3-ubyte', 'train-labels.idx1-ubyte'];
  const images = ['a/1.png', 'b/1.png'];
  assert.deepEqual(choose(...idx, 'train-images-idx3-ubyte/train-images-idx3-ubyte', 'README.txt'), idx);
  const nested = ['train-images-idx3-ubyte/train-images-idx3-ubyte', 'train-labels-idx1-ubyte/train-labels-idx1-ubyte'];
  assert.deepEqual(choose(...nested), nested);
  assert.deepEqual(
    choose(...images, '.DS_Store', '__MACOSX/a/._1.png', 'a/Thumbs.db', 'a/.hidden.png', 'labels.csv'),
    images,
  );
  assert.deepEqual(choose('sub/other.npz', 'mnist.npz', 'notes.txt'), ['mnist.npz']);
  assert.deepEqual(choose('iris.csv', 'README.txt'), ['iris.csv']);
  const refuse = (/** @type {string[]} */ names, /** @type {RegExp} */ message) =>
    assert.throws(() => choose(...names), { name: 'TrainerError', message });
  refuse(['a/1.jpg', 'b/2.jpeg'], /holds images such as a\/1\.jpg; only PNG can be read/);
  refuse([...images, 'b/2.JPG'], /holds b\/2\.JPG beside PNG images/);
  refuse(['a.csv', 'b.csv'], /holds a\.csv and b\.csv, which are a data set each/);
  refuse(['.git/config', 'main.py'], /has no data files/);
});

test('prose in a .txt is its characters, and a table in one is a table', async () => {
  const encoder = new TextEncoder();
  const prose = 'The cat sat, and sat.\nThe dög ran.\n'.repeat(9);
  for (const bytes of [encoder.encode(prose), new Uint8Array(gzipSync(prose))]) {
    const data = await readAll({ 'story.txt': bytes });
    const dataset = createFileDataset(engine, data, engine.parseConfig({ dataset: 'custom', context: 8 }).config);
    assert.equal(dataset.tokens?.symbols.join(''), [...new Set(prose)].sort().join(''));
    assert.deepEqual([dataset.tokens?.length, dataset.trainCount, dataset.valCount], [8, 244, 7]);
    dataset.dispose();
  }
  for (const table of ['x,y,label\n1,2,a\n3,4,b\n5,6,a\n', '1 2 0\n3 4 1\n5 6 0\n']) {
    assert.deepEqual((await readAll({ 'table.txt': encoder.encode(table) })).shape, [2]);
  }
  await assertRefused({ 'bytes.txt': Uint8Array.of(0xff, 0xfe, 0xff) }, /no text in UTF-8/);
});
