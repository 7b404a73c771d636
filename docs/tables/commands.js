/** The commands of the command line and their options, from the tables that parse them. */

import { listOptions } from '../../web/cli/arguments.js';
import { COMMAND_FIELDS } from '../../web/cli/command_fields.js';
import { flagOf } from '../../web/engine/config/config_text.js';
import { cell, code, table } from './markdown.js';

export function commandsText() {
  const overview = table(
    ['command', 'does'],
    COMMAND_FIELDS.map(({ name, summary }) => [`[${name}](#${name})`, cell(summary)]),
  );
  const parts = COMMAND_FIELDS.map((command) => {
    const rows = listOptions(command).map(({ kind, name, placeholder, default: value, help }) => {
      const initial = kind === 'flag' || value === null || Array.isArray(value) ? '' : code(value);
      return [code(`${flagOf(name)}${placeholder ? ` ${placeholder}` : ''}`), initial, cell(help)];
    });
    const also = [
      command.table ? 'The [options of the test](../settings/) are options too.' : '',
      command.settings ? 'Every [setting](../settings/) is an option too.' : '',
    ];
    return [
      `## ${command.name}`,
      `\`trainscope ${command.name}${command.usage ? ` ${command.usage}` : ''}\``,
      cell(command.summary).concat('.'),
      rows.length > 0 ? table(['option', 'default', 'what it does'], rows) : '',
      also.filter(Boolean).join(' '),
    ]
      .filter(Boolean)
      .join('\n\n');
  });
  return [overview, ...parts].join('\n\n');
}
