/** Tables of text: what is read of them, what is said, and what is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { decodeCell } from '../../web/engine/data/csv/encoding.js';
import { Tokenizer } from '../../web/engine/data/csv/tokenizer.js';
import { readCsv } from '../../web/engine/data/csv.js';
import { streamBytes } from '../../web/engine/data/streams.js';

const encoder = new TextEncoder();

/**
 * @param {string | Uint8Array} content
 * @param {Partial<import('../../web/engine/config/reading_fields.js').Reading>} [reading]
 */
function readText(content, reading = {}) {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return readCsv({ name: 'f.csv', stream: streamBytes(bytes) }, { target: null, task: null, ignore: [], ...reading });
}

/** What was read, as plain values. @param {import('../../web/engine/data/data_files.js').DataFiles} data */
function plain({ images, labels, targets, classNames, target, shape }) {
  const [features] = shape;
  const rows = Array.from({ length: images.length / features }, (_, i) => [
    ...images.slice(i * features, (i + 1) * features),
  ]);
  const named = labels && [...labels].map((label) => classNames?.[label]);
  return { rows, target, meant: named ?? (targets && [...targets]) };
}

/** @param {(i: number) => string} line @param {number} count */
function lines(line, count) {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

test('features, classes by number or by text, in a fixed order', async () => {
  const byText = await readText('a,label,b\n1,yes,2\n3,no,4.5e1\n-0.5,yes,.25\n');
  assert.deepEqual([...byText.images], [1, 2, 3, 45, -0.5, 0.25]);
  assert.deepEqual([...(byText.labels ?? [])], [1, 0, 1]);
  assert.deepEqual(byText.classNames, ['no', 'yes']);
  assert.deepEqual(byText.shape, [2]);
  assert.equal(byText.validation, null);
  assert.deepEqual(byText.notes, []);

  const byNumber = await readText('x,y\n1,10\n2,9\n3,10\n');
  assert.deepEqual(byNumber.classNames, ['9', '10']);
  assert.deepEqual([...(byNumber.labels ?? [])], [1, 0, 1]);
});

/** Each is the table 1 2 x, 3 4 y. @type {[string, string | Uint8Array][]} */
const DIALECTS = [
  ['a mark of UTF-8, and returns', '\ufeffa,b,c\r\n1,2,x\r\n3,4,y\r\n'],
  ['semicolons, no last line end', 'a;b;c\n1;2;x\n3;4;y'],
  ['tabs and an empty line', 'a\tb\tc\n1\t2\tx\n\n3\t4\ty\n'],
  ['quotes after blanks', '"a","b, or so","c"\n"1","2","x"\n "3" , 4 ,"y"\n'],
  ['returns alone', 'a,b,c\r1,2,x\r3,4,y\r'],
  ['line ends of all kinds', 'a,b,c\r\n1,2,x\n3,4,y\r'],
  ['a line that names the delimiter', 'sep=;\r\na;b;c\r\n1;2;x\r\n3;4;y\r\n'],
  ['that line with a delimiter of its own', 'sep=~\na~b~c\n1~2~x\n3~4~y\n'],
  ['bars', 'a|b|c\n1|2|x\n3|4|y\n'],
  ['blanks', 'a  b c\n 1  2 x \n3 4   y\n'],
  ['decimal commas', 'a;b;c\n1,0;2,00;x\n3,0;4,00;y\n'],
  ['a delimiter at the end of each line', 'a,b,c,\n1,2,x,\n3,4,y,\n'],
  ['such a delimiter, but for the header', 'a,b,c\n1,2,x,\n3,4,y,\n'],
  ['apostrophes for quotes', "'a','b, or so','c'\n'1','2','x'\n'3','4','y'\n"],
  ['UTF-16 with a mark', utf16('\ufeffa\tb\tc\r\n1\t2\tx\r\n3\t4\ty\r\n')],
  ['UTF-16 without', utf16('a,b,c\n1,2,x\n3,4,y\n')],
  ['UTF-16, the other end first', swap(utf16('\ufeffa,b,c\n1,2,x\n3,4,y\n'))],
  ['cells over two lines', 'a,"b\nb",c\n1,2,x\n3,4,y\n'],
];

/** @param {string} text @returns {Uint8Array} */
function utf16(text) {
  const units = Uint16Array.from(text, (letter) => letter.charCodeAt(0));
  return new Uint8Array(units.buffer);
}

/** @param {Uint8Array} bytes */
function swap(bytes) {
  return bytes.map((_, i) => bytes[i ^ 1]);
}

for (const [title, content] of DIALECTS) {
  test(`a dialect: ${title}`, async () => {
    const data = await readText(content);
    assert.deepEqual([...data.images], [1, 2, 3, 4]);
    assert.deepEqual(data.classNames, ['x', 'y']);
  });
}

test('bytes may come in pieces of any length', async () => {
  const text = 'a,"b ""b""",label\r\n1,2,"x, or ü"\r\n"3",4.25,y\r\n5,6,"y"\r\n';
  const whole = plain(await readText(text));
  assert.deepEqual(whole.meant, ['x, or ü', 'y', 'y']);
  const bytes = encoder.encode(text);
  for (const size of [1, 2, 3, 7, 16]) {
    const stream = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    };
    assert.deepEqual(plain(await readCsv({ name: 'f.csv', stream })), whole, `${size}`);
  }
});

test('complaints name file, line and column', async () => {
  /** @type {[string | Uint8Array, RegExp][]} */
  const cases = [
    ['', /^f\.csv is empty/],
    ['\n\n', /^f\.csv is empty/],
    ['a,label\n', /^f\.csv has a header, but no rows/],
    ['label\nx\ny\n', /^f\.csv needs at least two columns/],
    ['a,label\n1,x\n2\n', /^f\.csv, line 3: 1 field, but the header names 2 columns\.$/],
    ['a,label\n1,x\n2,y,z\n', /^f\.csv, line 3: 3 fields/],
    ['a,label\n1,x\n0x1f,y\n', /line 3, column "a": "0x1f" is not a number/],
    ['a,label\n1,x\n1e99,y\n', /line 3, column "a": 1e\+99 is too large/],
    ['a,label\n1,x\n2,x\n', /only one value, "x"/],
    [`a,label\n${lines((i) => `1,c${i}`, 257)}`, /257 different values in its class column "label"/],
    [`a,label\n${lines((i) => `${i},c${i}`, 30)}`, /another text in each row of its class column "label"/],
    [`a,label\n${lines((i) => `${i}:30,c${i % 2}`, 30)}`, /"label" \(a is left out, because it holds dates or times\)/],
    ['a,label\n1,x\n"2\n3,y\n4,z\n', /^f\.csv, line 3: the quote that opens here is never closed/],
    ['a,label\n1,x\n"2"3,y\n', /^f\.csv, line 3: a cell goes on after its closing quote, with "3"/],
    [`a,label\n${lines((i) => `${i * i},${i % 2}`, 50)}two,1\n`, /^f\.csv, line 52, column "a": "two" is not a number/],
    [Uint8Array.of(97, 44, 98, 10, 0, 1, 2, 44, 3), /^f\.csv is no text/],
    ['a,label\n,x\n,y\n', /no column to learn from besides its target "label"/],
  ];
  for (const [content, message] of cases) {
    await assert.rejects(readText(content), (/** @type {Error} */ error) => {
      assert.equal(error.name, 'TrainerError');
      assert.match(error.message, message);
      return true;
    });
  }
});

test('what a reading asks for', async () => {
  const text = 'a,b,C\n1,2,3.5\n3,1,4.5\n0,1,7\n';
  const first = await readText(text, { target: 'a', ignore: ['b'], task: 'classes' });
  assert.deepEqual(plain(first), { rows: [[3.5], [4.5], [7]], target: 'a', meant: ['1', '3', '0'] });
  const regression = await readText(text, { target: 'c', task: 'regression' });
  assert.deepEqual(plain(regression).meant, [3.5, 4.5, 7]);
  assert.deepEqual([regression.classes, regression.labels], [0, undefined]);
  await assert.rejects(readText(text, { ignore: ['a, b', 'c'] }), { message: /no column left that holds anything/ });
  for (const reading of [{ target: 'z' }, { ignore: ['z'] }]) {
    await assert.rejects(readText(text, reading), { message: 'f.csv has no column "z"; there are a, b and C.' });
  }
  await assert.rejects(readText('price,kind\n1,x\n2,y\n', { target: 'knid' }), {
    message: 'f.csv has no column "knid"; did you mean "kind"? There are price and kind.',
  });
  await assert.rejects(readText('a,b\n1,x\n2,y\n', { task: 'regression' }), {
    message: /line 2, column "b": "x" is not a number/,
  });
  await assert.rejects(readText(text, { target: 'a', ignore: ['a'] }), { message: /cannot both ignore and learn "a"/ });
});

test('cells are those that another program finds', () => {
  let state = 1;
  const next = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const parts = ['a', 'ü', '"', ',', '\n', '\r\n', ' x', '12.5', '', "'"];
  const text = lines(() => {
    const cells = Array.from({ length: 4 }, () =>
      Array.from({ length: next(4) }, () => parts[next(parts.length)]).join(''),
    );
    return cells.map((cell) => (/["\n\r, ]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
  }, 500);
  /** @type {string[][]} */
  const found = [];
  const dialect = { delimiter: ',', quote: '"', escapes: false };
  const tokenizer = new Tokenizer(dialect, 'f.csv', ({ bytes, cells, begins, ends, doubled }) => {
    found.push(
      Array.from({ length: cells }, (_, i) => decodeCell(bytes, begins[i], ends[i], doubled[i] ? dialect : null) ?? ''),
    );
  });
  for (let bytes = encoder.encode(text), at = 0; at < bytes.length; at += 33) tokenizer.push(bytes.slice(at, at + 33));
  tokenizer.end();
  const expected = parse(text, { record_delimiter: ['\r\n', '\n'] });
  assert.deepEqual(
    found,
    expected.map((record) => record.map((cell) => cell.trim())),
  );
});
