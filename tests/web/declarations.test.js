/**
 * The library's declarations, as strict TypeScript reads them that knows neither a browser nor Node: tests/npm/main.js does
 * the same, and more, from the packed package in an empty folder.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('a program in strict TypeScript compiles by the declarations alone, and a misspelt setting does not', async () => {
  const tsc = new URL('../../node_modules/.bin/tsc', import.meta.url);
  // app/use.ts holds both: an error that it expects and that does not come is one.
  await run(fileURLToPath(tsc), ['-p', 'tests/npm/app', '--singleThreaded'], { cwd: ROOT }).catch(({ stdout }) => {
    assert.fail(stdout);
  });
});
