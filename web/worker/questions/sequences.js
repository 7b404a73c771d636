/** Questions about a network that reads sequences: where its attention looks, how it goes on with a prompt. */

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const sequenceQuestions = {
  attend({ runId, sample }, { runs }) {
    const { trainer } = runs.find(runId);
    return { runId, step: trainer.stepsTaken, maps: trainer.attention(sample.split, sample.index) };
  },

  generate({ runId, prompt, options }, { runs }) {
    const { trainer } = runs.find(runId);
    return { runId, step: trainer.stepsTaken, ...trainer.generate(prompt, options) };
  },
};
