/** What a sweep varies: axes as users write them, the points of their grid, and points drawn from between their ends. */

import { judgeValue } from '../config/config.js';
import { formatValue } from '../config/config_text.js';
import { unknownName } from '../config/names.js';
import { FIELD_BY_NAME } from '../config/schema.js';
import { TrainerError } from '../core/errors.js';
import { shortestFloat } from '../run/run_log.js';

/**
 * @typedef {import('../config/config.js').SettingValue} SettingValue
 * @typedef {import('../config/schema_text.js').Field} Field
 *
 * @typedef {{ field: string, values: SettingValue[] }} Axis
 * @typedef {import('../config/config.js').SomeSettings} Settings  of a point: its value on every axis, by name
 *
 * @typedef {{ field: Field, at: (share: number) => SettingValue }} Span  the value at a share of the way, 0 … 1, 1 left out
 */

/** Points that one a:b:n may have. */
const POINTS_MAX = 1000;

/** As many settings as can be drawn over: a prime for each. */
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];

/** Draws for each point that is wanted, where many are the same: whole numbers and words soon are. */
const DRAWS_MAX = 100;

// ---- grids -----------------------------------------------------------------------------------------------------------

/**
 * @param {(string | Axis)[]} over  `lr=1e-4:1:9`, a logarithmic grid of 9 values; `warmup_steps=0,100`, any values;
 *   or an axis made already
 * @returns {Axis[]}
 * @throws {TrainerError} field `over`, in one sentence
 */
export function expandAxes(over) {
  const axes = over.map((axis) => (typeof axis === 'string' ? readAxis(axis) : judgeAxis(axis)));
  requireDifferent(axes.map(({ field }) => field));
  return axes;
}

/** @param {Axis[]} axes @returns {Settings[]}  the last axis runs fastest */
export function listPoints(axes) {
  /** @type {Settings[]} */
  let points = [{}];
  for (const { field, values } of axes) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [field]: value })));
  }
  return points;
}

/** @param {string} text @returns {Axis} */
function readAxis(text) {
  const { field, parts } = splitAxis(text);
  /** @type {SettingValue[]} */
  const values = [];
  for (const part of parts) {
    if (isRange(field, part)) values.push(...expandRange(field, part));
    else values.push(part);
  }
  return judgeAxis({ field: field.name, values });
}

/** @param {Axis} axis  with values as users give them @returns {Axis} */
function judgeAxis({ field: name, values: given }) {
  const field = findField(name);
  const values = given.map((value) => readValue(field, value));
  if (values.length === 0) throw overError(`${name} has no values.`);
  const again = values.find((value, i) => values.indexOf(value) < i);
  if (again !== undefined) throw overError(`${name} has the value ${formatValue(again)} twice.`);
  return { field: name, values };
}

/**
 * a:b:n: n values from a to b with equal ratios, a and b exactly as typed. Whole numbers are rounded, and those that
 * round to the same are taken once.
 *
 * @param {Field} field
 * @param {string} text
 * @returns {number[]}
 */
function expandRange(field, text) {
  const [from, to, count, ...rest] = text.split(':');
  const n = /^\d+$/.test(count ?? '') ? Number(count) : NaN;
  if (rest.length > 0 || !(n >= 2 && n <= POINTS_MAX)) {
    throw overError(`${field.name} must be from:to:count with a count from 2 to ${POINTS_MAX}, not "${text}".`);
  }
  const [a, b] = /** @type {[number, number]} */ ([readValue(field, from), readValue(field, to)]);
  if (!(a > 0 && b > 0)) {
    throw overError(
      `${field.name}: a logarithmic grid needs both ends above 0, not "${text}"; a list takes any values.`,
    );
  }
  requireTwoEnds(field, a, b, text);
  const inner = Array.from({ length: n - 2 }, (_, i) => a * (b / a) ** ((i + 1) / (n - 1)));
  const round = rounding(field);
  return [...new Set([a, ...inner.map(round), b])];
}

// ---- points that are drawn -------------------------------------------------------------------------------------------

/**
 * Points that fill the space between the ends of the axes evenly, however many are taken: quasi-random search, which the
 * tuning playbook prefers to grids. They are those of Halton 1960, a prime for each axis, with the digits reversed that
 * make its later axes run alike (Vandewoestyne & Cools 2006), and the same wherever they are drawn: the first n of more
 * are those of n.
 *
 * @param {(string | Axis)[]} over  `lr=1e-4:1`, logarithmic where both ends are above 0, else linear (a third part, the
 *   count of a grid, is not used); `warmup_steps=0,100`, one of these values; or an axis, one of its values
 * @param {number} wanted
 * @returns {Settings[]}  no two the same; fewer where there are not so many
 * @throws {TrainerError} field `over`, in one sentence
 */
export function samplePoints(over, wanted) {
  const spans = over.map((axis) => (typeof axis === 'string' ? readSpan(axis) : spanOfValues(judgeAxis(axis))));
  requireDifferent(spans.map(({ field }) => field.name));
  if (spans.length > PRIMES.length) throw overError(`names ${spans.length} settings; ${PRIMES.length} are the most.`);
  /** @type {Map<string, Settings>} */
  const points = new Map();
  for (let i = 1; points.size < wanted && i <= wanted * DRAWS_MAX; i++) {
    const values = spans.map(({ field, at }, d) => [field.name, at(reverseHalton(i, PRIMES[d]))]);
    const key = JSON.stringify(values);
    if (!points.has(key)) points.set(key, Object.fromEntries(values));
  }
  return [...points.values()];
}

/** The values that points have on each axis, sorted where they are numbers. @param {Settings[]} points @returns {Axis[]} */
export function axesOfPoints(points) {
  return Object.keys(points[0] ?? {}).map((field) => {
    const values = [...new Set(points.map((point) => /** @type {SettingValue} */ (point[field])))];
    if (typeof values[0] === 'number') values.sort((a, b) => Number(a) - Number(b));
    return { field, values };
  });
}

/** The digits of i in a base, mirrored at the point; every digit d above 0 as base - d. @param {number} i @param {number} base */
function reverseHalton(i, base) {
  let [share, weight] = [0, 1];
  for (let rest = i; rest > 0; rest = Math.floor(rest / base)) {
    weight /= base;
    share += ((base - (rest % base)) % base) * weight;
  }
  return share;
}

/** @param {string} text @returns {Span} */
function readSpan(text) {
  const { field, parts } = splitAxis(text);
  if (!parts.some((part) => isRange(field, part))) return spanOfValues(judgeAxis({ field: field.name, values: parts }));
  const [from, to, ...count] = parts[0].split(':');
  if (parts.length > 1 || count.length > 1) {
    throw overError(`${field.name} must be from:to, or a list, to be drawn from, not "${parts.join(',')}".`);
  }
  const [a, b] = /** @type {[number, number]} */ ([readValue(field, from), readValue(field, to)]);
  requireTwoEnds(field, a, b, parts[0]);
  const round = rounding(field);
  const isLog = a > 0 && b > 0;
  return { field, at: (share) => round(isLog ? a * (b / a) ** share : a + (b - a) * share) };
}

/** @param {Axis} axis @returns {Span} */
function spanOfValues({ field, values }) {
  return { field: findField(field), at: (share) => values[Math.floor(share * values.length)] };
}

// ---- what both read --------------------------------------------------------------------------------------------------

/** @param {string} text */
function splitAxis(text) {
  const at = text.indexOf('=');
  if (at < 1) throw overError(`must be a setting and its values, such as lr=1e-4:1:9, not "${text}".`);
  const field = findField(text.slice(0, at).trim().replaceAll('-', '_'));
  return { field, parts: splitValues(text.slice(at + 1)) };
}

/** Splits at the commas that are not inside a model's brackets. @param {string} text */
function splitValues(text) {
  /** @type {string[]} */
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth <= 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** @param {Field} field @param {string} part */
function isRange({ kind }, part) {
  return (kind === 'real' || kind === 'int') && part.includes(':');
}

/** @param {string} name */
function findField(name) {
  const field = FIELD_BY_NAME.get(name);
  if (!field) throw overError(`knows no setting ${unknownName(name, [...FIELD_BY_NAME.keys()])}`);
  return field;
}

/** @param {Field} field @param {unknown} value */
function readValue(field, value) {
  const judged = judgeValue(field, value);
  if ('complaint' in judged) throw overError(`${field.name} ${judged.complaint}`);
  return judged.value;
}

/** @param {Field} field @returns {(value: number) => number} */
function rounding({ kind }) {
  return kind === 'int' ? Math.round : roundToFloat;
}

/** The decimal to read and type again of the float32 that the engine computes with. @param {number} value */
function roundToFloat(value) {
  return shortestFloat(Math.fround(value));
}

/** @param {string[]} fields */
function requireDifferent(fields) {
  if (fields.length === 0) throw overError('needs a setting and its values, such as lr=1e-4:1:9.');
  const again = fields.find((field, i) => fields.indexOf(field) < i);
  if (again) throw overError(`names ${again} twice.`);
}

/** @param {Field} field @param {number} a @param {number} b @param {string} text */
function requireTwoEnds(field, a, b, text) {
  if (a === b) throw overError(`${field.name}: the two ends of "${text}" are the same.`);
}

/** @param {string} rest */
export function overError(rest) {
  return new TrainerError('setting', 'over', `over ${rest}`);
}
