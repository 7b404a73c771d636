/**
 * Numbers as files write them: plain ones straight from bytes, others by the style of their column; and the words that
 * stand where a number or a class is missing.
 */

/**
 * @typedef {object} Style  how the numbers of a column are written
 * @property {'.' | ','} decimal
 * @property {'' | '.' | ',' | ' ' | "'"} group  between thousands
 * @property {string} affix  a percent sign or a currency that every number has, or ''
 */

/** @type {Style} */
export const PLAIN = { decimal: '.', group: '', affix: '' };

/** Powers of ten that a double holds exactly; with at most 15 digits, one division by them rounds correctly. */
const TENS = Array.from({ length: 23 }, (_, i) => 10 ** i);
const DIGITS_MAX = 15;

const POINT = 46;
const COMMA = 44;

/**
 * A number of the digits, sign and mark alone that most are made of; NaN for whatever is written in another way.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 * @param {number} mark  the decimal mark's byte
 */
export function readDigits(bytes, at, end, mark) {
  let isNegative = false;
  if (at < end && (bytes[at] === 45 || bytes[at] === 43)) isNegative = bytes[at++] === 45;
  const begin = at;
  let value = 0;
  let digits = 0;
  let decimals = -1;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (bytes[at] === mark && decimals < 0) decimals = 0;
    else return NaN;
  }
  if (digits === 0 || digits > DIGITS_MAX || at - begin > DIGITS_MAX + 1) return NaN;
  if (decimals > 0) value /= TENS[decimals];
  return isNegative ? -value : value;
}

/** The byte of a style's decimal mark; 0, which no number holds, where its numbers are not made of digits alone. @param {Style} style */
export function markOf({ decimal, group, affix }) {
  if (group !== '' || affix !== '') return 0;
  return decimal === ',' ? COMMA : POINT;
}

const AFFIX = /^(?:([-+]?)\s*([$€£¥₹])\s*(.*)|(.*?)\s*([%$€£¥₹]|EUR|USD|GBP|CHF))$/u;

/** A number's text without its percent sign or currency. @param {string} text @returns {{ core: string, affix: string }} */
function splitAffix(text) {
  const match = AFFIX.exec(text);
  if (!match) return { core: text, affix: '' };
  const [, sign = '', front, rest = '', core = '', back] = match;
  return front ? { core: sign + rest, affix: front } : { core, affix: back };
}

/** Blanks of any width, and the apostrophes of Switzerland, as one of a kind. @param {string} text */
function evenOut(text) {
  return text
    .replace(/[\u00a0\u2007\u2009\u202f]/g, ' ')
    .replaceAll('’', "'")
    .replaceAll('−', '-')
    .trim();
}

const EXPONENT = '(?:[eE][+-]?\\d+)?';
/** @type {Map<string, RegExp>} */
const PATTERNS = new Map();

/** @param {Style} style */
function patternOf({ decimal, group }) {
  const key = decimal + group;
  const known = PATTERNS.get(key);
  if (known) return known;
  const mark = `\\${decimal}`;
  const whole = group === '' ? '\\d+' : `(?:[1-9]\\d{0,2}(?:\\${group}\\d{3})+|\\d+)`;
  const pattern = new RegExp(`^[+-]?(?:${whole}(?:${mark}\\d*)?|${mark}\\d+)${EXPONENT}$`);
  PATTERNS.set(key, pattern);
  return pattern;
}

/**
 * The number that a text is in a style; NaN where it is none.
 *
 * @param {string} text
 * @param {Style} style
 */
export function readNumber(text, style) {
  const even = evenOut(text);
  const { core, affix } = style.affix === '' ? { core: even, affix: '' } : splitAffix(even);
  if (affix !== '' && affix !== style.affix) return NaN;
  if (!patternOf(style).test(core)) return NaN;
  const plain = style.group === '' ? core : core.replaceAll(style.group, '');
  return Number(style.decimal === ',' ? plain.replace(',', '.') : plain);
}

/** Whether a text is a number in some style. @param {string} text */
export function looksNumeric(text) {
  const { core } = splitAffix(evenOut(text));
  return STYLES.some((style) => patternOf(style).test(core));
}

/** @type {Omit<Style, 'affix'>[]} */
const MARKS = [
  { decimal: '.', group: '' },
  { decimal: ',', group: '' },
  { decimal: '.', group: ',' },
  { decimal: ',', group: '.' },
  { decimal: '.', group: ' ' },
  { decimal: ',', group: ' ' },
  { decimal: '.', group: "'" },
  { decimal: ',', group: "'" },
];
/** @type {Style[]} */
const STYLES = MARKS.map((marks) => ({ ...marks, affix: '' }));

/**
 * @typedef {object} Judged  of a column's texts
 * @property {Style} style
 * @property {'.' | ',' | null} proves  the decimal mark, where the texts leave no other
 * @property {string | null} doubt  one of the texts, where they are three digits behind each mark and nothing tells
 *   thousands from decimals
 */

/**
 * How the numbers among some texts of a column are written: in the style that reads most of them.
 *
 * @param {string[]} texts  not missing
 * @param {object} file
 * @param {string} file.delimiter
 * @param {'.' | ',' | null} file.decimal  what other columns prove
 * @returns {Judged | null}  null where no text is a number
 */
export function judgeStyle(texts, { delimiter, decimal }) {
  const parts = texts.filter(looksNumeric).map((text) => splitAffix(evenOut(text)));
  if (parts.length === 0) return null;
  const affixes = new Set(parts.map((part) => part.affix));
  const affix = affixes.size === 1 && parts.length === texts.length ? parts[0].affix : '';
  const cores = parts.filter((part) => part.affix === affix).map((part) => part.core);
  const counts = STYLES.map((style) => cores.filter((core) => patternOf(style).test(core)).length);
  const most = Math.max(...counts);
  const fitting = STYLES.filter((_, i) => counts[i] === most);
  const [first] = fitting;
  const marked = cores.filter((core) => /[.,]/.test(core));
  const rival = fitting.find(({ group }) => group === first.decimal);
  if (!rival || marked.length === 0 || first.group !== '') {
    const isProved = marked.some((core) => core.includes(first.decimal) && patternOf(first).test(core));
    return { style: { ...first, affix }, proves: isProved && !rival ? first.decimal : null, doubt: null };
  }
  const isGrouped = areGroups(cores, { mark: first.decimal, decimal, delimiter });
  const style = isGrouped ? rival : first;
  return { style: { ...style, affix }, proves: null, doubt: isGrouped === null ? marked[0] : null };
}

/**
 * Whether marks with three digits behind each are between thousands; null where nothing tells, and the mark is taken
 * for the decimal one.
 *
 * @param {string[]} cores
 * @param {{ mark: string, decimal: string | null, delimiter: string }} file
 */
function areGroups(cores, { mark, decimal, delimiter }) {
  if (decimal !== null) return decimal !== mark;
  // Decimals are either filled up with zeros, or cut: not both in one column.
  const isWhole = cores.some((core) => !core.includes(mark));
  const isLong = cores.some((core) => /^[+-]?\d{4,}$/.test(core));
  const isFilled = cores.some((core) => core.includes(mark) && core.endsWith('0'));
  if (isLong) return false;
  if (isWhole && isFilled) return true;
  // Where commas part cells, a comma within a cell is an English one, and so is a point.
  if (delimiter === ',') return mark === ',';
  return null;
}

// ---- what is missing -----------------------------------------------------------------------------------------------

/** Words that always stand for nothing, in whatever case. */
const MISSING = new Set(
  '|?|-|--|---|–|—|.|..|na|n/a|#n/a|#n/a n/a|#na|<na>|(na)|nan|-nan|+nan|null|(null)|<null>|\\n|nil|nat|#null!|#div/0!|#value!|#ref!|#num!|none|empty|missing|inf|-inf|+inf|infinity|-infinity|+infinity'.split(
    '|',
  ),
);
/** Those of them that may also be a class, where only they would leave it two. */
const MAY_BE_CLASS = new Set(['none', 'empty', 'missing']);

const MISSING_LENGTH = Math.max(...[...MISSING].map((word) => word.length));

/** What C's libraries print where there is no number: -nan(ind), 1.#INF00, 1.#QNAN. */
const ODD = /^[-+]?(?:nan\([a-z0-9]*\)|1\.#(?:ind|inf|qnan|snan)0*)$/i;
const ODD_LENGTH = 16;

/** @param {string} text  without blanks around */
export function isMissing(text) {
  if (text.length <= MISSING_LENGTH && MISSING.has(text.toLowerCase())) return true;
  return text.length <= ODD_LENGTH && ODD.test(text);
}

/** @param {string} missing  a word that is missing */
export function isInfinite(missing) {
  return /inf/i.test(missing);
}

/** @param {string} text */
export function mayBeClass(text) {
  return MAY_BE_CLASS.has(text.toLowerCase());
}
