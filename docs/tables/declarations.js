/**
 * The library's declarations (build/types), read as text: what is exported, with its JSDoc. They are the compiler's, so
 * they are regular: comments, then one declaration that ends with a semicolon or a brace.
 */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TYPES = fileURLToPath(new URL('../../build/types/', import.meta.url));

/** @typedef {{ comment: string, text: string }} Declaration */

/** Cuts a text at what ends a declaration, whatever stands in brackets or comments. @param {string} text @returns {Declaration[]} */
export function splitDeclarations(text) {
  /** @type {Declaration[]} */
  const found = [];
  let comment = '';
  let start = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith('/**', i)) {
      const end = text.indexOf('*/', i) + 2;
      if (end < 2) break;
      if (depth === 0) {
        comment = text.slice(i, end);
        start = end;
      }
      i = end - 1;
      continue;
    }
    const character = text[i];
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, i + 1);
      if (end < 0) break;
      i = end;
      continue;
    }
    if ('{(['.includes(character)) depth++;
    if ('})]'.includes(character)) depth--;
    const isBody =
      character === '}' && depth === 0 && /^\s*(export )?(declare )?(class|interface)\b/.test(text.slice(start, i));
    if ((character === ';' && depth === 0) || isBody) {
      const declared = text.slice(start, i + 1).trim();
      if (declared !== '' && declared !== ';') found.push({ comment, text: declared });
      comment = '';
      start = i + 1;
    }
  }
  return found;
}

/** @type {Map<string, Declaration[]>} */
const files = new Map();

/** @param {string} file  below build/types @returns {Declaration[]} */
export function readDeclarations(file) {
  const known = files.get(file) ?? splitDeclarations(readFileSync(join(TYPES, file), 'utf8'));
  files.set(file, known);
  return known;
}

/** The words of a comment, without its types and stars; examples and tags apart. @param {string} comment */
export function readComment(comment) {
  const lines = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''));
  const text = lines.join('\n').trim();
  const at = text.search(/(^|\s)@[a-z]+\b/);
  const prose = (at < 0 ? text : text.slice(0, at)).trim();
  const tags = (at < 0 ? '' : text.slice(at).trim())
    .split(/(?:^|\s)(?=@(?:param|returns|throws|type|template|typedef|property|overload)\b)/)
    .map((tag) => tag.trim())
    .filter(Boolean);
  return { prose, tags };
}

/**
 * What a door exports, followed to where it is declared.
 *
 * @param {string} door  a file below build/types
 * @returns {{ name: string, file: string, declaration: Declaration }[]}
 */
export function listExports(door) {
  return readDeclarations(door).flatMap((declaration) => {
    const again = declaration.text.match(/^export \{([^}]*)\} from '([^']+)';$/);
    if (again) {
      const file = join(dirname(door), again[2].replace(/\.js$/, '.d.ts'));
      return again[1].split(',').flatMap((name) => findExport(file, name.trim()) ?? []);
    }
    const own = declaration.text.match(/^export \{ (\w+) \};$/);
    if (own) {
      const brought = readDeclarations(door).flatMap(
        ({ text }) => text.match(new RegExp(`^import \\{[^}]*\\b${own[1]}\\b[^}]*\\} from '([^']+)';$`))?.[1] ?? [],
      );
      return brought.flatMap((from) => findExport(join(dirname(door), from.replace(/\.js$/, '.d.ts')), own[1]) ?? []);
    }
    const named = declaration.text.match(/^export (?:declare )?(?:async )?(?:function|class|const|type) (\w+)/);
    return named ? [{ name: named[1], file: door, declaration }] : [];
  });
}

/** @param {string} file @param {string} name */
export function findExport(file, name) {
  const found = listExports(file).filter((one) => one.name === name);
  return found.at(-1);
}

/**
 * The members of an object type, its comments beside them; null where it is none, or not known here.
 *
 * @param {string} file  where the type is written
 * @param {string} type
 * @returns {Map<string, { type: string, text: string, file: string }> | null}  file: where the member's type is written
 */
export function membersOf(file, type) {
  /** @type {Map<string, { type: string, text: string, file: string }>} */
  const members = new Map();
  for (const part of splitAtTop(type.trim(), '&')) {
    const plain = part
      .trim()
      .replace(/^(?:Omit|Pick|Partial)<([^<>,]+)(?:,[^<>]*)?>/, '$1')
      .replace(/\s*\|\s*null$/, '')
      .replace(/\[\]$/, '')
      .trim();
    const bracketed = plain.match(/^\((.*)\)$/s);
    const indexed = plain.match(/^(.*)\['(\w+)'\]$/s);
    const imported = plain.match(/^import\('([^']+)'\)\.(\w+)$/);
    const local = plain.match(/^(\w+)$/);
    if (plain.startsWith('{')) {
      for (const { comment, text } of splitDeclarations(plain.slice(1, -1))) {
        const named = text.match(/^'?(\w+)'?\??:\s*([\s\S]*?);?$/);
        if (named) members.set(named[1], { type: named[2], text: readComment(comment).prose, file });
      }
    } else if (bracketed) {
      for (const [name, member] of membersOf(file, bracketed[1]) ?? []) members.set(name, member);
    } else if (indexed) {
      const one = membersOf(file, indexed[1])?.get(indexed[2]);
      for (const [name, member] of (one && membersOf(one.file, one.type)) ?? []) members.set(name, member);
    } else if (imported || local) {
      const target = imported ? join(dirname(file), imported[1].replace(/\.js$/, '.d.ts')) : file;
      const found = findExport(target, imported ? imported[2] : /** @type {RegExpMatchArray} */ (local)[1]);
      const body = found?.declaration.text.match(/^export type \w+ = ([\s\S]*);$/);
      const inner = found && body ? membersOf(found.file, body[1]) : null;
      for (const [name, member] of inner ?? []) members.set(name, member);
    }
  }
  return members.size > 0 ? members : null;
}

/** @param {string} text @param {string} mark */
function splitAtTop(text, mark) {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{(['.includes(character)) depth++;
    if ('})]'.includes(character)) depth--;
    if (character === mark && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
