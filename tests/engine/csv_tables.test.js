/** Tables as public reports have them: what each means, and what is said of it. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCsv } from '../../web/engine/data/csv.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { streamBytes } from '../../web/engine/data/streams.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** @typedef {Partial<import('../../web/engine/config/reading_fields.js').Reading>} Asked */

/** @param {string | Uint8Array} content @param {Asked} [asked] */
function readText(content, asked = {}) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const reading = { target: null, task: null, ignore: [], transpose: false, ...asked };
  return readCsv({ name: 'f.csv', stream: streamBytes(bytes) }, reading);
}

/** @param {number} count @param {(i: number) => string} line */
function lines(count, line) {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

/** A number between 0 and 1 that looks like chance. @param {number} i */
function chance(i) {
  return Number((((Math.sin(i + 1) * 43758.5453) % 1) ** 2).toFixed(3));
}

/**
 * @typedef {object} Expected
 * @property {string} target
 * @property {string[] | null} classes  null for regression
 * @property {number} features
 * @property {number} [rows]
 * @property {number[]} [first]  the first sample's inputs
 * @property {RegExp[]} [notes]  as many as there are
 */

/** A row of MNIST whose pixels are shares of 1, and its class. @param {number} i */
function pixels(i) {
  return Array.from({ length: 784 }, (_, p) => ((p + i) % 5) / 4).join(',');
}

/** @type {Record<string, { text: string | Uint8Array, asked?: Asked, is: Expected }>} */
const TABLES = {
  'no header, the class last, as text (iris.data)': {
    text: `${lines(30, (i) => `${5 + chance(i)},3.${i % 7},Iris-${i < 15 ? 'a' : 'b'}`)}\n`,
    is: {
      target: 'column 3',
      classes: ['Iris-a', 'Iris-b'],
      features: 2,
      rows: 30,
      first: [5.298, 3],
      notes: [/no header/, /learned is "column 3"/],
    },
  },
  'an index without a name (pandas)': {
    text: `,x,outcome\n${lines(20, (i) => `${i},${chance(i)},${i < 10 ? 'no' : 'yes'}`)}`,
    is: {
      target: 'outcome',
      classes: ['no', 'yes'],
      features: 1,
      notes: [/learned is "outcome"/, /numbers the rows: \(no name\)/],
    },
  },
  'an index that has a name': {
    text: `Unnamed: 0,x,label\n${lines(20, (i) => `${i + 100},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, notes: [/numbers the rows: Unnamed: 0\./] },
  },
  'a first column that counts': {
    text: `a,b,label\n${lines(20, (i) => `${i},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, notes: [/numbers the rows: a\./] },
  },
  'numbers that only say who it is': {
    text: `user_id,x,label\n${lines(30, (i) => `${(i * 7919) % 10007},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, notes: [/numbers the rows: user_id\./] },
  },
  'a last column that numbers the rows': {
    text: `a,kind,row_id\n${lines(20, (i) => `${chance(i)},${i % 2 ? 'p' : 'q'},${i}`)}`,
    is: {
      target: 'kind',
      classes: ['p', 'q'],
      features: 1,
      notes: [/learned is "kind"/, /numbers the rows: row_id\./],
    },
  },
  'a count that is all there is': {
    text: `x,y\n${lines(20, (i) => `${i},${i < 10 ? 'a' : 'b'}`)}`,
    is: { target: 'y', classes: ['a', 'b'], features: 1, first: [0], notes: [] },
  },
  'names of rows without a name of their own (R)': {
    text: `"len" "Species"\n${lines(20, (i) => `"r${i}" ${chance(i)} "${i % 2 ? 'a' : 'b'}"`)}`,
    is: { target: 'Species', classes: ['a', 'b'], features: 1, notes: [/numbers the rows/] },
  },
  'the class first, in another case (wine)': {
    text: `Class,Alcohol,Proline\n${lines(30, (i) => `${1 + (i % 3)},${12 + chance(i)},${900 + i * 7}`)}`,
    is: { target: 'Class', classes: ['1', '2', '3'], features: 2, notes: [] },
  },
  'the class between the others': {
    text: `a,LABEL,b\n${lines(12, (i) => `${chance(i)},${i % 2 ? 'p' : 'q'},${chance(i + 9)}`)}`,
    is: { target: 'LABEL', classes: ['p', 'q'], features: 2, notes: [] },
  },
  'y as a coordinate': {
    text: `x,y,z,colour\n${lines(12, (i) => `${chance(i)},${chance(i + 5)},${chance(i + 7)},${i % 2 ? 'red' : 'blue'}`)}`,
    is: { target: 'colour', classes: ['blue', 'red'], features: 3, notes: [/learned is "colour"/] },
  },
  'one class as 1 and as 1.0': {
    text: `a,label\n${lines(20, (i) => `${chance(i)},${i % 2}${i > 9 ? '.0' : ''}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, notes: [/one class: 0 = 0\.0 and 1 = 1\.0\./] },
  },
  'one class with a point, another case, another blank (adult)': {
    text: `a,label\n${lines(24, (i) => `${chance(i)},${['>50K', '>50K.', '<=50K', '<=50k', 'not known', 'not  known'][i % 6]}`)}`,
    is: {
      target: 'label',
      classes: ['<=50K', '>50K', 'not known'],
      features: 1,
      notes: [/one class: >50K = >50K\., <=50K = <=50k and not known/],
    },
  },
  'letters in both cases': {
    text: `a,label\n${lines(20, (i) => `${chance(i)},${['a', 'A', 'b', 'B'][i % 4]}`)}`,
    is: { target: 'label', classes: ['A', 'B', 'a', 'b'], features: 1, notes: [/two classes each: A and B/] },
  },
  'words for nothing where a class should stand': {
    text: `a,label\n${lines(40, (i) => `${chance(i)},${['NA', '?', 'nan', 'NULL', '', 'None', '-', '#N/A'][i] ?? (i % 2 ? 'sick' : 'well')}`)}`,
    is: {
      target: 'label',
      classes: ['sick', 'well'],
      features: 1,
      rows: 32,
      notes: [/8 of 40 rows left out: no class in "label", such as "NA", "\?"/],
    },
  },
  'a class called none': {
    text: `a,label\n${lines(20, (i) => `${chance(i)},${i % 2 ? 'none' : 'some'}`)}`,
    is: { target: 'label', classes: ['none', 'some'], features: 1, notes: [] },
  },
  'numbers that are missing': {
    text: `a,b,c,label\n${lines(40, (i) => `${i % 10 === 3 ? '?' : chance(i)},${i % 3 ? 'NA' : chance(i)},,${i % 2}`)}`,
    is: {
      target: 'label',
      classes: ['0', '1'],
      features: 1,
      rows: 36,
      notes: [
        /more than half of it is missing: b\./,
        /nothing stands in it: c\./,
        /4 of 40 rows left out: a number is missing, in a\./,
      ],
    },
  },
  'numbers that are infinite': {
    text: `a,b,label\n${lines(40, (i) => `${i === 3 ? 'inf' : chance(i)},${chance(i + 9)},${i % 2}`)}`,
    is: {
      target: 'label',
      classes: ['0', '1'],
      features: 2,
      rows: 39,
      notes: [/1 of 40 rows .*: a number is infinite, in a\./],
    },
  },
  'numbers of which some are infinite': {
    text: `a,b,label\n${lines(40, (i) => `${i === 3 ? '-Infinity' : chance(i)},${i === 9 ? '' : chance(i + 9)},${i % 2}`)}`,
    is: {
      target: 'label',
      classes: ['0', '1'],
      features: 2,
      rows: 38,
      notes: [/2 of 40 rows .*: a number is missing or infinite, in a and b\./],
    },
  },
  'a continuous target (housing)': {
    text: `rooms,medv\n${lines(40, (i) => `${chance(i)},${(17 + 9 * chance(i + 3)).toFixed(1)}`)}`,
    is: {
      target: 'medv',
      classes: null,
      features: 1,
      notes: [/learned is "medv"/, /"medv" is continuous: regression/],
    },
  },
  'whole numbers that are classes (winequality)': {
    text: `"fixed acidity";"alcohol";"quality"\n${lines(60, (i) => `${7 + chance(i)};${9.4 + chance(i)};${3 + (i % 6)}`)}`,
    is: {
      target: 'quality',
      classes: ['3', '4', '5', '6', '7', '8'],
      features: 2,
      notes: [/learned/, /6 different numbers of "quality"/],
    },
  },
  'whole numbers that are none (house prices)': {
    text: `area,Price\n${lines(40, (i) => `${chance(i)},${100_000 + 37 * i * i}`)}`,
    is: { target: 'Price', classes: null, features: 1, notes: [/learned/, /"Price" is continuous/] },
  },
  'unix times': {
    text: `time,label\n${lines(40, (i) => `${1_700_000_000 + 2 * ((i * 37) % 41)},${(i * 37) % 41 > 20 ? 'after' : 'before'}`)}`,
    is: {
      target: 'label',
      classes: ['after', 'before'],
      features: 1,
      first: [0],
      notes: [/floats cannot tell the values apart: time from 1700000000/],
    },
  },
  'thousands with points, and one number without': {
    text: `income;age;label\n1.234;31;x\n12.500;44;y\n999;25;x\n105.000;51;y\n`,
    is: {
      target: 'label',
      classes: ['x', 'y'],
      features: 2,
      first: [1234, 31],
      notes: [/Between thousands stand "\.".*income/],
    },
  },
  'three decimals, which could be thousands': {
    text: `a;label\n1.234;x\n2.345;y\n7.125;x\n9.313;y\n`,
    is: {
      target: 'label',
      classes: ['x', 'y'],
      features: 1,
      first: [Math.fround(1.234)],
      notes: [/could be thousands: 1\.234 in a/],
    },
  },
  'the same with a decimal comma beside': {
    text: `a;b;label\n1.234;0,5;x\n2.345;1,25;y\n7.125;2;x\n9.313;3;y\n`,
    is: { target: 'label', classes: ['x', 'y'], features: 2, first: [1234, 0.5], notes: [/Between thousands/] },
  },
  'blanks and apostrophes between thousands': {
    text: `a;b;label\n1 234,5;1'234;x\n12 345;12'345;y\n345;7;x\n1;9;y\n`,
    is: { target: 'label', classes: ['x', 'y'], features: 2, first: [1234.5, 1234], notes: [/blanks and "'"/] },
  },
  'currency and percent signs': {
    text: `price,off,y\n"$1,234.50",5%,a\n$20.00,12.5%,b\n"$3,000.00",0%,a\n$7,3%,b\n`,
    is: {
      target: 'y',
      classes: ['a', 'b'],
      features: 2,
      first: [1234.5, 5],
      notes: [/Between thousands stand ","/, /without their sign: price \(\$\) and off \(%\)/],
    },
  },
  'texts and truth (titanic)': {
    text: `Sex,Alone,Name,Port,label\n${lines(40, (i) => `${i % 3 ? 'male' : 'female'},${i % 2 ? 'True' : 'False'},"Braund, Mr. ${i}",${['S', 'C', 'Q', ''][i % 4]},${i % 2}`)}`,
    is: {
      target: 'label',
      classes: ['0', '1'],
      features: 5,
      first: [0, 0, 0, 0, 1],
      notes: [/too many different texts: Name\./, /inputs of 0 and 1, 5 for the values of Sex, Alone and Port/],
    },
  },
  'a text among numbers that repeats (3+)': {
    text: `dependents,x,label\n${lines(40, (i) => `${['0', '1', '2', '3+'][i % 4]},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 5, notes: [/4 for the values of dependents/] },
  },
  'columns that are constant': {
    text: `a,b,c,label\n${lines(20, (i) => `7,${chance(i)},same,${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, notes: [/says the same everywhere: a and c\./] },
  },
  'letters of Windows-1252': {
    text: Uint8Array.from(`größe;class\n${lines(20, (i) => `${chance(i)};${i % 2 ? 'groß' : 'klein'}`)}`, (letter) =>
      letter.charCodeAt(0),
    ),
    is: { target: 'class', classes: ['groß', 'klein'], features: 1, notes: [/read as Windows-1252/] },
  },
  'years for names': {
    text: `country,2010,2011,2012\n${lines(20, (i) => `${i % 2 ? 'FR' : 'DE'},${chance(i)},${chance(i + 1)},${chance(i + 2)}`)}`,
    is: { target: '2012', classes: null, features: 3, notes: [/learned/, /continuous/, /1 for the values of country/] },
  },
  'all texts, with a header (mushroom)': {
    text: `class,odor\n${lines(20, (i) => (i % 2 ? 'p,f' : 'e,n'))}`,
    is: { target: 'class', classes: ['e', 'p'], features: 1, notes: [/1 for the values of odor/] },
  },
  'pixels by number (Fashion-MNIST)': {
    text: `label,${lines(64, (i) => `pixel${i + 1}`)
      .trim()
      .replaceAll('\n', ',')}\n${lines(
      10,
      (i) =>
        `${i % 2},${Array(64)
          .fill(100 + i)
          .join(',')}`,
    )}`,
    is: { target: 'label', classes: ['0', '1'], features: 64, notes: [/images, 8 × 8/] },
  },
  'pixels as shares of 1, by name': {
    text: `label,${Array.from({ length: 784 }, (_, p) => `pixel${p}`).join(',')}\n${lines(6, (i) => `${i % 3},${pixels(i)}`)}`,
    is: { target: 'label', classes: ['0', '1', '2'], features: 784, notes: [/images, 28 × 28/] },
  },
  'pixels as shares of 1 without names, the class first': {
    text: lines(6, (i) => `${i % 3},${pixels(i)}`),
    is: {
      target: 'column 1',
      classes: ['0', '1', '2'],
      features: 784,
      notes: [/no header/, /3 different numbers/, /images, 28 × 28/],
    },
  },
  'sixty-four numbers without names are no image': {
    text: lines(8, (i) => `${Array.from({ length: 64 }, (_, p) => (p + i) % 17).join(',')},${i % 2}`),
    is: { target: 'column 65', classes: ['0', '1'], features: 64, notes: [/no header/, /learned is "column 65"/] },
  },
  'comments above the header': {
    text: `# made by x\n#units: m,s\n\na,b,label\n${lines(4, (i) => `${i},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 2, rows: 4, notes: [/first 2 lines with a # were skipped/] },
  },
  'a header that is a comment (numpy.savetxt)': {
    text: `# a b label\n${lines(4, (i) => `${5 - i} ${chance(i)} ${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 2, rows: 4, notes: [] },
  },
  'a column called #': {
    text: `#,x,label\n${lines(12, (i) => `${i + 1},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, rows: 12, notes: [/numbers the rows: #/] },
  },
  'what C prints for no number': {
    text: `a,label\n${lines(40, (i) => `${i % 5 ? i : ['-nan(ind)', '1.#INF', '-1.#IND00', '1.#QNAN', 'nan(snan)'][(i / 5) % 5]},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, rows: 32, notes: [/8 of 40 rows left out/] },
  },
  'dates and times of many kinds': {
    text: `a,b,c,d,e,x,label\n${lines(40, (i) => `2020-01-${10 + (i % 20)}T0${i % 9}:30:00Z,${1 + (i % 28)}.3.2020,${1 + (i % 12)}/${i + 1}/20,${i % 24}:${10 + i},${1 + (i % 28)} Mar 20${10 + i},${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, rows: 40, notes: [/dates or times: a, b, c, d and e/] },
  },
  'numbers that floats would make zeros': {
    text: `a,b,label\n${lines(8, (i) => `${i + 1}e-300,${chance(i)},${i % 2}`)}`,
    is: { target: 'label', classes: ['0', '1'], features: 1, rows: 8, notes: [/too small for floats: a/] },
  },
  'two columns that are called like targets': {
    text: `label,x,class\n${lines(8, (i) => `${i % 2 ? 'p' : 'q'},${chance(i)},${i % 4}`)}`,
    is: { target: 'label', classes: ['p', 'q'], features: 2, notes: [/learned is "label"; "class" could be meant/] },
  },
  'quotes behind backslashes': {
    text: `a,label\n${lines(8, (i) => `${i},"${i % 2 ? 'the \\"b\\", of two' : 'C:\\\\'}"`)}`,
    is: { target: 'label', classes: ['C:\\', 'the "b", of two'], features: 1, rows: 8, notes: [] },
  },
  'backslashes before closing quotes, which are not doubled': {
    text: `a,label\n${lines(8, (i) => `${i},"${i % 2 ? 'C' : 'D'}:\\"`)}`,
    is: { target: 'label', classes: ['C:\\', 'D:\\'], features: 1, rows: 8, notes: [] },
  },
};

/** @param {import('../../web/engine/data/data_files.js').DataFiles} data @param {Expected} is */
function check(data, is) {
  const features = data.shape.reduce((product, size) => product * size);
  assert.equal(data.target, is.target);
  assert.deepEqual(data.classNames, is.classes);
  assert.equal(features, is.features);
  if (is.rows !== undefined) assert.equal(data.images.length / features, is.rows);
  if (is.first) assert.deepEqual([...data.images.subarray(0, features)], is.first.map(Math.fround));
  for (const note of data.notes) assert.ok(note.length <= 200, note);
  if (!is.notes) return;
  assert.equal(data.notes.length, is.notes.length, data.notes.join(' '));
  for (const [i, pattern] of is.notes.entries()) assert.match(data.notes[i], pattern);
}

for (const [title, { text, asked, is }] of Object.entries(TABLES)) {
  test(title, async () => check(await readText(text, asked), is));
}

test('a point that comes late may be one of thousands', async () => {
  const early = lines(40_000, (i) => `${i % 900};${i % 7},5;${i % 2}`);
  const proved = await readText(`a;b;label\n${early}1.234;1,5;1\n`);
  assert.equal(proved.images[80_000], 1234);
  const doubtful = await readText(`a;label\n${early.replaceAll(/;\d,5/g, '')}1.234;1\n2.500;0\n`);
  assert.match(doubtful.notes.join(' '), /could be thousands: 1\.234 in a/);
});

test('pixels by place are images of bytes', async () => {
  const places = Array.from({ length: 96 }, (_, i) => `${1 + Math.floor(i / 12)}x${1 + (i % 12)}`);
  const data = await readText(
    `label,${places.join(',')}\n${lines(4, (i) => `${i % 2},${places.map((_, p) => (p + i) % 256).join(',')}`)}`,
  );
  assert.deepEqual(data.shape, [1, 8, 12]);
  assert.ok(data.images instanceof Uint8Array);
  assert.equal(data.images[96], 1);
});

test('names that no line holds, and what a terminal would obey', async () => {
  const name = `a${'\u001b'}[31m${'very '.repeat(50)}long`;
  const text = `${Array.from({ length: 60 }, (_, i) => `${name} ${i}`).join(',')},label\n${lines(20, (i) => `${Array(60).fill(7).join(',')},${i % 2}`)}`;
  const long = await readText(text.replaceAll('7,', '7.5,').replace('7.5,', '8,'), { target: 'label' }).catch(
    (error) => error,
  );
  const said = long instanceof Error ? [long.message] : long.notes;
  const unknown = await readText(text, { target: `${name}!` }).catch((error) => error);
  for (const sentence of [...said, unknown.message]) {
    assert.ok(sentence.length <= 250, sentence);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(sentence, /[\u0000-\u001f\u007f-\u009f]/);
  }
});

test('a target in a unit of its own is standardized over the training data', async () => {
  const data = await readText(`x,price\n${lines(100, (i) => `${chance(i)},${200_000 + 1000 * i}`)}`);
  const { config } = engine.parseConfig({ dataset: 'custom' });
  const seen = engine.createTrainer(config, createFileDataset(engine, data, config));
  const { targets } = seen.dataset.readSamples(
    'train',
    Array.from({ length: 80 }, (_, i) => i),
  );
  const values = [...(targets ?? [])];
  const mean = values.reduce((sum, value) => sum + value) / 80;
  const square = values.reduce((sum, value) => sum + value * value, 0) / 80;
  assert.ok(Math.abs(mean) < 1e-5 && Math.abs(square - 1) < 1e-5, `${mean} ${square}`);
  const raw = createFileDataset(engine, data, engine.parseConfig({ dataset: 'custom', standardize: false }).config);
  assert.ok((raw.readSamples('train', [0]).targets?.[0] ?? 0) >= 200_000);
  seen.dispose();
});

/** What the tables of a folder of inputs mean. @type {Record<string, Expected>} */
const INPUTS = {
  '01-no-header-text-label.csv': {
    target: 'column 5',
    classes: ['Aster alba', 'Bellis nova', 'Crocus minor'],
    features: 4,
    rows: 90,
  },
  '02-pandas-index.csv': { target: 'outcome', classes: ['no', 'yes'], features: 2 },
  '02-pandas-index-without.csv': { target: 'outcome', classes: ['no', 'yes'], features: 2 },
  '03-class-first.csv': { target: 'Class', classes: ['1', '2', '3'], features: 3 },
  '04-labels-1-and-1.0.csv': { target: 'label', classes: ['0', '1'], features: 2 },
  '05-class-missing-words.csv': { target: 'label', classes: ['sick', 'well'], features: 2, rows: 54 },
  '06-regression-target.csv': { target: 'medv', classes: null, features: 2, rows: 100 },
  '10-thousands-points-silent.csv': { target: 'label', classes: ['x', 'y'], features: 2, first: [1234, 31] },
  '23-unix-time.csv': { target: 'half', classes: ['after', 'before'], features: 1, first: [0] },
  '23-unix-time-minus-offset.csv': { target: 'half', classes: ['after', 'before'], features: 1, first: [0] },
};
const FOLDER = process.env.TRAINSCOPE_INPUTS;
const skip = FOLDER && existsSync(FOLDER) ? false : 'skipped: no TRAINSCOPE_INPUTS';

for (const [name, is] of Object.entries(INPUTS)) {
  test(`the folder of inputs: ${name}`, { skip }, async () => {
    check(await readText(await readFile(join(FOLDER ?? '', name))), is);
  });
}

test('a table with damage is read, or refused in one sentence', async () => {
  let state = 7;
  const next = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const wholes = Object.values(TABLES).map(({ text }) =>
    typeof text === 'string' ? new TextEncoder().encode(text) : text,
  );
  const bits = [
    '"',
    '""',
    "'",
    ',',
    ';',
    '\n',
    '\r',
    '\t',
    ' ',
    '-',
    '1e400',
    'NaN',
    '\0',
    '\v',
    'ÿ',
    'sep=;',
    '1.234.567',
    '%',
    '\u001b[31m',
    '9'.repeat(40),
  ];
  const ends = { read: 0, refused: 0 };
  for (let n = 0; n < 400; n++) {
    let bytes = wholes[next(wholes.length)];
    for (let damages = 1 + next(3); damages > 0; damages--) {
      const at = next(bytes.length);
      const bit = new TextEncoder().encode(bits[next(bits.length)]);
      const after = bytes.subarray(at + [0, bit.length, 0, next(40)][next(4)]);
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...bit, ...after]);
    }
    try {
      const data = await readText(bytes);
      assert.ok(data.images.every(Number.isFinite));
      ends.read++;
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      assert.equal(name, 'TrainerError', `${n}: ${message}`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.match(message, /^[^\u0000-\u001f\u007f-\u009f]{1,250}\.$/u);
      ends.refused++;
    }
  }
  assert.ok(ends.read > 50 && ends.refused > 50, JSON.stringify(ends));
});
