/** Messages by the table of protocol.js: their types, how they are made, and how the worker makes sure of one. */

import { TrainerError } from '../engine/core/errors.js';
import { ORDERS, QUESTIONS } from './protocol.js';

/**
 * @typedef {import('./protocol_rows.js').Kind} Kind
 * @typedef {{ members: Record<string, Kind>, defaults?: Record<string, unknown> }} Row
 * @typedef {import('./protocol.js').ReadyMessage} ReadyMessage
 * @typedef {import('./protocol.js').AliveMessage} AliveMessage
 * @typedef {import('./protocol.js').RejectedMessage} RejectedMessage
 * @typedef {import('./protocol.js').FailedMessage} FailedMessage
 * @typedef {typeof ORDERS} Orders
 * @typedef {typeof QUESTIONS} Questions
 * @typedef {typeof import('./protocol.js').NEWS} AllNews
 * @typedef {keyof Orders} OrderType
 * @typedef {keyof Questions} QuestionType
 * @typedef {keyof AllNews} NewsType
 */

/**
 * What a message is made of, as its sender says it: members that have a default may be left out.
 *
 * @template {OrderType | QuestionType} T
 * @typedef {T extends OrderType ? Orders[T] extends import('./protocol.js').Order<infer Members> ? Members : never
 *   : T extends QuestionType ? Questions[T] extends import('./protocol.js').Question<infer Members, infer _A, infer _T>
 *   ? Members : never : never} Given
 */

/**
 * The same as its receiver finds it: nothing is missing.
 *
 * @template {OrderType | QuestionType} T
 * @typedef {Required<Given<T>>} Received
 */

/**
 * What a question is answered with.
 *
 * @template {QuestionType} T
 * @typedef {Questions[T] extends import('./protocol.js').Question<infer _M, infer Answer, infer _T> ? Answer : never} Answer
 */

/**
 * What is told of a question before its answer.
 *
 * @template {QuestionType} T
 * @typedef {Questions[T] extends import('./protocol.js').Question<infer _M, infer _A, infer Told> ? Told : never} Told
 */

/**
 * How a question is asked.
 *
 * @template {QuestionType} T
 * @typedef {object} AskHow
 * @property {(told: Told<T>) => void} [progress]  how far it is, of a question that says so
 * @property {import('../engine/study/trial/abort.js').Signal} [signal]  gives a question up that can be cancelled: it is rejected with code "cancelled"
 */

/**
 * What is told of a run.
 *
 * @template {NewsType} T
 * @typedef {AllNews[T] extends import('./protocol.js').News<infer Members> ? Members : never} News
 */

/**
 * @template {NewsType} T
 * @typedef {{ type: T } & News<T>} NewsMessage
 */

/**
 * Tells the page of a run.
 *
 * @typedef {<T extends NewsType>(type: T, news: News<T>) => void} Tell
 *
 * @typedef {{ [T in OrderType]: { type: T } & Received<T> }[OrderType]} OrderMessage
 * @typedef {{ [T in QuestionType]: { type: T, requestId: number } & Received<T> }[QuestionType]} QuestionMessage
 * @typedef {OrderMessage | QuestionMessage} PageMessage
 *
 * @typedef {{ type: string, requestId: number }} ReplyMessage  an answer, or what is told before it
 * @typedef {{ [T in NewsType]: NewsMessage<T> }[NewsType]} AnyNews
 * @typedef {ReadyMessage | AliveMessage | AnyNews | ReplyMessage | RejectedMessage | FailedMessage} WorkerMessage
 */

/** Rows of what the page says, by type. A Map: a stranger's type such as "constructor" finds nothing. */
const ROWS = new Map(
  Object.entries(
    /** @type {Record<string, Row>} */ ({
      ...ORDERS,
      ...QUESTIONS,
    }),
  ),
);

/** @type {Record<Kind, (value: unknown) => boolean>} */
const IS_OF_KIND = {
  number: (value) => typeof value === 'number' && !Number.isNaN(value),
  text: (value) => typeof value === 'string',
  flag: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null,
  anything: () => true,
};

/**
 * @template {OrderType} T
 * @param {T} type
 * @param {Given<T>} given
 * @returns {PageMessage}
 */
export function makeOrder(type, given) {
  return /** @type {PageMessage} */ ({ type, ...complete(type, given) });
}

/**
 * @template {QuestionType} T
 * @param {T} type
 * @param {number} requestId
 * @param {Given<T>} given
 * @returns {PageMessage}
 */
export function makeQuestion(type, requestId, given) {
  return /** @type {PageMessage} */ ({ type, requestId, ...complete(type, given) });
}

/**
 * Makes sure that something is a message from the page. What its row calls `anything` may be anything.
 *
 * @param {unknown} message
 * @returns {PageMessage}  complete
 * @throws {TrainerError} code `message`, saying what is wrong
 */
export function checkMessage(message) {
  const given = /** @type {Record<string, unknown>} */ (Object(message));
  const type = /** @type {OrderType | QuestionType} */ (given.type);
  const row = ROWS.get(type);
  if (!row) throw notAMessage(`unknown message type ${typeof type === 'string' ? JSON.stringify(type) : typeof type}`);
  const members = { ...(isQuestion(type) && { requestId: given.requestId }), ...complete(type, given) };
  for (const [name, value] of Object.entries(members)) {
    const kind = row.members[name] ?? 'number';
    const isLeftOut = value === null && row.defaults?.[name] === null;
    if (!isLeftOut && !IS_OF_KIND[kind](value)) throw notAMessage(`the message ${type} lacks ${name} (${kind})`);
  }
  return /** @type {PageMessage} */ ({ type, ...members });
}

/** Its run goes on: nothing has been done to it. @param {string} why */
function notAMessage(why) {
  return new TrainerError('message', null, why);
}

/**
 * Whom a message is about, whatever else is wrong with it: the question where there is one, else the run.
 *
 * @param {unknown} message
 * @returns {{ requestId?: number, runId?: number }}
 */
export function originOf(message) {
  const { requestId, runId } = /** @type {Record<string, unknown>} */ (Object(message));
  if (typeof requestId === 'number') return { requestId };
  return typeof runId === 'number' ? { runId } : {};
}

/** @param {string} type @returns {type is QuestionType} */
export function isQuestion(type) {
  return Object.hasOwn(QUESTIONS, type);
}

/**
 * The members of a message and no others, those that are left out as their row says.
 *
 * @param {string} type
 * @param {object} given
 */
function complete(type, given) {
  const { members, defaults = {} } = /** @type {Row} */ (ROWS.get(type));
  const named = /** @type {Record<string, unknown>} */ (given);
  return Object.fromEntries(
    Object.keys(members).map((name) => [name, named[name] === undefined ? defaults[name] : named[name]]),
  );
}
