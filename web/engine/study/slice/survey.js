/**
 * A map of the loss around a run: a slice's loss over a grid of places, from coarse to fine, in pieces of time so that
 * whoever waits hears of each, and can give it up.
 */

import { TrainerError } from '../../core/errors.js';
import { parseSliceOptions } from '../../run/slice/loss_slice.js';
import { surveyOrder } from '../../run/slice/survey_order.js';

/**
 * @typedef {import('../../run/slice/loss_slice.js').LossSlice} LossSlice
 * @typedef {import('../../run/slice/loss_slice.js').PathPoint} PathPoint
 * @typedef {import('../../run/slice/loss_slice.js').PlacedPoint} PlacedPoint
 * @typedef {import('../../run/slice/loss_slice.js').SliceGeometry} SliceGeometry
 * @typedef {import('../../run/slice/loss_slice.js').SliceOptions} SliceOptions
 * @typedef {import('../../run/trainer.js').Trainer} Trainer
 * @typedef {import('./path_walk.js').LastStep} LastStep
 * @typedef {{ a: [number, number], b: [number, number] }} SliceRegion  in steps of the directions
 *
 * @typedef {object} SliceFrame  what is known of a map before its losses are
 * @property {number} step  steps taken, where it is centred
 * @property {SliceOptions} options  in force
 * @property {number} samples  training samples that each loss is the mean of
 * @property {number} parameters
 * @property {SliceGeometry} geometry
 * @property {SliceRegion} region  the first and the last place on each side
 * @property {PlacedPoint[]} path
 * @property {(PlacedPoint & { lr: number }) | null} last  where the run was one step before, and that step's learning
 *   rate; null where it has taken none
 *
 * @typedef {object} SliceFound
 * @property {number} loss  where the run stands
 * @property {{ loss: number, a: number, b: number } | null} lowest  of the finite losses of the map
 * @property {number} sharpness  the largest eigenvalue of the loss Hessian where the run stands, over the same samples
 * @property {Float64Array} losses  [places][places], rows of growing b
 * @property {number} seconds
 *
 * @typedef {SliceFrame & SliceFound} SliceMap
 *
 * @typedef {object} SliceProgress  one of three: how far the path is, then once what is known of the map, then losses
 * @property {{ done: number, all: number } | null} walked
 * @property {SliceFrame | null} frame
 * @property {{ from: number, losses: Float64Array } | null} found  the next losses in the order of surveyOrder, from
 *   that one on
 */

/** The path's longer side takes this share of a map's width. */
const PATH_SHARE = 0.7;

/** Iterations of Lanczos for the sharpness. */
const ITERATIONS = 20;

/**
 * The region of a map. Of a random plane: the directions, times the reach. Of a path's plane: a square around the path,
 * times the reach; below 1 it draws in on where the run stands.
 *
 * @param {LossSlice} slice
 * @returns {SliceRegion}
 */
export function chooseRegion({ options, path }) {
  const { plane, reach } = options;
  if (plane === 'random') return { a: [-reach, reach], b: [-reach, reach] };
  const ends = (/** @type {'a' | 'b'} */ axis) => {
    const values = [0, ...path.map((place) => place[axis])];
    return [Math.min(...values), Math.max(...values)];
  };
  const [a, b] = [ends('a'), ends('b')];
  const half = (reach * Math.max(a[1] - a[0], b[1] - b[0])) / (2 * PATH_SHARE);
  const around = (/** @type {number[]} */ [low, high]) => {
    const middle = ((low + high) / 2) * Math.min(1, reach);
    return /** @type {[number, number]} */ ([middle - half, middle + half]);
  };
  return { a: around(a), b: around(b) };
}

/** Where the i-th place of a side lies. @param {[number, number]} ends @param {number} i @param {number} places */
function placeAt([low, high], i, places) {
  return low + ((high - low) * i) / (places - 1);
}

/**
 * @param {object} survey
 * @param {Trainer} survey.trainer  where the map is centred; no step of it is taken
 * @param {PathPoint[]} survey.path
 * @param {LastStep | null} survey.last
 * @param {import('../../config/config.js').SomeSettings} survey.options  of the schema's table `slice`
 * @param {() => number} survey.now
 * @param {(ms?: number) => Promise<void>} survey.yieldNow
 * @param {number} survey.sliceMs  the longest time between two yields
 * @param {import('../trial/abort.js').Signal} [survey.signal]
 * @param {(frame: SliceFrame) => void} [survey.onFrame]  once, before the first losses
 * @param {(losses: Float64Array, from: number) => void} [survey.onLosses]  the next losses in surveyOrder, from that one on
 * @returns {Promise<SliceMap>}
 * @throws {TrainerError} where an option is wrong or the path spans no plane
 */
export async function surveySlice({ trainer, path, last, options, now, yieldNow, sliceMs, signal, onFrame, onLosses }) {
  const began = now();
  const complete = parseSliceOptions(options);
  const slice = trainer.slice({ ...complete, path });
  try {
    const frame = describeFrame(trainer, slice, last);
    if (!frame.region.a.every(Number.isFinite)) {
      throw new TrainerError('argument', 'plane', 'The path leaves the numbers that a map can show.');
    }
    onFrame?.(frame);
    let end = now() + sliceMs;
    /** @param {() => void} [tell] */
    const rest = async (tell) => {
      if (now() < end) return;
      tell?.();
      await yieldNow();
      signal?.throwIfAborted();
      end = now() + sliceMs;
    };
    const loss = await lossAt(slice, 0, 0, rest);
    const { places } = complete;
    const { index } = surveyOrder(places);
    const losses = new Float64Array(index.length);
    const told = new Float64Array(index.length);
    let from = 0;
    for (let i = 0; i < index.length; i++) {
      const a = placeAt(frame.region.a, index[i] % places, places);
      const b = placeAt(frame.region.b, Math.floor(index[i] / places), places);
      told[i] = losses[index[i]] = await lossAt(slice, a, b, rest);
      await rest(() => {
        onLosses?.(told.slice(from, i + 1), from);
        from = i + 1;
      });
    }
    onLosses?.(told.slice(from), from);
    const sharpness = await sharpnessOf(trainer, slice.samples, rest);
    return { ...frame, loss, lowest: findLowest(frame, losses), sharpness, losses, seconds: (now() - began) / 1000 };
  } finally {
    slice.dispose();
  }
}

/** @param {Trainer} trainer @param {LossSlice} slice @param {LastStep | null} last @returns {SliceFrame} */
function describeFrame(trainer, slice, last) {
  const { options, samples, geometry, path } = slice;
  return {
    step: trainer.stepsTaken,
    options,
    samples,
    parameters: trainer.parameterCount,
    geometry,
    region: chooseRegion(slice),
    path,
    last: last && { step: last.step, lr: last.lr, ...slice.place(last.parameters) },
  };
}

/** @param {LossSlice} slice @param {number} a @param {number} b @param {() => Promise<void>} rest */
async function lossAt(slice, a, b, rest) {
  slice.begin(a, b);
  for (;;) {
    const loss = slice.advance();
    if (loss !== null) return loss;
    await rest();
  }
}

/** @param {Trainer} trainer @param {number} samples @param {() => Promise<void>} rest */
async function sharpnessOf(trainer, samples, rest) {
  trainer.beginSharpness({ samples, iterations: ITERATIONS });
  for (;;) {
    const sharpness = trainer.advanceSharpness();
    if (sharpness !== null) return sharpness;
    await rest();
  }
}

/** @param {SliceFrame} frame @param {Float64Array} losses */
function findLowest({ region, options: { places } }, losses) {
  let at = -1;
  for (const [i, loss] of losses.entries()) {
    if (Number.isFinite(loss) && (at < 0 || loss < losses[at])) at = i;
  }
  if (at < 0) return null;
  return {
    loss: losses[at],
    a: placeAt(region.a, at % places, places),
    b: placeAt(region.b, Math.floor(at / places), places),
  };
}
