/** Questions for a run's state: to be kept here, or to be taken away as weights. */

import { writeSafetensors } from '../../engine/run/safetensors.js';
import { sayNonFinite } from '../../engine/run/weight_faults.js';

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const snapshotQuestions = {
  snapshot({ runId }, { runs }) {
    return { runId, step: runs.find(runId).keepSnapshot() };
  },

  writeSnapshot({ runId }, { runs }) {
    const { trainer, evaluations } = runs.find(runId);
    const snapshot = trainer.snapshot();
    return { runId, past: { snapshot, evaluations: evaluations.filter(({ step }) => step <= snapshot.step) } };
  },

  writeWeights({ runId }, { runs }) {
    const { trainer } = runs.find(runId);
    const tensors = trainer.tensors();
    const { buffer } = writeSafetensors(tensors, { format: 'pt' });
    return {
      runId,
      step: trainer.stepsTaken,
      bytes: /** @type {ArrayBuffer} */ (buffer),
      nonFinite: sayNonFinite(tensors),
    };
  },
};
