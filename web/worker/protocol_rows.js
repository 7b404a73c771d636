/** What a row of protocol.js says: the types of its table. */

/**
 * @typedef {'number' | 'text' | 'flag' | 'list' | 'object' | 'anything'} Kind  what the worker makes sure of before it
 *   follows a message; `anything` is judged elsewhere, as configs and settings are by their tables
 */

/**
 * The kind of each member, as its type allows.
 *
 * @template Members
 * @typedef {{ [M in keyof Members]-?: KindOf<NonNullable<Members[M]>> }} Kinds
 */

/**
 * @template Value
 * @typedef {[Value] extends [number] ? 'number' : [Value] extends [boolean] ? 'flag' : [Value] extends [string]
 *   ? 'text' : [Value] extends [unknown[]] ? 'list' : 'object' | 'anything'} KindOf
 */

/**
 * page → worker: to be done, without an answer of its own. What comes of it is news of a run.
 *
 * @template Members
 * @typedef {object} Order
 * @property {Kinds<Members>} members
 * @property {Partial<Members>} [defaults]  of the members that may be left out
 * @property {boolean} [isUrgent]  the run must react within moments: a worker that does not is stuck
 */

/**
 * page → worker → page: answered once. The row's members are the question's, `requestId` apart.
 *
 * @template Members
 * @template Answer  members of the answer, `requestId` apart
 * @template [Told=never]  members of what is told meanwhile, likewise; read off by messages.js
 * @typedef {object} Question
 * @property {Kinds<Members>} members
 * @property {Partial<Members>} [defaults]
 * @property {string} answer  the type of the message that answers
 * @property {string} [progress]  the type of the messages that say how far it is
 * @property {boolean} [isCancellable]  `cancel` ends it, with `rejected`, code "cancelled"; others are too short for that
 * @property {(answer: Answer) => ArrayBuffer[]} [takes]  memory that comes back with the answer
 */

/**
 * worker → page: what happened to a run.
 *
 * @template Members
 * @typedef {object} News
 * @property {boolean} [isReaction]  to an urgent order: none is owed any more
 * @property {boolean} [isLast]  nothing happens to the run after it
 * @property {(news: Members) => ArrayBuffer[]} [takes]  memory that goes over to the page
 */

export {};
