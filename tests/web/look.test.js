/** What an address says of how the page is looked at: on a projector, or in a frame of another page. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHARTS } from '../../web/ui/live/charts.js';
import { hiddenParts, lookToSearch, PARTS, takeLook } from '../../web/ui/page/look.js';

test('what is said of the look is taken out of the address, and the settings stay', () => {
  const { look, search, problems } = takeLook(
    '?dataset=spiral&embed&hide=status,loss&lr=0.1&show=events&present&speed=30',
  );
  assert.deepEqual(look, { present: true, embed: true, hide: ['status', 'loss'], show: ['events'], speed: 30 });
  assert.equal(search, '?dataset=spiral&lr=0.1');
  assert.deepEqual(problems, []);
  assert.deepEqual(takeLook(`?lr=0.1${lookToSearch(look)}`).look, look, 'and comes back out of what is written');
  assert.equal(takeLook('?embed').search, '', 'a bare address stays one');
  assert.deepEqual(takeLook('?EMBED=1&amp;Hide=Status').look.hide, ['status'], 'as links are written on their way');
  assert.equal(takeLook('?present=0').look.present, false);
});

test('what is wrong with it is one sentence each, and the rest counts', () => {
  const { look, problems } = takeLook('?embed=perhaps&embed&hide=statu,loss&show=controls');
  assert.deepEqual(look.hide, ['loss']);
  assert.equal(problems.length, 3);
  assert.match(problems[0], /^embed is on or off, not "perhaps"\.$/);
  assert.match(problems[1], /^hide names no part of the page with "statu": did you mean status\?$/);
  assert.match(problems[2], /^show names no part of the page with "controls"/);
  assert.match(takeLook('?hide=loss').problems[0], /need embed/);
});

test('a frame shows what it is told to, and otherwise the few parts that it has room for', () => {
  const hidden = (/** @type {string} */ search) => hiddenParts(takeLook(search).look);
  assert.equal(hidden('?dataset=spiral').size, 0, 'outside of a frame, everything');
  const bare = hidden('?embed');
  for (const { name, framed } of PARTS) assert.equal(bare.has(name), !framed, name);
  assert.ok(!bare.has('loss') && bare.has('runs'));
  assert.ok(hidden('?embed&hide=loss').has('loss') && !hidden('?embed&show=runs').has('runs'));
  assert.ok(!hidden('?embed&hide=runs&show=runs').has('runs'));
});

test('every part has a name of its own, and every chart is one', () => {
  const names = PARTS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { id } of CHARTS) assert.ok(names.includes(id), id);
});
