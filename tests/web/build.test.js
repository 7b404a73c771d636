/** What build.sh keeps from one call to the next, wherever the checkout stands. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../../build/', import.meta.url));

test('the headers of an object are named from its own folder: a path with a blank would make every build compile all', () => {
  let lists = 0;
  for (const folder of ['wasm/math', 'wasm/train']) {
    const files = readdirSync(join(BUILD, folder), { withFileTypes: true }).filter(({ name }) => name.endsWith('.d'));
    for (const { name } of files) {
      lists += 1;
      const headers = readFileSync(join(BUILD, folder, name), 'utf8').replace(/^[^:]*:/, '');
      for (const header of headers.match(/[^\s\\]+/g) ?? []) assert.match(header, /^\.\.\/\.\.\/\.\.\/(src|include)\//);
    }
  }
  assert.ok(lists > 0);
});
