/** Random tables, written in twelve dialects and read back: every number and every class must be the one that was written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv } from '../../web/engine/data/csv.js';

/** Tables of each dialect; more with TRAINSCOPE_TABLES. */
const TABLES = Number(process.env.TRAINSCOPE_TABLES ?? 12);

/**
 * @typedef {object} Dialect
 * @property {string} delimiter
 * @property {string} [quote]  what stands around cells
 * @property {'all' | 'texts'} [quoted]  which cells stand in quotes without need
 * @property {',' | '.'} [decimal]
 * @property {string} [group]  between thousands
 * @property {string} [end]  of a line
 * @property {'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1'} [encoding]
 * @property {boolean} [mark]  of the encoding, at the begin
 * @property {boolean} [header]
 * @property {'counted' | 'named'} [index]  a column before the others: 0, 1, 2 …, or R's names of rows
 * @property {boolean} [sep]  a line that names the delimiter
 * @property {boolean} [tail]  a delimiter at the end of each line
 * @property {boolean} [first]  the class stands first
 */

/** @type {Record<string, Dialect>} */
const DIALECTS = {
  'RFC 4180': { delimiter: ',', end: '\r\n' },
  'pandas, with its index': { delimiter: ',', index: 'counted' },
  'R, write.table': { delimiter: ' ', quoted: 'texts', index: 'named' },
  'Excel in German': { delimiter: ';', decimal: ',', end: '\r\n', encoding: 'latin1' },
  'Excel in German, UTF-8': { delimiter: ';', decimal: ',', group: '.', end: '\r\n', mark: true },
  'Excel in French': { delimiter: ';', decimal: ',', group: '\u202f', end: '\r\n', mark: true },
  'Excel, Unicode text': { delimiter: '\t', encoding: 'utf-16le', mark: true, end: '\r\n' },
  'UTF-16 without a mark': { delimiter: ',', encoding: 'utf-16be' },
  'all quoted, the class first': { delimiter: ',', quoted: 'all', first: true },
  'thousands with commas, a line for the delimiter': { delimiter: '|', group: ',', sep: true },
  'no header, returns alone': { delimiter: ',', header: false, end: '\r' },
  'apostrophes and a delimiter at the end': { delimiter: ',', quote: "'", quoted: 'texts', tail: true },
};

/** @param {number} seed */
function makeRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
  return {
    /** @param {number} below */
    whole: (below) => next() % below,
    /** @template T @param {T[]} list @returns {T} */
    pick: (list) => list[next() % list.length],
  };
}

/** @typedef {ReturnType<typeof makeRandom>} Random */

const LETTERS = [
  'setosa',
  'Größe',
  'a b',
  'x,y',
  'x;y',
  'say "so"',
  "it's",
  'tab\there',
  'two\nlines',
  'é',
  '3a',
  'ja.nein',
];

/** A table that leaves no doubt of its target: columns of numbers that differ, and texts for classes. @param {Random} random @param {Dialect} dialect */
function makeTable(random, { group, encoding, quote = '"', delimiter, quoted }) {
  const rows = 20 + random.whole(60);
  const columns = 1 + random.whole(5);
  const fits = (/** @type {string} */ text) =>
    (encoding !== 'latin1' || [...text].every((letter) => letter.charCodeAt(0) < 256)) &&
    !(quote === "'" && text.includes('"')) &&
    !(delimiter === ' ' && quoted !== 'texts' && /\s/.test(text));
  const names = LETTERS.filter(fits);
  const classes = [names[random.whole(names.length)]];
  while (classes.length < 2 + random.whole(3)) {
    const next = random.pick(names);
    if (!classes.includes(next)) classes.push(next);
  }
  const kinds = Array.from({ length: columns }, () => random.pick(['whole', 'decimals', 'small', 'long', 'power']));
  const values = Array.from({ length: rows }, (_, row) =>
    kinds.map((kind, i) => {
      // The first rows show what each column is: it is not constant, and does not count.
      if (row < 2) return [40 - 7 * i, 0.5][row] * (kind === 'whole' || kind === 'long' ? 2 : 1);
      const sign = random.pick([1, -1]);
      if (kind === 'whole') return sign * random.whole(1000);
      if (kind === 'decimals') return (sign * random.whole(100_000)) / 100;
      if (kind === 'small') return (sign * random.whole(1_000_000)) / 1e6;
      if (kind === 'power')
        return group ? random.whole(500) / 4 : Number(`${sign * random.whole(999)}e${random.whole(12) - 6}`);
      return sign * random.whole(2 ** 24);
    }),
  );
  const meant = Array.from({ length: rows }, (_, row) => (row < 4 ? classes[row % 2] : random.pick(classes)));
  return { values, meant, names: kinds.map((_, i) => `${random.pick(['size', 'Wert, netto', 'x y'])} ${i}`) };
}

/** @param {number} value @param {Dialect} dialect */
function writeNumber(value, { decimal = '.', group = '' }) {
  const [whole, rest] = String(value).split('.');
  const grouped = group && !whole.includes('e') ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
  return rest === undefined ? grouped.replace('.', group === '.' ? '.' : decimal) : `${grouped}${decimal}${rest}`;
}

/** @param {ReturnType<typeof makeTable>} table @param {Dialect} dialect @returns {Uint8Array} */
function writeTable({ values, meant, names }, dialect) {
  const {
    delimiter,
    quote = '"',
    quoted,
    end = '\n',
    encoding = 'utf-8',
    mark,
    header = true,
    index,
    sep,
    tail,
    first,
  } = dialect;
  const writeCell = (/** @type {string} */ text, isNumber = false) => {
    const isNeeded = [delimiter, quote, '\n', '\r', ' '].some((part) => text.includes(part));
    if (!isNeeded && quoted !== 'all' && (quoted !== 'texts' || isNumber)) return text;
    return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  };
  const order = (/** @type {string[]} */ numbers, /** @type {string} */ label) =>
    first ? [label, ...numbers] : [...numbers, label];
  const lines = values.map((row, i) => {
    const cells = order(
      row.map((value) => writeCell(writeNumber(value, dialect), true)),
      writeCell(meant[i]),
    );
    return index ? [writeCell(String(index === 'named' ? i + 1 : i)), ...cells] : cells;
  });
  if (header) {
    const cells = order(
      names.map((name) => writeCell(name)),
      writeCell('Class'),
    );
    lines.unshift(index === 'counted' ? ['', ...cells] : cells);
  }
  const written = lines.map((cells) => `${cells.join(delimiter)}${tail ? delimiter : ''}${end}`);
  const text = `${mark ? '\ufeff' : ''}${sep ? `sep=${delimiter}${end}` : ''}${written.join('')}`;
  if (encoding === 'utf-8') return new TextEncoder().encode(text);
  if (encoding === 'latin1') return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const units = new Uint8Array(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer);
  return encoding === 'utf-16le' ? units : units.map((_, i) => units[i ^ 1]);
}

for (const [i, [title, dialect]] of Object.entries(DIALECTS).entries()) {
  test(`tables written in a dialect are read back: ${title}`, async () => {
    for (let seed = 0; seed < TABLES; seed++) {
      const random = makeRandom(1000 * i + seed + 1);
      const table = makeTable(random, dialect);
      const bytes = writeTable(table, dialect);
      const piece = random.pick([7, 100, 1 << 16]);
      const stream = async function* () {
        for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
      };
      const about = `seed ${seed}\n${new TextDecoder().decode(bytes.subarray(0, 400))}`;
      const data = await readCsv({ name: 'table.csv', stream }).catch((error) =>
        assert.fail(`${error.message}, ${about}`),
      );
      const labels = [...(data.labels ?? [])].map((label) => data.classNames?.[label]);
      assert.deepEqual(
        labels,
        table.meant.map((text) => text.replaceAll(/[\n\t]/g, '�')),
        about,
      );
      assert.deepEqual(
        [...data.images],
        table.values.flat().map((value) => Math.fround(value) + 0),
        `${data.notes.join(' ')} ${about}`,
      );
      if (dialect.header !== false) assert.equal(data.target, 'Class');
    }
  });
}
