/**
 * The event log: what happened, as sentences with buttons, the newest first.
 *
 * @typedef {import('./run.js').Run} Run
 * @typedef {import('./run.js').Change} Change
 * @typedef {{ label: string, why?: string, act: () => void }} Action
 * @typedef {{ id: number, runId: number | null, step: number | null, tone: 'quiet' | 'you' | 'good' | 'bad' | 'warn',
 *             text: string, numbers: string, actions: Action[], key?: string }} LogEntry
 * @typedef {{ text: string, numbers: string }} Told  numbers: what stands behind the sentence, for who asks
 *
 * @typedef {{ parent: Run, step: number, changes: Change[], isPaused: boolean }} Fork  where a run begins that was
 *   forked, and with which changes
 *
 * @typedef {object} Narrator  who says in the log what happens to runs and data; every member may be left out
 * @property {(run: Run, notices: string[]) => void} [started]  notices: sentences of the engine's
 * @property {(run: Run) => void} [progressed]  its newest rows are in
 * @property {(run: Run, change: Change, was: import('../../engine/config/config.js').SettingValue) => void} [adjusted]
 *   was: the value before
 * @property {(run: Run) => void} [ended]
 * @property {(run: Run, fork: Fork) => void} [forked]
 * @property {(data: import('./data_sets.js').LoadedData) => void} [loaded]
 */

/** Older entries are let go. */
const ENTRIES_MAX = 60;

export class Log {
  /** @type {LogEntry[]} newest first */
  entries = [];

  #lab;
  #nextId = 1;

  /** @param {{ touch: () => void }} lab  what it asks of the lab */
  constructor(lab) {
    this.#lab = lab;
  }

  /**
   * @param {Run | null} run  whom it is about, if anyone
   * @param {LogEntry['tone']} tone
   * @param {string | Told} told
   * @param {Action[]} [actions]
   * @param {number | null} [step]
   * @param {string} [key]  by which the entry is found again, to be kept up to date
   */
  note(run, tone, told, actions = [], step = null, key) {
    const { text, numbers } = typeof told === 'string' ? { text: told, numbers: '' } : told;
    const entry = { id: this.#nextId++, runId: run?.id ?? null, step, tone, text, numbers, actions, key };
    this.entries = [entry, ...this.entries].slice(0, ENTRIES_MAX);
    this.#lab.touch();
  }

  /** Takes back what was said of a run. @param {Run} run */
  forget(run) {
    this.entries = this.entries.filter(({ runId }) => runId !== run.id);
  }
}
