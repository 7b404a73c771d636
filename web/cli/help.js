/** Help texts, printed from the tables. */

import { flagOf } from '../engine/config/config_text.js';
import { isRepeated, listOptions } from './arguments.js';
import { COMMAND_FIELDS } from './command_fields.js';

/**
 * @typedef {import('./command_fields.js').CommandField} CommandField
 * @typedef {import('../engine/config/schema_text.js').Schema} Schema
 * @typedef {{ flag: string, text: string }} Entry
 */

const INDENT = '  ';

export function formatOverview() {
  const width = Math.max(...COMMAND_FIELDS.map(({ name }) => name.length));
  const commands = COMMAND_FIELDS.map(({ name, summary }) => `${INDENT}${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: trainscope <command> [options]',
    '',
    ...commands,
    '',
    'trainscope <command> --help lists the options of a command; trainscope --version says which this is.',
  ].join('\n');
}

/**
 * @param {CommandField} command
 * @param {Schema} schema
 */
export function formatHelp(command, schema) {
  const lines = [
    `Usage: trainscope ${command.name}${command.usage ? ` ${command.usage}` : ''} [options]`,
    command.summary,
    '',
    'Options',
    ...formatEntries(listOptions(command).map(describeOption)),
  ];
  const own = new Set();
  if (command.table) {
    const rows = schema[command.table];
    for (const { name } of rows) own.add(name);
    lines.push('', 'Options of the test', ...formatEntries(rows.map(describeField)));
  }
  if (command.settings) {
    const rows = schema.fields.filter(({ name }) => !own.has(name));
    const groups = [...new Set(rows.map(({ group }) => group))];
    for (const group of groups) {
      const members = rows.filter((row) => row.group === group);
      lines.push('', `Settings: ${group}`, ...formatEntries(members.map(describeField)));
    }
  }
  return lines.join('\n');
}

/** @param {import('./option_field.js').OptionField} option @returns {Entry} */
function describeOption({ kind, name, placeholder, default: value, help }) {
  const shown = kind === 'flag' || isRepeated(kind) || value === null ? '' : ` [${value}]`;
  return { flag: `${flagOf(name)}${placeholder ? ` ${placeholder}` : ''}`, text: `${help}${shown}` };
}

/** @param {import('../engine/config/schema_text.js').Field} field @returns {Entry} */
function describeField(field) {
  const { kind, name, help } = field;
  const flag = flagOf(name);
  switch (kind) {
    case 'flag':
      return { flag: `${flag} on|off`, text: `${help} [${field.default ? 'on' : 'off'}]` };
    case 'enum': {
      const names = field.options.map((option) => option.name).join(' ');
      return { flag: `${flag} NAME`, text: `${help}: ${names} [${field.default}]` };
    }
    case 'text':
      return { flag: `${flag} TEXT`, text: `${help} [by the data]` };
    default:
      return {
        flag: `${flag} ${kind === 'int' ? 'N' : 'X'}`,
        text: `${help}; ${field.min} … ${field.max} [${field.default}]`,
      };
  }
}

/** Two columns; long texts go on under themselves. @param {Entry[]} entries */
function formatEntries(entries) {
  const width = Math.min(28, Math.max(...entries.map(({ flag }) => flag.length)));
  const indent = ' '.repeat(INDENT.length + width + 2);
  return entries.flatMap(({ flag, text }) => {
    const [first, ...rest] = wrap(text, Math.max(40, (process.stdout.columns ?? 100) - indent.length));
    const head = `${INDENT}${flag.padEnd(width)}  `;
    const start = flag.length > width ? [`${INDENT}${flag}`, `${indent}${first}`] : [`${head}${first}`];
    return [...start, ...rest.map((line) => `${indent}${line}`)];
  });
}

/** @param {string} text @param {number} width */
function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
