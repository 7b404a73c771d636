/**
 * A loss curve that a learner draws before anything is trained, and how far it is from the real one. It has a value at
 * each of a few knots, evenly over the run; between them it is straight.
 *
 * @typedef {(number | null)[]} Sketch  losses at the knots; null where nothing was drawn yet
 * @typedef {{ at: (step: number) => number | null }} Curve
 *
 * @typedef {object} Comparison
 * @property {number} mean  of the distance, over the steps
 * @property {number} above  mean of drawn minus real: above 0 where the drawing lies higher
 * @property {{ step: number, drawn: number, real: number }} worst  where they are farthest apart
 * @property {{ step: number, drawn: number, real: number }} end  at the last step that both have
 * @property {boolean} cut  whether the real curve left the drawn range: what is above counts as its upper end
 */
import { count, number } from '../../../engine/words/numbers.js';

/** How many knots a drawing has. */
export const KNOTS = 11;

/** At how many places a drawing is held against the run. */
const PLACES = 200;

/** Distances below this share of what guessing costs are the width of a pencil. */
const NEAR = 0.05;

/** @returns {Sketch} */
export const blankSketch = () => Array.from({ length: KNOTS }, () => null);

/** Whether there is a value at every knot. @param {Sketch} sketch @returns {sketch is number[]} */
export const isWhole = (sketch) => sketch.every((value) => value !== null);

/**
 * A stroke from one place to another: knots between take values of the straight line. The first stroke of all draws the
 * rest level, so that one movement of the hand is a curve.
 *
 * @param {Sketch} sketch
 * @param {{ x: number, y: number }} from  x: a share of the run; y: a loss
 * @param {{ x: number, y: number }} to
 * @returns {Sketch}
 */
export function stroke(sketch, from, to) {
  const [left, right] = from.x <= to.x ? [from, to] : [to, from];
  const drawn = sketch.map((value, i) => {
    const x = i / (KNOTS - 1);
    // Half a knot around the hand is its knot.
    const half = 0.5 / (KNOTS - 1);
    if (x < left.x - half || x > right.x + half) return value;
    if (right.x === left.x) return to.y;
    const share = Math.min(1, Math.max(0, (x - left.x) / (right.x - left.x)));
    return left.y + share * (right.y - left.y);
  });
  return fill(drawn);
}

/** A value at one knot. @param {Sketch} sketch @param {number} knot @param {number} value @returns {Sketch} */
export function setKnot(sketch, knot, value) {
  return fill(sketch.map((old, i) => (i === knot ? value : old)));
}

/** What is not drawn yet goes on level from what is. @param {Sketch} sketch @returns {Sketch} */
function fill(sketch) {
  const known = sketch.flatMap((value, i) => (value === null ? [] : [i]));
  if (known.length === 0) return sketch;
  return sketch.map((value, i) => {
    if (value !== null) return value;
    const nearest = known.reduce((best, other) => (Math.abs(other - i) < Math.abs(best - i) ? other : best));
    return sketch[nearest];
  });
}

/** The drawing's loss at a share of the run. @param {number[]} sketch @param {number} share */
export function drawnAt(sketch, share) {
  const place = Math.min(1, Math.max(0, share)) * (KNOTS - 1);
  const knot = Math.min(KNOTS - 2, Math.floor(place));
  return sketch[knot] + (place - knot) * (sketch[knot + 1] - sketch[knot]);
}

/**
 * How far a drawing is from a curve.
 *
 * @param {number[]} sketch
 * @param {Curve} curve
 * @param {{ total: number, last: number, top: number }} run  total: steps that were drawn over; last: the last one that
 *   was trained; top: the upper end of what could be drawn
 * @returns {Comparison | null}  null where there is nothing to compare
 */
export function compareSketch(sketch, curve, { total, last, top }) {
  const places = Math.min(PLACES, last + 1);
  const pairs = Array.from({ length: places }, (_, i) => Math.round((i * last) / Math.max(1, places - 1))).flatMap(
    (step) => {
      const real = curve.at(step);
      return real === null || Number.isNaN(real) ? [] : [{ step, drawn: drawnAt(sketch, step / total), real }];
    },
  );
  const end = pairs.at(-1);
  if (!end) return null;
  const capped = pairs.map(({ step, drawn, real }) => ({ step, drawn, real: Math.min(real, top) }));
  const distances = capped.map(({ drawn, real }) => drawn - real);
  const farthest = distances.reduce((worst, value, i) => (Math.abs(value) > Math.abs(distances[worst]) ? i : worst), 0);
  return {
    mean: distances.reduce((sum, value) => sum + Math.abs(value), 0) / distances.length,
    above: distances.reduce((sum, value) => sum + value, 0) / distances.length,
    worst: pairs[farthest],
    end,
    cut: pairs.some(({ real }) => real > top),
  };
}

/**
 * The same in words.
 *
 * @param {Comparison} comparison
 * @param {{ guess: number, top: number, divergedAt: number | null }} run  guess: the loss of guessing
 * @returns {string[]} sentences
 */
export function sayComparison({ mean, above, worst, end, cut }, { guess, top, divergedAt }) {
  const side =
    Math.abs(above) > 0.8 * mean ? `, almost always ${above > 0 ? 'above' : 'below'} it` : ', now above it, now below';
  const near = mean < NEAR * guess;
  return [
    near
      ? `Your line and the curve are ${number(mean)} apart on average: as near as one can draw.`
      : `Your line is ${number(mean)} from the curve on average${side}; guessing costs ${number(guess)}.`,
    `Farthest apart at step ${count(worst.step)}: you drew ${number(worst.drawn)}, it was ${number(worst.real)}.`,
    `At ${divergedAt === null ? 'the end' : `step ${count(end.step)}`} you drew ${number(end.drawn)}; it was ${number(end.real)}.`,
    ...(cut
      ? [`What lies above ${number(top)}, where the drawing ends, counts as ${number(top)} in the average.`]
      : []),
    ...(divergedAt === null
      ? []
      : [`The run diverged at step ${count(divergedAt)}: beyond it nothing can be compared.`]),
  ];
}
