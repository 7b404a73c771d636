/** Markdown from rows: what every table of the reference is written with. */

/** As a cell of a table has it. @param {unknown} value */
export function cell(value) {
  return String(value ?? '')
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('{', '&#123;')
    .replaceAll('*', '\\*')
    .replaceAll('_', '\\_')
    .replace(/\s+/g, ' ')
    .trim();
}

/** As code in a cell; nothing where there is nothing. @param {unknown} value */
export function code(value) {
  const text = String(value ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  if (text === '') return '';
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('{', '&#123;')
    .replaceAll('|', '&#124;');
  return `<code>${escaped}</code>`;
}

/**
 * @param {string[]} head
 * @param {string[][]} rows  cells that are Markdown already
 */
export function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
