/** The documentation's sources: what they link to and name is there. `./build.sh docs` renders them and checks the site. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { headersOfC } from '../../docs/tables/c_headers.js';
import { commandsText } from '../../docs/tables/commands.js';
import { libraryText } from '../../docs/tables/library.js';
import { headersText, lessonsText, partsText } from '../../docs/tables/page.js';
import { layersText, metricsText, rulesText, settingsText } from '../../docs/tables/settings.js';
import { COMMAND_FIELDS } from '../../web/cli/command_fields.js';
import { bytes } from '../../web/engine/words/numbers.js';
import { VERSION } from '../../web/generated/schema.js';
import { findEntry } from '../../web/library/study.js';
import { createEngine } from '../../web/platform/node/index.js';
import { MISTAKES } from '../../web/ui/museum/draws.js';
import { BYTES_MAX, RUNS_MAX } from '../../web/ui/state/kept/keeper.js';
import { CALM, stepsPerSecond } from '../../web/ui/state/pace.js';
import { listFiles, read } from './sources.js';

const DOCS = new URL('../../docs/', import.meta.url);
const ROOT = new URL('../../', import.meta.url);
const pages = readdirSync(DOCS)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(new URL(name, DOCS), 'utf8') }));
/** What is read beside the site, in a checkout. The change log is of its time, and may name what has gone. */
const besides = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'findings/README.md', 'recipes/README.md']
  .concat(listFiles('tests', ['.md']).filter((name) => !name.includes('node_modules')))
  .map((name) => ({ name, text: read(name) }));

test('every page has a place in the menu, and links to pages that are there', () => {
  assert.ok(pages.length > 15);
  for (const { name, text } of pages) {
    assert.match(text, /^---\ntitle: .+\nsection: .+\norder: \d+\nlayout: page\.njk\n---\n/, name);
    for (const [, target] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!target.startsWith('https:')) assert.ok(existsSync(new URL(target, DOCS)), `${name}: ${target}`);
    }
  }
  for (const { name, text } of besides) {
    for (const [, target] of text.matchAll(/\]\(([^):#]+)[^)]*\)/g)) {
      assert.ok(existsSync(new URL(target, new URL(name, ROOT))), `${name}: ${target}`);
    }
  }
});

test('files, lessons and commands that pages name are there', () => {
  const commands = COMMAND_FIELDS.map(({ name }) => name);
  const verbs = [...read('build.sh').matchAll(/^ {2}([a-z-]+)\)/gm)].map(([, verb]) => verb);
  for (const { name, text } of [...pages, ...besides]) {
    for (const [, path] of text.matchAll(/`((?:src|web|include|tests|docs|examples|recipes|\.github)\/[\w./-]+)`/g)) {
      assert.ok(existsSync(new URL(path, ROOT)), `${name}: ${path}`);
    }
    for (const [, path] of text.matchAll(/(?:^|`)(?:node|bash) ((?:web|tests|recipes|findings)\/[\w./-]*\w\.\w+)/gm)) {
      if (path !== 'findings/NAME.sh') assert.ok(existsSync(new URL(path, ROOT)), `${name}: ${path}`);
    }
    for (const [, verb] of text.matchAll(/\.\/build\.sh ([a-z-]+)/g))
      assert.ok(verbs.includes(verb), `${name}: ${verb}`);
    for (const [, id] of text.matchAll(/\?lesson=([\w-]+)/g)) assert.ok(findEntry(id), `${name}: ${id}`);
    for (const [, command] of text.matchAll(/(?:^|`)(?:trainscope|node web\/cli\.js) ([a-z][a-z-]+)/gm)) {
      assert.ok(commands.includes(command), `${name}: ${command}`);
    }
  }
});

test('figures of the program that pages tell are its own', async () => {
  const engine = await createEngine();
  const { config } = engine.parseConfig({ dataset: 'glyphs' });
  const calm = 1000 / stepsPerSecond(CALM, { steps: 1000, warmup_steps: 0 });
  /** @type {[string, string][]} */
  const told = [
    ['page.md', `\`${engine.schema.models.images}\` is LeNet`],
    ['page.md', `takes ${calm} s a run`],
    ['page.md', `${MISTAKES.length} published mistakes`],
    ['library.md', `trainscope-${VERSION}.tgz`],
    ['page.md', `(${RUNS_MAX} runs, ${bytes(BYTES_MAX)}, the oldest go first)`],
    ['accuracy.md', `${bytes(engine.measureModel(config).memory)} for LeNet on 28 × 28 images`],
  ];
  for (const [page, figure] of told) {
    assert.ok(pages.find(({ name }) => name === page)?.text.includes(figure), `${page}: ${figure}`);
  }
});

test('the tables have a row for all there is', async () => {
  const { schema } = await createEngine();
  const has = (/** @type {string} */ text, /** @type {{ name: string }[]} */ rows) => {
    for (const { name } of rows) assert.ok(text.includes(`<code>${name}</code>`), name);
  };
  has(settingsText(schema), schema.fields);
  has(layersText(schema), schema.units);
  has(metricsText(schema), schema.metrics);
  has(rulesText(schema), schema.mistakes);
  for (const { formula } of schema.rules) assert.ok(rulesText(schema).includes(formula[0]));
  for (const { name } of COMMAND_FIELDS) assert.ok(commandsText().includes(`## ${name}\n`), name);
  for (const word of ['createEngine', 'lossAndGradient', 'planSweep', 'readSafetensors'])
    assert.match(libraryText(), new RegExp(word));
  for (const word of ['tscope_trainer_advance', 'tscope_config_default'])
    assert.match(headersOfC(), new RegExp(`${word}\\(`));
  assert.ok(lessonsText().includes('?lesson=figure-7') && partsText().includes('<code>loss</code>'));
  assert.match(headersText().nginx, /Cross-Origin-Opener-Policy "same-origin"/);
});
