/** Whole trainings beside whatever runs: what studies are made of. */

import { runTrial } from '../../engine/study/trial/trial.js';
import { completeConfig } from './complete_config.js';

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const trialQuestions = {
  async trial({ config, dataId, record }, { engine, runs, now, yieldNow }, { signal, tell }) {
    const result = await runTrial({
      createTrainer: (planned) => runs.createTrainer(planned, dataId),
      config: completeConfig(engine, config),
      record,
      now,
      yieldNow,
      signal,
      onProgress: tell,
    });
    return { result, memory: engine.memory.total };
  },
};
