/** The question for a run's weights as a file. */

import { writeSafetensors } from '../../engine/run/safetensors.js';
import { sayNonFinite } from '../../engine/run/weight_faults.js';

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const weightsQuestions = {
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
