/** File formats by themselves: safetensors, RUN.jsonl, CSV. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv } from '../../web/engine/data/csv.js';
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

test('CSV: features, classes by number or by text, in a fixed order', () => {
  const byText = readCsv(encode('a,label,b\n1,yes,2\n3,no,4.5e1\n-0.5,yes,.25\n'), 'f.csv');
  assert.deepEqual([...byText.images], [1, 2, 3, 45, -0.5, 0.25]);
  assert.deepEqual([...(byText.labels ?? [])], [1, 0, 1]);
  assert.deepEqual(byText.classNames, ['no', 'yes']);
  assert.deepEqual(byText.shape, [2]);
  assert.equal(byText.validation, null);

  const byNumber = readCsv(encode('x,y\n1,10\n2,9\n3,10\n'), 'f.csv');
  assert.deepEqual(byNumber.classNames, ['9', '10']);
  assert.deepEqual([...(byNumber.labels ?? [])], [1, 0, 1]);
});

test('CSV: the dialects that spreadsheets write', () => {
  const expected = [1, 2, 3, 4];
  const texts = [
    '\ufeffa,b,c\r\n1,2,x\r\n3,4,y\r\n',
    'a;b;c\n1;2;x\n3;4;y',
    'a\tb\tc\n1\t2\tx\n\n3\t4\ty\n',
    '"a","b, or so","c"\n"1","2","x"\n "3" , 4 ,"y"\n',
  ];
  for (const text of texts) {
    const data = readCsv(encode(text), 'f.csv');
    assert.deepEqual([...data.images], expected, JSON.stringify(text));
    assert.deepEqual(data.classNames, ['x', 'y']);
  }
});

test('CSV: complaints name file, line and column', () => {
  const cases = [
    ['', /^f\.csv is empty/],
    ['a,label\n', /^f\.csv has a header, but no rows/],
    ['label\nx\ny\n', /^f\.csv needs at least two columns/],
    ['1,2\n3,4\n', /^f\.csv, line 1: the first line must name the columns/],
    ['a,label\n1,x\n2\n', /^f\.csv, line 3: 1 fields, but the header names 2 columns/],
    ['a,label\n1,x\n2,y,z\n', /^f\.csv, line 3: 3 fields/],
    ['a,label\n1,x\n,y\n', /^f\.csv, line 3, column "a": the number is missing/],
    ['a,label\n1,x\nnan,y\n', /^f\.csv, line 3, column "a": "nan" is not a number/],
    ['a,label\n1,x\n0x1f,y\n', /line 3, column "a"/],
    ['a,label\n1,x\n1e99,y\n', /line 3, column "a": 1e99 is too large/],
    ['a,label\n1,x\n2,\n', /^f\.csv, line 3, column "label": the class is missing/],
    ['a,label\n1,x\n2,x\n', /only one value, "x"/],
    [`a,label\n${Array.from({ length: 257 }, (_, i) => `1,c${i}`).join('\n')}\n`, /257 different values/],
    ['a,label\n1,"x\n', /^f\.csv, line \d+: /],
  ];
  for (const [text, pattern] of cases) {
    assert.throws(() => readCsv(encode(/** @type {string} */ (text)), 'f.csv'), {
      name: 'TrainerError',
      message: /** @type {RegExp} */ (pattern),
    });
  }
  assert.throws(() => readCsv(new Uint8Array([0xff, 0xfe, 0x41]), 'f.csv'), { message: /^f\.csv is not UTF-8/ });
});

test('CSV: what a reading asks for', () => {
  const text = 'a,b,c\n1,2,3.5\n3,1,4.5\n0,1,x\n'.replace('x', '7');
  const first = readCsv(encode(text), 'f.csv', { target: 'a', task: null, ignore: ['b'] });
  assert.deepEqual([first.target, [...first.images], first.classNames], ['a', [3.5, 4.5, 7], ['0', '1', '3']]);
  const regression = readCsv(encode(text), 'f.csv', { target: 'c', task: 'regression', ignore: [] });
  assert.deepEqual(
    [regression.classes, regression.labels, [...(regression.targets ?? [])]],
    [0, undefined, [3.5, 4.5, 7]],
  );
  const unknown = { target: 'z', task: null, ignore: [] };
  assert.throws(() => readCsv(encode(text), 'f.csv', unknown), {
    message: /^f\.csv has no column "z"; there are a, b, c/,
  });
});
