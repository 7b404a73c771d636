/** How tokens are written: side by side where each is a character, else with blanks between, on a shade. */

/** @typedef {import('../../engine/data/dataset.js').Tokens} Tokens */

/** @param {string} symbol  a line break would break the line */
export function writeSymbol(symbol) {
  return symbol === '\n' ? '↵' : symbol;
}

/** How strong the shade of a token is, of what is said of it: a probability, or an output of any size. @param {number} said */
export function shadeOf(said) {
  return Math.min(1, Math.max(0, said)) || 0;
}

/** What stands between two tokens. @param {string[]} symbols */
export function gapOf(symbols) {
  return symbols.every((symbol) => [...symbol].length === 1) ? '' : ' ';
}
