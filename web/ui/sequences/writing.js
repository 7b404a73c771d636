/** How tokens are written: side by side where each is a character, else with blanks between. */

/** @typedef {import('../../engine/data/dataset.js').Tokens} Tokens */

/** @param {string} symbol  a line break would break the line */
export function writeSymbol(symbol) {
  return symbol === '\n' ? '↵' : symbol;
}

/** What stands between two tokens. @param {string[]} symbols */
export function gapOf(symbols) {
  return symbols.every((symbol) => [...symbol].length === 1) ? '' : ' ';
}
