/** Numbers and settings in words: one wording for studies, page and command line. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { axisNumber, bytes, count, duration, number, percent, significant } from '../../web/engine/words/numbers.js';
import { agree, capitalize, list, medianOver, ofSeeds, plural, seedsEach } from '../../web/engine/words/sentences.js';
import {
  changeInWords,
  describeChanges,
  ruleInWords,
  settingInSentence,
  settingInWords,
  settingsInWords,
  shortName,
  valueInWords,
} from '../../web/engine/words/settings.js';

/** @param {string} name */
function field(name) {
  const found = SCHEMA.fields.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

test('a measurement has three digits, thousands are separated, what is tiny or huge has a power', () => {
  const written = /** @type {[number | null | undefined, string][]} */ ([
    [0, '0'],
    [0.036300001, '0.0363'],
    [-2.5, '-2.5'],
    [999.4, '999'],
    [1234.4, '1234'],
    [12000, '12,000'],
    [12345.6, '12,346'],
    [0.001, '0.001'],
    [0.000363, '3.63e-4'],
    [1e-8, '1e-8'],
    [999999, '999,999'],
    [1234567, '1.23e6'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [Number.NaN, '–'],
    [null, '–'],
    [undefined, '–'],
  ]);
  for (const [value, text] of written) assert.equal(number(value), text);
  assert.equal(number(0.123456, { digits: 4 }), '0.1235');
  assert.equal(number(14.4, { digits: 2 }), '14');
  assert.equal(number(12345, { digits: 2 }), '12,000');
  assert.equal(number(0.000012346, { digits: 4 }), '1.235e-5');
});

test('an axis has a power of ten sooner than a sentence', () => {
  assert.deepEqual([0, 12000, 99999, 123456, -9.9999e-8].map(axisNumber), ['0', '12,000', '99,999', '1.23e5', '-1e-7']);
});

test('counts, shares, durations, sizes', () => {
  assert.deepEqual([1200, 999.6, null, Infinity].map(count), ['1,200', '1,000', '–', '∞']);
  for (const value of [0, 7, 999, -999, 1000, -1234.5, 1_234_567, 2 ** 53, 1e20, 1e21, -3e25]) {
    assert.equal(count(value), Math.round(value).toLocaleString('en-US'));
  }
  assert.deepEqual(
    [0, 0.00534, 0.05, 0.534, 1, 50, Number.NaN].map((share) => percent(share)),
    ['0 %', '0.53 %', '5 %', '53 %', '100 %', '5,000 %', '–'],
  );
  assert.equal(percent(0.05, 1), '5.0 %');
  const nearly = [0.994, 0.997, 0.9999].map((share) => [percent(share), percent(share, 0), percent(share, 2)]);
  assert.deepEqual(
    nearly,
    [
      ['99 %', '99 %', '99.40 %'],
      ['99.7 %', '99 %', '99.70 %'],
      ['99.9 %', '99 %', '99.99 %'],
    ],
    'not all is not 100 %',
  );
  assert.equal(percent(null), '–');
  assert.deepEqual([0.05, 1.23, 40, 700, 5400, Number.NaN].map(duration), [
    '50 ms',
    '1.2 s',
    '40 s',
    '12 min',
    '1.5 h',
    '–',
  ]);
  assert.deepEqual([0, 1023, 1536, 1.5 * 1024 ** 3].map(bytes), ['0 bytes', '1020 bytes', '1.5 KB', '1.5 GB']);
  assert.equal(significant(0.0123456), 0.0123);
  assert.equal(significant(1234, 2), 1200);
});

test('words that numbers stand in', () => {
  assert.equal(plural(1, 'step'), '1 step');
  assert.equal(plural(12000, 'step'), '12,000 steps');
  assert.equal(ofSeeds(1, 1), '1 of 1 seed');
  assert.equal(ofSeeds(2, 3), '2 of 3 seeds');
  assert.equal(seedsEach(1), 'one seed');
  assert.equal(seedsEach(3), '3 seeds each');
  assert.equal(medianOver(1), 'of one seed');
  assert.equal(medianOver(3), 'median of 3 seeds');
  assert.equal(agree(1, 'fails', 'fail'), 'fails');
  assert.equal(agree(0, 'fails', 'fail'), 'fail');
  assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(list), ['', 'a', 'a and b', 'a, b and c']);
  assert.equal(capitalize('clip at 1'), 'Clip at 1');
});

test('a setting is called by its symbol, or by its label', () => {
  assert.deepEqual(
    ['lr', 'beta2', 'clip_norm', 'warmup_steps', 'weight_decay', 'outlier_scale'].map((name) => shortName(field(name))),
    ['η', 'β₂', 'λ', 'warmup', 'weight decay', 'outlier scale'],
  );
  assert.equal(changeInWords('lr', 0.03, 0.2), 'Learning rate η 0.03 → 0.2');
  assert.equal(changeInWords('batch', 64, 0), 'Batch size 64 → full');
});

test('values in words', () => {
  const said = /** @type {[string, any, string][]} */ ([
    ['optimizer', 'adamw', 'AdamW'],
    ['clip_in_warmup', false, 'off'],
    ['batch', 0, 'full'],
    ['batch', 64, '64'],
    ['steps', 12000, '12,000'],
    ['lr', 0.031622776, '0.031622776'],
    ['model', null, 'default'],
    ['model', 'relu', 'relu'],
  ]);
  for (const [name, value, words] of said) assert.equal(valueInWords(field(name), value), words);
  assert.equal(valueInWords(field('lr'), 0.031622776, { rounded: true }), '0.0316');
  assert.equal(settingInWords('dataset', 'glyphs'), 'Glyphs');
  assert.equal(settingInSentence('clip', 'off'), 'clipping off');
  assert.equal(settingInSentence('lr', 10, ' to '), 'η to 10');
  assert.equal(settingsInWords({ lr: 0.2, warmup_steps: 100 }), 'η 0.2, warmup 100');
  assert.equal(settingsInWords({ lr: 0.031622776 }, { rounded: true }), 'η 0.0316');
  assert.equal(settingsInWords({}), '');
});

test('changes are told in the order of the groups, and only those that have an effect', () => {
  const before = { dataset: 'glyphs', batch: 64, lr: 0.03, warmup_steps: 0, clip_norm: 1, model: null };
  const after = {
    dataset: 'spiral',
    batch: 64,
    lr: 0.2,
    warmup_steps: 100,
    clip_norm: 2,
    model: 'conv(8,3)  # first\nrelu conv(16,3) relu linear(64)',
  };
  const applies = (/** @type {{ name: string }} */ { name }) => name !== 'clip_norm';
  assert.equal(
    describeChanges(SCHEMA.fields, before, after, applies),
    'η 0.03 → 0.2, warmup 0 → 100, model default → conv(8,3) relu conv(16,3…, Glyphs → Spiral',
  );
  assert.equal(describeChanges(SCHEMA.fields, before, { ...before, clip_norm: 2 }, applies), '');
  assert.equal(
    describeChanges(SCHEMA.fields, before, { ...before, model: '# nothing' }, applies),
    'model default → logistic regression',
  );
  assert.equal(describeChanges(SCHEMA.fields, before, { ...before, model: undefined }, applies), '');
  // Where two models begin alike, what differs is in sight.
  const head = { ...before, model: 'conv(8,3,stride=2,pad=1)\nresidual(relu conv(8,3,pad=1))*4 relu' };
  const strided = 'conv(8,3,stride=2,pad=1)\nresidual(relu conv(8,3,stride=2)) relu';
  assert.equal(
    describeChanges(SCHEMA.fields, head, { ...head, model: strided }, applies),
    'model …conv(8,3,pad=1))*4 relu → …conv(8,3,stride=2)) relu',
  );
  assert.equal(
    describeChanges(SCHEMA.fields, head, { ...head, model: `${head.model} linear(16)` }, applies),
    'model …relu → …relu linear(16)',
  );
});

test('a rule that is trained with a published mistake is not called by its name alone', () => {
  assert.equal(ruleInWords({ optimizer: 'adam', mistake: 'none' }), 'Adam');
  assert.equal(ruleInWords({ optimizer: 'adam' }), 'Adam');
  assert.equal(ruleInWords({ optimizer: 'adam', mistake: 'adam_multiplies' }), 'Adam (adam_multiplies)');
});
