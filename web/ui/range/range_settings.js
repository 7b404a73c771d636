/** The range test's own options, and the way to the worker that runs it. */

import { sameValue } from '../../engine/config/config_text.js';

/** @typedef {Record<string, string | number>} Options */

export class RangeSettings {
  /** @type {Options} the options that were edited; the others are the preset's */
  options = {};
  /** What the tests so far have found, the newest last. @type {import('../../engine/study/range_result.js').RangeResult[]} */
  tests = [];

  #lab;
  #client;
  /** @type {Record<string, Options>} */
  #presets;

  /** @param {import('../state/lab.js').Lab} lab @param {Pick<import('../../worker/client.js').WorkerClient, 'ask'>} client @param {import('../../engine/config/schema.js').Schema} schema */
  constructor(lab, client, schema) {
    this.#lab = lab;
    this.#client = client;
    /** @type {import('../state/lab.js').Field[]} */
    this.fields = schema.range_test;
    this.#presets = schema.range_presets ?? {};
  }

  /** What the chosen preset starts from. */
  defaults() {
    const own = this.#presets[this.options.preset ?? ''] ?? {};
    return { ...Object.fromEntries(this.fields.map((field) => [field.name, field.default])), ...own };
  }

  /** Those of the preset, and what was edited. */
  get complete() {
    return /** @type {import('../../engine/config/config.js').RangeOptions} */ ({
      ...this.defaults(),
      ...this.options,
    });
  }

  /** @param {string} name */
  value(name) {
    return this.options[name] ?? this.defaults()[name];
  }

  /** @param {string} name @param {Options[string]} value */
  set(name, value) {
    this.options = { ...this.options, [name]: value };
    if (sameValue(this.defaults()[name], value)) delete this.options[name];
    this.#lab.touch();
  }

  /**
   * A test of the panel's settings.
   * @param {(progress: import('../../worker/protocol.js').RangeProgress) => void} onProgress
   * @param {AbortSignal} signal
   */
  async test(onProgress, signal) {
    const answer = await this.#client.ask(
      'rangeTest',
      { ...this.#subject(), options: this.options },
      { progress: onProgress, signal },
    );
    this.tests.push(answer.result);
    this.#lab.touch();
    return answer;
  }

  /**
   * Short trainings with what the test of these settings suggests.
   * @param {import('../../worker/protocol.js').RangeResult} test
   * @param {(progress: { tried: import('../../worker/protocol.js').Tried[] }) => void} onProgress
   * @param {AbortSignal} signal
   */
  tryRates(test, onProgress, signal) {
    const { dataId } = this.#subject();
    return this.#client.ask('tryRates', { config: test.config, dataId, test }, { progress: onProgress, signal });
  }

  #subject() {
    const { draft, data } = this.#lab;
    return { config: { ...draft.settings, changes: [] }, dataId: data.chosenId };
  }
}
