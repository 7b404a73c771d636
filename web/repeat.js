/**
 * lit's `repeat`, without what it leaves behind.
 *
 * Since lit-html 3.3.1 a part that is removed leaves its closing marker in the page, an empty comment for every row that
 * ever was (https://github.com/lit/lit/issues/5298). Here the marker goes with its part; where lit removes it itself, as
 * it used to, there is nothing left to do.
 */
import { noChange } from 'lit';
import { directive } from 'lit/directive.js';
import { getCommittedValue, getDirectiveClass } from 'lit/directive-helpers.js';
import { repeat as leavingRepeat } from 'lit/directives/repeat.js';

/** @typedef {import('lit/directive.js').ChildPart} ChildPart */

/** The class behind lit's directive, which lit does not export. */
const LeavingRepeat = /** @type {typeof import('lit/directives/repeat.js').RepeatDirective} */ (
  getDirectiveClass(leavingRepeat([], () => noChange))
);

/** The parts that a place holds, in a list of their own; none before the first. @param {ChildPart} place @returns {ChildPart[]} */
function partsIn(place) {
  const committed = /** @type {unknown} */ (getCommittedValue(place));
  return Array.isArray(committed) ? [...committed] : [];
}

class TidyRepeat extends LeavingRepeat {
  /** @type {InstanceType<typeof LeavingRepeat>['update']} */
  update(place, values) {
    const before = partsIn(place);
    const result = super.update(place, values);
    const after = new Set(partsIn(place));
    for (const gone of before.filter((part) => !after.has(part))) /** @type {ChildNode} */ (gone.endNode)?.remove();
    return result;
  }
}

/** Items by key, as lit's `repeat` takes them. */
export const repeat = /** @type {typeof leavingRepeat} */ (directive(TidyRepeat));
