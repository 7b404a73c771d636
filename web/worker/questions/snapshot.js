/** Questions for a run's state: to be kept here, or to be taken away. */

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
};
