/** What handles a message in the worker, and what it has to work with; the handlers are in orders.js and questions/. */

/**
 * @typedef {import('./messages.js').OrderType} OrderType
 * @typedef {import('./messages.js').QuestionType} QuestionType
 *
 * @typedef {object} WorkerParts  what a worker has
 * @property {import('../engine/engine.js').Engine} engine
 * @property {import('./worker_data.js').WorkerData} data
 * @property {import('./runs.js').Runs} runs
 * @property {() => number} now  a clock in milliseconds
 * @property {(ms?: number) => Promise<void>} yieldNow  lets messages that have arrived be heard; resolves after at
 *   least ms
 * @property {(requestId: number) => void} cancel  gives a question up, where it is one that can be
 *
 * @typedef {{ [T in OrderType]: (order: import('./messages.js').Received<T>, parts: WorkerParts) =>
 *     void | Promise<void> }} OrderHandlers
 *
 * @typedef {{ [T in QuestionType]: (question: import('./messages.js').Received<T>, parts: WorkerParts,
 *     how: QuestionHow<T>) => import('./messages.js').Answer<T> | Promise<import('./messages.js').Answer<T>> }} QuestionHandlers
 *   What one throws becomes `rejected` or `failed`.
 */

/**
 * @template {QuestionType} T
 * @typedef {object} QuestionHow
 * @property {AbortSignal} signal  of a question that can be cancelled
 * @property {(told: import('./messages.js').Told<T>) => void} tell  how far it is
 */

export {};
