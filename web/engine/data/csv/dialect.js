/**
 * How a file is written, from its first records: what parts its cells, whether its first line names the columns, and how
 * each column writes its numbers.
 */

import { decodeCell, decodeLoosely } from './encoding.js';
import { isMissing, judgeStyle, looksNumeric, PLAIN } from './numbers.js';
import { isTargetName } from './target_names.js';
import { Tokenizer } from './tokenizer.js';
import { tableError } from './words.js';

/**
 * @typedef {import('./tokenizer.js').Dialect} Dialect
 * @typedef {import('./numbers.js').Style} Style
 *
 * @typedef {object} Layout  of a table
 * @property {Dialect} dialect
 * @property {boolean} hasSepLine  whether the first line says `sep=;`, as spreadsheets write it
 * @property {boolean} hasHeader
 * @property {boolean} hasTail  whether every record ends with a delimiter: its last cell is none
 * @property {boolean} hasRowNames  whether records have one cell more than the header: R's names of rows
 * @property {string[]} names  of the columns, each once
 * @property {Style[]} styles  of their numbers
 * @property {boolean[]} unmarked  columns of numbers without any mark so far, where a point may yet be one of thousands
 * @property {{ column: number, text: string }[]} doubts  where nothing tells thousands from decimals, with a text of each
 */

/** Records that are looked at. */
const RECORDS = 1000;

/** What may part cells, the rarer in texts first; a blank is any run of blanks. */
const DELIMITERS = ['\t', ';', '|', ',', ' '];

const SEP_LINE = /^"?sep=(.)"?$/i;

/**
 * @param {Uint8Array} head  the first bytes, UTF-8
 * @param {object} file
 * @param {string} file.name
 * @param {boolean} file.isWhole  whether they are all
 * @param {string[][]} file.evidence  texts further down that the styles must take in, by column
 * @returns {Layout}
 */
export function findLayout(head, { name, isWhole, evidence }) {
  const firstLine = decodeLoosely(head.subarray(0, 16)).split(/[\r\n]/)[0];
  const sep = SEP_LINE.exec(firstLine);
  const quote = findQuote(head);
  const body = sep ? head.subarray(firstLine.length) : head;
  const readAs = (/** @type {boolean} */ escapes) =>
    chooseTable(
      (sep ? [sep[1]] : DELIMITERS).map((delimiter) =>
        readHead(body, { delimiter, quote, escapes }, { name, isWhole }),
      ),
    );
  const plain = readAs(false);
  // A backslash before a quote is a letter like others, unless the quotes make no sense then.
  const escaped = plain.problem && hasEscapes(body, quote) ? readAs(true) : plain;
  const { dialect, records, problem } = escaped.problem ? plain : escaped;
  if (problem && records.length < RECORDS) throw problem;
  if (records.length === 0) throw tableError(name, isWhole ? 'is empty' : 'begins with a line that does not end');
  const widths = records.slice(1).map((record) => record.length);
  const [first] = records;
  const isLonger = widths.length > 0 && widths.every((width) => width === first.length + 1);
  const hasTail = endsEmpty(isLonger ? records.slice(1) : records);
  const rows = hasTail ? records.map((record, i) => (isLonger && i === 0 ? record : record.slice(0, -1))) : records;
  const hasRowNames = isLonger && !hasTail;
  const hasHeader = isLonger || isHeader(rows[0], rows.slice(1));
  const header = hasRowNames ? ['', ...rows[0]] : rows[0];
  const body_ = hasHeader ? rows.slice(1) : rows;
  const names = hasHeader ? nameColumns(header) : header.map((_, i) => `column ${i + 1}`);
  const texts = names.map((_, i) => [
    ...body_.map((record) => record[i] ?? '').filter((text) => !isMissing(text)),
    ...(evidence[i] ?? []),
  ]);
  return {
    dialect,
    hasSepLine: sep !== null,
    hasHeader,
    hasTail,
    hasRowNames,
    names,
    unmarked: texts.map((column) => dialect.delimiter !== ',' && !column.some((text) => /[.,]/.test(text))),
    ...judgeStyles(texts, dialect.delimiter),
  };
}

/** @param {string[][]} texts  of each column @param {string} delimiter */
function judgeStyles(texts, delimiter) {
  const alone = texts.map((column) => judgeStyle(column, { delimiter, decimal: null }));
  const proofs = new Set(alone.flatMap((judged) => judged?.proves ?? []));
  // One column that can only be read in one way tells how the others are written.
  const [only] = proofs;
  const decimal = proofs.size === 1 ? (only ?? null) : null;
  const judged = decimal === null ? alone : texts.map((column) => judgeStyle(column, { delimiter, decimal }));
  return {
    styles: judged.map((column) => column?.style ?? PLAIN),
    doubts: judged.flatMap((column, i) => (column?.doubt ? [{ column: i, text: column.doubt }] : [])),
  };
}

/** Apostrophes where only they stand around cells. @param {Uint8Array} head */
function findQuote(head) {
  if (head.includes(34)) return '"';
  const text = decodeLoosely(head);
  const begins = text.match(/(^|[,;\t|\n\r])'/g)?.length ?? 0;
  const ends = text.match(/'(?=$|[,;\t|\n\r])/g)?.length ?? 0;
  return begins > 0 && begins === ends ? "'" : '"';
}

/** @param {Uint8Array} head @param {string} quote */
function hasEscapes(head, quote) {
  const mark = quote.charCodeAt(0);
  return head.some((byte, i) => byte === mark && head[i - 1] === 92);
}

/**
 * @param {Uint8Array} head
 * @param {Dialect} dialect
 * @param {{ name: string, isWhole: boolean }} file
 */
function readHead(head, dialect, { name, isWhole }) {
  /** @type {string[][]} */
  const records = [];
  /** @type {unknown} */
  let problem = null;
  const tokenizer = new Tokenizer(dialect, name, ({ bytes, begins, ends, doubled, cells }) => {
    if (records.length >= RECORDS) return;
    records.push(
      Array.from({ length: cells }, (_, i) => {
        const mended = doubled[i] ? dialect : null;
        return decodeCell(bytes, begins[i], ends[i], mended) ?? decodeLoosely(bytes.subarray(begins[i], ends[i]));
      }),
    );
  });
  try {
    tokenizer.push(head);
    if (isWhole) tokenizer.end();
  } catch (error) {
    problem = error;
  }
  return { dialect, records, problem };
}

/**
 * The reading whose records are the most alike and whose cells are the most numeric.
 *
 * @param {ReturnType<typeof readHead>[]} tables
 */
function chooseTable(tables) {
  const scored = tables.map((table) => ({ table, ...scoreTable(table) }));
  const best = scored.reduce((a, b) => (b.score > a.score + 1e-9 ? b : a)).table;
  // A quote that is wrong in the best reading is wrong; where no reading parts anything, the comma's says so.
  const chosen = scored.every(({ score }) => score <= 0)
    ? (tables.find((table) => table.dialect.delimiter === ',') ?? best)
    : best;
  return chosen;
}

/** @param {ReturnType<typeof readHead>} table */
function scoreTable({ records, dialect }) {
  const rows = records.slice(0, 100);
  if (rows.length === 0) return { score: 0 };
  const widths = new Map();
  for (const { length } of rows) widths.set(length, (widths.get(length) ?? 0) + 1);
  const [width, alike] = [...widths].reduce((a, b) => (b[1] > a[1] ? b : a));
  if (width < 2) return { score: 0 };
  const cells = (rows.length > 1 ? rows.slice(1) : rows).flat();
  const numeric = cells.filter((cell) => looksNumeric(cell) || isMissing(cell)).length / cells.length;
  // Blanks part words too, so they part cells only where nothing else does and some are numbers.
  if (dialect.delimiter === ' ') {
    const isEven = rows.every(({ length }, i) => length === width || (i === 0 && length === width - 1));
    return { score: isEven && numeric > 0.2 ? 0.2 + 0.01 * numeric : 0 };
  }
  const inHeader = rows[0].length === width ? 0.2 : 0;
  return { score: alike / rows.length + inHeader + 0.5 * numeric + Math.min(width, 50) / 1000 };
}

/** Whether every record ends with a delimiter. @param {string[][]} records */
function endsEmpty(records) {
  return records.every((record) => record.length > 2 && record[record.length - 1] === '');
}

// ---- the header ----------------------------------------------------------------------------------------------------

/**
 * Whether the first record names the columns: where it is unlike the others.
 *
 * @param {string[]} first
 * @param {string[][]} rows
 */
function isHeader(first, rows) {
  if (rows.length === 0) return !first.some(looksNumeric);
  let forIt = 0;
  let against = 0;
  let weaklyFor = 0;
  const counting = areCounting(first);
  for (const [i, name] of first.entries()) {
    const below = rows.map((row) => row[i] ?? '').filter((text) => !isMissing(text));
    if (below.length === 0) continue;
    const numeric = below.filter(looksNumeric).length / below.length;
    if (looksNumeric(name)) {
      if (numeric > 0.9 && !counting) against++;
    } else if (isMissing(name)) {
      // An index has no name; a sample may lack a number.
    } else if (numeric > 0.9) forIt++;
    else if (below.includes(name)) against++;
    else if (isTargetName(name) || new Set(below).size <= below.length / 2) weaklyFor++;
  }
  if (forIt > 0 && forIt >= against) return true;
  if (against > 0) return false;
  return weaklyFor > 0 || counting || !first.some(looksNumeric);
}

/** Whether the numbers of a record are 0, 1, 2 … or years in order: names, where those below are none. @param {string[]} cells */
function areCounting(cells) {
  const numbers = cells.filter((cell) => looksNumeric(cell)).map(Number);
  return numbers.length > 1 && numbers.every((value, i) => Number.isInteger(value) && value === numbers[0] + i);
}

/** Each name once, and none empty but the first, which may be an index's. @param {string[]} header */
function nameColumns(header) {
  const seen = new Set();
  return header.map((text, i) => {
    const wanted = text === '' && i > 0 ? `column ${i + 1}` : text;
    let name = wanted;
    for (let n = 2; seen.has(name); n++) name = `${wanted} (${n})`;
    seen.add(name);
    return name;
  });
}
