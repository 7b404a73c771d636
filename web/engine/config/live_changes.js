/**
 * The live changes of one run: which are recorded, which of them have been made, and what is in force.
 *
 * A change costs the same however many there are: the list is kept in the order of steps and grows where the run
 * stands, and the settings in force are carried along. Only `replace`, which goes to another state of the run, walks
 * through all of them.
 */

import { settingsAt } from './config.js';

/**
 * @typedef {import('./config.js').Config} Config
 * @typedef {import('./config.js').Change} Change
 */

/** Who wrote a caller's list last: two trainers may have been made of one config. @type {WeakMap<Change[], LiveChanges>} */
const WRITER = new WeakMap();

export class LiveChanges {
  /** In the order of their steps; those of one step in the order in which they were made. @type {Change[]} */
  #list;
  #callers;
  /** How many of them have been made. */
  #made = 0;
  /** With those that have been made. A new object for each change, so that it can be kept. @type {Config} */
  #settings;

  /**
   * @param {Config} config  the run's own; its list becomes this one's
   * @param {Change[] | null} [callers]  the list that the caller's config object has, kept equal to ours
   */
  constructor(config, callers = null) {
    this.#list = config.changes;
    this.#callers = callers;
    this.#settings = config;
  }

  /** The settings with every change that has been made. @returns {Config} */
  get settings() {
    return this.#settings;
  }

  /** The settings in force for the step that follows `step` steps. @param {number} step @returns {Config} */
  settingsAfter(step) {
    const due = this.#list.slice(this.#made, this.#firstAfter(step));
    return { ...this.#settings, ...Object.fromEntries(due.map(({ field, value }) => [field, value])) };
  }

  /** The next change that is due after `step` steps, which counts as made from here on; null where none is. @param {number} step */
  takeDue(step) {
    const change = this.#list[this.#made];
    if (!change || change.step > step) return null;
    this.#made++;
    this.#settings = { ...this.#settings, [change.field]: change.value };
    return change;
  }

  /** The step of the first change that comes later than after `step` steps; Infinity where none does. @param {number} step */
  nextStep(step) {
    return this.#list[this.#firstAfter(step)]?.step ?? Infinity;
  }

  /** Records changes of the present step, behind those that are due with it. @param {number} step @param {Change[]} changes */
  add(step, changes) {
    const isFollowed = this.#callersFollow;
    const index = this.#firstAfter(step);
    this.#list.splice(index, 0, ...changes);
    if (isFollowed) this.#callers?.splice(index, 0, ...copyChanges(changes));
    else this.#writeCallers();
  }

  /**
   * Another list, for a run that stands elsewhere: what came before its step has been made.
   * @param {Config} config  the run's, whose list it becomes @param {Change[]} changes @param {number} step
   * @returns {Config}  the settings that they leave in force
   */
  replace(config, changes, step) {
    this.#list = copyChanges(changes);
    config.changes = this.#list;
    this.#settings = settingsAt(config, step);
    const next = this.#list.findIndex((change) => change.step >= step);
    this.#made = next < 0 ? this.#list.length : next;
    this.#writeCallers();
    return this.#settings;
  }

  /** The place in the list behind all that is due after `step` steps, of which few are not made. @param {number} step */
  #firstAfter(step) {
    let index = this.#made;
    while (index < this.#list.length && this.#list[index].step <= step) index++;
    return index;
  }

  /** Whether the caller's list is as we left it. */
  get #callersFollow() {
    return !!this.#callers && WRITER.get(this.#callers) === this && this.#callers.length === this.#list.length;
  }

  #writeCallers() {
    if (!this.#callers) return;
    this.#callers.length = 0;
    for (const change of this.#list) this.#callers.push({ ...change });
    WRITER.set(this.#callers, this);
  }
}

/** @param {Change[]} changes */
function copyChanges(changes) {
  return changes.map((change) => ({ ...change }));
}
