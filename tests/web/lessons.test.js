/** The lessons' runs, without a page: the lab and the workers are stand-ins. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
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
