/**
 * What stands once: how numbers are written, the playbook's remedies, settings in a phrase, and what a kind of
 * instability is called. Each is looked for in the code outside its home, without comments.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REMEDIES } from '../../web/engine/study/judge/playbook.js';
import * as numbers from '../../web/engine/words/numbers.js';
import * as sentences from '../../web/engine/words/sentences.js';
import { listFiles, read, withoutComments } from './sources.js';

const WORDS = 'web/engine/words/';
const PLAYBOOK = 'web/engine/study/judge/playbook.js';

/** The code of web, a file each. */
const FILES = listFiles('web', ['.js'])
  .filter((file) => !file.startsWith('web/generated/'))
  .map((file) => ({ file, code: withoutComments(read(file)) }));

/**
 * Files outside a pattern's home in which it occurs, with what was found there.
 *
 * @param {RegExp} pattern
 * @param {string[]} homes  the beginnings of the paths where it may occur
 * @param {{ file: string, code: string }[]} [files]
 */
function findOutside(pattern, homes, files = FILES) {
  return files
    .filter(({ file }) => !homes.some((home) => file.startsWith(home)))
    .flatMap(({ file, code }) => (code.match(pattern) ?? []).slice(0, 1).map((found) => `${file}: ${found}`));
}

const formatters = [...Object.keys(numbers), ...Object.keys(sentences)].join('|');

/** What is looked for: what it is, what of it is allowed, and where. @type {Record<string, { pattern: RegExp, homes: string[] }>} */
const ONCE = {
  'how a number is written': {
    pattern: /\.toLocaleString\(|\.toPrecision\(|\.toExponential\(|\bIntl\./,
    homes: [WORDS],
  },
  'a formatter': {
    pattern: new RegExp(
      `\\bfunction (?:figure|${formatters})\\(|\\b(?:const|let) (?:figure|${formatters}) = (?:\\([^()]*\\)|\\w+) =>`,
    ),
    homes: [WORDS],
  },
  // A chart whose axis is in percent writes each tick as its axis does.
  'a percentage': { pattern: /\} %/, homes: [WORDS, 'web/charts/line/line_chart.js'] },
  'a plural': { pattern: /\? '' : 's'|\? 's' : ''/, homes: [WORDS] },
  'a symbol of a setting': { pattern: /(['"])([ηγρελ]|β[₁₂])\1\s*[,|:]\s*['"]([ηγρελ]|β[₁₂])['"]/, homes: [WORDS] },
  'a setting in a phrase': { pattern: /\bshortName\b|→ \$\{(?:valueInWords|formatValue)\(/, homes: [WORDS] },
  'the order of the remedies': {
    pattern: new RegExp(
      `(['"])(?:${REMEDIES.map(({ kind }) => kind).join('|')})\\1\\s*[,|]\\s*(['"])(?:${REMEDIES.map(({ kind }) => kind).join('|')})\\2`,
    ),
    homes: [PLAYBOOK],
  },
  // A lesson's section may be called like a remedy.
  "a remedy's name": {
    pattern: new RegExp(REMEDIES.map(({ label }) => label).join('|')),
    homes: [PLAYBOOK, 'web/engine/study/gallery/entries/'],
  },
  'what a kind of instability is called': {
    pattern: /\b(?:early|mid): ['"`]|(['"])(?:early|mid)\1 \? ['"]/,
    homes: ['web/engine/config/verdicts.js'],
  },
  'the advice on clipping too much': { pattern: /in disguise/, homes: [PLAYBOOK, 'web/engine/study/gallery/entries/'] },
};

for (const [what, { pattern, homes }] of Object.entries(ONCE)) {
  test(`${what} stands in one place`, () => {
    assert.deepEqual(findOutside(pattern, homes), []);
  });
}

test('each of them is found where it is repeated', () => {
  /** @type {Record<string, string[]>} */
  const repetitions = {
    'how a number is written': ['total.toLocaleString("en")', 'Number(lr.toPrecision(3))', 'size.toExponential()'],
    'a formatter': ['function plural(n, noun) {}', 'const percent = (share) => share;', 'const figure = (x) => `x`;'],
    'a percentage': [`return "\${Math.round(100 * share)} %";`],
    'a plural': [`"step\${n === 1 ? '' : 's'}"`],
    'a symbol of a setting': ["const symbols = ['η', 'γ'];", "{ 'β₁': 'β₂' }"],
    'a setting in a phrase': [`"\${was} → \${valueInWords(field, value)}"`, 'shortName(field)'],
    'the order of the remedies': ["['warmup', 'clipping', 'optimizer']", "'rezero' | 'lower_rate'"],
    "a remedy's name": ["{ warmup: 'Learning rate warmup' }"],
    'what a kind of instability is called': ["const KINDS = { early: 'early' };", "kind === 'mid' ? 'suddenly' : ''"],
    'the advice on clipping too much': ["'a lower learning rate in disguise'"],
  };
  assert.deepEqual(Object.keys(repetitions), Object.keys(ONCE));
  for (const [what, codes] of Object.entries(repetitions)) {
    const { pattern, homes } = ONCE[what];
    for (const code of codes) {
      assert.equal(findOutside(pattern, homes, [{ file: 'web/ui/live/more.js', code }]).length, 1, code);
    }
  }
});
