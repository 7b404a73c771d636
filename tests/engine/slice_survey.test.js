/** Maps of the loss around a run: which places, in which order, which past; and what is said of them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surveyOrder } from '../../web/engine/run/slice/survey_order.js';
import { chooseSteps, walkPath } from '../../web/engine/study/slice/path_walk.js';
import { chooseRegion, surveySlice } from '../../web/engine/study/slice/survey.js';
import { isStepSeen, sayDistance, sayFound, sayHow, sayPlane, sayStep } from '../../web/engine/words/slice.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();
const now = () => performance.now();
const yieldNow = () => Promise.resolve();
const clock = { now, yieldNow, sliceMs: 5 };

/** @param {any} settings */
const create = (settings) => engine.createTrainer(engine.parseConfig(settings).config);

test('a map is computed from coarse to fine, each place once', () => {
  for (const places of [3, 8, 9, 33, 50]) {
    const { index, size } = surveyOrder(places);
    assert.deepEqual(
      [...index].sort((a, b) => a - b),
      Array.from({ length: places ** 2 }, (_, i) => i),
    );
    const [coarsest] = size;
    assert.ok([...size].every((side, i) => i === 0 || side <= size[i - 1]));
    assert.equal(size.at(-1), 1);
    // Whoever fills the squares knows something of every place after the first round.
    const known = new Set();
    for (const [i, at] of index.entries()) {
      if (size[i] !== coarsest) break;
      for (let y = 0; y < coarsest; y++) {
        for (let x = 0; x < coarsest; x++) {
          if ((at % places) + x < places) known.add(at + y * places + x);
        }
      }
    }
    for (let at = 0; at < places ** 2; at++) assert.ok(known.has(at), `${at} of ${places}`);
  }
});

test('the points of a path are evenly spread, or those that were kept', () => {
  assert.deepEqual(chooseSteps(0, 100), [0]);
  assert.deepEqual(chooseSteps(3, 100), [0, 1, 2, 3]);
  const even = chooseSteps(1000, 100);
  assert.equal(even.length, 33);
  assert.deepEqual([even[0], even.at(-1)], [0, 1000]);
  // A model of which 64 MB hold four.
  assert.deepEqual(chooseSteps(900, 4_000_000), [0, 300, 600, 900]);
  const kept = Array.from({ length: 30 }, (_, i) => 7 + 33 * i);
  const chosen = chooseSteps(1000, 100, kept);
  assert.ok(chosen.slice(1, -1).every((step) => kept.includes(step)));
  assert.deepEqual([chosen[0], chosen.at(-1)], [0, 1000]);
  assert.deepEqual(
    chosen,
    [...new Set(chosen)].sort((a, b) => a - b),
  );
});

test('a past that was kept in part gives the same path as one that is trained again', async () => {
  const settings = { dataset: 'moons', schedule: 'cosine', batch: 8, steps: 60, model: 'linear(6) tanh dropout(0.1)' };
  const run = create(settings);
  /** @type {{ step: number, snapshot: any }[]} */
  const kept = [];
  for (const step of [10, 25, 47]) {
    run.step(step - run.stepsTaken);
    kept.push({ step, snapshot: run.snapshot() });
  }
  const past = {
    steps: [10, 25, 47],
    nearest: (/** @type {number} */ step) => kept.findLast((entry) => entry.step <= step) ?? null,
  };
  const [again, anew] = [create(settings), create(settings)];
  const walk = await walkPath({ ...clock, trainer: again, taken: 60, past, changes: [] });
  assert.deepEqual(walk, await walkPath({ ...clock, trainer: anew, taken: 60 }));
  assert.equal(again.digest(), anew.digest());
  assert.equal(walk.last?.step, 59);
  assert.equal(walk.last?.lr, engine.learningRates(engine.parseConfig(settings).config)[59]);
  assert.equal(walk.path.length, 33);
  for (const trainer of [run, again, anew]) trainer.dispose();
});

test('a run that diverges ends its path there', async () => {
  const trainer = create({ dataset: 'plane', lr: 1e6, optimizer: 'sgd', steps: 500, model: 'linear(4) relu' });
  const { path } = await walkPath({ ...clock, trainer, taken: 500 });
  assert.ok(trainer.stepsTaken < 500);
  assert.ok(path.every(({ step }) => step <= trainer.stepsTaken));
  trainer.dispose();
});

test('a map holds the losses of its places, the lowest of them and the sharpness; giving it up ends it', async () => {
  const trainer = create({ dataset: 'circle', samples: 150, steps: 200, model: 'linear(5) tanh' });
  const walk = await walkPath({ ...clock, trainer, taken: 120 });
  const before = trainer.digest();
  /** @type {any[]} */
  const frames = [];
  /** @type {number[]} */
  const told = [];
  const options = { places: 9, loss_samples: 100, reach: 1 };
  const map = await surveySlice({
    ...clock,
    trainer,
    ...walk,
    options,
    onFrame: (frame) => frames.push(frame),
    onLosses: (losses, from) => {
      assert.equal(from, told.length);
      told.push(...losses);
    },
  });
  assert.equal(trainer.digest(), before);
  const { losses, region, lowest, sharpness, ...rest } = map;
  assert.deepEqual(frames, [
    Object.fromEntries(Object.keys(frames[0]).map((key) => [key, /** @type {any} */ (map)[key]])),
  ]);
  assert.equal(rest.samples, 100);
  assert.deepEqual(
    told,
    [...surveyOrder(9).index].map((at) => losses[at]),
  );
  const slice = trainer.slice({ ...options, path: walk.path });
  const place = (/** @type {[number, number]} */ [low, high], /** @type {number} */ i) => low + ((high - low) * i) / 8;
  for (const [row, column] of [
    [0, 0],
    [3, 7],
    [8, 8],
  ]) {
    assert.equal(losses[9 * row + column], slice.lossAt(place(region.a, column), place(region.b, row)));
  }
  assert.equal(map.loss, slice.lossAt(0, 0));
  assert.equal(lowest?.loss, Math.min(...losses));
  assert.equal(slice.lossAt(/** @type {any} */ (lowest).a, /** @type {any} */ (lowest).b), lowest?.loss);
  assert.equal(sharpness, trainer.sharpness({ samples: 100 }));
  slice.dispose();
  // Every point of the path is on the map, which is a square.
  for (const { a, b } of map.path) assert.ok(a > region.a[0] && a < region.a[1] && b > region.b[0] && b < region.b[1]);
  assert.ok(Math.abs(region.a[1] - region.a[0] - (region.b[1] - region.b[0])) < 1e-12);
  const controller = new AbortController();
  const abandoned = surveySlice({
    ...clock,
    sliceMs: 0,
    trainer,
    ...walk,
    options,
    signal: controller.signal,
    onLosses: () => controller.abort(new Error('enough')),
  });
  await assert.rejects(abandoned, /enough/);
  trainer.dispose();
});

test('a reach below 1 draws in on where the run stands', () => {
  const path = /** @type {any} */ ([{ a: -8, b: 2 }]);
  const at = (/** @type {any} */ options) => chooseRegion(/** @type {any} */ ({ options, path }));
  const near = at({ plane: 'path', reach: 0.01 });
  assert.ok(near.a[0] < 0 && near.a[1] > 0 && near.a[1] - near.a[0] < 0.2);
  assert.deepEqual(at({ plane: 'random', reach: 0.5 }), { a: [-0.5, 0.5], b: [-0.5, 0.5] });
});

test('what is said follows from the numbers', () => {
  const slice = {
    step: 400,
    parameters: 1218,
    samples: 256,
    options: { plane: 'path', plane_seed: 1, places: 33 },
    geometry: {
      first_length: 1,
      second_length: 1,
      cosine: 0,
      explained: 0.98,
      first_explained: 0.9,
      second_explained: 0.08,
    },
    region: { a: /** @type {[number, number]} */ ([-4, 4]), b: /** @type {[number, number]} */ ([-4, 4]) },
    path: [
      { step: 0, distance: 0.5, length: 6 },
      { step: 400, distance: 0, length: 0 },
    ],
    last: { step: 399, lr: 0.02, length: 0.25 },
  };
  assert.match(
    sayPlane(slice),
    /^The two directions, of 1,218, .* 98 % of the variance .* 2 points: 90 % .* 8 % along/,
  );
  assert.match(sayDistance(slice), /up to 0\.5, and goes up to 6 from here/);
  assert.equal(sayDistance({ ...slice, path: slice.path.slice(1) }), '');
  assert.ok(isStepSeen(slice));
  assert.match(
    sayStep(slice),
    /with η 0\.02, was 0\.25 long in all directions together \(the ring\); the map is 8 wide/,
  );
  const short = { ...slice, last: { step: 399, lr: 0.02, length: 0.01 } };
  assert.ok(!isStepSeen(short));
  assert.match(sayStep(short), /too short to be drawn/);
  assert.equal(sayStep({ ...slice, last: null }), '');
  assert.match(sayHow(slice), /^33 × 33 places, each the mean loss of the first 256 training samples/);
  const random = { ...slice, options: { ...slice.options, plane: 'random' } };
  assert.match(sayPlane(random), /^Two random directions of 1,218 \(seed 1\)/);
  assert.doesNotMatch(sayPlane({ ...random, geometry: { ...slice.geometry, explained: Number.NaN } }), /variance/);
  const found = { loss: 0.5, lowest: { loss: 0.25, a: 3, b: 4 }, sharpness: 12 };
  assert.match(sayFound(slice, found)[0], /^At step 400 the loss is 0\.5; the lowest on the map is 0\.25, 5 away\.$/);
  assert.match(sayFound(slice, { ...found, lowest: { loss: 0.5, a: 0, b: 0 } })[0], /nothing on the map is lower/);
  assert.match(sayFound(slice, { ...found, lowest: null })[0], /No loss on this map is finite/);
  assert.match(sayFound(slice, found)[1], /the sharpness, is 12 over the same samples/);
  assert.equal(sayFound(slice, { ...found, sharpness: Number.NaN }).length, 1);
});
