/** The first samples of sorted files are drawn over the classes; those of mixed files are the first. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countClasses } from '../../web/engine/data/class_notes.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { drawFirst } from '../../web/engine/data/draw.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** @param {number[]} counts  of samples of each class, one class after the other */
function sorted(counts) {
  return Uint8Array.from(counts.flatMap((count, label) => new Array(count).fill(label)));
}

/** @param {Uint8Array} labels @param {number} first @param {number} classes */
function drawn(labels, first, classes) {
  const order = drawFirst(labels, first, classes);
  if (!order) return null;
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...labels.keys()],
    'every sample once',
  );
  return countClasses(
    Uint8Array.from(order.subarray(0, first), (i) => labels[i]),
    classes,
  );
}

test('a sorted file gives every class its share, and at least one', () => {
  assert.deepEqual(drawn(sorted([500, 300, 200]), 100, 3), [50, 30, 20]);
  assert.deepEqual(drawn(sorted([998, 1, 1]), 10, 3), [8, 1, 1]);
  assert.deepEqual(drawn(sorted([10, 10, 10]), 3, 3), [1, 1, 1]);
  // A class that no sample has asks for nothing.
  assert.deepEqual(drawn(sorted([50, 0, 50]), 10, 3), [5, 0, 5]);
});

test('the draw is in the order of the file within a class, by turns over the classes', () => {
  const order = drawFirst(sorted([4, 4]), 4, 2);
  assert.deepEqual([...(order ?? [])], [0, 4, 1, 5, 2, 3, 6, 7]);
});

test('the first samples stay where they are a fair draw, or too few for every class', () => {
  let state = 1;
  const mixed = Uint8Array.from({ length: 60000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % 10;
  });
  for (const first of [100, 500, 2000, 10000, 20000, 59999]) assert.equal(drawn(mixed, first, 10), null, `${first}`);
  assert.equal(drawn(mixed, 60000, 10), null);
  const turns = Uint8Array.from({ length: 100 }, (_, i) => i % 10);
  for (const first of [10, 15, 99]) assert.equal(drawn(turns, first, 10), null);
  assert.equal(drawn(sorted([10, 10, 10]), 2, 3), null);
});

test('few of a file in random order are its first, whichever classes they lack', () => {
  let state = 7;
  const random = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % below;
  };
  let lacking = 0;
  for (let file = 0; file < 200; file++) {
    const classes = 2 + random(9);
    const labels = Uint8Array.from({ length: 40 + random(400) }, () => random(classes));
    const first = 1 + random(30);
    assert.equal(drawn(labels, first, classes), null, `${first} of ${labels.length}, ${classes} classes`);
    lacking += Number(new Set(labels.subarray(0, first)).size < Math.min(first, classes));
  }
  assert.ok(lacking > 50, `${lacking}`);
  // Half sorted is no random order.
  const half = Uint8Array.from({ length: 400 }, (_, i) => (i < 300 ? random(3) : 3));
  assert.deepEqual(drawn(half, 40, 4)?.[3], 10);
});

test('samples and val_samples of a sorted file, standardized as all of it is', () => {
  const labels = sorted([300, 300, 300]);
  const data = {
    name: 'sorted',
    images: Uint8Array.from(labels, (label, i) => 80 * label + (i % 7)),
    labels,
    shape: [1],
    classes: 3,
    classNames: null,
    scalePerFeature: false,
    target: null,
    notes: ['as read'],
    validation: null,
  };
  const make = (/** @type {Record<string, unknown>} */ given) =>
    createFileDataset(engine, data, engine.parseConfig({ dataset: 'custom', ...given }).config);
  const whole = make({});
  const few = make({ samples: 90, val_samples: 30 });
  assert.deepEqual(whole.notes, ['as read']);
  assert.deepEqual(few.notes, [
    'as read',
    'The first 90 of the 720 training samples do not hold the classes as all do: samples 90 takes as many, drawn over the classes.',
    'The first 30 of the 180 validation samples do not hold the classes as all do: val_samples 30 takes as many, drawn over the classes.',
  ]);
  assert.deepEqual(few.scaling, whole.scaling);
  const { labels: seen, inputs } = few.readSamples('train', [...Array(90).keys()]);
  const counts = countClasses(/** @type {Uint8Array} */ (seen), 3);
  assert.ok(
    counts.every((count) => count >= 28 && count <= 32),
    `${counts}`,
  );
  assert.ok(
    [...inputs].every((value, i) => Math.floor(value / 80) === seen?.[i]),
    'each input has kept its label',
  );
  assert.match(
    make({ samples: 2 }).notes.at(-2) ?? '',
    /^No training sample is of the classes 1 and 2, but the validation/,
  );
});

test('of a sorted file, too few samples for every class are of as many classes as they can be', () => {
  const labels = Uint8Array.from({ length: 100 }, (_, i) => Math.floor(i / 10));
  for (const first of [3, 5, 8]) {
    const order = drawFirst(labels, first, 10);
    assert.equal(new Set(order?.slice(0, first).map((i) => labels[i])).size, first);
    assert.deepEqual(
      [...(order ?? [])].sort((a, b) => a - b),
      [...labels.keys()],
      'an order of all',
    );
  }
});
