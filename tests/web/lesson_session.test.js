/** A lesson under way, without a page: what ticks its tasks off, what its prediction is held against, what was drawn. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES_MAKER } from '../../web/charts/series/series_maker.js';
import { parseSettings, totalSteps } from '../../web/engine/config/config.js';
import { FIELD_BY_NAME, SCHEMA } from '../../web/engine/config/schema.js';
import { makeTrial } from '../../web/engine/study/gallery/examples.js';
import { ENTRIES, findEntry } from '../../web/engine/study/gallery/index.js';
import { cellOf, DEEDS, isDone, settingsOf, variedIn } from '../../web/ui/lessons/deeds.js';
import { isRight, MEASURES, outcomeOf, sayOutcome } from '../../web/ui/lessons/outcomes.js';
import { Progress } from '../../web/ui/lessons/progress.js';
import { controlOf, deedsOf, LessonSession } from '../../web/ui/lessons/session.js';
import {
  blankSketch,
  compareSketch,
  drawnAt,
  isWhole,
  KNOTS,
  sayComparison,
  setKnot,
  stroke,
} from '../../web/ui/lessons/sketch/sketch.js';
import { Run } from '../../web/ui/state/run.js';

/**
 * @typedef {import('../../web/engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../web/engine/study/gallery/entry.js').Done} Done
 * @typedef {import('../../web/engine/config/config.js').Change} Change
 */

const WORST = SCHEMA.verdicts.findIndex(({ name }) => name === 'mid');
let nextId = 1;

/**
 * A run that has ended.
 *
 * @param {Record<string, any>} settings
 * @param {{ losses?: number[], status?: 'complete' | 'diverged' | 'running', parentId?: number | null, changes?: Change[],
 *   summary?: Record<string, number>, accuracy?: number, startStep?: number }} [past]
 */
function runWith(
  settings,
  {
    losses = [2, 1],
    status = 'complete',
    parentId = null,
    changes = [],
    summary = {},
    accuracy = 0.5,
    startStep = 0,
  } = {},
) {
  const { config, problems } = parseSettings(settings);
  assert.deepEqual(problems, []);
  const run = new Run({
    id: nextId++,
    name: 'one',
    color: 'run-1',
    config: { ...config, changes },
    dataId: null,
    series: SERIES_MAKER,
  });
  run.status = status;
  run.parentId = parentId;
  run.startStep = startStep;
  run.totalSteps = totalSteps(config);
  run.step = run.totalSteps;
  for (const loss of losses) run.series.loss.append(loss);
  for (const loss of losses) run.series.smoothed_loss.append(loss);
  run.summary = { verdict: 0, infeasible: 0, baseline_loss: 2.3, diverged_at: -1, ...summary };
  run.addEvaluation(/** @type {any} */ ({ step: run.step, val_loss: losses.at(-1), val_accuracy: accuracy }));
  return run;
}

/** @param {Entry} lesson @param {Done} done  the run that its button starts */
const offered = (lesson, done) => {
  const { changes, ...settings } = settingsOf(lesson, done);
  return runWith(settings, { changes });
};

/** @param {any[]} [runs] @param {any[]} [tests] */
const doings = (runs = [], tests = []) => ({ runs, tests, experimented: false });

/** @param {string} id */
const lessonOf = (id) => /** @type {Entry} */ (findEntry(id));

// ---- deeds ---------------------------------------------------------------------------------------------------------

test('every task is ticked off by deeds that there are, of cells and settings that there are, about a control', () => {
  for (const lesson of ENTRIES) {
    const known = new Set(lesson.cells.map(({ id }) => id));
    for (const { done } of deedsOf(lesson)) {
      assert.ok(done.deed in DEEDS, `${lesson.id}: ${done.deed}`);
      assert.ok(done.cell === undefined || known.has(done.cell), `${lesson.id}: ${done.cell}`);
      for (const name of Object.keys(done.with ?? {})) assert.ok(FIELD_BY_NAME.has(name), `${lesson.id}: ${name}`);
      assert.ok(FIELD_BY_NAME.has(controlOf(lesson, done)));
      assert.ok(!('model' in (done.with ?? {})) || done.label, `${lesson.id}: a model is too long to be said`);
      assert.equal(isDone(lesson, done, doings()), false, `${lesson.id}: nothing was done yet`);
    }
    for (const id of lesson.picture) assert.ok(known.has(id), `${lesson.id}: ${id}`);
  }
});

test('what one training takes from another is not called shared by all', () => {
  for (const lesson of ENTRIES) {
    const varied = variedIn(lesson);
    for (const { id, after } of lesson.cells)
      for (const name of Object.keys(after?.sets ?? {})) assert.ok(varied.has(name), `${lesson.id}, ${id}: ${name}`);
  }
  assert.ok(variedIn(/** @type {any} */ (findEntry('clip-is-lower-lr'))).has('lr'));
});

test('what a button starts ticks its own deed off, once it has ended, and no other deed with other settings', () => {
  let count = 0;
  for (const lesson of ENTRIES) {
    const trainings = deedsOf(lesson).filter(({ done }) => done.deed === 'trained');
    for (const { done, key } of trainings) {
      const run = offered(lesson, done);
      assert.ok(isDone(lesson, done, doings([run])), `${lesson.id} ${key}`);
      for (const other of trainings) {
        if (other.key !== key)
          assert.ok(!isDone(lesson, other.done, doings([run])), `${lesson.id}: ${key} is not ${other.key}`);
      }
      run.status = 'running';
      assert.ok(!isDone(lesson, done, doings([run])), `${lesson.id} ${key}: it has not ended`);
      count++;
    }
  }
  assert.ok(count > 40);
});

test('a training of other data, of a few steps, of a hand’s changes or of a fork is not what was asked', () => {
  const lesson = lessonOf('figure-7');
  const done = /** @type {Done} */ ({ deed: 'trained', cell: '0.15' });
  const settings = { ...lesson.config, lr: 0.15 };
  const isSo = (/** @type {Record<string, any>} */ over, /** @type {any} */ past = {}) =>
    isDone(lesson, done, doings([runWith({ ...settings, ...over }, past)]));
  assert.ok(isSo({}));
  assert.ok(isSo({ lr: 0.146, seed: 4, eval_every: 25, steps: 1200 }), 'a slider stops beside a number');
  assert.ok(isSo({}, { status: 'diverged' }));
  assert.ok(!isSo({ lr: 0.13 }));
  assert.ok(!isSo({ dataset: 'moons', downsample: 1 }));
  assert.ok(!isSo({ clip: 'norm' }));
  assert.ok(!isSo({ model: 'linear(8) relu' }));
  assert.ok(!isSo({ steps: 300 }));
  assert.ok(!isSo({}, { parentId: 1 }));
  assert.ok(!isSo({}, { changes: [{ step: 200, field: 'lr', value: 0.03 }] }));
  assert.ok(
    isSo({}, { changes: [{ step: 200, field: 'weight_decay', value: 0.001 }] }),
    'the lesson is not about that',
  );
});

test('a change by hand, and a fork, count where their settings came into force', () => {
  const edge = lessonOf('edge-of-stability');
  const changed = /** @type {Done} */ ({ deed: 'changed', cell: 'edge', with: { lr: 0.1 } });
  const by = (/** @type {Change[]} */ changes, lr = 0.25) =>
    isDone(edge, changed, doings([runWith({ ...edge.config, lr }, { changes })]));
  assert.ok(by([{ step: 300, field: 'lr', value: 0.1 }]));
  assert.ok(!by([]));
  assert.ok(!by([{ step: 300, field: 'lr', value: 0.2 }]));
  assert.ok(!by([{ step: 900, field: 'lr', value: 0.1 }]), 'it has not come to that');
  assert.ok(!by([{ step: 300, field: 'lr', value: 0.1 }], 0.5));

  const figure7 = lessonOf('figure-7');
  const forked = /** @type {Done} */ ({ deed: 'forked', cell: '0.15', with: { lr: { from: 0.01, to: 0.06 } } });
  const fork = (/** @type {number} */ lr, parentId = /** @type {number | null} */ (1)) =>
    isDone(
      figure7,
      forked,
      doings([
        runWith(
          { ...figure7.config, lr: 0.15 },
          { parentId, startStep: 700, changes: [{ step: 700, field: 'lr', value: lr }] },
        ),
      ]),
    );
  assert.ok(fork(0.03));
  assert.ok(!fork(0.1));
  assert.ok(!fork(0.03, null));
});

test('clipping at the 90th percentile is near to that of a run that was not clipped', () => {
  const lesson = lessonOf('clip-outliers');
  const done = /** @type {Done} */ ({ deed: 'clipped at p90', cell: 'clip' });
  const bare = runWith(
    { ...lesson.config, outliers: 0.002 },
    { summary: { norm_p90: 4, typical_p90: 4, norm_suggested: 4 } },
  );
  const clipped = (/** @type {number} */ clip_norm) =>
    runWith({ ...lesson.config, outliers: 0.002, clip: 'norm', clip_norm });
  assert.ok(isDone(lesson, done, doings([bare, clipped(4.2)])));
  assert.ok(!isDone(lesson, done, doings([bare, clipped(1)])));
  assert.ok(!isDone(lesson, done, doings([clipped(4.2)])), 'there was no percentile to read off');
});

test('a range test counts with the lesson’s settings, its own range and enough seeds', () => {
  const lesson = lessonOf('noisy-range-test');
  const done = /** @type {Done} */ ({ deed: 'tested', cell: '8', seeds: 4 });
  const tested = (/** @type {any} */ config = {}, /** @type {any} */ options = {}) => ({
    config: parseSettings({ ...lesson.config, batch: 8, ...config }).config,
    options: { lr_min: 1e-8, lr_max: 1, points: 100, seeds: 4, ...options },
  });
  assert.ok(isDone(lesson, done, doings([], [tested()])));
  assert.ok(isDone(lesson, done, doings([], [tested({ lr: 0.3, schedule: 'cosine' })])), 'the test sets those itself');
  assert.ok(!isDone(lesson, done, doings([], [tested({ batch: 64 })])));
  assert.ok(!isDone(lesson, done, doings([], [tested({}, { seeds: 1 })])));
  assert.ok(!isDone(lesson, done, doings([], [tested({}, { points: 300 })])));
});

// ---- predictions ---------------------------------------------------------------------------------------------------

test('every prediction has choices of which one at most is right, whatever comes', () => {
  for (const { id, predict, cells } of ENTRIES) {
    assert.ok(predict.measure in MEASURES, id);
    assert.ok(predict.choices.length >= 3, id);
    const outcomes = predict.choices.flatMap(({ is, cell, from, to }) => {
      /** @type {(string | number)[]} */
      const named = is ?? (cell === undefined ? [] : [cell]);
      return named.length > 0 ? named : [from ?? -1, ((from ?? 0) + (to ?? 1e9)) / 2, (to ?? 1e12) - 1e-9];
    });
    for (const outcome of outcomes) {
      const right = predict.choices.filter((choice) => isRight(choice, outcome));
      assert.equal(right.length, 1, `${id}: ${outcome}`);
    }
    for (const cell of [...(predict.cells ?? []), ...predict.choices.flatMap(({ cell: one }) => one ?? [])])
      assert.ok(
        cells.some((one) => one.id === cell),
        `${id}: ${cell}`,
      );
  }
});

/** @param {any[]} runs @param {any[]} [tests] @param {Record<string, any[]>} [trials] */
const shown = (runs, tests = [], trials = {}) => ({
  runs,
  tests,
  trials: (/** @type {string} */ cell) => trials[cell] ?? [],
});

test('the outcome is read off the runs, off the experiment without them, and is unknown without both', () => {
  const figure7 = lessonOf('figure-7');
  const risen = runWith({ ...figure7.config, lr: 0.15 }, { summary: { verdict: WORST } });
  assert.equal(outcomeOf(figure7, shown([])), null);
  assert.equal(
    outcomeOf(figure7, shown([runWith({ ...figure7.config, lr: 0.03 })])),
    null,
    'not the one it asks about',
  );
  assert.equal(outcomeOf(figure7, shown([risen])), 'mid');
  assert.equal(
    outcomeOf(figure7, shown([], [], { 0.15: [{ ...makeTrial({ verdict: 'mid' }), diverged_at: null }] })),
    'mid',
  );

  const spike = lessonOf('hidden-spike');
  const losses = [3, 3.3, 6, 4, ...Array.from({ length: 396 }, () => 1)];
  const peak = outcomeOf(spike, shown([runWith(spike.config, { losses })]));
  assert.equal(peak, 2);
  assert.match(sayOutcome(spike, shown([]), 2), /2 times the first/);
});

test('the lowest, a ratio and a distance wait for every run they are of; what diverged is never the lowest', () => {
  const remedies = lessonOf('clip-bad-init');
  const train = (/** @type {any} */ over, /** @type {any} */ past) => runWith({ ...remedies.config, ...over }, past);
  const gone = { status: 'diverged', losses: [900, 5e9] };
  const runs = [
    train({ warmup_steps: 100 }, gone),
    train({ warmup_steps: 1000 }, gone),
    train({ clip: 'norm', clip_norm: 10 }, { losses: Array.from({ length: 80 }, (_, i) => (i < 30 ? 1000 : 0.9)) }),
  ];
  assert.equal(outcomeOf(remedies, shown(runs.slice(1))), null);
  assert.equal(outcomeOf(remedies, shown(runs)), 'clip');
  assert.match(sayOutcome(remedies, shown(runs), 'clip'), /warmup 100: diverged;.*; clipped at 10: 0\.9$/);

  const batches = lessonOf('batch-size');
  const ends = [
    runWith(settingsOf(batches, { cell: '16' }), { accuracy: 0.8 }),
    runWith(settingsOf(batches, { cell: '1024-fixed' }), { accuracy: 0.53 }),
  ];
  assert.ok(Math.abs(Number(outcomeOf(batches, shown(ends))) - 0.27) < 1e-12);

  const twins = lessonOf('clip-is-lower-lr');
  const trials = { clip: [makeTrial({ loss: 1.05 })], lower: [makeTrial({ loss: 1 })] };
  assert.ok(Math.abs(Number(outcomeOf(twins, shown([], [], trials))) - 1.05) < 1e-12);
});

test('sharpness times rate, and range tests, are read where they were measured', () => {
  const edge = lessonOf('edge-of-stability');
  const run = runWith({ ...edge.config, lr: 0.25 });
  run.measured = [2, 4, 6, 8, 8.4, 8.8].map((value, i) => ({ step: 20 * i, value, limit: 2 }));
  assert.ok(Math.abs(Number(outcomeOf(edge, shown([run]))) - 0.25 * 8.6) < 1e-9);

  const noisy = lessonOf('noisy-range-test');
  const options = { lr_min: 1e-8, lr_max: 1, points: 100, seeds: 4 };
  const config = parseSettings({ ...noisy.config, batch: 8 }).config;
  const seeds = [0.03, 3e-7, 1e-6, 0.002].map((steepest) => ({ read: { steepest } }));
  const spread = outcomeOf(noisy, shown([], [{ config, options, seeds }]));
  assert.ok(Math.abs(Number(spread) / 1e5 - 1) < 1e-9);
});

test('a session ticks off what is done from its beginning on, keeps it, and tells nothing that no run has shown', () => {
  const lesson = lessonOf('figure-7');
  const before = offered(lesson, { deed: 'trained', cell: '0.15' });
  /** @type {any} */
  const lab = { runs: { list: [before] } };
  const progress = new Progress(null);
  const session = new LessonSession(lesson, { lab, progress, guess: 2.3, tests: () => [], trials: () => [] });
  session.follow();
  assert.deepEqual([session.hasBegun, session.isShown, session.outcome], [false, false, null], 'that was before');
  session.choice = 0;
  lab.runs.list = [before, runWith({ ...lesson.config, lr: 0.15 }, { summary: { verdict: WORST } })];
  session.follow();
  assert.deepEqual([session.hasBegun, session.isShown, session.outcome, session.isRight], [true, true, 'mid', false]);
  assert.equal(session.rightChoice?.says, lesson.predict.choices[2].says);
  assert.ok(session.isTicked(0, 0));
  assert.ok(!session.isTicked(1, 0));
  assert.deepEqual(progress.of(lesson.id), { ticked: ['0.0'], seen: true });
  // A run that is taken away takes nothing back.
  lab.runs.list = [];
  session.follow();
  assert.ok(session.isTicked(0, 0));
  assert.equal(session.outcome, 'mid');
});

test('progress survives a store that holds rubbish, or keeps nothing', () => {
  for (const text of ['', '{', '7', 'null', '{"figure-7":{"ticked":[1,"0.0"],"seen":"yes"}}']) {
    const { ticked, seen } = new Progress({ getItem: () => text, setItem() {} }).of('figure-7');
    assert.deepEqual(ticked, text.includes('ticked') ? ['0.0'] : []);
    assert.equal(seen, false);
  }
  const full = new Progress({
    getItem: () => {
      throw new Error('forbidden');
    },
    setItem: () => {
      throw new Error('full');
    },
  });
  full.keep('figure-7', { seen: true });
  assert.equal(full.of('figure-7').seen, true);
  /** @type {Record<string, string>} */
  const kept = {};
  const store = {
    getItem: (/** @type {string} */ key) => kept[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => {
      kept[key] = text;
    },
  };
  new Progress(store).keep('figure-7', { ticked: ['0.0'] });
  assert.deepEqual(new Progress(store).of('figure-7').ticked, ['0.0']);
});

// ---- drawings ------------------------------------------------------------------------------------------------------

test('a stroke draws the knots that it passes, the first one all; a key moves one', () => {
  const flat = stroke(blankSketch(), { x: 0.5, y: 1 }, { x: 0.5, y: 1 });
  assert.ok(isWhole(flat));
  assert.deepEqual(new Set(flat), new Set([1]));
  const line = stroke(flat, { x: 0, y: 2 }, { x: 0.5, y: 1 });
  assert.equal(line[0], 2);
  assert.ok(Math.abs(Number(line[2]) - 1.6) < 1e-12);
  assert.equal(line[KNOTS - 1], 1);
  assert.deepEqual(stroke(flat, { x: 0.5, y: 1 }, { x: 0, y: 2 }), line, 'from right to left as well');
  assert.equal(setKnot(line, 3, 0.25)[3], 0.25);
  assert.ok(Math.abs(drawnAt(/** @type {number[]} */ (line), 0.25) - 1.5) < 1e-12);
});

test('the distance of a drawing is that of the two curves, over what both have', () => {
  const sketch = Array.from({ length: KNOTS }, () => 1);
  const curve = { at: (/** @type {number} */ step) => (step < 500 ? 1.5 : 0.5) };
  const far = compareSketch(sketch, curve, { total: 999, last: 999, top: 4 });
  assert.ok(far);
  assert.ok(Math.abs(far.mean - 0.5) < 1e-12);
  assert.ok(Math.abs(far.above) < 0.01);
  assert.deepEqual(far.end, { step: 999, drawn: 1, real: 0.5 });
  const said = sayComparison(far, { guess: 2.3, top: 4, divergedAt: null });
  assert.equal(said[0], 'Your line is 0.5 from the curve on average, now above it, now below; guessing costs 2.3.');
  assert.equal(said[2], 'At the end you drew 1; it was 0.5.');

  // What diverged is compared up to there, and counts no higher than can be drawn.
  const gone = compareSketch(sketch, { at: (step) => (step < 8 ? 1 : 1e30) }, { total: 999, last: 9, top: 4 });
  assert.ok(gone?.cut);
  assert.ok(Math.abs(gone.mean - 0.6) < 1e-12, 'eight steps of 0 and two of 3');
  assert.equal(gone.worst.real, 1e30);
  const words = sayComparison(gone, { guess: 2.3, top: 4, divergedAt: 10 }).join(' ');
  assert.match(words, /almost always below it.*counts as 4.*diverged at step 10/);
  assert.equal(compareSketch(sketch, { at: () => null }, { total: 10, last: 9, top: 4 }), null);
  const same = compareSketch(sketch, { at: () => 1.01 }, { total: 10, last: 9, top: 4 });
  assert.ok(same);
  assert.match(sayComparison(same, { guess: 2.3, top: 4, divergedAt: null })[0], /as near as one can draw/);
});

test('the settings of a deed are the lesson’s own with its changes', () => {
  const lesson = lessonOf('figure-7');
  const done = /** @type {Done} */ ({ deed: 'trained', cell: '0.15', with: { clip: 'norm', clip_norm: 1 } });
  const { lr, clip, clip_norm, model, steps } = settingsOf(lesson, done);
  assert.deepEqual(
    { lr, clip, clip_norm, model, steps },
    { lr: 0.15, clip: 'norm', clip_norm: 1, model: lesson.config.model, steps: 1500 },
  );
  assert.equal(controlOf(lesson, done), 'clip');
  assert.equal(controlOf(lesson, { deed: 'trained', cell: '0.03' }), 'lr');
  assert.equal(controlOf(lesson, { deed: 'trained', cell: '0.15-warmup' }), 'warmup_steps');
  assert.equal(cellOf(lesson, undefined).id, '0.15');
});
