/**
 * Where the charts stand: two in a row, on a wide screen three, in as many rows as there are charts for; and how high the
 * rows are against each other. live_view.css lays them out by the custom properties made here.
 *
 * @typedef {{ container: string, panels: string[] }} Grid  values of style attributes
 */

/** Columns that rows of one, two and three charts divide evenly. */
const TRACKS = 6;

/** @param {number} count  of charts @returns {Grid} */
export function layOut(count) {
  const narrow = inTwos(count);
  const wide = inThrees(count);
  const [spans, wideSpans] = [narrow, wide].map((rows) =>
    rows.flatMap((charts) => Array(charts).fill(TRACKS / charts)),
  );
  return {
    container: `--tracks: ${TRACKS}; --rows: ${heights(narrow)}; --wide-rows: ${heights(wide)}`,
    panels: spans.map((span, i) => `--span: ${span}; --wide-span: ${wideSpans[i]}`),
  };
}

/** Rows of two; one that is left over goes across below them. @param {number} count @returns {number[]} charts in each row */
function inTwos(count) {
  return Array.from({ length: Math.ceil(count / 2) }, (_, row) => Math.min(2, count - 2 * row));
}

/** Rows of at most three, as even as they can be; those with fewer charts come first. @param {number} count @returns {number[]} */
function inThrees(count) {
  const rows = Math.ceil(count / 3);
  return Array.from({ length: rows }, (_, row) => Math.floor((count + row) / rows));
}

/**
 * What stands first is looked at most; a chart alone in the last row is wide enough to be low. More than two rows do with
 * less each, but for the histogram with the words below it.
 * @param {number[]} rows  charts in each @returns {string} for grid-template-rows
 */
function heights(rows) {
  const last = rows.length - 1;
  const isAlone = rows[last] === 1;
  const isEven = rows.every((charts) => charts === 3);
  const tracks = rows.map((_, row) => {
    if (last <= 1) return { least: 14.5, share: row === 0 && !isEven ? 1.15 : 1 };
    if (row === 0) return { least: 12.5, share: isAlone ? 1.15 : 1.1 };
    if (row < last) return { least: 14.75, share: 1 };
    return isAlone ? { least: 9.5, share: 0.75 } : { least: 11.25, share: 0.9 };
  });
  return tracks.map(({ least, share }) => `minmax(${least}rem, ${share}fr)`).join(' ');
}
