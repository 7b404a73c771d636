/** Runs that are kept beyond the page: bounded, of one tab each, and a full disk is said once. A stand-in is the store. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { METRICS_BYTES } from '../../web/engine/core/record.js';
import { Keeper } from '../../web/ui/state/kept/keeper.js';
import { Lab } from '../../web/ui/state/lab.js';

/**
 * What a database does, in memory. full: how many more savings are refused for want of room.
 * @param {Map<string, any>} [runs]
 */
function makeStore(runs = new Map()) {
  const store = {
    runs,
    full: 0,
    list: async () => [...runs.values()].map(({ run }) => run),
    load: async (/** @type {string} */ key) => ({ rows: [], past: null, files: null, ...runs.get(key) }),
    save: async (/** @type {string} */ key, /** @type {any} */ { run, rows, past, files }) => {
      if (store.full > 0) {
        store.full--;
        throw new DOMException('full', 'QuotaExceededError');
      }
      const was = rows?.from === 0 ? [] : (runs.get(key)?.rows ?? []);
      runs.set(key, structuredClone({ run, rows: [...was, ...(rows ? [rows.piece] : [])], past, files }));
    },
    remove: async (/** @type {string[]} */ keys) => {
      for (const key of keys) runs.delete(key);
    },
    adopt: async (/** @type {string[]} */ keys, /** @type {string} */ from) =>
      keys.every((key) => runs.get(key)?.run.session === from),
  };
  return store;
}

/** @param {ReturnType<typeof makeStore> | null} store @param {string} [session] @param {string[]} [open] sessions of other tabs */
async function makeLab(store, session = 'a', open = []) {
  /** @type {any} */
  let listener;
  const client = {
    ready: Promise.resolve(),
    start: (/** @type {any} */ _run, /** @type {any} */ heard) => {
      listener = heard;
      return { ask: async () => ({ past: makePast(lab.active?.step ?? 0) }), stop() {}, discard() {} };
    },
    ask: async () => ({ totalSteps: 100, problem: null }),
  };
  const lab = new Lab({
    client: /** @type {any} */ (client),
    schema: SCHEMA,
    series: SERIES_MAKER,
    presets: [],
  });
  lab.keeper = new Keeper(lab);
  await lab.keeper.open(store, async () => ({ id: session, openElsewhere: async () => new Set(open) }));
  /** A run of so many steps that ends, and is kept. @param {number} steps */
  const train = async (steps) => {
    lab.runs.start();
    const { config } = /** @type {any} */ (lab.active);
    const facts = {
      step: 0,
      totalSteps: steps,
      parameters: 10,
      shape: [2],
      classes: 2,
      outputs: 2,
      trainCount: 9,
      valCount: 2,
    };
    listener.started({ config: structuredClone(config), ...facts, evaluations: [], notices: [] });
    const state = {
      summary: { best_step: -1 },
      episodes: [],
      bins: new Uint32Array(2),
      stepMs: 1,
      samplesPerSecond: 1,
    };
    const rows = new ArrayBuffer(steps * METRICS_BYTES);
    // What the listener does of it without a page to draw on.
    lab.active?.take(
      /** @type {any} */ ({ step: steps, rows, rowCount: steps, evaluations: [], sharpness: [], ...state }),
    );
    lab.touchRows();
    return {
      finish: () =>
        listener.finished({ reason: 'complete', config, summary: state.summary, digest: 'd', train: null, val: null }),
      pause: () => listener.paused({ step: steps }),
    };
  };
  return { lab, train };
}

/** @param {number} step */
function makePast(step) {
  return { snapshot: { step, changes: [], belongsTo: '', checksum: '', state: new Uint8Array(8) }, evaluations: [] };
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds());
}

test('what is kept is bounded: the oldest run of any tab goes first', async () => {
  const store = makeStore();
  for (let i = 0; i < 32; i++)
    store.runs.set(`old ${i}`, { run: { key: `old ${i}`, session: 'b', savedAt: i, bytes: 1 } });
  const { train } = await makeLab(store, 'a', ['b']);
  (await train(5)).finish();
  await until(() => store.runs.size === 32 && !store.runs.has('old 0'));
  assert.ok(store.runs.has('old 1'));
});

test('without room older runs go; where none is left it is said once, and training goes on', async () => {
  const store = makeStore(new Map([['old', { run: { key: 'old', session: 'b', savedAt: 1, bytes: 1 } }]]));
  store.full = 1;
  const { lab, train } = await makeLab(store, 'a', ['b']);
  (await train(5)).finish();
  await until(() => store.runs.size === 1 && !store.runs.has('old'));
  assert.equal(lab.log.entries.length, 0);
  store.full = Infinity;
  (await train(6)).finish();
  await until(() => lab.log.entries.length > 0);
  (await train(7)).finish();
  await new Promise((resolve) => setTimeout(resolve, 250));
  const said = lab.log.entries.filter(({ text }) => text.includes('no room'));
  assert.deepEqual([said.length, lab.runs.list.length], [1, 3]);
});

test('a run in the middle is offered after a reload with its name and curves; of another tab only once that is closed', async () => {
  const store = makeStore();
  const first = await makeLab(store, 'a');
  const { pause } = await first.train(40);
  first.lab.runs.rename(/** @type {any} */ (first.lab.active), 'mine');
  pause();
  await until(() => [...store.runs.values()].some(({ run }) => run.status === 'paused' && run.name === 'mine'));

  assert.equal((await makeLab(store, 'b', ['a'])).lab.keeper?.offer, null);
  const { lab } = await makeLab(store, 'a');
  assert.deepEqual([lab.keeper?.offer?.live?.name, lab.keeper?.offer?.live?.pastStep], ['mine', 40]);
  await lab.keeper?.take();
  assert.deepEqual([lab.active?.name, lab.active?.step, lab.active?.series.loss.length], ['mine', 40, 40]);

  const late = await makeLab(store, 'a');
  for (const kept of store.runs.values()) kept.run = { ...kept.run, session: 'c' };
  await late.lab.keeper?.take();
  assert.match(late.lab.log.entries[0].text, /Another tab/);
});

test('a browser that keeps nothing is no fault', async () => {
  const { lab, train } = await makeLab(null);
  (await train(5)).finish();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.deepEqual([lab.keeper?.offer, lab.log.entries], [null, []]);
});
