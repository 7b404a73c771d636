/** Questions about what a run's network answers, and how large the signal is in it. */

import { TrainerError } from '../../engine/core/errors.js';

/**
 * @typedef {import('../../engine/run/trainer.js').Trainer} Trainer
 * @typedef {import('../../engine/run/measuring.js').UnitSizes} UnitSizes
 */

/** Cells of a surface in each direction: more than any screen shows. */
const CELLS_MAX = 2048;

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const lookQuestions = {
  look({ runId, samples, surface }, { runs }) {
    const { trainer } = runs.find(runId);
    return {
      runId,
      step: trainer.stepsTaken,
      outputs: trainer.dataset.outputs,
      samples: samples && lookAtSamples(trainer, samples),
      surface: surface && lookAtSurface(trainer, surface),
    };
  },

  sizeUnits({ runId, steps }, { runs }) {
    if (steps === null) return { runId, sizes: sizesOf(runs.find(runId).trainer) };
    return { runId, sizes: runs.visit(runId, steps, sizesOf).flat() };
  },
};

/** @param {Trainer} trainer @returns {UnitSizes[]}  none in the middle of a step */
function sizesOf(trainer) {
  const units = trainer.unitSizes();
  return units ? [{ step: trainer.stepsTaken, units }] : [];
}

/**
 * @param {Trainer} trainer
 * @param {import('../protocol.js').SamplesWanted} wanted
 * @returns {import('../protocol.js').SamplesSeen}
 */
function lookAtSamples(trainer, { split, indices }) {
  const { inputs, labels, targets, shape, ids } = trainer.readSamples(split, indices);
  const seen = { split, indices, shape, inputs, labels, targets, outputs: trainer.predict(split, indices) };
  const { tokens } = trainer.dataset;
  return ids && tokens ? { ...seen, tokens: { ...tokens, ids } } : seen;
}

/**
 * @param {Trainer} trainer
 * @param {import('../protocol.js').SurfaceWanted} wanted
 * @returns {import('../protocol.js').SurfaceSeen}
 */
function lookAtSurface(trainer, { left, right, top, bottom, columns, rows }) {
  for (const cells of [columns, rows]) {
    if (Number.isInteger(cells) && cells >= 1 && cells <= CELLS_MAX) continue;
    throw new TrainerError('message', null, `A surface has 1 to ${CELLS_MAX} columns and rows.`);
  }
  const inputs = new Float32Array(2 * columns * rows);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      inputs[at++] = left + ((column + 0.5) / columns) * (right - left);
      inputs[at++] = top + ((row + 0.5) / rows) * (bottom - top);
    }
  }
  return { columns, rows, outputs: trainer.predictInputs(inputs) };
}
