/** The legend's switches: what is drawn when names are switched off. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedLayers, shownLayers } from '../../web/charts/line/legend.js';
import { legendOf } from '../../web/charts/line/readout.js';
import { lineStyle } from '../../web/ui/shared/trial_curves.js';

const LAYERS = [
  { label: 'an earlier run', color: 'run-1', legend: false },
  { label: 'batch', color: 'loss', legend: false },
  { label: 'all runs', color: 'soft', legend: /** @type {const} */ ('last') },
  { label: 'training', color: 'loss' },
  { label: 'validation', color: 'validation' },
];
const labels = (/** @type {{ label: string }[]} */ layers) => layers.map(({ label }) => label);

test('names stand in their order, those that come last after the others', () => {
  assert.deepEqual(labels(namedLayers({ layers: LAYERS })), ['training', 'validation', 'all runs']);
});

test('a name takes what is drawn behind it along, and nothing else', () => {
  const shown = (/** @type {string[]} */ ...off) => labels(shownLayers({ layers: LAYERS }, new Set(off)));
  assert.deepEqual(shown(), labels(LAYERS));
  assert.deepEqual(shown('training'), ['an earlier run', 'all runs', 'validation']);
  assert.deepEqual(shown('validation'), ['an earlier run', 'batch', 'all runs', 'training']);
  assert.deepEqual(shown('training', 'validation', 'all runs'), ['an earlier run']);
});

test('of two names of one colour, the last takes the nameless along', () => {
  const layers = [...LAYERS, { label: 'band', color: 'loss' }];
  assert.ok(labels(shownLayers({ layers }, new Set(['training']))).includes('batch'));
  assert.ok(!labels(shownLayers({ layers }, new Set(['training', 'band']))).includes('batch'));
});

test('lines that are drawn differently are named differently: in colours, whole, dashed or dotted', () => {
  const layers = Array.from({ length: 15 }, (_, i) => ({ label: `cell ${i}`, ...lineStyle(i) }));
  const looks = legendOf({ layers, from: 0, to: 1 }).map(({ color, kind }) => `${color} ${kind}`);
  assert.equal(new Set(looks).size, layers.length, looks.join());
});
