/** Where a plot's axes place values, and what hands do to what is zoomed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ZoomHands } from '../../web/charts/line/zoom_hands.js';
import { Scale } from '../../web/charts/plot/scale.js';

/** @param {boolean} log @param {number} min @param {number} max */
function makeScale(log, min, max) {
  return Object.assign(new Scale({ log, ticksOf: () => [] }), { min, max, start: 50, end: 450 });
}

test('an axis places values by their share of it, and knows them by their place', () => {
  const linear = makeScale(false, -10, 30);
  assert.deepEqual(
    [-10, 0, 30].map((value) => linear.pixelOf(value)),
    [50, 150, 450],
  );
  const log = makeScale(true, 0.01, 100);
  assert.ok(Math.abs(log.pixelOf(1) - 250) < 1e-9);
  for (const scale of [linear, log]) {
    for (const pixel of [50, 133, 450]) assert.ok(Math.abs(scale.pixelOf(scale.valueOf(pixel)) - pixel) < 1e-9);
  }
  for (const value of [0, -1, Number.NaN]) assert.ok(Number.isNaN(log.pixelOf(value)), `${value} has no logarithm`);
  // The y axis runs upwards.
  assert.equal(Object.assign(makeScale(false, 0, 4), { start: 200, end: 0 }).pixelOf(1), 150);
});

/** Hands over a plot from 100 to 500, which note what they show; events are at places of the element. */
function makeHands({ isZoomed = false } = {}) {
  /** @type {unknown[]} */
  const said = [];
  const round = (/** @type {number[]} */ places) => places.map((place) => Math.round(place * 100) / 100);
  const hands = new ZoomHands(() => ({
    ends: { left: 100, right: 500 },
    isZoomed,
    show: (from, to) => said.push(round([from, to])),
    mark: (stretch) => said.push(stretch && `${stretch.from}-${stretch.to}`),
  }));
  const element = { getBoundingClientRect: () => ({ left: 20 }), setPointerCapture() {} };
  /** @param {number} at @param {object} [more] @returns {any} */
  const event = (at, more = {}) => ({
    clientX: at + 20,
    button: 0,
    pointerId: 1,
    pointerType: 'mouse',
    currentTarget: element,
    preventDefault: () => said.push('prevented'),
    ...more,
  });
  return { hands, said, event };
}

test('a stretch that is dragged over is shown, within the plot', () => {
  const { hands, said, event } = makeHands();
  hands.press(event(300));
  hands.move(event(303));
  assert.deepEqual(said, [], 'a hand that trembles does not drag');
  hands.move(event(40));
  hands.release(event(40));
  assert.deepEqual(said, ['100-300', null, [100, 300]]);
});

test('Escape lets go of a stretch', () => {
  const { hands, said, event } = makeHands();
  hands.press(event(300));
  hands.move(event(400));
  hands.cancel();
  hands.release(event(400));
  assert.deepEqual(said, ['300-400', null]);
});

test('the wheel zooms with Ctrl only, around the pointer, and back to where it was', () => {
  const { hands, said, event } = makeHands();
  hands.wheel(event(200, { deltaY: -1 }));
  assert.deepEqual(said, []);
  hands.wheel(event(200, { deltaY: -1, ctrlKey: true }));
  hands.wheel(event(200, { deltaY: 1, ctrlKey: true }));
  assert.deepEqual(said, ['prevented', [113.04, 460.87], 'prevented', [85, 545]]);
});

test('Shift and a drag pan what is zoomed, as one finger does; a finger on what is not zoomed scrolls the page', () => {
  for (const [isZoomed, how, expected] of /** @type {[boolean, object, unknown[]][]} */ ([
    [true, { shiftKey: true }, [[90, 490]]],
    [true, { pointerType: 'touch' }, [[90, 490]]],
    [false, { pointerType: 'touch' }, []],
  ])) {
    const { hands, said, event } = makeHands({ isZoomed });
    hands.press(event(300, how));
    hands.move(event(310, how));
    hands.release(event(310, how));
    assert.deepEqual(said, expected);
  }
});

test('two fingers keep what is under them', () => {
  const { hands, said, event } = makeHands();
  hands.press(event(200, { pointerId: 1 }));
  hands.press(event(300, { pointerId: 2 }));
  hands.move(event(400, { pointerId: 2 }));
  // Twice as far apart: half as much, 200 where it was.
  assert.deepEqual(said, [[150, 350]]);
});
