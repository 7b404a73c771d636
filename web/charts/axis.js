/** Ticks and ranges of an axis. */

import { significant } from '../engine/words/numbers.js';

/**
 * Ticks of a logarithmic axis, at most about `most` of them: 1–2–3–5 on a short one, 1–3–10 on a longer one, then powers.
 * @param {number} low @param {number} high @param {number} most
 */
export function logTicks(low, high, most = 6) {
  if (!(low > 0 && high < Infinity)) return [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (const steps of [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let power = first; power <= last; power++) {
      for (const step of steps) {
        const tick = significant(step * 10 ** power, 2);
        if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
      }
    }
    if (ticks.length <= most) return ticks.length > 1 ? ticks : linearTicks(low, high, most);
    if (steps.length === 1) {
      const stride = Math.ceil(ticks.length / most);
      return ticks.filter((_, i) => (ticks.length - 1 - i) % stride === 0);
    }
  }
  return [low];
}

/** Round ticks of a linear axis, about `most` of them. @param {number} low @param {number} high @param {number} most @returns {number[]} */
export function linearTicks(low, high, most = 6) {
  const rough = (high - low) / most;
  // So narrow a range that rounding hides its steps has no ticks to count.
  if (!(rough > 1e-12 * Math.max(Math.abs(low), Math.abs(high)) && rough < Infinity)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((nice) => nice * power >= rough * 0.92) ?? 10);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(significant(i * step, 12));
  // One alone tells no scale.
  return ticks.length > 1 || most > 6 ? ticks : linearTicks(low, high, most + 1);
}

/**
 * The range of an axis around the values, with a little air, never empty.
 * @param {number} low @param {number} high @param {boolean} logarithmic @param {number} [least] narrowest ratio of a log axis
 */
export function paddedRange(low, high, logarithmic, least = 1.6) {
  if (!(low <= high)) return logarithmic ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  if (logarithmic) {
    const middle = Math.sqrt(low) * Math.sqrt(high);
    const half = Math.max(Math.sqrt(high / low) ** 1.1, Math.sqrt(least));
    return { min: Math.max(middle / half, 1e-300), max: Math.min(middle * half, 1e300) };
  }
  // Values that differ by rounding only are one value.
  const isOne = high - low <= 1e-6 * Math.max(Math.abs(low), Math.abs(high));
  const air = isOne ? Math.abs(high) * 0.1 || 0.5 : (high - low) * 0.06;
  return { min: low >= 0 && low - air < 0 ? 0 : low - air, max: high + air };
}
