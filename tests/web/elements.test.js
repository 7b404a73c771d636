/** The page's elements: whatever a template names is defined, in a file that says so. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const WEB = new URL('../../web/', import.meta.url);

test('every element that the page names is defined once', () => {
  const files = ['ui', 'charts'].flatMap((folder) =>
    readdirSync(new URL(folder, WEB), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  const named = new Map();
  /** @type {string[]} */
  const defined = [];
  for (const file of ['index.html', ...files.filter((name) => name.endsWith('.js'))]) {
    const text = readFileSync(new URL(file, WEB), 'utf8');
    for (const [, name] of text.matchAll(/<([a-z]+(?:-[a-z]+)+)[\s>]/g)) named.set(name, file);
    for (const [, name] of text.matchAll(/customElements\.define\('([^']+)'/g)) defined.push(name);
  }
  assert.ok(named.size > 20, 'templates were found');
  const missing = [...named].filter(([name]) => !defined.includes(name)).map(([name, file]) => `${file}: ${name}`);
  assert.deepEqual(missing, []);
  assert.equal(new Set(defined).size, defined.length, 'defined once');
});
