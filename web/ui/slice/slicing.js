/**
 * Maps of the loss around a run: what is to be computed, what is being computed, and what was found so far. It lives as
 * long as the page, so leaving its view loses nothing.
 *
 * @typedef {import('../../engine/study/slice/survey.js').SliceFrame} SliceFrame
 * @typedef {import('../../engine/study/slice/survey.js').SliceMap} SliceMap
 * @typedef {import('../../engine/config/config.js').SliceOptions} SliceOptions
 * @typedef {import('../../engine/study/slice/survey.js').SliceProgress} SliceProgress
 * @typedef {import('../state/run.js').Run} Run
 */

import { SCHEMA } from '../../engine/config/schema.js';
import { surveyOrder } from '../../engine/run/slice/survey_order.js';

export class Slicing {
  /** As chosen; those of the map that is shown are in its frame. @type {SliceOptions} */
  options = /** @type {any} */ (Object.fromEntries(SCHEMA.slice.map((field) => [field.name, field.default])));
  /** The options' rows of the table. */
  fields = SCHEMA.slice;
  /** The one whose map is shown, or being computed. @type {Run | null} */
  run = null;
  /** @type {SliceFrame | null} */
  frame = null;
  /** [places][places]; what is not known yet has the value of a neighbour that is, or NaN. */
  values = new Float64Array();
  /** Losses that are there. */
  done = 0;
  /** Once all are. @type {SliceMap | null} */
  map = null;
  /** Points of the path that are there, while it is walked. @type {{ done: number, all: number } | null} */
  walked = null;
  problem = '';

  #lab;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {ReturnType<typeof surveyOrder>} */
  #order = surveyOrder(3);

  /** @param {import('../state/lab.js').Lab} lab */
  constructor(lab) {
    this.#lab = lab;
  }

  get isBusy() {
    return this.#running !== null;
  }

  /** The run that a map would be of. */
  get wanted() {
    return this.#lab.focus ?? this.#lab.active;
  }

  /** The share of the losses that are there. */
  get share() {
    return this.frame ? this.done / this.values.length : 0;
  }

  /** @param {string} name @param {unknown} value  valid */
  set(name, value) {
    this.options = { ...this.options, [name]: value };
    this.#lab.touch();
  }

  /** Computes the map of the run in focus, where it stands now; what is being computed is given up. */
  async compute() {
    const lab = this.#lab;
    const run = this.wanted;
    this.stop();
    if (!run?.handle) return;
    const controller = new AbortController();
    this.#running = controller;
    Object.assign(this, { run, frame: null, map: null, walked: null, problem: '', done: 0 });
    lab.touch();
    try {
      const { map } = await run.handle.ask(
        'slice',
        { options: { ...this.options } },
        { signal: controller.signal, progress: (told) => this.#running === controller && this.#hear(told) },
      );
      if (this.#running === controller) this.map = map;
    } catch (error) {
      const isGivenUp = controller.signal.aborted;
      if (!isGivenUp && this.#running === controller) this.problem = /** @type {Error} */ (error).message;
    }
    if (this.#running === controller) this.#running = null;
    lab.touch();
  }

  /** Gives up what is being computed; what is there stays. */
  stop() {
    this.#running?.abort();
    this.#running = null;
    this.#lab.touch();
  }

  /** @param {SliceProgress} told */
  #hear({ walked, frame, found }) {
    if (walked) this.walked = walked;
    if (frame) {
      this.frame = frame;
      this.#order = surveyOrder(frame.options.places);
      this.values = new Float64Array(frame.options.places ** 2).fill(Number.NaN);
    }
    if (found) this.#take(found);
    this.#lab.touchSoon();
  }

  /** Each loss stands for its neighbours until theirs are there. @param {{ from: number, losses: Float64Array }} found */
  #take({ from, losses }) {
    const { index, size } = this.#order;
    const places = Math.sqrt(this.values.length);
    for (const [i, loss] of losses.entries()) {
      const at = index[from + i];
      const [row, column] = [Math.floor(at / places), at % places];
      const side = size[from + i];
      for (let y = row; y < Math.min(row + side, places); y++)
        this.values.fill(loss, y * places + column, y * places + Math.min(column + side, places));
    }
    this.done = from + losses.length;
  }
}
