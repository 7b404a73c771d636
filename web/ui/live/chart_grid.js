/**
 * Where the charts stand: the first alone and large, below it the others, three in a row or on a wide screen four; and how
 * high the rows are. live_view.css lays them out by the custom properties made here. On a low screen, such as a projector's,
 * three rows would be flat: there the next two stand beside the first, one over the other, and the others two in a row.
 *
 * @typedef {{ container: string, panels: string[] }} Grid  values of style attributes
 */

/** Columns that rows of one, two, three and four charts divide evenly. */
const TRACKS = 12;

/** Of the height in sight, what the large chart and the row below it take; less a heading's, which shows that there is more. */
const SHARES = ['58%', '42%'];
const PEEK = '1.25rem';

/** @param {number} count  of charts @returns {Grid} */
export function layOut(count) {
  const narrow = rowsOf(count, 3);
  const wide = rowsOf(count, 4);
  const [spans, wideSpans] = [narrow, wide].map((rows) =>
    rows.flatMap((charts) => Array(charts).fill(TRACKS / charts)),
  );
  return {
    container: `--tracks: ${TRACKS}; --rows: ${heights(narrow)}; --wide-rows: ${heights(wide)}; --low-rows: ${lowHeights(count)}`,
    panels: spans.map((span, i) => `--span: ${span}; --wide-span: ${wideSpans[i]}`),
  };
}

/** The first row has one chart, the others as many as go abreast; the last has what is left. @param {number} count @param {number} abreast @returns {number[]} charts in each row */
function rowsOf(count, abreast) {
  const others = Array.from({ length: Math.ceil((count - 1) / abreast) }, (_, row) =>
    Math.min(abreast, count - 1 - row * abreast),
  );
  return [1, ...others];
}

/** What stands in the first two rows fills the place, what comes after is scrolled to. @param {number[]} rows  charts in each @returns {string} for grid-template-rows */
function heights(rows) {
  if (rows.length === 1) return 'minmax(14rem, 1fr)';
  const [own, below] = rows.length === 2 ? SHARES : SHARES.map((share) => `calc(${share} - ${PEEK})`);
  return [`max(13rem, ${own})`, `max(9.5rem, ${below})`, ...rows.slice(2).map(() => '17rem')].join(' ');
}

/** Two rows fill the place: the first chart's, with one or two beside it. @param {number} count @returns {string} for grid-template-rows */
function lowHeights(count) {
  const share = count > 3 ? `calc(50% - ${PEEK})` : '50%';
  const others = Array.from({ length: Math.ceil((count - 3) / 2) }, () => '14rem');
  return [`repeat(2, max(9.5rem, ${share}))`, ...others].join(' ');
}
