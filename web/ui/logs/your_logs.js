/** Logs that were dropped, and what was found in them: the model of the view "Your runs". Nothing of them leaves the tab. */

import { pathOf } from '../state/dropped_files.js';

/**
 * @typedef {import('../../engine/study/inspect/inspect.js').Inspection} Inspection
 * @typedef {import('../../engine/study/inspect/findings.js').RunInspection} RunInspection
 * @typedef {import('../../worker/log_question.js').LogSeries} LogSeries
 * @typedef {import('../../worker/log_question.js').LogFile} LogFile
 * @typedef {(question: import('../../worker/log_question.js').LogsToInspect) =>
 *   Promise<import('../../worker/log_question.js').InspectedLogs>} AskLogs
 *
 * @typedef {object} ShownRun
 * @property {number} id
 * @property {RunInspection} found
 * @property {LogSeries} series
 * @property {string[]} names  of all columns
 * @property {LogFile[]} files  that it was read with
 * @property {Record<string, string>} roles  as they were said by hand
 * @property {boolean} hidden
 */

/** Runs that are looked at together; of more the first are. */
export const RUNS_MAX = 50;

export class YourLogs extends EventTarget {
  #ask;
  #last = 0;
  /** @type {ShownRun[]} */
  runs = [];
  /** @type {ShownRun | null} */
  focus = null;
  /** @type {NonNullable<Inspection['range_test']>[]} */
  ranges = [];
  /** @type {NonNullable<Inspection['sweep']>[]} */
  sweeps = [];
  /** What could not be read, a sentence each. @type {string[]} */
  notes = [];
  /** Whether something is being read. */
  isBusy = false;

  /** @param {AskLogs} ask */
  constructor(ask) {
    super();
    this.#ask = ask;
    // The code that reads is fetched now, so that nothing is once there is a log.
    ask({ files: [] }).catch(() => {});
  }

  /** @param {File[]} files */
  takeFiles(files) {
    return this.#read(files.map((file) => ({ name: pathOf(file), blob: file })));
  }

  /** @param {string} text */
  takeText(text) {
    if (text.trim() === '') return Promise.resolve();
    return this.#read([{ name: `pasted ${++this.#last}`, blob: new Blob([text]) }]);
  }

  /** Gives a column another role. @param {ShownRun} run @param {string} role @param {string} name  '' for what is guessed */
  async setRole(run, role, name) {
    run.roles = { ...run.roles, [role]: name };
    if (name === '') delete run.roles[role];
    const at = this.runs.filter((other) => other.files === run.files).indexOf(run);
    await this.#work(async () => {
      const { inspection, series } = await this.#ask({ files: run.files, roles: run.roles });
      const again = inspection.runs[at];
      if (again) Object.assign(run, { found: { ...again, name: run.found.name }, series: series[at] });
    });
  }

  /** @param {ShownRun} run */
  focusOn(run) {
    this.focus = run;
    run.hidden = false;
    this.#touch();
  }

  /** @param {ShownRun} run @param {boolean} hidden */
  hide(run, hidden) {
    run.hidden = hidden;
    this.#touch();
  }

  clear() {
    Object.assign(this, { runs: [], ranges: [], sweeps: [], notes: [], focus: null });
    this.#touch();
  }

  /** The page of what is in focus. @param {ShownRun} run @returns {Promise<string>} */
  async report(run) {
    const { page } = await this.#ask({ files: run.files, roles: run.roles, report: true });
    return page ?? '';
  }

  /** @param {LogFile[]} files */
  #read(files) {
    return this.#work(async () => {
      const { inspection, series, names } = await this.#ask({ files });
      const known = new Set(this.runs.map(({ found }) => found.name));
      const read = inspection.runs.map((found, i) => ({
        id: ++this.#last,
        found: { ...found, name: nameApart(found.name, known) },
        series: series[i],
        names: names[i],
        files,
        roles: {},
        hidden: false,
      }));
      this.runs = [...this.runs, ...read];
      if (this.runs.length > RUNS_MAX) {
        this.notes = [...this.notes, `Of ${this.runs.length} runs the first ${RUNS_MAX} are shown.`];
        this.runs.length = RUNS_MAX;
      }
      if (inspection.range_test) this.ranges = [...this.ranges, inspection.range_test];
      if (inspection.sweep) this.sweeps = [...this.sweeps, inspection.sweep];
      this.notes = [...this.notes, ...inspection.notes];
      if (read.length > 0) this.focus = this.runs.find(({ id }) => id === read[0].id) ?? this.focus;
    });
  }

  /** @param {() => Promise<void>} work */
  async #work(work) {
    this.isBusy = true;
    this.#touch();
    try {
      await work();
    } catch (error) {
      this.notes = [...this.notes, error instanceof Error ? error.message : String(error)];
    } finally {
      this.isBusy = false;
      this.#touch();
    }
  }

  #touch() {
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * Files that were chosen one by one, or at different times, may have the same name: "trainer_state.json (2)" is the second.
 *
 * @param {string} name
 * @param {Set<string>} known  to which it is added
 */
function nameApart(name, known) {
  let apart = name;
  for (let n = 2; known.has(apart); n++) apart = `${name} (${n})`;
  known.add(apart);
  return apart;
}
