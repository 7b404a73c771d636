/** The clipping line: what it says while it is dragged, and which rate it amounts to. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviseOnLine, clipEffect, isInDisguise, sayClipLine } from '../../web/ui/events/clip_line.js';

const EDGES = [0.1, 1, 10, 100];

/** Ten norms of about 0.32, three of about 3.2 and thirty of about 32. @param {object} [inForce] @returns {any} */
const runOf = (inForce) => ({
  bins: Uint32Array.of(10, 3, 30),
  summary: { tiny_norms: 0 },
  inForce: { optimizer: 'sgd', lr: 0.2, ...inForce },
});

/** The mean of min(1, λ / ‖g‖) over the norms of `runOf`. @param {number} threshold */
const scaleOf = (threshold) =>
  [0, 1, 2].reduce((sum, i) => sum + [10, 3, 30][i] * Math.min(1, threshold / (Math.sqrt(10) * EDGES[i])), 0) / 43;

test('share, mean scale and the rate that takes steps as long without clipping', () => {
  const effect = clipEffect(runOf(), EDGES, 1);
  assert.ok(effect);
  assert.ok(Math.abs(effect.share - 33 / 43) < 1e-12);
  assert.ok(Math.abs(effect.scale - scaleOf(1)) < 1e-12);
  assert.ok(Math.abs(Number(effect.rate) - 0.2 * scaleOf(1)) < 0.005 * 0.2 * scaleOf(1));
  assert.ok(isInDisguise(effect));
  assert.match(
    sayClipLine(effect, 1, { optimizer: 'momentum', lr: 0.2 }),
    /^λ = 1 would have clipped 77 % of these steps; .+, as at η 0\.\d+ instead of 0\.2\.$/,
  );
});

test('a line above all norms shortens nothing, and no rate stands for it', () => {
  const effect = clipEffect(runOf(), EDGES, 100);
  assert.ok(effect);
  assert.deepEqual([effect.share, effect.scale, effect.rate], [0, 1, null]);
  assert.equal(
    sayClipLine(effect, 100, { optimizer: 'momentum', lr: 0.2 }),
    'λ = 100 would have clipped 0 % of these steps.',
  );
});

test('for a rule that divides by the gradient there is no equivalent rate, and it says why', () => {
  const effect = clipEffect(runOf({ optimizer: 'adam' }), EDGES, 1);
  assert.ok(effect);
  assert.equal(effect.rate, null);
  assert.match(
    sayClipLine(effect, 1, { optimizer: 'adam', lr: 0.001 }),
    /divides by the gradient’s size: no lower rate stands for that\.$/,
  );
});

test('that no lower rate stands for a line is said once: what is advised beside the line does not repeat it', () => {
  for (const optimizer of ['sgd', 'momentum', 'adam', 'adamw', 'rmsprop']) {
    const settings = { optimizer, lr: 0.01, clip: 'norm' };
    const effect = clipEffect(runOf(settings), EDGES, 1);
    assert.ok(effect);
    const said = `${sayClipLine(effect, 1, settings)} ${adviseOnLine(effect, settings)}`;
    assert.ok(said.split('no lower rate').length <= 2, said);
    assert.equal(/lowering η/.test(said), effect.rate !== null, said);
  }
  const gentle = clipEffect(runOf(), EDGES, 100);
  assert.ok(gentle);
  assert.equal(adviseOnLine(gentle, { optimizer: 'sgd', clip: 'norm' }), '', 'a line that shortens nothing');
});

test('nothing is said where no norm was counted', () => {
  assert.equal(clipEffect({ ...runOf(), bins: null }, EDGES, 1), null);
});
