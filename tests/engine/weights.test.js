/**
 * Weights of other programs: read as what they are, or refused in a sentence with all that does not fit. What each file
 * must give is known from the numbers that it was made of.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TrainerError } from '../../web/engine/core/errors.js';
import { readSafetensors } from '../../web/engine/run/safetensors.js';
import { fitWeights, startFromWeights } from '../../web/engine/run/start_weights.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeRandom } from '../fixtures/random.js';

/** Half a second's. */
const MUTATIONS = 20_000;

/** @typedef {{ shape: number[], values: number[], dtype?: string }} Made */

/** How each dtype is written, from its own definition. @type {Record<string, (values: number[]) => Uint8Array>} */
const WRITERS = {
  F32: (values) => new Uint8Array(Float32Array.from(values).buffer),
  F64: (values) => new Uint8Array(Float64Array.from(values).buffer),
  BF16: (values) => new Uint8Array(Uint16Array.from(values, (v) => bitsOf(v) >>> 16).buffer),
  I64: (values) => new Uint8Array(BigInt64Array.from(values, (v) => BigInt(v)).buffer),
  I8: (values) => new Uint8Array(Int8Array.from(values).buffer),
};

/** @param {number} value */
function bitsOf(value) {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}

/** A file as any program may write it. @param {Record<string, Made>} tensors @param {Record<string, unknown>} [metadata] */
function makeFile(tensors, metadata) {
  /** @type {Record<string, unknown>} */
  const header = metadata ? { __metadata__: metadata } : {};
  const parts = [];
  let at = 0;
  for (const [name, { shape, values, dtype = 'F32' }] of Object.entries(tensors)) {
    const bytes = WRITERS[dtype](values);
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    parts.push(bytes);
  }
  return fileOf(JSON.stringify(header), Buffer.concat(parts));
}

/** @param {string} header @param {Uint8Array} [numbers] */
function fileOf(header, numbers = new Uint8Array()) {
  const text = new TextEncoder().encode(header);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(text.length), true);
  return new Uint8Array(Buffer.concat([new Uint8Array(length.buffer), text, numbers]));
}

/** Numbers that are all different, and exact in every dtype. @param {number} count @param {number} [first] */
const ramp = (count, first = 1) => Array.from({ length: count }, (_, i) => first + i);

/** @param {Record<string, Made>} tensors @param {(name: string) => string} rename */
const renamed = (tensors, rename) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));

/** A tensor with its axes in another order. @param {Made} tensor @param {number[]} axes @returns {Made} */
function transposed({ shape, values }, axes) {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1));
  const sizes = axes.map((axis) => shape[axis]);
  const moved = values.map((_, at) => {
    let rest = at;
    let from = 0;
    for (let i = sizes.length - 1; i >= 0; i--) {
      from += (rest % sizes[i]) * strides[axes[i]];
      rest = Math.floor(rest / sizes[i]);
    }
    return values[from];
  });
  return { shape: sizes, values: moved };
}

/** linear(3) tanh linear(3) tanh on two inputs, two classes. @type {Record<string, Made>} */
const MLP = {
  '0.linear.weight': { shape: [3, 2], values: ramp(6) },
  '0.linear.bias': { shape: [3], values: ramp(3, 10) },
  '2.linear.weight': { shape: [3, 3], values: ramp(9, 20) },
  '2.linear.bias': { shape: [3], values: ramp(3, 30) },
  'out.weight': { shape: [2, 3], values: ramp(6, 40) },
  'out.bias': { shape: [2], values: ramp(2, 50) },
};

/** conv(3,3) on images of 3 × 4 × 5: its filters have the same shape in MLX's layout. @type {Record<string, Made>} */
const CONV = {
  '0.conv.weight': { shape: [3, 3, 3, 3], values: ramp(81) },
  '0.conv.bias': { shape: [3], values: ramp(3, 100) },
  'out.weight': { shape: [2, 18], values: ramp(36, 200) },
  'out.bias': { shape: [2], values: ramp(2, 300) },
};

/** The numbers of nn.Sequential's layers by the numbers of ours. */
const SEQUENTIAL = (/** @type {string} */ name) => name.replace('.linear', '').replace('out', '4');

/** @param {Record<string, Made>} model @param {number[]} inputShape */
const modelOf = (model, inputShape) => ({
  own: Object.entries(model).map(([name, { shape }]) => ({ name, shape })),
  inputShape,
});

/** What a file gives a model. @param {Uint8Array} file @param {Record<string, Made>} [model] @param {number[]} [inputShape] */
const fit = (file, model = MLP, inputShape = [2]) =>
  fitWeights(modelOf(model, inputShape), readSafetensors(file, 'w'), 'w');

/** @param {Uint8Array} file @param {RegExp} says @param {Record<string, Made>} [model] @param {number[]} [inputShape] */
function assertReads(file, says, model = MLP, inputShape = [2]) {
  const { tensors, says: said } = fit(file, model, inputShape);
  for (const { name, shape, data } of tensors) {
    assert.deepEqual(shape, model[name].shape, name);
    assert.deepEqual([...data], model[name].values, name);
  }
  assert.equal(tensors.length, Object.keys(model).length);
  assert.match(said.join(' '), says);
}

/** @param {Uint8Array} file @param {RegExp} says @param {Record<string, Made>} [model] @param {number[]} [inputShape] */
function assertRefuses(file, says, model = MLP, inputShape = [2]) {
  assert.throws(
    () => fit(file, model, inputShape),
    (error) => isSentence(error) && says.test(/** @type {Error} */ (error).message),
    String(says),
  );
}

/** Whether something thrown is one readable line about a file. @param {unknown} error */
function isSentence(error) {
  if (!(error instanceof TrainerError) || error.code !== 'data') throw error;
  const { message } = error;
  assert.ok(
    message.length < 600 && message.endsWith('.') && !/[\p{Cc}\p{Cf}]|undefined|NaN [a-z]*s\b/u.test(message),
    message,
  );
  return true;
}

test('names: what wrappers put before or between them is left out', () => {
  for (const prefix of [
    '',
    '_orig_mod.',
    'module.',
    'model.',
    'state_dict.',
    'network.',
    'module._orig_mod.',
    'a.b.7.',
  ]) {
    const says = prefix ? new RegExp(`Read 6 tensors of w: prefix ${prefix} left out`) : /^Read 6 tensors of w\.$/;
    assertReads(
      makeFile(
        renamed(MLP, (name) => prefix + name),
        { format: 'pt' },
      ),
      says,
    );
    assertReads(
      makeFile(
        renamed(MLP, (name) => prefix + SEQUENTIAL(name)),
        { format: 'pt' },
      ),
      /in order/,
    );
  }
  const between = (/** @type {string} */ name) => name.replace('.', '._orig_mod.');
  assertReads(makeFile(renamed(MLP, between), { format: 'pt' }), /0\._orig_mod\.linear\.weight is 0\.linear\.weight/);
});

test('names: numbered layers are taken by their numbers, wherever they stand in the file', () => {
  const far = { 0: '2', 2: '9', 4: '10' };
  const names = (/** @type {string} */ name) => SEQUENTIAL(name).replace(/^\d/, (n) => far[/** @type {'0'} */ (n)]);
  const shuffled = Object.fromEntries(Object.entries(renamed(MLP, names)).reverse());
  assertReads(makeFile(shuffled, { format: 'pt' }), /in order \(2\.weight is 0\.linear\.weight, 9\.weight/);
  assertReads(
    makeFile(
      renamed(MLP, (name) => `fc${SEQUENTIAL(name)}`),
      { format: 'pt' },
    ),
    /in order/,
  );
});

test('names: layers of any name are told by their shapes, or not at all', () => {
  const words = { '0.linear': 'first', '2.linear': 'second', out: 'head' };
  const named = renamed(MLP, (name) => name.replace(/^.*(?=\.)/, (layer) => words[/** @type {'out'} */ (layer)]));
  assertReads(makeFile(named, { format: 'pt' }), /by their shapes \(.*second\.weight is 2\.linear\.weight/);
  const alike = { ...MLP, '4.linear.weight': MLP['2.linear.weight'], '4.linear.bias': MLP['2.linear.bias'] };
  const unclear = renamed(alike, (name) =>
    name.replace('0.linear', 'x').replace('2.linear', 'b').replace('4.linear', 'a'),
  );
  assertRefuses(makeFile(unclear), /nothing tells the layers b and a apart/, alike);
});

test('layouts: what metadata or names say is turned; what shapes alone say, where they are certain', () => {
  const turn = (/** @type {Record<string, Made>} */ model) =>
    Object.fromEntries(
      Object.entries(model).map(([name, tensor]) => [
        name,
        tensor.shape.length === 2 ? transposed(tensor, [1, 0]) : tensor,
      ]),
    );
  for (const format of ['tf', 'flax', 'keras']) assertReads(makeFile(turn(MLP), { format }), /in TensorFlow’s layout/);
  const keras = { '0.linear': 'dense', '2.linear': 'dense_1', out: 'dense_2' };
  const kerasName = (/** @type {string} */ name) =>
    `${name
      .replace(/^.*(?=\.)/, (layer) => keras[/** @type {'out'} */ (layer)])
      .replace('.', '/')
      .replace('weight', 'kernel')}:0`;
  assertReads(makeFile(renamed(turn(MLP), kerasName)), /dense\/kernel:0 is 0\.linear\.weight.*TensorFlow/);
  assertRefuses(makeFile(turn(MLP)), /shapes of TensorFlow’s layout, but those of 2\.linear\.weight .* format=tf/);
  assertRefuses(makeFile(turn(MLP), { format: 'pt' }), /0\.linear\.weight is 2 × 3, not 3 × 2.*says format=pt/);
  const { '2.linear.weight': _w, '2.linear.bias': _b, ...oblong } = MLP;
  assertReads(makeFile(turn(oblong)), /TensorFlow’s layout, and were turned/, oblong);
  assertReads(makeFile(MLP), /^Read 6 tensors of w\.$/);
  const square = { 'out.weight': { shape: [2, 2], values: ramp(4) }, 'out.bias': { shape: [2], values: ramp(2) } };
  assertReads(makeFile(square), /does not say whose layout .* out\.weight .* read as PyTorch’s/, square);
  assertReads(makeFile(square, { format: 'pt' }), /^Read 2 tensors of w\.$/, square);
});

test('layouts: filters of MLX and TensorFlow, and the vectors that their images become', () => {
  const [input, out] = [[3, 4, 5], CONV['out.weight']];
  const mlx = { ...CONV, '0.conv.weight': transposed(CONV['0.conv.weight'], [0, 2, 3, 1]) };
  const hwc = { shape: [2, 18], values: transposed({ shape: [2, 3, 6], values: out.values }, [0, 2, 1]).values };
  assertReads(makeFile(CONV, { format: 'pt' }), /^Read 4 tensors of w\.$/, CONV, input);
  assertReads(makeFile(mlx, { format: 'mlx' }), /MLX.*out\.weight taken as PyTorch.*flatten=hwc/, CONV, input);
  assertReads(
    makeFile({ ...mlx, 'out.weight': hwc }, { format: 'mlx', flatten: 'hwc' }),
    /order channel, row, column/,
    CONV,
    input,
  );
  assertReads(makeFile(mlx, { format: 'mlx', flatten: 'chw' }), /in MLX’s layout\.$/, CONV, input);
  const tf = {
    ...CONV,
    '0.conv.weight': transposed(CONV['0.conv.weight'], [2, 3, 1, 0]),
    'out.weight': transposed(hwc, [1, 0]),
  };
  assertRefuses(makeFile(tf, { format: 'tf' }), /in which order images become the vectors of out\.weight/, CONV, input);
  assertReads(makeFile(tf, { format: 'tf', flatten: 'hwc' }), /TensorFlow/, CONV, input);
  assertReads(makeFile(CONV), /does not say whose layout it has, and the shape of 0\.conv\.weight/, CONV, input);
});

test('batchnorm: statistics under their other names, without the counter, and what lacks them', () => {
  /** @type {Record<string, Made>} */
  const model = {
    '0.linear.weight': { shape: [3, 2], values: ramp(6) },
    '0.linear.bias': { shape: [3], values: ramp(3) },
    '1.batchnorm.weight': { shape: [3], values: ramp(3, 4) },
    '1.batchnorm.bias': { shape: [3], values: ramp(3, 7) },
    '1.batchnorm.running_mean': { shape: [3], values: ramp(3, 10) },
    '1.batchnorm.running_var': { shape: [3], values: ramp(3, 13) },
    'out.weight': { shape: [2, 3], values: ramp(6) },
    'out.bias': { shape: [2], values: ramp(2) },
  };
  const counted = { ...model, '1.batchnorm.num_batches_tracked': { shape: [], values: [7], dtype: 'I64' } };
  assertReads(makeFile(counted, { format: 'pt' }), /^Read 8 tensors of w\.$/, model);
  const old = { weight: 'gamma', bias: 'beta', running_mean: 'moving_mean', running_var: 'moving_variance' };
  const oldName = (/** @type {string} */ name) =>
    name.replace(/(?<=batchnorm\.)\w+/, (word) => old[/** @type {'bias'} */ (word)]);
  assertReads(
    makeFile(renamed(model, oldName), { format: 'pt' }),
    /1\.batchnorm\.gamma is 1\.batchnorm\.weight/,
    model,
  );
  assertReads(
    makeFile(
      renamed(model, (name) => name.replace('.linear', '').replace('.batchnorm', '').replace('out', '3')),
      { format: 'pt' },
    ),
    /in order/,
    model,
  );
  const keras = Object.fromEntries(
    Object.entries(renamed(model, oldName)).map(([name, tensor]) => [
      name,
      tensor.shape.length === 2 ? transposed(tensor, [1, 0]) : tensor,
    ]),
  );
  assertReads(makeFile(keras, { format: 'tf' }), /Keras’ norms add 0\.001 to the variance/, model);
  const { '1.batchnorm.running_var': variance, ...without } = model;
  const { tensors, notes } = fit(makeFile(without, { format: 'pt' }), model);
  assert.equal(tensors.length, 7);
  assert.match(notes.join(' '), /lacks 1\.batchnorm\.running_var: an evaluation begins with those of a fresh network/);
  const negative = { ...variance, values: [1, -1, 1] };
  assertRefuses(makeFile({ ...model, '1.batchnorm.running_var': negative }), /variances below 0/, model);
});

test('numbers: other widths are read exactly, whole numbers and non-finite ones are refused', () => {
  const as = (/** @type {string} */ dtype) =>
    Object.fromEntries(Object.entries(MLP).map(([name, tensor]) => [name, { ...tensor, dtype }]));
  assertReads(makeFile(as('F64'), { format: 'pt' }), /F64 as 32-bit floats/);
  assertReads(makeFile(as('BF16'), { format: 'pt' }), /BF16 as 32-bit floats/);
  for (const dtype of ['I8', 'I64']) assertRefuses(makeFile(as(dtype)), new RegExp(`and 3 more as ${dtype}; F32, F64`));
  const bad = { shape: [3], values: [NaN, 1, -Infinity] };
  assertRefuses(
    makeFile({ ...MLP, '0.linear.bias': bad }),
    /cannot be trained on: 2 of the 3 numbers of 0\.linear\.bias are NaN or infinite/,
  );
});

test('numbers: half floats, every kind', () => {
  // Sign, exponent, fraction: one, the smallest, the largest below 1, the largest, both zeros, the infinities, no number.
  const bits = [0x3c00, 0x0001, 0x3bff, 0x7bff, 0x0000, 0x8000, 0x7c00, 0xfc00, 0x7e01, 0x0400, 0x83ff];
  const values = [
    1,
    2 ** -24,
    1 - 2 ** -11,
    65504,
    0,
    -0,
    Infinity,
    -Infinity,
    NaN,
    2 ** -14,
    -(1023 / 1024) * 2 ** -14,
  ];
  const header = JSON.stringify({ a: { dtype: 'F16', shape: [11], data_offsets: [0, 22] } });
  const { tensors } = readSafetensors(fileOf(header, new Uint8Array(Uint16Array.from(bits).buffer)), 'w');
  assert.deepEqual([...tensors[0].data], values);
});

test('tied, doubled, missing and surplus tensors', () => {
  const { '2.linear.bias': _, ...untied } = MLP;
  const tied = { ...MLP, '2.linear.bias': MLP['0.linear.bias'] };
  assertReads(makeFile(untied, { format: 'pt', '2.linear.bias': '0.linear.bias' }), /to which it is tied/, tied);
  assertRefuses(
    makeFile({ ...MLP, '_orig_mod.out.bias': MLP['out.bias'] }),
    /holds out\.bias twice, as out\.bias and as _orig_mod/,
  );
  const damaged = { ...untied, '0.linear.weight': { shape: [2], values: [1, 2] }, 'x\u001b[31m\n': MLP['out.bias'] };
  assertRefuses(
    makeFile(damaged, { format: 'pt' }),
    /does not fit the model: it lacks 2\.linear\.bias; it has x�\[31m�, which the model has not; 0\.linear\.weight is 2, not 3 × 2/,
  );
  const many = Object.fromEntries(ramp(500).map((i) => [`layer.${i}.${'x'.repeat(400)}`, MLP['out.bias']]));
  assertRefuses(
    makeFile(many),
    /it lacks 0\.linear\.weight, 0\.linear\.bias, 2\.linear\.weight and 3 more; it has .* and 497 more/,
  );
});

test('headers that lie are refused before anything is believed', () => {
  const entry = '"dtype":"F32","shape":[1],"data_offsets":';
  const four = new Uint8Array(4);
  const eight = new Uint8Array(8);
  /** @type {[Uint8Array, RegExp][]} */
  const cases = [
    [fileOf(`{"a":{${entry}[0,4]},"b":{${entry}[0,4]}}`, four), /lets the tensor b begin inside another/],
    [fileOf(`{"a":{${entry}[4,8]}}`, eight), /has 4 bytes before a that belong to no tensor/],
    [fileOf(`{"a":{${entry}[0,4]}}`, eight), /has 4 bytes at its end/],
    [fileOf(`{"a":{${entry}[-4,0]}}`, four), /makes no sense/],
    [fileOf(`{"a":{${entry}[0,9223372036854775808]}}`, four), /makes no sense/],
    [fileOf(`{"a":{${entry}[0,4]},"a":{${entry}[0,4]}}`, four), /names a twice/],
    [fileOf(`{"a":{${entry}[0,4]},"\\u0061":{${entry}[0,4]}}`, four), /names a twice/],
    [fileOf(`{"a":{"dtype":"F32",${entry}[0,4]}}`, four), /names dtype twice/],
    [
      fileOf('{"a":{"dtype":"F32","shape":[3037000500,3037000500,3037000500],"data_offsets":[0,4]}}', four),
      /its shape needs/,
    ],
    [fileOf(`${'['.repeat(1e6)}`), /nested too deep/],
    [fileOf(`{"${'\\"'.repeat(1e6)}`), /is not a safetensors file/],
    [
      fileOf(`{"__metadata__":{"toString":null,"__proto__":{"x":1}},"__proto__":{${entry}[0,4]}}`, four),
      /does not fit/,
    ],
  ];
  for (const [file, says] of cases) assertRefuses(file, says);
  assert.equal(/** @type {{ x?: number }} */ ({}).x, undefined);
});

test('other files of weights are called what they are', () => {
  for (const [first, says] of /** @type {[string, RegExp][]} */ ([
    ['PK\u0003\u0004', /not a safetensors file but a zip archive, as torch\.save/],
    ['\u0089HDF\r\n', /but HDF5, as Keras writes it/],
    ['GGUF', /but GGUF/],
    ['{"metadata":{"total_size":1}}', /but JSON, maybe the index/],
    ['\u0080\u0002}', /but a pickle/],
    ['nonsense', /^w is not a safetensors file\.$/],
  ])) {
    assertRefuses(new Uint8Array(Buffer.from(first.padEnd(64), 'latin1')), says);
  }
});

test('a header may begin with blanks and hold metadata that is no text', () => {
  const [name, { shape, values }] = Object.entries(MLP)[1];
  const header = ` \n\t{"__metadata__":{"format":"pt","epoch":3,"more":null},"${name}":{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[0,12]}}`;
  const { tensors, metadata } = readSafetensors(fileOf(header, WRITERS.F32(values)), 'w');
  assert.deepEqual([...tensors[0].data], values);
  assert.deepEqual(metadata, { format: 'pt' });
});

test(`${MUTATIONS} damaged files: weights or one sentence, nothing else`, () => {
  const files = [
    makeFile(MLP, { format: 'pt' }),
    makeFile(renamed(MLP, SEQUENTIAL)),
    makeFile(
      renamed(MLP, (name) => `_orig_mod.${name}`),
      { format: 'tf', tied: 'out.bias' },
    ),
    makeFile({ ...MLP, 'a.num_batches_tracked': { shape: [], values: [3], dtype: 'I64' } }, { format: 'mlx' }),
  ];
  const random = makeRandom(1);
  let read = 0;
  for (let trial = 0; trial < MUTATIONS; trial++) {
    const file = damage(files[random(files.length)], random);
    try {
      fit(file);
      read++;
    } catch (error) {
      isSentence(error);
    }
  }
  assert.ok(read > 0 && read < MUTATIONS, `${read} of them could be read`);
});

/** Tokens that mean something in a header. */
const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '-1',
  '1e308',
  'null',
  '9223372036854775807',
  '"__proto__":',
  '\\u0000',
  'F16',
  '\u00ff',
];

/** @param {Uint8Array} file @param {(n: number) => number} random */
function damage(file, random) {
  let bytes = Buffer.from(file);
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(random(2) ? bytes.length : Math.min(bytes.length, 600));
    const kind = random(6);
    if (kind === 0) bytes[at] ^= 1 << random(8);
    else if (kind === 1) bytes = bytes.subarray(0, at);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(20))]);
    else if (kind === 3) bytes = Buffer.concat([bytes, bytes.subarray(at)]);
    else if (kind === 4) bytes[at] = random(256);
    else bytes = withToken(bytes, TOKENS[random(TOKENS.length)], random);
    if (bytes.length === 0) break;
  }
  return new Uint8Array(bytes);
}

/** A token put into the header, whose length is put right. @param {Buffer} bytes @param {string} token @param {(n: number) => number} random @returns {Buffer<ArrayBuffer>} */
function withToken(bytes, token, random) {
  if (bytes.length < 9) return Buffer.from(token);
  const length = Number(bytes.readBigUInt64LE(0));
  if (length > bytes.length - 8) return Buffer.from(bytes);
  const at = random(length);
  const replaced = random(4);
  const header = bytes.subarray(8, 8 + length);
  const changed = Buffer.concat([header.subarray(0, at), Buffer.from(token), header.subarray(at + replaced)]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(changed.length));
  return Buffer.concat([size, changed, bytes.subarray(8 + length)]);
}

/** @type {Awaited<ReturnType<typeof createEngine>>} */
let engine;
before(async () => {
  engine = await createEngine();
});
after(() => engine?.dispose());

test('a run starts from what was read', () => {
  const images = Float32Array.from({ length: 12 * 60 }, (_, i) => Math.sin(i));
  const labels = Uint8Array.from({ length: 12 }, (_, i) => i % 2);
  const dataset = engine.createDataset({ images, labels, shape: [3, 4, 5], classes: 2 });
  const digestOf = (/** @type {Uint8Array} */ file) => {
    const { config } = engine.parseConfig({ dataset: 'custom', model: 'conv(3,3) relu' });
    const trainer = engine.createTrainer(config, dataset);
    startFromWeights(trainer, readSafetensors(file, 'w'), 'w');
    const digest = trainer.digest();
    trainer.dispose();
    return digest;
  };
  const mlx = { ...CONV, '0.conv.weight': transposed(CONV['0.conv.weight'], [0, 2, 3, 1]) };
  const digest = digestOf(makeFile(CONV, { format: 'pt' }));
  assert.equal(digestOf(makeFile(mlx, { format: 'mlx' })), digest);
  assert.equal(
    digestOf(
      makeFile(
        renamed(CONV, (name) => `_orig_mod.${name}`),
        { format: 'pt' },
      ),
    ),
    digest,
  );
  dataset.dispose();
});
