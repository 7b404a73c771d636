/** What the map of the loss around a run shows. */

import { count, number } from '../../engine/words/numbers.js';
import { isStepSeen } from '../../engine/words/slice.js';

/** @typedef {import('./slicing.js').Slicing} Slicing */

/** Points of a ring's outline. */
const OUTLINE = 64;

/** @param {Slicing} slicing @returns {import('../../charts/heat/heat_painter.js').HeatScene | null} */
export function sliceScene(slicing) {
  const { frame, values, done } = slicing;
  if (!frame) return null;
  const { region, options, path, geometry, last } = frame;
  const { places, plane } = options;
  const names =
    plane === 'path' ? ['first direction of the path', 'second direction'] : ['first random direction', 'second'];
  const isWhole = done === values.length;
  return {
    window: { x: region.a, y: region.b },
    places,
    values,
    isWhole,
    path: path.map(({ a, b, step }) => ({ x: a, y: b, label: count(step) })),
    ring: last && isStepSeen(frame) ? outline(geometry, last.length) : [],
    xName: names[0],
    yName: names[1],
    summary: isWhole
      ? 'Colours and contour lines are losses.'
      : `${count(done)} of ${count(values.length)} losses are there.`,
    describe: (x, y) => describePlace(frame, values, x, y),
  };
}

/** @param {import('./slicing.js').SliceFrame} frame @param {Float64Array} values @param {number} x @param {number} y */
function describePlace({ region, options: { places }, geometry }, values, x, y) {
  const at = (/** @type {number} */ value, /** @type {[number, number]} */ [low, high]) =>
    Math.round(((value - low) / (high - low)) * (places - 1));
  const loss = values[at(y, region.b) * places + at(x, region.a)];
  return `loss ${number(loss)}, ${number(distance(geometry, x, y))} from where the run stands`;
}

/** The length of a way in the plane, in parameters. @param {import('./slicing.js').SliceFrame['geometry']} geometry @param {number} a @param {number} b */
function distance({ first_length, second_length, cosine }, a, b) {
  const [along, across] = [a * first_length, b * second_length];
  return Math.sqrt(along * along + across * across + 2 * cosine * along * across);
}

/** All places at one distance. @param {import('./slicing.js').SliceFrame['geometry']} geometry @param {number} length @returns {[number, number][]} */
function outline({ first_length, second_length, cosine }, length) {
  const sine = Math.sqrt(1 - cosine * cosine);
  return Array.from({ length: OUTLINE }, (_, i) => {
    const turn = (2 * Math.PI * i) / OUTLINE;
    const across = (length * Math.sin(turn)) / sine;
    return [(length * Math.cos(turn) - cosine * across) / first_length, across / second_length];
  });
}
