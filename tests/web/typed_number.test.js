/** What a hand types into a setting's box, and what is made of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEMA } from '../../web/generated/schema.js';
import { judgeTyped } from '../../web/ui/controls/typed_number.js';

/** @param {string} name @param {string} text */
function judge(name, text) {
  const field = /** @type {any} */ (SCHEMA.fields.find((row) => row.name === name));
  return judgeTyped(field, text);
}

test('a lone comma is a decimal point', () => {
  assert.deepEqual(judge('lr', '0,02'), { value: 0.02 });
  assert.deepEqual(judge('lr', ',5'), { value: 0.5 });
  assert.deepEqual(judge('lr', '2,5e-3'), { value: 0.0025 });
  assert.deepEqual(judge('lr', '0,025'), { value: 0.025 });
  assert.deepEqual(judge('momentum', '0,9'), { value: 0.9 });
});

test('commas, blanks and underscores between thousands are left out', () => {
  assert.deepEqual(judge('steps', '1,000'), { value: 1000 });
  assert.deepEqual(judge('steps', '1,000,000'), { value: 1_000_000 });
  assert.deepEqual(judge('steps', ' 10 000 '), { value: 10_000 });
  assert.deepEqual(judge('steps', '10_000'), { value: 10_000 });
  assert.deepEqual(judge('clip_norm', '1,234.5'), { value: 1234.5 });
});

test('what may be a thousand or a decimal is asked back, not guessed', () => {
  assert.deepEqual(judge('clip_norm', '1,500'), {
    complaint: '"1,500" may be 1500 or 1.5: type it without the comma.',
  });
});

test('the rest is judged as on the command line, in a sentence', () => {
  assert.deepEqual(judge('lr', '1e-3'), { value: 0.001 });
  for (const text of ['', 'fast', '0x10', 'Infinity', '1,2,3', '1.000,5', '12,34,567', ',']) {
    const judged = judge('lr', text);
    assert.ok('complaint' in judged, text);
    assert.match(judged.complaint, /^Learning rate must be between .+ and .+, not ".*"\.$/);
  }
  assert.match(/** @type {any} */ (judge('steps', '1,5')).complaint, /must be a whole number between/);
  assert.match(/** @type {any} */ (judge('momentum', '1,5')).complaint, /^Momentum must be between/);
});
