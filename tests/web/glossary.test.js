/** The glossary against what the page says: no word without its place, and no view that explains nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitText } from '../../web/ui/glossary/split_text.js';
import { TERMS } from '../../web/ui/glossary/terms.js';
import { listFiles, read, withoutComments } from './sources.js';

/** Where the sentences of a view come from: its own folder, and what it has others say. @type {Record<string, string[]>} */
const SOURCES = {
  settings: ['include/trainscope/config_fields.h', 'include/trainscope/unit_fields.h'],
  live: [
    'include/trainscope/metric_fields.h',
    'web/ui/live',
    'web/ui/events',
    'web/ui/opening',
    'web/ui/runs',
    'web/engine/words',
  ],
  range: ['web/ui/range', 'web/engine/range', 'web/engine/words', 'web/engine/study/range_words.js'],
  sweep: ['web/ui/sweep', 'web/engine/study/sweep_advice.js', 'web/engine/study/judge'],
  diagnose: ['web/ui/diagnose', 'web/engine/study/procedure', 'web/engine/study/judge'],
  optimizers: ['web/ui/race'],
  slice: ['web/ui/slice', 'web/engine/words/slice.js', 'include/trainscope/study_fields.h'],
  lessons: ['web/ui/lessons', 'web/engine/study/gallery'],
  museum: ['web/ui/museum', 'include/trainscope/mistake_fields.h'],
};

/** The folders whose elements show them. @type {Record<string, string>} */
const FOLDERS = { settings: 'web/ui/controls', optimizers: 'web/ui/race' };

/** The sentences of a view: its strings and what stands between its tags, without the code around them. @param {string} place */
function sentencesOf(place) {
  const files = SOURCES[place].flatMap((path) => (/\.\w+$/.test(path) ? [path] : listFiles(path, ['.js'])));
  const strings = files.flatMap((file) =>
    [...withoutComments(read(file)).matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`/g)].map(([text]) => text),
  );
  // A sentence has a blank in it; a label, at least a capital letter.
  return strings.filter((text) => /\s/.test(text) || /^.[A-Z]/.test(text));
}

test('each word of the glossary stands in the sentences of every view that it names', () => {
  const unused = Object.keys(SOURCES).flatMap((place) => {
    const found = new Set(sentencesOf(place).flatMap((text) => splitText(text).map(({ term }) => term?.term)));
    const named = TERMS.filter(({ where }) => where.some((other) => other === place));
    return named.filter(({ term }) => !found.has(term)).map(({ term }) => `${place}: ${term}`);
  });
  assert.deepEqual(unused, []);
});

test('each has a place, one meaning in whole sentences, and is found where it stands', () => {
  assert.equal(new Set(TERMS.map(({ term }) => term)).size, TERMS.length, 'none stands twice');
  for (const { term, means, where } of TERMS) {
    assert.ok(where.length > 0, `${term} stands nowhere`);
    assert.match(means, /^[\p{Lu}]|^lr\*/u, `${term}: a sentence`);
    assert.match(means, /\.$/, `${term}: a sentence`);
    assert.ok(means.length > 60 && means.length < 260, `${term}: ${means.length} characters`);
  }
});

test('every view explains its words', () => {
  for (const place of Object.keys(SOURCES)) {
    const folder = FOLDERS[place] ?? `web/ui/${place}`;
    assert.ok(
      listFiles(folder, ['.js']).some((file) => /\$\{explained\(|\? explained\(|: explained\(/.test(read(file))),
      `${folder} explains nothing`,
    );
  }
});

test('a sentence is cut where its words are, each once, the longer ones first', () => {
  const text =
    'With a full batch the stability edge is at 2/η; a batch of 8 has unclipped gradient norms, and unclipped ones.';
  const pieces = splitText(text);
  assert.equal(pieces.map((piece) => piece.text).join(''), text);
  assert.deepEqual(
    pieces.flatMap((piece) => (piece.term ? [[piece.text, piece.term.term]] : [])),
    [
      ['full batch', 'full batch'],
      ['the stability edge', 'edge of stability'],
      ['η', 'learning rate, η'],
      ['batch', 'batch'],
      ['unclipped', 'unclipped'],
      ['gradient norms', 'gradient norm'],
    ],
  );
  assert.deepEqual(splitText('Nothing here.'), [{ text: 'Nothing here.', term: null }]);
});
