/** What build.sh keeps from one call to the next, wherever the checkout stands. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('the headers of an object are named from its own folder: a path with a blank would make every build compile all', () => {
  let lists = 0;
  for (const folder of ['math', 'train']) {
    // Lists of sources that are gone stay where they are.
    for (const name of readdirSync(join(ROOT, 'src', folder)).filter((name) => name.endsWith('.c'))) {
      lists += 1;
      const list = readFileSync(join(ROOT, 'build/wasm', folder, name.replace(/c$/, 'd')), 'utf8').replace(
        /^[^:]*:/,
        '',
      );
      for (const header of list.match(/[^\s\\]+/g) ?? []) assert.match(header, /^\.\.\/\.\.\/\.\.\/(src|include)\//);
    }
  }
  assert.ok(lists > 0);
});
