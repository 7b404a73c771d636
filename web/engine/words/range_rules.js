/** The rules of an LR range test by name, and what becomes of a rate that they read: for studies and views alike. */

/** The rules' names as people know them. */
export const RULE_NAMES = {
  steepest: 'steepest descent',
  valley: 'valley',
  slide: 'slide',
  minimum_tenth: 'minimum ÷ 10',
  steep: 'steep',
};

/** What a rate does that does not train. @param {string} verdict  of the training that tried it */
export function sayFailure(verdict) {
  return verdict === 'diverged' ? 'diverges' : 'learns next to nothing';
}
