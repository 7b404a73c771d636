/** How studies put numbers into sentences. */

/**
 * Three significant digits, as one would write them.
 *
 * @param {number | null | undefined} value
 */
export function figure(value) {
  if (value === null || value === undefined) return 'none';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinite' : '-infinite';
  return String(Number(value.toPrecision(3)));
}

/** @param {number} share */
export function percent(share) {
  const hundredths = 100 * share;
  return `${hundredths > 0 && hundredths < 10 ? Number(hundredths.toPrecision(2)) : Math.round(hundredths)} %`;
}

/** "3 of 3 seeds". @param {number} count @param {number} of */
export function ofSeeds(count, of) {
  return `${count} of ${of} seed${of === 1 ? '' : 's'}`;
}

/** The verb that goes with so many: "1 of 3 seeds fails", "2 of 3 seeds fail". @param {number} count @param {string} one @param {string} many */
export function agree(count, one, many) {
  return count === 1 ? one : many;
}

/** What a figure over seeds is. @param {number} seeds */
export function medianOver(seeds) {
  return seeds === 1 ? 'of one seed' : `median of ${plural(seeds, 'seed')}`;
}

/** @param {number} count @param {string} noun */
export function plural(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** "a, b and c". @param {string[]} parts */
export function list(parts) {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

/** @param {string} text */
export function capitalize(text) {
  return text === '' ? text : text[0].toUpperCase() + text.slice(1);
}

/**
 * Whether the range test's steepest descent is "halfway the sharpest downward slope", as the saying goes.
 *
 * @param {{ steepest: number, halfway: number, off: number, of: number, factor: number }} found  medians over `of` seeds,
 *   in `off` of which the two are further apart than the factor
 */
export function explainHalfway({ steepest, halfway, off, of, factor }) {
  const half = `half of the loss’s drop was made at ${figure(halfway)}`;
  if (off === 0) {
    const where = of === 1 ? 'The steepest descent is' : `In all ${of} seeds the steepest descent is`;
    return `${where} halfway the sharpest downward slope, within a factor of ${factor}: ${half}.`;
  }
  const where = of === 1 ? 'The steepest descent is' : `In ${ofSeeds(off, of)} the steepest descent is`;
  const medians = of === 1 ? '' : ' (medians)';
  const times = figure(Math.max(steepest / halfway, halfway / steepest));
  const apart = `${times} times ${steepest < halfway ? 'lower' : 'higher'}`;
  return `${where} not halfway the sharpest downward slope, but off by more than a factor of ${factor}: ${half}, the steepest descent ${figure(steepest)} is ${apart}${medians}.`;
}
