/** The project's own text, for tests that read it. Files are named by their path from the project's root. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** All files below a folder with one of these extensions. @param {string} folder @param {string[]} extensions  such as '.js' */
export function listFiles(folder, extensions) {
  return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.includes(path.extname(entry.name)))
    .map((entry) =>
      path
        .relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name))
        .split(path.sep)
        .join('/'),
    );
}

/** @param {string} file */
export function read(file) {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Comments become nothing: they may name anything. Texts stay, for import lines need theirs. @param {string} text */
export function withoutComments(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (match) => (match.startsWith('/') ? ' ' : match));
}
