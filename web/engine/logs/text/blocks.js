/** Tables of a name and a number a line between two rules, as Stable-Baselines3 prints them: all of one is one row. */

import { readValue } from '../columns.js';

/** @typedef {{ named: [string, number][], words: import('./odd_words.js').OddWord[] }} Block */

/** Above and below a table, and a line of it. */
const RULE = /^-{12,}$/;
const ROW = /^\| {1,}(\S.*?) *\| *(\S*) *\|$/;

export class Blocks {
  /** One that was begun. @type {Block & { section: string } | null} */
  #block = null;
  /** One that has ended; to be taken at once. @type {Block | null} */
  done = null;

  /** @param {string} line @returns {boolean}  whether it belongs to one */
  take(line) {
    if (!this.#block) return this.#begin(line);
    const [, name, number] = ROW.exec(line) ?? [];
    if (name === undefined) {
      this.done = this.#block;
      return this.#begin(line) && this.done.named.length > 0;
    }
    const value = readValue(number);
    if (name.endsWith('/')) this.#block.section = name;
    else if (value !== null) this.#block.named.push([`${this.#block.section}${name}`, value]);
    else this.#block.words.push({ name: `${this.#block.section}${name}`, held: number });
    return true;
  }

  /** @param {string} line @returns {boolean}  whether one begins with it */
  #begin(line) {
    const isRule = RULE.test(line);
    this.#block = isRule ? { section: '', named: [], words: [] } : null;
    return isRule;
  }
}
