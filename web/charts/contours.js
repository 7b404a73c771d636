/** Contour lines of values on a grid: which heights to draw, and where they run. */

/** How many lines a map has at most. */
const LINES = 17;

/**
 * Heights above the lowest value, each half of the next: powers of two, so that a map of another size or window has the
 * same lines.
 *
 * @param {number} highest  the largest finite height on the map
 * @returns {number[]}  rising; empty where nothing rises
 */
export function contourHeights(highest) {
  if (!(highest > 0 && Number.isFinite(highest))) return [];
  const top = Math.floor(Math.log2(highest));
  return Array.from({ length: LINES }, (_, i) => 2 ** (top - LINES + 1 + i));
}

/**
 * Marching squares: the pieces of each level's line, unjoined. A cell with a corner that is not finite has none.
 *
 * @param {ArrayLike<number>} values  rows × columns, row after row
 * @param {number} columns
 * @param {number} rows
 * @param {number[]} levels  rising
 * @returns {number[][]}  per level: x0, y0, x1, y1 of every piece, in columns and rows of the grid
 */
export function traceContours(values, columns, rows, levels) {
  /** @type {number[][]} */
  const lines = levels.map(() => []);
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column;
      // Corners in the order of a walk around the cell.
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      const low = Math.min(...corners);
      const high = Math.max(...corners);
      if (!(high - low > 0) || !Number.isFinite(high)) continue;
      for (let i = 0; i < levels.length && levels[i] <= high; i++) {
        if (levels[i] > low) traceCell(lines[i], corners, levels[i], column, row);
      }
    }
  }
  return lines;
}

/** The cell's corners, walking around it. */
const WALK = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** @param {number[]} line @param {number[]} corners @param {number} level @param {number} column @param {number} row */
function traceCell(line, corners, level, column, row) {
  /** @type {number[]} */
  const crossings = [];
  for (let k = 0; k < 4; k++) {
    const [a, b] = [corners[k], corners[(k + 1) % 4]];
    if (a < level === b < level) continue;
    const share = (level - a) / (b - a);
    const [from, to] = [WALK[k], WALK[(k + 1) % 4]];
    crossings.push(column + from[0] + share * (to[0] - from[0]), row + from[1] + share * (to[1] - from[1]));
  }
  if (crossings.length === 4) line.push(...crossings);
  else if (crossings.length === 8) {
    // A saddle: the middle says which corners belong together.
    const middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
    const joinsFirst = middle < level === corners[0] < level;
    const order = joinsFirst ? [0, 1, 2, 3] : [0, 3, 2, 1];
    for (const k of order) line.push(crossings[2 * k], crossings[2 * k + 1]);
  }
}
