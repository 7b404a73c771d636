/** What the package holds, by its table of files: tests/npm/main.js asks npm, which takes longer than all of this folder. */

import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkImports, listAll } from '../npm/contents.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The files of a row of package.json, whose only wildcard is a star within a name. @param {string} row */
async function filesOf(row) {
  const path = join(ROOT, row);
  if (existsSync(path)) return statSync(path).isFile() ? [row] : (await listAll(path)).map((name) => join(row, name));
  const name = new RegExp(`^${row.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  const folder = row.slice(0, row.lastIndexOf('/'));
  return (await listAll(join(ROOT, folder))).map((file) => join(folder, file)).filter((file) => name.test(file));
}

test('what the library and the command line import is in the package, and nothing that they do not', async () => {
  const { files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  /** @type {Set<string>} */
  const packed = new Set();
  for (const row of files) {
    const found = await filesOf(row.replace('!', ''));
    assert.ok(found.length > 0, row);
    for (const file of found) row.startsWith('!') ? packed.delete(file) : packed.add(file);
  }
  await checkImports(ROOT, packed);
});
