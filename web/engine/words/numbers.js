/**
 * Numbers as a reader meets them, the same in a study's sentences, on the page and on the command line. Whatever is
 * nothing is "–", and what has left every bound is "∞".
 */

/**
 * A measurement: three significant digits, four from 1,000 on, without trailing zeros; thousands are separated from
 * 10,000 on, and what is below 0.001 or from a million on has a power of ten: "0.0363", "12,000", "1e-8".
 *
 * @param {number | null | undefined} value
 * @param {{ digits?: number }} [how]  digits: significant ones, where others are wanted
 * @returns {string}
 */
export function number(value, { digits } = {}) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const shown = digits === undefined ? value : significant(value, digits);
  const size = Math.abs(shown);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return scientific(shown, digits ?? 3);
  if (size >= 10000) return count(shown);
  return String(significant(shown, digits ?? (size >= 1000 ? 4 : 3)));
}

/** A measurement that was made: NaN is not nothing then. @param {number} value @param {{ digits?: number }} [how] */
export function numberOrNaN(value, how) {
  return Number.isNaN(value) ? 'NaN' : number(value, how);
}

/** A number at a tick or beside an axis, where room is scarce: with a power of ten from 100,000 on. @param {number} value */
export function axisNumber(value) {
  return Math.abs(value) >= 1e5 && Number.isFinite(value) ? scientific(value, 3) : number(value);
}

/** A whole number with thousands separators: "1,200". @param {number | null | undefined} value @returns {string} */
export function count(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return number(value);
  const whole = Math.round(value);
  // Beyond, a number's own text has a power of ten. The first number that a program formats for a locale takes it 20 ms.
  if (Math.abs(whole) >= 1e21) return whole.toLocaleString('en-US');
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * A share of 1 as a percentage: "0.53 %", "5.3 %", "53 %". What is not all of it is never told as 100 %: "99.7 %".
 *
 * @param {number | null | undefined} share
 * @param {number} [decimals]  so many, whatever the size: for what is compared with its like
 */
export function percent(share, decimals) {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  const hundredths = 100 * share;
  const isNearlyAll = hundredths >= 99.5 && hundredths < 100;
  if (decimals === undefined && !isNearlyAll)
    return `${hundredths > 0 && hundredths < 10 ? significant(hundredths, 2) : count(hundredths)} %`;
  const digits = decimals ?? 1;
  return `${(isNearlyAll ? Math.min(hundredths, 100 - 10 ** -digits) : hundredths).toFixed(digits)} %`;
}

/** A duration: "50 ms", "1.2 s", "40 s", "12 min", "1.5 h". @param {number} seconds */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0.1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A size of memory: "1.5 GB". @param {number} size  in bytes */
export function bytes(size) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.max(
    0,
    units.findLastIndex((_, i) => size >= 1024 ** i),
  );
  return `${significant(size / 1024 ** power)} ${units[power]}`;
}

/** A number as one would type it: rounded to so many significant digits. @param {number} value @param {number} [digits] */
export function significant(value, digits = 3) {
  return Number(value.toPrecision(digits));
}

/** "1.23e-5". @param {number} value @param {number} digits  significant ones */
function scientific(value, digits) {
  const [mantissa, power] = significant(value, digits).toExponential().split('e');
  return `${mantissa}e${Number(power)}`;
}
