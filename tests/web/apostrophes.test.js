/** Apostrophes that users read: all are curly. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listFiles, read } from './sources.js';

/** In a word, or behind one that ends with s; behind what is inserted, too. */
const STRAIGHT = /[A-Za-z0-9}]\\?'(?:s|t|re|ll|d|ve)\b|s' (?=[a-z])/;

/** Texts of a script or a table, and its comments, so that these are none. */
const TOKENS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** Tables whose texts the page shows. */
const TABLES = ['config', 'metric', 'mistake', 'rule', 'study', 'surface', 'task', 'unit'];

/** @param {string} text */
function straightOnes(text) {
  return (text.match(TOKENS) ?? []).filter((token) => !token.startsWith('/') && STRAIGHT.test(token));
}

test('apostrophes are curly in what the page, the command line and reports say', () => {
  const scripts = listFiles('web', ['.js']).filter((file) => !/^web\/(generated|engine\/code)\//.test(file));
  assert.ok(scripts.length > 300);
  const found = scripts.flatMap((file) => straightOnes(read(file)).map((text) => `${file}: ${text.slice(0, 100)}`));
  assert.deepEqual(found, []);
});

test('and in the tables that it shows', () => {
  const found = TABLES.flatMap((name) => {
    const text = read(`include/trainscope/${name}_fields.h`);
    return straightOnes(text).filter((token) => token.startsWith('"'));
  });
  assert.deepEqual(found, []);
});
