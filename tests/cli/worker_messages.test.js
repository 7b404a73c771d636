/**
 * The worker under messages that are none: valid ones, damaged by a seeded chance. It does not die or hang, answers every
 * question that can be answered, and a run beside all of it comes to the bits of an undisturbed one. TRAINSCOPE_MESSAGES
 * says how many are sent.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';
import { ORDERS, QUESTIONS } from '../../web/worker/protocol.js';
import { serve } from '../../web/worker/service/service.js';
import { makeRandom } from '../fixtures/random.js';

const MESSAGES = Number(process.env.TRAINSCOPE_MESSAGES ?? 2000);

/** Messages after which a valid question has to be answered. */
const BATCH = 50;

/** How long anything may take that a worker is asked, in milliseconds. */
const PATIENCE_MS = 30_000;

const SMALL = { dataset: 'moons', samples: 40, steps: 20, model: 'linear(4) tanh', batch: 8, eval_every: 10 };
const POINTS = { images: Float32Array.of(0, 1, 1, 0), labels: Uint8Array.of(0, 1), shape: [2], classes: 2 };
/** Where no message of the others leads. */
const WITNESS = 987_654;

const random = makeRandom(7);
const pick = (/** @type {any[]} */ list) => list[random(list.length)];

/** What a member may be instead: all that a message can carry. @type {(() => unknown)[]} */
const JUNK = [
  () => undefined,
  () => null,
  () => NaN,
  () => Infinity,
  () => -Infinity,
  () => pick([-1, 0, 0.5, 1, 3, 5000, 1e6, 2 ** 31, 2 ** 53, 1e300, -0]),
  () => pick(['', 'x', 'val', 'train', 'constructor', '__proto__', 'lr', 'moons', '\u0000', '1e9', 'linear(']),
  () => pick([true, false]),
  () => 3n,
  () => [],
  () => [null],
  () => [{}, { step: -1, field: 'lr', value: NaN }, [[[]]]],
  () => new Array(5),
  () => ({}),
  () => ({ length: 1e9 }),
  () => ({ type: 'start', runId: {} }),
  () => new Date(NaN),
  () => new Map([[1, 2]]),
  () => new Set(['lr']),
  () => new ArrayBuffer(3),
  () => Uint8Array.of(1, 2, 255),
  () => Float32Array.of(NaN, -1),
  () => BigInt64Array.of(1n),
  () => new Error('an error'),
  () => /x/g,
];

/** @param {Uint8Array | ArrayBuffer | unknown} value */
const isBytes = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

/** A copy with one or more of its parts, at any depth, replaced, dropped or added. @param {any} value @param {number} depth */
function damage(value, depth = 0) {
  const isPlain = typeof value === 'object' && value !== null && !isBytes(value) && !(value instanceof Blob);
  const names = isPlain ? Object.keys(value) : [];
  if (names.length === 0 || random(6) === 0) return depth === 0 && random(4) > 0 ? value : pick(JUNK)();
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const name = pick(names);
  switch (random(6)) {
    case 0:
      delete copy[name];
      break;
    case 1:
      copy[pick(['runId', 'requestId', 'dataId', 'config', 'type', 'extra'])] = pick(JUNK)();
      break;
    default:
      copy[name] = damage(copy[name], depth + 1);
  }
  return copy;
}

/** Valid messages, one of each row of the table. @param {any} past @param {ArrayBuffer} weights @param {any} range */
function makeMessages(past, weights, range) {
  const blob = new Blob(['a,b,label\n1,2,x\n3,4,y\n5,6,x\n']);
  /** @type {Record<string, object>} */
  const members = {
    start: { config: { ...SMALL, changes: [{ step: 5, field: 'lr', value: 0.2 }] }, paused: false },
    fork: { runId: 50, parentId: 1, step: 3, changes: [{ step: 4, field: 'lr', value: 0.1 }] },
    adjust: { field: 'lr', value: 0.01 },
    step: { count: 2 },
    speed: { stepsPerSecond: 1000 },
    keepData: { dataId: 3, data: { ...POINTS, name: 'two', notes: [] }, isShared: false },
    unloadData: { dataId: 3 },
    cancel: {},
    loadData: { dataId: 4, files: [{ name: 'a.csv', blob }], config: {} },
    preview: { config: SMALL },
    glimpse: { config: SMALL, count: 4 },
    look: {
      samples: { split: 'train', indices: [0, 1] },
      surface: { left: -1, right: 1, top: 1, bottom: -1, columns: 3, rows: 2 },
    },
    rangeTest: { config: SMALL, options: { steps: 12, seeds: 1 } },
    tryRates: { config: SMALL, test: range },
    trial: { config: SMALL, record: 'curve' },
  };
  const plain = [...Object.keys(ORDERS), ...Object.keys(QUESTIONS)].map((type) => ({ type, ...members[type] }));
  return [
    ...plain,
    { ...plain[0], past, config: SMALL },
    { ...plain[0], weights: { name: 'w.safetensors', bytes: weights }, config: SMALL },
  ];
}

test('a worker survives whatever it is sent', { timeout: 600_000 }, async () => {
  const engine = await createEngine();
  /** @type {any[]} */
  let heard = [];
  let look = () => {};
  /** @type {(message: unknown) => void} */
  let send = () => assert.fail('nobody listens');
  serve(
    {
      send: (message) => {
        heard.push(message);
        look();
      },
      listen: (receive) => {
        // As a channel does it: what cannot be copied never gets here.
        send = (message) => receive(structuredClone(message));
      },
      yieldNow: () => new Promise((resolve) => setImmediate(resolve)),
    },
    async () => engine,
  );
  /** @param {(message: any) => boolean} isIt @param {() => string} what @returns {Promise<any>} */
  const until = (isIt, what) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`silent: ${what()}`)), PATIENCE_MS);
      look = () => {
        const found = heard.find(isIt);
        if (!found) return;
        clearTimeout(late);
        look = () => {};
        resolve(found);
      };
      look();
    });
  let nextId = 1;
  const ask = (/** @type {any} */ question, /** @type {() => string} */ what = () => question.type) => {
    const requestId = 1e6 + nextId++;
    send({ ...question, requestId });
    return until((answer) => answer.requestId === requestId && !/rogress$/.test(answer.type), what);
  };

  const witness = { type: 'start', runId: WITNESS, config: SMALL, paused: true };
  send(witness);
  send({ type: 'step', runId: WITNESS, count: 7 });
  await until(
    ({ type, step }) => type === 'paused' && step === 7,
    () => 'the first steps',
  );
  const { past } = await ask({ type: 'writeSnapshot', runId: WITNESS });
  const { bytes } = await ask({ type: 'writeWeights', runId: WITNESS });
  const { result: range } = await ask({ type: 'rangeTest', config: SMALL, options: { steps: 12, seeds: 1 } });
  const known = await ask({ type: 'preview', config: SMALL });
  const messages = makeMessages(past, bytes, range);

  let sent = 0;
  const ends = { refused: 0, answered: 0 };
  while (sent < MESSAGES) {
    heard = [];
    /** @type {unknown[]} */
    const batch = [];
    /** Runs of the batch, and questions that name themselves. @type {Set<number>} */
    const runs = new Set([1, 50]);
    const open = new Map();
    for (let i = 0; i < BATCH; i++, sent++) {
      const whole = { requestId: 10 * nextId++, runId: 1 + random(3), ...pick(messages) };
      const message = random(10) === 0 ? whole : damage(whole);
      batch.push(message);
      send(message);
      const { type, runId, requestId } = /** @type {any} */ (Object(message));
      if (typeof runId === 'number') runs.add(runId);
      if (Object.hasOwn(QUESTIONS, type) && typeof requestId === 'number' && !Number.isNaN(requestId)) {
        open.set(requestId, message);
      }
      if (random(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const said = () => JSON.stringify(batch, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    assert.equal((await ask({ type: 'preview', config: SMALL }, said)).totalSteps, known.totalSteps);
    // What was asked for in earnest, such as a million steps, is given up.
    for (const requestId of open.keys()) send({ type: 'cancel', requestId });
    for (const requestId of open.keys()) {
      const isIt = (/** @type {any} */ answer) => answer.requestId === requestId && !/rogress$/.test(answer.type);
      const { type } = await until(isIt, () => JSON.stringify(open.get(requestId)));
      ends[type === 'rejected' || type === 'failed' ? 'refused' : 'answered']++;
    }
    for (const runId of runs) send({ type: 'discard', runId });
    const problems = heard.filter(({ type }) => type === 'rejected' || type === 'failed');
    const wrong = problems.find(({ message, fatal }) => fatal || !/\S/.test(message));
    if (wrong) assert.fail(`${JSON.stringify(wrong)}: ${said()}`);
  }
  assert.ok(ends.refused > MESSAGES / 20 && ends.answered > MESSAGES / 20, JSON.stringify(ends));

  heard = [];
  send({ type: 'resume', runId: WITNESS });
  const { digest } = await until(
    ({ type, runId }) => type === 'finished' && runId === WITNESS,
    () => 'the witness',
  );
  const undisturbed = engine.createTrainer(SMALL);
  undisturbed.step(SMALL.steps);
  assert.equal(digest, undisturbed.digest());
});
