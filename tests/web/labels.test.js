/** Labels in a chart do not stand on each other, and none is cut off. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeLabels, touches } from '../../web/charts/labels.js';
import { marginOf } from '../../web/charts/line/ends.js';
import { wishesOf } from '../../web/charts/line/wishes.js';

const AREA = { left: 50, top: 10, right: 450, bottom: 230 };

/** A plot of the steps 0 to 1000 and the values 0.1 to 100, six pixels a letter. @param {Partial<import('../../web/charts/line/scene.js').Axes>} [axes] */
function makePlot(axes = {}) {
  return {
    area: AREA,
    room: { ...AREA, right: 520 },
    xOf: (/** @type {number} */ x) => AREA.left + (400 * x) / 1000,
    yOf: (/** @type {number} */ y) => AREA.bottom - (220 * Math.log(y / 0.1)) / Math.log(1000),
    measure: (/** @type {string} */ text) => 6 * text.length,
    height: 16,
    axes: { logX: false, logY: true, fixedX: false, shift: 0, zero: false, share: false, ...axes },
    range: { min: 0.1, max: 100 },
    narrow: false,
  };
}

/** @param {any} scene @param {any[]} [ends] @param {any} [above] @param {any} [plot] */
function place(scene, ends = [], above = null, plot = makePlot()) {
  return placeLabels(wishesOf({ layers: [], from: 0, to: 1000, ...scene }, ends, { above }, plot), plot.room);
}

/** @param {import('../../web/charts/labels.js').PlacedLabel[]} labels */
function assertApart(labels) {
  labels.forEach((one, i) => {
    for (const other of labels.slice(i + 1))
      assert.ok(!touches(one.box, other.box), `"${one.text}" stands on "${other.text}"`);
    assert.ok(one.box.left >= AREA.left && one.box.right <= 520, `"${one.text}" is cut off at a side`);
    assert.ok(one.box.top >= AREA.top && one.box.bottom <= AREA.bottom, `"${one.text}" is cut off`);
  });
}

test('after a blow-up: the change, the region, what is off the chart and the end all have a place of their own', () => {
  const labels = place(
    {
      verticals: [
        { x: 205, label: 'η 0.3', color: 'lr' },
        { x: 212, label: 'γ 0.99', color: 'soft' },
      ],
      regions: [
        { from: 0, to: 50, label: 'warmup', color: 'lr' },
        { from: 205, to: 1000, label: 'unstable', color: 'instability' },
        { from: 300, to: 1000, label: 'dead', color: 'instability' },
      ],
      horizontals: [
        { y: 2.3, label: 'guessing', color: 'faint' },
        { y: 2.5, label: 'λ = 2.5', color: 'norm' },
      ],
      marks: [{ x: 215, y: null, kind: 'cross', label: 'diverged at 215', color: 'instability' }],
    },
    ['amber-kite', 'brisk-otter', 'calm-finch'].map((label) => ({ label, color: 'run-1', x: 1000, y: 0.3 })),
    { x: 210, text: 'off the chart', color: 'instability' },
  );
  assertApart(labels);
  assert.equal(labels.length, 12, 'none is left out');
});

test('the rules of a range test that read nearly the same rate are all named', () => {
  const names = ['Steepest', 'Valley', 'Minimum / 10', 'Halfway', 'Slide'];
  const labels = place(
    {
      verticals: names.map((label, i) => ({ x: 940 + 5 * i, label, color: 'soft' })),
      regions: [{ from: 700, to: 960, label: 'cyclical range', color: 'lr' }],
      marks: [{ x: 950, y: 1, kind: 'dot', label: '0.0363', color: 'instability' }],
    },
    [],
    null,
    makePlot({ fixedX: true }),
  );
  assertApart(labels);
  assert.equal(labels.length, 7);
  const narrow = { ...makePlot({ fixedX: true }), narrow: true };
  const few = place({ verticals: [{ x: 500, label: 'Steepest', color: 'soft' }] }, [], null, narrow);
  assert.deepEqual(few, [], 'on a narrow chart the rules beside it name them');
});

test('a label that would stand on others is left out before one that matters more', () => {
  const box = { left: 0, top: 0, right: 60, bottom: 20 };
  const wish = { text: 'a', color: 'ink', width: 50, height: 16, places: [{ x: 0, y: 0 }] };
  const labels = placeLabels(
    [
      { ...wish, weight: 1 },
      { ...wish, text: 'b', weight: 2 },
    ],
    box,
  );
  assert.deepEqual(
    labels.map(({ text }) => text),
    ['b'],
  );
});

test('a label keeps off what the chart itself has there, such as a star', () => {
  const wish = { text: 'a', color: 'ink', width: 50, height: 16, weight: 1, places: [0, 40].map((y) => ({ x: 0, y })) };
  const star = { left: 40, top: 5, right: 60, bottom: 25 };
  const [label] = placeLabels([wish], { left: 0, top: 0, right: 100, bottom: 60 }, [star]);
  assert.equal(label.box.top, 40);
});

test('whatever a scene has, no label stands on another or is cut off', () => {
  // Numbers that look like chance, the same ones each time.
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const some = (/** @type {number} */ most, /** @type {() => any} */ make) =>
    Array.from({ length: Math.floor(random() * most) }, make);
  const text = () => 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn'.slice(0, 3 + Math.floor(random() * 27));
  let placed = 0;
  for (let i = 0; i < 300; i++) {
    const labels = place(
      {
        verticals: some(8, () => ({ x: 1000 * random(), label: text(), color: 'lr' })),
        regions: some(5, () => ({ from: 1000 * random(), to: 1000, label: text(), color: 'lr' })),
        horizontals: some(4, () => ({ y: 0.1 + 90 * random(), label: text(), color: 'lr', below: random() > 0.5 })),
        marks: some(3, () => ({
          x: 1000 * random(),
          y: random() > 0.5 ? null : 200 * random(),
          kind: 'dot',
          label: text(),
        })),
      },
      some(8, () => ({ x: 1000, y: 0.2 + random(), label: text().slice(0, 9), color: 'run-1' })),
    );
    assertApart(labels);
    placed += labels.length;
  }
  assert.ok(placed > 2000, `${placed} labels had a place`);
});

test('names at the ends of curves take a margin only where they do not fit behind them, and a small share of the chart', () => {
  const measure = (/** @type {string} */ text) => 7 * text.length;
  const margin = (/** @type {number} */ width, /** @type {number[]} */ ...shares) =>
    marginOf(
      shares.map((share) => ({ label: 'gentle-grove', share })),
      width,
      measure,
    );
  assert.equal(margin(400, 0.5, 0.6), 0, 'a run under way has room before the axis ends');
  assert.equal(margin(400, 1, 0.5), 64);
  assert.equal(margin(1000, 1), 98, 'its own length, where that is little');
  assert.equal(margin(300, 0.5), null, 'on a narrow chart no curve is named');
  assert.equal(margin(400), 0);
});
