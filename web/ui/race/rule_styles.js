/**
 * How update rules are drawn: a colour, a dash and a marker by a rule's place in the table, so that a new rule has a look
 * without being named here, and nobody needs to tell colours apart.
 *
 * @typedef {object} RuleStyle
 * @property {string} color  a theme name, see optimizers.css
 * @property {number[]} dash
 * @property {string} marker  an SVG path around 0, 0
 */

/** A square, a circle, triangles, a diamond, a hexagon, a plus, an hourglass, a triangle and a bar. */
const MARKERS = [
  'M-4-4H4V4H-4Z',
  'M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0-4.5 0Z',
  'M0-5.2L4.9 3.5H-4.9Z',
  'M0 5.2L4.9-3.5H-4.9Z',
  'M0-5.8L5.2 0 0 5.8-5.2 0Z',
  'M-5 0L-2.5-4.3H2.5L5 0 2.5 4.3H-2.5Z',
  'M-1.7-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z',
  'M-4.8-4.8H4.8L-4.8 4.8H4.8Z',
  'M-5.2 0L3.5-4.9V4.9Z',
  'M-5.5-2H5.5V2H-5.5Z',
];

/** They come back after a while; colour and marker together do not. */
const DASHES = [[], [], [7, 3], [2, 2.5], [], [7, 3], [2, 2.5], [9, 3, 2, 3], [4, 2], []];

/** The colours --rule-1 and so on of the style sheet. */
const COLORS = 10;

/**
 * No two of the first 64 rules look alike: where the colours begin again, they meet other markers.
 *
 * @param {number} place  of the rule in the table, from 0
 * @returns {RuleStyle}
 */
export function ruleStyle(place) {
  const lap = Math.floor(place / COLORS);
  return {
    color: `rule-${(place % COLORS) + 1}`,
    dash: DASHES[place % DASHES.length],
    marker: MARKERS[(place + lap) % MARKERS.length],
  };
}
