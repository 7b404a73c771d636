/**
 * What a first visit fetches, read off the built page: few files and few bytes. A browser counts them in
 * tests/journeys/first_load.js; here they are held to what they came to there, so that none creeps in.
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { instantiateCore } from '../../web/engine/core/wasm.js';
import { HELP } from '../../web/generated/help.js';
import { SCHEMA_DIGEST } from '../../web/generated/schema.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const isBuilt = existsSync(`${DIST}index.html`);

/** The page's own, what begins before it, what both share with its worker, the worker's few lines, the core that it begins
 * with, and looks. */
const FILES = ['begin', 'core', 'page', 'worker', 'first-threads', 'index'];

/** Gzipped, which is quick to do: a tenth more than a host sends that has compressed by brotli beforehand. */
const BYTES_MAX = 205_000;

test('a first visit fetches few files and few bytes', { skip: !isBuilt && 'there is no built page' }, () => {
  const html = readFileSync(`${DIST}index.html`, 'utf8');
  const all = readdirSync(`${DIST}assets`);
  const fetched = FILES.map((name) => {
    const found = all.filter((file) => file.replace(/-[\w-]{8}\.\w+$/, '') === name);
    assert.equal(found.length, 1, `one file ${name}: ${found}`);
    return found[0];
  });
  for (const [, file] of html.matchAll(/assets\/([^"]+)"/g))
    assert.ok(fetched.includes(file), `${file} is asked for too`);
  // What a script imports is fetched with it.
  for (const file of fetched.filter((name) => name.endsWith('.js'))) {
    const code = readFileSync(`${DIST}assets/${file}`, 'utf8');
    for (const [, imported] of code.matchAll(
      /(?:^|[;}])(?:import|export)[^;'"`()]*?from?\s*["'`]\.\/([^"'`]+)["'`]/g,
    )) {
      assert.ok(fetched.includes(imported), `${file} imports ${imported}`);
    }
  }
  const sizes = ['../index.html', ...fetched].map((file) => {
    const { length } = gzipSync(readFileSync(`${DIST}assets/${file}`), { level: 9 });
    return { file, length };
  });
  const sum = sizes.reduce((total, { length }) => total + length, 0);
  const said = sizes.map(({ file, length }) => `${file} ${length}`).join(', ');
  assert.ok(sum <= BYTES_MAX, `${sum} bytes gzipped, at most ${BYTES_MAX}: ${said}`);
});

test('what settings mean is in one file, which a first visit does without', {
  skip: !isBuilt && 'there is no built page',
}, () => {
  const [longest] = HELP.toSorted((a, b) => b.length - a.length);
  const holders = readdirSync(`${DIST}assets`).filter(
    (file) => file.endsWith('.js') && readFileSync(`${DIST}assets/${file}`, 'utf8').includes(longest),
  );
  assert.equal(holders.length, 1, `${holders}`);
  assert.ok(!FILES.includes(holders[0].replace(/-[\w-]{8}\.\w+$/, '')), holders[0]);
});

/** The files that a script asks for, at once or ever. @param {string} file */
function askedBy(file) {
  const code = readFileSync(`${DIST}assets/${file}`, 'utf8');
  return [...code.matchAll(/(?:from|import)\s*\(?\s*["'`]\.\/([^"'`]+\.js)["'`]/g)].map(([, name]) => name);
}

test('no file imports a worker, which WebKit would run twice; and none that a worker asks for brings the page along', {
  skip: !isBuilt && 'there is no built page',
}, () => {
  const all = readdirSync(`${DIST}assets`).filter((file) => file.endsWith('.js'));
  const workers = all.filter((file) => /^(?:team_)?worker-[\w-]{8}\.js$/.test(file));
  assert.equal(workers.length, 2);
  for (const file of all)
    for (const asked of askedBy(file)) assert.ok(!workers.includes(asked), `${file} asks for ${asked}`);
  const reached = new Set(workers);
  // Grows while it is gone through.
  for (const file of reached) for (const asked of askedBy(file)) reached.add(asked);
  assert.ok(reached.size > 8, `workers ask for ${[...reached]}`);
  for (const file of reached) {
    assert.doesNotMatch(file, /^(?:page|begin)-/);
    const code = readFileSync(`${DIST}assets/${file}`, 'utf8');
    assert.doesNotMatch(code, /customElements\.define/, `${file} is the page's`);
  }
});

test('the page’s cores say of which build they are, and bring no text that the page has', {
  skip: !isBuilt && 'there is no built page',
}, async () => {
  const files = readdirSync(`${DIST}assets`).filter((name) => /^(?:trainscope|first)-[\w-]{8}\.wasm$/.test(name));
  assert.equal(files.length, 2);
  for (const file of files) {
    const bytes = readFileSync(`${DIST}assets/${file}`);
    assert.ok(!bytes.includes('"help":"'));
    await instantiateCore(bytes, SCHEMA_DIGEST);
    await assert.rejects(instantiateCore(bytes, `${SCHEMA_DIGEST}0`), { code: 'build' });
  }
});

test('the page’s own file does not wait at its top: what it would wait for may import from it, and neither would ever come', () => {
  const main = readFileSync(fileURLToPath(new URL('../../web/main.js', import.meta.url)), 'utf8');
  assert.doesNotMatch(main, /^(?:const [^\n]*= |[\w.]+\()?await\b/m);
});
