/** What the page has rows of: lessons, parts for frames, headers of its server. */

import { pageHeaders, readAncestors } from '../../web/cli/server/policy.js';
import { ENTRIES } from '../../web/library/study.js';
import { PARTS } from '../../web/ui/page/look.js';
import { cell, code, table } from './markdown.js';

export function lessonsText() {
  const sections = [...new Set(ENTRIES.map(({ section }) => section))];
  return sections
    .map((section) => {
      const rows = ENTRIES.filter((entry) => entry.section === section).map(
        ({ id, title, line, minutes, tasks, criterion, needs }) => [
          code(`?lesson=${id}`),
          `**${cell(title)}**<br>${cell(line)}`,
          `${minutes} min, ${tasks.length} tasks${needs === 'fashion-mnist' ? ', Fashion-MNIST' : ''}`,
          cell(criterion),
        ],
      );
      return `### ${section}\n\n${table(['address', 'lesson', 'takes', 'the experiment shows it where'], rows)}`;
    })
    .join('\n\n');
}

export function partsText() {
  return table(
    ['part', 'what', 'in a frame'],
    PARTS.map(({ name, what, framed }) => [code(name), cell(what), framed ? 'shown' : '']),
  );
}

/** As `trainscope serve` sends them, and as nginx is told to. */
export function headersText() {
  const headers = Object.entries(pageHeaders(readAncestors(null)));
  const rows = headers.map(([name, value]) => [code(name), code(value)]);
  const lines = headers.map(([name, value]) => `        add_header ${name} "${value}" always;`);
  return {
    table: table(['header', 'value'], rows),
    nginx: `\`\`\`nginx\nserver {\n    listen 80;\n    server_name lab.example.org;\n    root /srv/trainscope;   # what lies in dist/\n    types { text/html html; text/javascript js; text/css css; application/wasm wasm; text/plain txt; }\n\n    location / {\n${lines.join('\n')}\n        add_header Cache-Control "no-cache" always;\n    }\n    location /assets/ {     # named by a hash of what they hold\n${lines.join('\n')}\n        add_header Cache-Control "public, max-age=31536000, immutable" always;\n    }\n}\n\`\`\``,
  };
}
