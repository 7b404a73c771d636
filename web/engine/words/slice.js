/** What a slice through the loss surface shows, in sentences: only what was computed. */

import { count, number, percent } from './numbers.js';

/**
 * What of a map is put into words.
 *
 * @typedef {object} ShownSlice
 * @property {number} step
 * @property {number} parameters
 * @property {number} samples
 * @property {{ plane: string, plane_seed: number, places: number }} options
 * @property {{ first_length: number, second_length: number, cosine: number, explained: number, first_explained: number,
 *              second_explained: number }} geometry
 * @property {{ a: [number, number], b: [number, number] }} region
 * @property {{ step: number, distance: number, length: number }[]} path
 * @property {{ step: number, lr: number, length: number } | null} last
 *
 * @typedef {object} FoundSlice  what is known once all losses are there
 * @property {number} loss
 * @property {{ loss: number, a: number, b: number } | null} lowest
 * @property {number} sharpness
 */

/** What plane it is. @param {ShownSlice} slice */
export function sayPlane({ options, parameters, geometry, path }) {
  const { explained, first_explained, second_explained } = geometry;
  const points = `the path’s ${count(path.length)} points`;
  if (options.plane === 'path') {
    return `The two directions, of ${count(parameters)}, in which the weights moved most. The plane holds ${percent(explained)} of the variance of ${points}: ${percent(first_explained)} along the first, ${percent(second_explained)} along the second.`;
  }
  const held = Number.isFinite(explained) ? ` The plane holds ${percent(explained)} of the variance of ${points}.` : '';
  return `Two random directions of ${count(parameters)} (seed ${options.plane_seed}), each filter as long as the network’s own; biases, gains and scalars stay.${held}`;
}

/** How far the path is from the plane; empty where it is in it. @param {ShownSlice} slice */
export function sayDistance({ path }) {
  const far = path.reduce((most, { distance }) => Math.max(most, distance), 0);
  const long = path.reduce((most, { length }) => Math.max(most, length), 0);
  if (!(far > 1e-6 * long)) return '';
  return `The path leaves the plane by up to ${number(far)}, and goes up to ${number(long)} from here: the colour under it is the loss in the plane, not on the path.`;
}

/** A ring of less than this share of the map's width would only hide where it stands. */
const RING_SHARE = 0.02;

/** The map's width, in parameters. @param {ShownSlice} slice */
function widthOf({ region, geometry }) {
  return (region.a[1] - region.a[0]) * geometry.first_length;
}

/** Whether the length of the last step can be drawn. @param {ShownSlice} slice */
export function isStepSeen(slice) {
  return slice.last !== null && 2 * slice.last.length >= RING_SHARE * widthOf(slice);
}

/** The run's last step beside the map. @param {ShownSlice} slice */
export function sayStep(slice) {
  const { last } = slice;
  if (!last) return '';
  const seen = isStepSeen(slice) ? 'the ring' : 'too short to be drawn at this reach';
  return `The last step, with η ${number(last.lr)}, was ${number(last.length)} long in all directions together (${seen}); the map is ${number(widthOf(slice))} wide.`;
}

/** How the map was computed. @param {ShownSlice} slice */
export function sayHow({ options, samples }) {
  return `${count(options.places)} × ${count(options.places)} places, each the mean loss of the first ${count(samples)} training samples, without weight decay.`;
}

/** What it found. @param {ShownSlice} slice @param {FoundSlice} found @returns {string[]} */
export function sayFound({ step, parameters, geometry }, { loss, lowest, sharpness }) {
  const { first_length, second_length, cosine } = geometry;
  const sentences = [];
  if (!lowest) sentences.push('No loss on this map is finite.');
  else {
    const [along, across] = [lowest.a * first_length, lowest.b * second_length];
    const far = Math.sqrt(along * along + across * across + 2 * cosine * along * across);
    const where =
      lowest.loss < loss
        ? `the lowest on the map is ${number(lowest.loss)}, ${number(far)} away`
        : 'nothing on the map is lower';
    sentences.push(`At step ${count(step)} the loss is ${number(loss)}; ${where}.`);
  }
  if (Number.isFinite(sharpness)) {
    sentences.push(
      `Two of ${count(parameters)} directions do not show whether a minimum is flat or sharp. The largest curvature of all directions here, the sharpness, is ${number(sharpness)} over the same samples.`,
    );
  }
  return sentences;
}
