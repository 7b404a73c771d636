/** File formats by themselves: safetensors, RUN.jsonl, CSV. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJson, readRunLog, shortestFloat } from '../../web/engine/run/run_log.js';
import { readSafetensors, writeSafetensors } from '../../web/engine/run/safetensors.js';

const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

const TENSORS = [
  { name: 'out.weight', shape: [2, 3], data: Float32Array.of(1, -0, 3e-40, Infinity, NaN, 0.1) },
  { name: '0.linear.bias', shape: [1], data: Float32Array.of(7) },
];

/** A safetensors file by hand. @param {string} header @param {number} room */
function makeFile(header, room) {
  const text = encode(header);
  const bytes = new Uint8Array(8 + text.length + room);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

test('safetensors: a round trip keeps every bit, names are sorted, numbers are aligned', () => {
  const bytes = writeSafetensors(TENSORS, { format: 'pt', model: 'linear(3)' });
  const { tensors, metadata } = readSafetensors(bytes, 'w');
  assert.deepEqual(metadata, { format: 'pt', model: 'linear(3)' });
  assert.deepEqual(
    tensors.map(({ name }) => name),
    ['0.linear.bias', 'out.weight'],
  );
  assert.deepEqual(tensors[1].shape, [2, 3]);
  assert.deepEqual([...tensors[1].data], [...TENSORS[0].data]);
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal((8 + headerLength) % 8, 0);
  assert.deepEqual(bytes, writeSafetensors([...TENSORS].reverse(), { model: 'linear(3)', format: 'pt' }));
});

test('safetensors: a file at an odd offset of its buffer can be read', () => {
  const bytes = writeSafetensors(TENSORS);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.equal(readSafetensors(shifted.subarray(3), 'w').tensors.length, 2);
});

test('safetensors: what is wrong with a file names it', () => {
  const good = writeSafetensors(TENSORS);
  const huge = new Uint8Array(good);
  huge.fill(0xff, 0, 8);
  const one = (/** @type {string} */ entry) => makeFile(`{"a":${entry}}`, 4);
  const cases = [
    [new Uint8Array(0), /^w is not a safetensors file/],
    [encode('PK this is a zip'), /^w is not/],
    [huge, /^w is not/],
    [makeFile('[1]', 0), /^w is not/],
    [makeFile('{"a"', 0), /^w is not/],
    [good.subarray(0, good.length - 1), /cut short/],
    [one('{"dtype":"I8","shape":[4],"data_offsets":[0,4]}'), /a as I8/],
    [one('{"dtype":"F32","shape":[2],"data_offsets":[0,4]}'), /4 bytes, but its shape needs 8/],
    [one('{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}'), /makes no sense/],
    [one('{"dtype":"F32","shape":[1]}'), /makes no sense/],
    [one('null'), /makes no sense/],
    [one('{"dtype":"F32","shape":[1],"data_offsets":[4,8]}'), /cut short/],
  ];
  for (const [bytes, pattern] of cases) {
    assert.throws(() => readSafetensors(/** @type {Uint8Array} */ (bytes), 'w'), {
      message: /** @type {RegExp} */ (pattern),
    });
  }
});

test('RUN.jsonl: non-finite numbers are texts, floats are as short as they can be', () => {
  assert.equal(
    encodeJson({ a: NaN, b: [Infinity, -Infinity], c: 1 }),
    '{"a":"NaN","b":["Infinity","-Infinity"],"c":1}',
  );
  for (const value of [0.02, 1e-8, 3.4e38, 1 / 3, 1e-45, 123456.789]) {
    const float = Math.fround(value);
    assert.equal(Math.fround(shortestFloat(float)), float);
  }
  assert.equal(shortestFloat(Math.fround(0.02)), 0.02);
  assert.equal(shortestFloat(-5), -5);
  assert.ok(Number.isNaN(shortestFloat(NaN)));
});

test('RUN.jsonl: a log that was cut off is read as far as it goes', () => {
  const whole =
    '{"type":"config","lr":0.1}\n{"type":"step","step":0,"loss":"NaN"}\n{"type":"event","step":0,"kind":"diverged"}\n';
  const log = readRunLog(`${whole}{"type":"st`, 'run');
  assert.deepEqual(log.config, { lr: 0.1 });
  assert.deepEqual(log.steps, [{ step: 0, loss: 'NaN' }]);
  assert.equal(log.events.length, 1);
  assert.equal(log.summary, null);
  assert.throws(() => readRunLog('{"type":"step"}\n', 'run'), { message: /^run, line 1/ });
  assert.throws(() => readRunLog(`${whole}oops\n`, 'run'), { message: /^run, line 4/ });
  assert.throws(() => readRunLog(`${whole}{"type":"fun"}\n`, 'run'), { message: /"fun"/ });
  assert.throws(() => readRunLog('', 'run'), { message: /^run/ });
});
