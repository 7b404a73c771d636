/** What the package's files ask for, from its doors on: all of it is packed, and nothing else is. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { IS_FUSED_BUILT } from '../fixtures/fused_build.js';

/** Every file below a folder, from there. @param {string} folder @returns {Promise<string[]>} */
export async function listAll(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const IMPORTS = [
  /^\s*(?:import|export|\})[^'\n]*from '([^'\n]+)';$/gm,
  /^import '([^'\n]+)';$/gm,
  /\bimport\('([^'\n]+)'\)/g,
  /\bnew URL\('(\.[^'\n]+)', import\.meta\.url\)/g,
];

/** What a file asks for: files by relative names, and packages. @param {string} file */
async function listImports(file) {
  // Comments name types, which are files of the declarations.
  const code = (await readFile(file, 'utf8')).replace(/\/\*[\s\S]*?\*\//g, '');
  return IMPORTS.flatMap((pattern) => [...code.matchAll(pattern)].map(([, named]) => named));
}

/** Files that are looked for, and may be missing: those of a checkout, and the cores of a build that leaves them out. */
const MAY_BE_MISSING = new RegExp(
  `^(build\\.sh$|data/$|tests/(bench|ward)/|dist/$${IS_FUSED_BUILT ? '' : '|build/trainscope-fused.*\\.wasm$'})`,
);

/** @param {string} inside  where package.json is @param {Set<string>} files  what is packed of it */
export async function checkImports(inside, files) {
  const { bin, exports, dependencies } = JSON.parse(await readFile(join(inside, 'package.json'), 'utf8'));
  const doors = [...Object.values(bin), ...Object.values(exports).flatMap((door) => Object.values(door))];
  /** @type {Set<string>} */
  const packages = new Set();
  const reached = new Set();
  const waiting = doors.filter((door) => String(door).endsWith('.js')).map((door) => join(String(door)));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const named of file.endsWith('.js') ? await listImports(join(inside, file)) : []) {
      if (named.startsWith('node:')) continue;
      if (!named.startsWith('.')) {
        packages.add(named);
        continue;
      }
      const target = join(dirname(file), named);
      if (MAY_BE_MISSING.test(target)) continue;
      assert.ok(files.has(target), `${file} asks for ${named}, which is not packed`);
      waiting.push(target);
    }
  }
  assert.deepEqual([...packages].sort(), Object.keys(dependencies), 'dependencies are what is imported');
  // Of the engine and its workers, a few files are types, or the page's alone; all else has to be used.
  const strangers = [...files].filter(
    (file) => file.startsWith('web/') && !reached.has(file) && !/^web\/(engine|worker)\//.test(file),
  );
  assert.deepEqual(strangers, [], 'nothing is packed that no door leads to');
}
