/** Names for runs that nobody named. */

const ADJECTIVES =
  'amber brisk calm clear dusky early faint gentle hazel ivory jade keen lucid mellow noble olive plain quiet ruddy still tawny umber vivid wry'.split(
    ' ',
  );
const NOUNS =
  'kite heron otter finch maple cedar brook comet delta ember fjord grove harbor iris juniper lark meadow north opal pine quill reed sparrow tern'.split(
    ' ',
  );

/** A name that one can remember and say; no two of the first 576 runs share one. @param {number} index from 0 */
export function memorableName(index) {
  const adjective = ADJECTIVES[(index * 7) % ADJECTIVES.length];
  const noun = NOUNS[(index * 11 + Math.floor(index / 24)) % NOUNS.length];
  return `${adjective}-${noun}`;
}
