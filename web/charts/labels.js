/**
 * Where the labels of a chart stand: none over another, none cut off. Each label comes with the places that would do,
 * the best one first; those that matter most choose first, and one that finds no place is not drawn, for it would hide
 * another.
 *
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box  in pixels
 * @typedef {{ text: string, color: string, width: number, height: number, weight: number,
 *             places: { x: number, y: number }[] }} Wish  places: of the label's left upper corner
 * @typedef {{ text: string, color: string, box: Box }} PlacedLabel
 */

/** Air between two labels, in pixels. */
const GAP = 2;

/**
 * @param {Wish[]} wishes
 * @param {Box} area  that they may fill
 * @param {Box[]} [taken]  places in it that no label may cover
 * @returns {PlacedLabel[]}
 */
export function placeLabels(wishes, area, taken = []) {
  /** @type {PlacedLabel[]} */
  const placed = [];
  // Sorting is stable: of the same weight the first comes first.
  for (const wish of [...wishes].sort((a, b) => b.weight - a.weight)) {
    const box = wish.places
      .map((place) => boxAt(place, wish, area))
      .find(
        (one) =>
          isWithin(one, area) && ![...taken, ...placed.map((other) => other.box)].some((other) => touches(one, other)),
      );
    if (box) placed.push({ text: wish.text, color: wish.color, box });
  }
  return placed;
}

/** A label at a place, moved sideways where it would stick out. @param {{ x: number, y: number }} place @param {Wish} wish @param {Box} area @returns {Box} */
function boxAt({ x, y }, { width, height }, area) {
  const left = Math.max(area.left, Math.min(x, area.right - width));
  return { left, top: y, right: left + width, bottom: y + height };
}

/** @param {Box} box @param {Box} area */
function isWithin(box, area) {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}

/** @param {Box} a @param {Box} b */
export function touches(a, b) {
  return a.left < b.right + GAP && b.left < a.right + GAP && a.top < b.bottom + GAP && b.top < a.bottom + GAP;
}

/**
 * Places in rows from an edge of the area inwards: for a label that belongs to an x, but to no height.
 * @param {number[]} lefts  its left sides, the best one first @param {Box} area @param {number} height of a label
 * @param {'top' | 'bottom'} [edge]
 */
export function rowsFrom(lefts, area, height, edge = 'top') {
  const rows = Math.floor((area.bottom - area.top) / (height + GAP));
  return Array.from({ length: rows }, (_, row) => {
    const inwards = row * (height + GAP);
    const y = edge === 'top' ? area.top + inwards : area.bottom - height - inwards;
    return lefts.map((x) => ({ x, y }));
  }).flat();
}

/**
 * Heights around one, nearer ones first.
 * @param {number} y  that it would have by itself @param {number} height of a label @param {Box} area
 */
export function heightsAround(y, height, area) {
  const step = height / 6;
  const count = Math.ceil((2 * (area.bottom - area.top)) / step);
  const best = Math.max(area.top, Math.min(y, area.bottom - height));
  return Array.from({ length: count }, (_, i) => best + (i % 2 ? 1 : -1) * Math.ceil(i / 2) * step);
}
