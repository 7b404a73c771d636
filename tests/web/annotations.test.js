/** Labels in a chart do not stand on each other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCrowded } from '../../web/charts/line/annotations.js';

test('a region’s label gives way to that of a change where it begins', () => {
  const region = { from: 100, to: 300, color: 'instability', label: 'unstable' };
  const scene = (/** @type {number} */ x, label = 'η 0.4') => ({
    layers: [],
    from: 0,
    to: 300,
    verticals: [{ x, label, color: 'lr' }],
  });
  assert.equal(isCrowded(region, scene(100)), true, '"η 0.4" over "unstable" reads "η 0.4 stable"');
  assert.equal(isCrowded(region, scene(150)), true);
  assert.equal(isCrowded(region, scene(280)), false);
  assert.equal(isCrowded(region, scene(100, '')), false, 'a line without a label takes no room');
});
