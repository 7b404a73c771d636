/**
 * How runs are held against each other, in the charts and in their table: how much their curves are smoothed, and whether
 * runs that differ by nothing but their seed are one group.
 *
 * @typedef {import('./run.js').Run} Run
 * @typedef {'none' | 'median' | 'mean'} Grouping  by what a group is drawn
 * @typedef {{ key: string, runs: Run[] }} Group  of at least one run, in the order of their start
 */

import { SCHEMA } from '../../engine/config/schema.js';
import { memberGroups } from './run_groups.js';

/** The largest weight of what was: a mean over hundreds of steps. */
export const SMOOTHING_MAX = 0.99;

export class Comparison {
  /** β of the curves that are smoothed: to begin with, the engine's own. */
  smoothing = SCHEMA.definitions.smoothing;
  /** @type {Grouping} */
  grouping = 'none';

  #lab;

  /** @param {{ touch: () => void, touchRows: () => void }} lab  what it asks of the lab */
  constructor(lab) {
    this.#lab = lab;
  }

  /** @param {number} weight */
  smooth(weight) {
    this.smoothing = Math.min(SMOOTHING_MAX, Math.max(0, weight));
    this.#redraw();
  }

  /** @param {Grouping} grouping */
  group(grouping) {
    this.grouping = grouping;
    this.#redraw();
  }

  /** The groups of some runs, in the order of their first ones; each run by itself where none are grouped. @param {Run[]} runs @returns {Group[]} */
  groupsOf(runs) {
    return this.grouping === 'none' ? runs.map((run) => ({ key: `${run.id}`, runs: [run] })) : memberGroups(runs);
  }

  #redraw() {
    this.#lab.touchRows();
    this.#lab.touch();
  }
}
