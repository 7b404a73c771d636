/** Maps of the loss around a run. */

import { walkPath } from '../../engine/study/slice/path_walk.js';
import { surveySlice } from '../../engine/study/slice/survey.js';

/** The longest stretch of work without letting others have their turn, in milliseconds: the live training is among them. */
const SLICE_MS = 12;

/** The time between two messages about a map, in milliseconds. */
const PROGRESS_MS = 1000 / 20;

/** @type {import('../../engine/study/slice/survey.js').SliceProgress} */
const NOTHING = { walked: null, frame: null, found: null };

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const sliceQuestions = {
  async slice({ runId, options }, { runs, now, yieldNow }, { signal, tell }) {
    const { trainer, present, past } = await runs.recall(runId);
    const { step: taken, changes } = present;
    const how = { trainer, now, yieldNow, sliceMs: SLICE_MS, signal };
    try {
      const walk = await walkPath({
        ...how,
        taken,
        past,
        changes,
        onPoint: (done, all) => tell({ ...NOTHING, walked: { done, all } }),
      });
      trainer.restore(present, { changes });
      let toldAt = now();
      /** @type {Float64Array[]} */
      let waiting = [];
      let from = 0;
      const flush = () => {
        const losses = Float64Array.from(waiting.flatMap((part) => [...part]));
        if (losses.length > 0) tell({ ...NOTHING, found: { from, losses } });
        from += losses.length;
        waiting = [];
        toldAt = now();
      };
      const map = await surveySlice({
        ...how,
        ...walk,
        options,
        onFrame: (frame) => tell({ ...NOTHING, frame }),
        onLosses: (losses) => {
          waiting.push(losses);
          if (now() - toldAt >= PROGRESS_MS) flush();
        },
      });
      flush();
      return { map };
    } finally {
      trainer.dispose();
    }
  },
};
