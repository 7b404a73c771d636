/** The lessons' runs, without a page: the lab and the workers are stand-ins. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTrial } from '../../web/engine/study/gallery/examples.js';
import { findEntry } from '../../web/engine/study/gallery/index.js';
import { figuresOf, sayNearest } from '../../web/ui/lessons/article.js';
import { LessonRun } from '../../web/ui/lessons/lesson_run.js';

const lesson = /** @type {any} */ ({
  id: 'one',
  config: {},
  cells: [{ id: 'a', label: 'a', config: {} }],
});
const draft = { settings: { arithmetic: 'plain' } };
const lab = /** @type {any} */ ({ draft, touch() {}, touchSoon() {} });
const gallery = Promise.resolve(/** @type {any} */ ({ entries: [lesson], run: () => assert.fail('nothing is run') }));

test('a lesson can be stopped while its data are fetched, and trains nothing afterwards', async () => {
  const run = new LessonRun(lab, lesson, 1);
  const studies = { run: () => assert.fail('no workers are started') };
  /** @type {AbortSignal | undefined} */
  let heard;
  /** @type {(files: null) => void} */
  let arrive = () => {};
  const done = run.start(studies, gallery, (signal) => {
    heard = signal;
    return new Promise((resolve) => {
      arrive = resolve;
    });
  });
  assert.equal(run.status, 'running');
  run.cancel();
  assert.equal(heard?.aborted, true, 'the fetching is given up');
  arrive(null);
  await done;
  assert.equal(run.status, 'stopped');
});

test('a lesson that trains is stopped by its study', async () => {
  const run = new LessonRun(lab, lesson, 1);
  const studies = {
    run() {
      /** @type {(error: Error) => void} */
      let fail = () => {};
      const result = new Promise((_, reject) => {
        fail = reject;
      });
      return { result, cancel: () => fail(Object.assign(new Error('given up'), { code: 'cancelled' })) };
    },
  };
  const done = run.start(studies, gallery, async () => null);
  await new Promise((resolve) => setTimeout(resolve, 5));
  run.cancel();
  await done;
  assert.equal(run.status, 'stopped');
});

test('data that do not arrive are a failure, with its sentence', async () => {
  const run = new LessonRun(lab, lesson, 1);
  const studies = { run: () => assert.fail('no workers are started') };
  await run.start(studies, gallery, () => Promise.reject(new Error('The server did not send it.')));
  assert.equal(run.status, 'failed');
  assert.equal(run.problem, 'The server did not send it.');
});

test('on Fashion-MNIST a lesson is trained as it says for it, and its files go to the workers', async () => {
  const entry = /** @type {import('../../web/engine/study/gallery/entry.js').Entry} */ (findEntry('four-rates'));
  /** @type {any} */
  let asked = null;
  /** @type {any} */
  let given = null;
  const own = Promise.resolve(
    /** @type {any} */ ({
      entries: [entry],
      run: (/** @type {any} */ what) => {
        asked = what;
        return { judgement: { passed: true, figure: 'as it should' } };
      },
    }),
  );
  const studies = /** @type {any} */ ({
    run(/** @type {any} */ study, /** @type {any} */ what) {
      given = what;
      return { result: Promise.resolve(study({ jobs: 1, trial() {} }, null)), cancel() {} };
    },
  });
  const files = /** @type {any} */ ([{ name: 'train-images-idx3-ubyte.gz', blob: null }]);
  const run = new LessonRun(lab, entry, 1, true);
  await run.start(studies, own, async () => files);
  assert.equal(run.status, 'done');
  assert.equal(asked.isFashion, true);
  assert.deepEqual([given.files, given.config.dataset, given.config.steps], [files, 'custom', 4690]);
  await new LessonRun(lab, entry, 1).start(studies, own, async () => null);
  assert.deepEqual([asked.isFashion, given.files, given.config.dataset], [false, null, 'glyphs']);
});

test('what was published is held against the highest accuracy and the last loss, means over the seeds', () => {
  const trial = (/** @type {[number, number][]} */ ...evaluations) =>
    makeTrial({
      evaluations: /** @type {any} */ (evaluations.map(([val_loss, val_accuracy]) => ({ val_loss, val_accuracy }))),
    });
  assert.equal(figuresOf([]), null);
  const figures = figuresOf([trial([0.3, 0.9], [0.35, 0.88]), trial([0.5, 0.8], [0.33, 0.86])]);
  assert.ok(figures);
  assert.ok(Math.abs(figures.accuracy - 0.88) < 1e-12);
  assert.ok(Math.abs(figures.loss - 0.34) < 1e-12);
  const published = { accuracy: 0.8885, loss: 0.3091 };
  const near = [
    { label: 'far', accuracy: 0.1, loss: 2.3 },
    { label: 'nearest', accuracy: 0.8925, loss: 0.2991 },
    { label: 'near', accuracy: 0.878, loss: 0.3391 },
  ];
  assert.equal(
    sayNearest(near, published),
    'nearest is 0.40 points above it in accuracy and 0.01 below it in loss and near is 1.05 points below it in accuracy and 0.03 above it in loss',
  );
});
