/** The C library as its headers have it: what each file says of itself, and its functions with their comments. */

import { readdirSync, readFileSync } from 'node:fs';

const HEADERS = new URL('../../include/trainscope/', import.meta.url);

/** The words of a comment. @param {string} comment */
const words = (comment) =>
  comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replaceAll('<', '&lt;');

/** A comment, and the prototype after it; macros before the name say what compilers are to warn of. */
const FUNCTION =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n((?:TSCOPE_[A-Z_]+ )?(?:const |struct )?\w[\w ]*[ *]+tscope_\w+\([^;{]*\);)/g;

export function headersOfC() {
  return readdirSync(HEADERS)
    .filter((name) => name.endsWith('.h') && !name.endsWith('_fields.h'))
    .flatMap((name) => {
      const text = readFileSync(new URL(name, HEADERS), 'utf8');
      const functions = [...text.matchAll(FUNCTION)].map(
        ([, comment, prototype]) => `\`\`\`c\n${prototype}\n\`\`\`\n\n${words(comment)}`,
      );
      if (functions.length === 0) return [];
      const [head] = text.match(/^\/\*\*[\s\S]*?\*\//) ?? [''];
      return [`## trainscope/${name}\n\n${words(head)}\n\n${functions.join('\n\n')}`];
    })
    .join('\n\n');
}
