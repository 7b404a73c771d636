/** In which order a map of losses is computed; whoever draws it while it grows must know. */

/**
 * The places of a map in the order in which they are computed: every 2ᵏ-th of both sides first, then those between, so
 * that the whole is seen early.
 *
 * @param {number} places  on a side
 * @returns {{ index: Uint32Array, size: Uint8Array }}  index: row · places + column; size: of the square that the place
 *   stands for until its neighbours are there
 */
export function surveyOrder(places) {
  const index = new Uint32Array(places * places);
  const size = new Uint8Array(places * places);
  let count = 0;
  let stride = 1;
  while (stride * 8 < places) stride *= 2;
  for (let before = 0; stride >= 1; before = stride, stride /= 2) {
    for (let row = 0; row < places; row += stride) {
      for (let column = 0; column < places; column += stride) {
        if (before && row % before === 0 && column % before === 0) continue;
        index[count] = row * places + column;
        size[count++] = stride;
      }
    }
  }
  return { index, size };
}
