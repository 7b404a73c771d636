/** Rows of protocol.js of their own: questions about a run whose network reads sequences. Neither changes the run. */

/**
 * @typedef {import('../../engine/run/sequences/attention_maps.js').AttentionMap} AttentionMap
 * @typedef {import('../../engine/run/sequences/generation.js').GenerationOptions} GenerationOptions
 * @typedef {import('../../engine/run/sequences/generation.js').Generated} Generated
 * @typedef {{ split: import('../../engine/data/judging.js').Split, index: number }} OneSample
 */

/**
 * @template Members
 * @template Answer
 * @typedef {import('../protocol_rows.js').Question<Members, Answer>} Question
 */

export const SEQUENCE_QUESTIONS = {
  /**
   * Where attention looks for a sample, layer by layer.
   * @type {Question<{ runId: number, sample: OneSample }, { runId: number, step: number, maps: AttentionMap[] }>}
   */
  attend: {
    members: { runId: 'number', sample: 'object' },
    answer: 'attended',
    takes: ({ maps }) => maps.map(({ weights }) => /** @type {ArrayBuffer} */ (weights.buffer)),
  },

  /**
   * How the network goes on with a prompt.
   * @type {Question<{ runId: number, prompt: string, options?: GenerationOptions }, { runId: number, step: number } & Generated>}
   */
  generate: {
    members: { runId: 'number', prompt: 'text', options: 'object' },
    defaults: { options: {} },
    answer: 'generated',
  },
};
