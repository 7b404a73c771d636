/** Labels in a chart do not stand on each other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeLabels } from '../../web/charts/line/annotations.js';

/** @param {[number, string][]} lines @param {[number, string][]} regions */
function placed(lines, regions) {
  return placeLabels({
    layers: [],
    from: 0,
    to: 300,
    verticals: lines.map(([x, label]) => ({ x, label, color: 'lr' })),
    regions: regions.map(([from, label]) => ({ from, to: 300, color: 'instability', label })),
  });
}

test('a region’s label gives way to that of a change where it begins, and to another region’s', () => {
  assert.deepEqual(placed([[100, 'η 0.4']], [[100, 'unstable']]), ['end'], '"η 0.4 stable" was read');
  assert.deepEqual(placed([[100, 'η 0.4']], [[200, 'unstable']]), ['start']);
  assert.deepEqual(placed([[100, '']], [[100, 'unstable']]), ['start'], 'a line without a label takes no room');
  assert.deepEqual(
    placed(
      [[100, 'η 0.4']],
      [
        [100, 'unstable'],
        [200, 'dead'],
      ],
    ),
    ['end', 'start'],
  );
  assert.deepEqual(
    placed(
      [],
      [
        [100, 'unstable'],
        [130, 'dead'],
      ],
    ),
    ['start', 'end'],
  );
});
