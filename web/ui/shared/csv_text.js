/** Lines of a CSV that a spreadsheet may open. */

/** How a formula begins, which a spreadsheet would compute, behind blanks too, and what it strips before it looks. */
const FORMULA = /^(?:\s*[=+\-@]|[\t\r\n])/;

/** What has to stand in quotes. */
const SPECIAL = /[",\r\n]/;

/**
 * One line. Numbers stand as they are; a text that a spreadsheet would take for a formula, from a file's name for example,
 * stands behind an apostrophe.
 *
 * @param {unknown[]} cells
 */
export function csvLine(cells) {
  return cells.map((cell) => (typeof cell === 'string' ? csvText(cell) : String(cell ?? ''))).join(',');
}

/** @param {string} text */
function csvText(text) {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return SPECIAL.test(plain) || plain !== text ? `"${plain.replaceAll('"', '""')}"` : plain;
}
