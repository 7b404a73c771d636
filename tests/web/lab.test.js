/** The page's state without a page: a stand-in answers for the worker. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { createNarrator } from '../../web/ui/events/narrator.js';
import { changesInWords } from '../../web/ui/runs/run_words.js';
import { Lab } from '../../web/ui/state/lab.js';
import { CALM } from '../../web/ui/state/pace.js';
import { makeCountedList } from '../engine/counted_list.js';

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/config/config.js').Change} Change
 * @typedef {import('../../web/worker/run_handle.js').RunListener} RunListener
 */

/** What a run's curves are drawn from is no matter here. */
const curve = () => /** @type {any} */ ({ length: 0, append() {}, at: () => null });

/** A lab, and what it asked the worker for: runs with their listeners, and the orders to them. */
function makeLab(presets = /** @type {any[]} */ ([])) {
  /** @type {{ config: Config, listener: Required<RunListener>, stepsPerSecond?: number, past?: unknown }[]} */
  const asked = [];
  /** @type {string[]} */
  const orders = [];
  const ask = (/** @type {any} */ { config, ...how }, /** @type {any} */ listener) => {
    const id = asked.push({ config, listener, ...how });
    const order = (/** @type {string} */ word) => orders.push(`${word} ${id}`);
    return {
      adjust: (/** @type {string} */ name, /** @type {unknown} */ value) => orders.push(`${name}=${value}`),
      setSpeed: () => {},
      stop: () => order('stop'),
      discard: () => order('discard'),
    };
  };
  const client = {
    ready: Promise.resolve(),
    start: ask,
    fork: (/** @type {any} */ _parent, /** @type {any} */ { step, changes }, /** @type {any} */ listener) => {
      orders.push(`fork at ${step} with ${changes.length}`);
      return ask({ config: lab.active?.config }, listener);
    },
    ask: async () => ({ totalSteps: 100, problem: null, fits: lab.draft.settings.model !== HUGE }),
  };
  const lab = new Lab({
    client: /** @type {any} */ (client),
    schema: SCHEMA,
    series: /** @type {any} */ ({ createSteps: curve, createPoints: curve }),
    presets,
  });
  lab.narrator = createNarrator(lab);
  return { lab, asked, orders };
}

/** A model that has no room even alone. */
const HUGE = 'linear(11000) linear(11000)';

/** The worker takes the run that was asked for last. @param {ReturnType<typeof makeLab>} made @param {Change[]} [changes] */
function begin({ lab, asked }, changes) {
  const { config, listener } = asked[asked.length - 1];
  const own = changes ? { ...config, changes } : structuredClone(config);
  const data = { shape: [2], classes: 2, outputs: 2, trainCount: 100, valCount: 20 };
  const message = { config: own, step: 0, totalSteps: 1000, parameters: 10, evaluations: [], notices: [], ...data };
  listener.started(/** @type {any} */ (message));
  return /** @type {import('../../web/ui/state/run.js').Run} */ (lab.active);
}

/** Places of a run's list of changes that are touched by so many live changes, one a step. @param {number} count */
function workOf(count) {
  const rateAt = (/** @type {number} */ step) => (1 + (step % 9)) / 1000;
  const made = makeLab();
  const { lab, asked } = made;
  lab.runs.start();
  const counted = /** @type {{ list: Change[], touched: number }} */ (makeCountedList());
  const run = begin(made, counted.list);
  for (let step = 0; step < count; step++) {
    run.step = step;
    asked[0].listener.adjusted(/** @type {any} */ ({ step, field: 'lr', value: rateAt(step) }));
    assert.equal(run.inForce.lr, rateAt(step));
    assert.deepEqual(
      lab.draft.pending.map(({ name }) => name),
      [],
    );
  }
  assert.equal(run.changes, counted.list, 'the list is not copied');
  assert.equal(run.changes.length, count);
  assert.match(lab.log.entries[0].text, /^Learning rate η 0\.00\d → 0\.00\d$/);
  return counted.touched;
}

test('ten times as many live changes on a run are ten times the work, not a hundred times', () => {
  const few = workOf(1000);
  const many = workOf(10_000);
  assert.ok(many < 11 * few, `${few} places for 1,000 changes, ${many} for 10,000`);
});

test('a live change between recorded ones stands in its place, and is in force until the next', () => {
  const made = makeLab();
  made.lab.runs.start();
  const run = begin(
    made,
    [400, 800].map((step) => ({ step, field: 'lr', value: step / 1000 })),
  );
  run.step = 500;
  made.asked[0].listener.adjusted(/** @type {any} */ ({ step: 500, field: 'lr', value: 0.5 }));
  assert.deepEqual(
    run.changes.map(({ step }) => step),
    [400, 500, 800],
  );
  assert.equal(run.inForce.lr, 0.5);
  assert.match(made.lab.log.entries[0].text, /η 0\.4 → 0\.5$/);
  run.step = 800;
  assert.equal(run.inForce.lr, 0.8);
});

test('a hand on a live setting ends a replay: the other settings stay as they are in force', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const made = makeLab();
  const { lab, orders } = made;
  lab.draft.take({ ...defaultConfig(), changes: [{ step: 5, field: 'lr', value: 0.5 }] });
  lab.runs.start();
  const run = begin(made);
  assert.equal(lab.draft.replaying, true);
  assert.equal(lab.draft.shown('lr'), 0.02);
  run.step = 10;
  assert.equal(lab.draft.shown('lr'), 0.5);
  lab.draft.set('momentum', 0.7);
  lab.draft.set('momentum', 0.8);
  assert.deepEqual([lab.draft.settings.lr, lab.draft.settings.momentum], [0.5, 0.8]);
  assert.equal(lab.draft.replaying, false);
  assert.deepEqual(orders, [], 'it acts when it has come to rest');
  t.mock.timers.tick(1000);
  assert.deepEqual(orders, ['momentum=0.8'], 'once');
  assert.deepEqual(run.config.changes.length, 1, 'the run’s own recording is not touched');
});

test('a run that is refused leaves the one before as it was; where memory is short that one makes room', async () => {
  const made = makeLab();
  const { lab, asked, orders } = made;
  lab.runs.start();
  const first = begin(made);
  first.step = 10;
  lab.runs.start();
  const refusal = { code: 'model', field: 'model', position: 3, message: 'There is no unit "x".' };
  asked[1].listener.rejected(/** @type {any} */ (refusal));
  assert.deepEqual(lab.runs.list, [first]);
  assert.equal(lab.active, first);
  assert.equal(first.status, 'running');
  assert.deepEqual(lab.draft.problems, [{ field: 'model', position: 3, message: 'There is no unit "x".' }]);

  const { model } = lab.draft.settings;
  lab.draft.change({ model: HUGE });
  lab.runs.start();
  asked[2].listener.rejected(/** @type {any} */ ({ ...refusal, code: 'memory' }));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(first.status, 'running', 'what has no room even alone costs no run its life');
  assert.deepEqual(lab.runs.list, [first]);
  assert.equal(asked.length, 3);

  lab.draft.change({ model });
  lab.runs.start();
  const [, second] = lab.runs.list;
  asked[3].listener.rejected(/** @type {any} */ ({ ...refusal, code: 'memory' }));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(first.status, 'stopped');
  assert.equal(asked.length, 5, 'it is asked for again');
  assert.equal(lab.active, second);
  assert.ok(orders.includes('stop 1'));
});

test('a run that was kept goes on at the speed that stands to be chosen, and from its snapshot also when it is asked for twice', async () => {
  const made = makeLab();
  const { lab, asked } = made;
  lab.runs.start();
  begin(made);
  const past = /** @type {any} */ ({ snapshot: { step: 50 } });
  for (const [speed, limit] of /** @type {[import('../../web/ui/state/pace.js').Speed, number][]} */ ([
    [CALM, 50],
    [0, 0],
    [100, 100],
  ])) {
    lab.runs.setSpeed(speed);
    const config = { ...defaultConfig(), steps: 1000 };
    lab.runs.goOn(lab.runs.bringBack({ config, dataId: null, weights: null }), past);
    assert.deepEqual([asked[asked.length - 1].stepsPerSecond, lab.runs.stepsPerSecond], [limit, limit]);
  }
  const crowded = { code: 'memory', field: null, position: null, message: 'no room' };
  asked[asked.length - 1].listener.rejected(/** @type {any} */ (crowded));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(asked.length, 5, 'the runs before have made room');
  assert.equal(asked[4].past, past);
});

test('a fork has its parent’s changes before its step, and the panel what is in force there', () => {
  const made = makeLab();
  const { lab, orders } = made;
  lab.runs.start();
  const parent = begin(
    made,
    [100, 300].map((step) => ({ step, field: 'lr', value: step / 1000 })),
  );
  parent.step = 350;
  lab.runs.fork(parent, 200, { clip: 'norm' });
  const run = /** @type {import('../../web/ui/state/run.js').Run} */ (lab.active);
  assert.deepEqual(run.changes, [
    { step: 100, field: 'lr', value: 0.1 },
    { step: 200, field: 'clip', value: 'norm' },
  ]);
  assert.equal(run.parentId, parent.id);
  assert.deepEqual(
    [lab.draft.settings.lr, lab.draft.settings.clip, lab.draft.settings.changes.length],
    [0.1, 'norm', 0],
  );
  assert.ok(orders.includes('fork at 200 with 1'));
  assert.match(lab.log.entries[0].text, /^Forked .* at step 200 with clipping Norm\./);
  assert.match(changesInWords(lab, run), /^clipping Norm at 200$/, 'the parent had the other one too');
});

test('runs on other data, or on another target of the same, are told apart', () => {
  const { lab } = makeLab();
  const [a, b, c] = [
    { id: 1, name: 'a.csv', target: 'x' },
    { id: 2, name: 'a.csv', target: 'y' },
    { id: 3, name: 'b.csv', target: 'y' },
  ];
  const runs = [a, a, b, c].map((data, i) => ({ id: i, config: lab.draft.settings, dataId: data.id, changes: [] }));
  const seen = /** @type {any} */ ({
    fields: lab.fields,
    draft: lab.draft,
    runs: { list: runs, baseline: null },
    data: { find: (/** @type {number} */ id) => [a, b, c].find((data) => data.id === id) ?? null },
  });
  assert.deepEqual(
    runs.map((run) => changesInWords(seen, /** @type {any} */ (run))),
    ['', 'the same settings again', 'target y', 'data b.csv'],
  );
});

test('a text that was loaded has characters to choose among: its loss is no regression’s, and it is told as a text', () => {
  const { lab } = makeLab();
  const table = /** @type {any} */ ({
    id: 1,
    name: 'a.csv',
    shape: [3],
    classes: 0,
    notes: [],
    trainCount: 8,
    valCount: 2,
  });
  const poem = { ...table, id: 2, name: 'poem.txt', shape: [] };
  const { loss } = lab.draft.settings;
  lab.draft.useData(table);
  assert.equal(lab.draft.settings.loss, 'squared_error');
  lab.draft.useData(poem);
  assert.equal(lab.draft.settings.loss, loss);
  lab.narrator.loaded?.(poem);
  assert.equal(lab.log.entries[0].text, 'Loaded poem.txt: 8 training and 2 validation samples of its characters.');
  lab.narrator.loaded?.(table);
  assert.match(lab.log.entries[0].text, /samples of 3 features, targets for regression\.$/);
});

test('leaving the page loses studies that run, second runs, and what a hand did', () => {
  const made = makeLab();
  const { lab, asked } = made;
  const model = { isBusy: false };
  lab.register(model);
  lab.runs.start();
  const run = begin(made);
  assert.equal(lab.wouldLose, false, 'the address brings it back');
  model.isBusy = true;
  assert.equal(lab.wouldLose, true);
  model.isBusy = false;
  asked[0].listener.adjusted(/** @type {any} */ ({ step: 0, field: 'lr', value: 0.1 }));
  assert.equal(lab.wouldLose, true);
  assert.equal(run.changes.length, 1);
});

test('what goes back goes to where it began: the preset’s own value, else the default', () => {
  const { lab } = makeLab([{ id: 'right', config: { lr: 0.03, dataset: 'glyphs' } }]);
  const { draft } = lab;
  const startOf = (/** @type {string} */ name) => draft.withDefault(lab.field(name)).default;
  assert.deepEqual([startOf('lr'), startOf('batch')], [0.02, 64]);
  lab.runs.applyPreset(/** @type {any} */ ({ id: 'right', config: { lr: 0.03, dataset: 'glyphs' } }));
  assert.deepEqual([startOf('lr'), startOf('batch')], [0.03, 64]);
  assert.equal(draft.isChanged('lr'), false);
  draft.set('lr', 0.02);
  assert.equal(draft.isChanged('lr'), true, 'the default is a change of this preset');
  draft.reset('lr');
  assert.equal(draft.settings.lr, 0.03);
});

test('what is known of rates says where it was found', () => {
  const { lab } = makeLab();
  const config = { ...defaultConfig(), lr: 0.1 };
  assert.deepEqual(lab.rates.marks(config, []), []);
  lab.rates.know({ slow: 1e-4, best: 0.046, unstable: 0.1 }, config);
  assert.deepEqual([...new Set(lab.rates.marks(config, []).map(({ from }) => from))], ['trials of this preset']);
  const broke = /** @type {any} */ ({
    config: { ...config, lr: 0.08 },
    changes: [],
    status: 'diverged',
    summary: null,
  });
  assert.deepEqual(
    lab.rates.marks(config, [broke]).map(({ value, from }) => [value, from]),
    [
      [1e-4, 'trials of this preset'],
      [0.046, 'trials of this preset'],
      [0.08, 'your runs'],
    ],
  );
});
