/** The library as its declarations have it: each door, what it exports, and the members of its classes. */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listExports, readComment, splitDeclarations, TYPES } from './declarations.js';
import { cell } from './markdown.js';

const PACKAGE = new URL('../../package.json', import.meta.url);

/** What the package exports, with its declarations: those of Node, which has all that browsers have. */
const DOORS = Object.entries(JSON.parse(readFileSync(PACKAGE, 'utf8')).exports)
  .filter(([, door]) => door.types)
  .map(([name, door]) => ({
    title: name.replace('.', 'trainscope'),
    file: relative(TYPES, fileURLToPath(new URL(door.types, PACKAGE))),
  }));

/** Classes that a caller is given by the engine, beside those that a door exports. */
const GIVEN = [
  ['engine/engine.d.ts', 'Engine'],
  ['engine/run/trainer.d.ts', 'Trainer'],
  ['engine/race/optimizer.d.ts', 'Optimizer'],
  ['engine/race/race.d.ts', 'Race'],
  ['engine/race/surface.d.ts', 'Surface'],
];

/** A declaration without what a reader does not need. @param {string} text */
const tidy = (text) =>
  text
    .replace(/^export (declare )?/, '')
    .replace(/import\('[^']+'\)\./g, '')
    .replace(/;$/, '');

/** @param {string} comment */
function describe(comment) {
  const { prose, tags } = readComment(comment);
  const rows = tags
    .filter((tag) => /^@(param|returns|throws)\b/.test(tag))
    .map((tag) => {
      const [, kind, rest] = /** @type {RegExpMatchArray} */ (tag.match(/^@(\w+)\s*([\s\S]*)$/));
      const text = rest.replace(/^\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}\s*/, '').trim();
      if (text === '' || (kind === 'param' && !/\s/.test(text))) return '';
      if (kind !== 'param') return `- ${kind}: ${cell(text)}`;
      const [, name, what] = /** @type {RegExpMatchArray} */ (text.match(/^(\S+)\s*([\s\S]*)$/));
      return `- \`${name.replace(/^\[|\]$/g, '')}\`: ${cell(what)}`;
    });
  return [prose.replaceAll('<', '&lt;'), rows.filter(Boolean).join('\n')].filter(Boolean).join('\n\n');
}

/** @param {string} text of a class */
function membersText(text) {
  const body = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
  return splitDeclarations(body)
    .filter(({ text: member }) => !/^(#|private|static)/.test(member))
    .map(({ comment, text: member }) => `\`\`\`ts\n${tidy(member)}\n\`\`\`\n\n${describe(comment)}`)
    .join('\n\n');
}

/** @param {{ name: string, declaration: { comment: string, text: string } }} one @param {string} level */
function exportText({ name, declaration: { comment, text } }, level) {
  const isClass = /^export declare class/.test(text);
  const shown = isClass ? '' : `\`\`\`ts\n${tidy(text)}\n\`\`\`\n\n`;
  return `${level} ${name}\n\n${shown}${describe(comment)}${isClass ? `\n\n${membersText(text)}` : ''}`;
}

export function libraryText() {
  const doors = DOORS.map(({ title, file }) => {
    const values = listExports(file).filter(({ declaration }) => !/^export type/.test(declaration.text));
    return `## ${title}\n\n${values.map((one) => exportText(one, '###')).join('\n\n')}`;
  });
  const given = GIVEN.map(([file, name]) => {
    const found = listExports(file).find((one) => one.name === name);
    if (!found) throw new Error(`${file} declares no ${name}`);
    return exportText(found, '###');
  });
  return [...doors, `## What the engine gives\n\n${given.join('\n\n')}`].join('\n\n');
}
