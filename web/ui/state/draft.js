/**
 * The settings in the panel: what is edited, previewed and judged before it is trained with, and what is wrong with it.
 * A live setting acts on the running training, once the hand rests.
 *
 * @typedef {import('../../engine/config/config.js').Field} Field
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {import('../../engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../../engine/config/config.js').SettingValue} SettingValue
 * @typedef {import('../../engine/config/config.js').Problem} Problem
 * @typedef {import('../../worker/protocol.js').Preview} Preview
 * @typedef {ReturnType<typeof setTimeout>} Timer
 * @typedef {import('./run.js').Run} Run
 *
 * @typedef {object} Lab  what it asks of the lab
 * @property {Field[]} fields
 * @property {(name: string) => Field} field
 * @property {Run | null} active
 * @property {Run | null} liveRun
 * @property {{ list: Run[] }} runs
 * @property {{ chosenId: number | null, factsOf: (config: { [name: string]: unknown }) => object }} data
 * @property {{ chosen: unknown }} weights
 * @property {import('./known_rates.js').KnownRates} rates
 * @property {import('./preset.js').Preset[]} presets
 * @property {(view: string) => void} show
 * @property {() => void} touch
 */

import { defaultConfig, fieldApplies } from '../../engine/config/config.js';
import { sameValue } from '../../engine/config/config_text.js';
import { dataFactsOf } from '../../engine/config/data_facts.js';
import { changeSettings, defaultBeside, forcedLoss, REGRESSION_LOSS } from '../../engine/config/rules.js';
import { settingsOfPreset } from './preset.js';

/** How long a live setting must rest before it acts: a drag is one change, not fifty. */
const SETTLE_MS = 140;

/** How long settings must rest before the worker is asked what they would do. */
const PREVIEW_AFTER_MS = 60;

/** Settings that must be a preset's own for a setting to go back to what the preset has; for others the update rule.
 * @type {Record<string, string[]>} */
const BONDS = { dataset: [], optimizer: [], model: ['dataset'] };

export class Draft {
  /** Complete; never changed in place. @type {Config} */
  settings = defaultConfig();
  /** What they would do, as far as the worker was asked. @type {Preview | null} */
  preview = null;
  /** What was refused; the problem of the settings themselves is the preview's. @type {Problem[]} */
  problems = [];
  /** The setting that the panel is to bring into sight. @type {string | null} */
  sought = null;
  /** The preset that they began as, whatever was changed since. @type {string | null} */
  preset = null;
  /** The run that was started with the recorded changes in the panel, while they stand there untouched. @type {Run | null} */
  recording = null;

  #lab;
  #client;
  /** @type {Timer | undefined} */
  #previewTimer;
  #previewRunning = false;
  #previewAgain = false;
  /** Whether the data used last has numbers for targets. */
  #learnsNumbers = false;
  /** The settings that the preview is of. @type {Config | null} */
  #previewed = null;
  /** What the controls showed last, and of what that was made. @type {{ settings: Config, from: Config | null, all: Config }} */
  #shown = { settings: this.settings, from: null, all: this.settings };
  /** Timers of live settings that rest before they act. @type {Map<string, Timer>} */
  #settling = new Map();

  /** @param {Lab} lab @param {Pick<import('../../worker/client.js').WorkerClient, 'ask'>} client */
  constructor(lab, client) {
    this.#lab = lab;
    this.#client = client;
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** Whether a setting has an effect, with what is shown of the others or those of a config. @param {Field} field @param {{ [name: string]: unknown }} [config] */
  applies = (field, config = this.#showing) => fieldApplies(field, { ...config, ...this.#lab.data.factsOf(config) });

  /** Whether the panel holds the settings of a link or a run with recorded changes, untouched. */
  get replaying() {
    return this.settings.changes.length > 0;
  }

  /** What a control shows: its setting, or where a recording plays or has played, what is in force since. @param {string} name */
  shown(name) {
    return this.#showing[name];
  }

  /** All that the controls show. @type {Config} */
  get #showing() {
    if (!this.recording) return this.settings;
    const { inForce } = this.recording;
    const { settings, from } = this.#shown;
    if (settings !== this.settings || from !== inForce) {
      const live = this.#lab.fields.filter((field) => field.live);
      const values = Object.fromEntries(live.map((field) => [field.name, settingOf(inForce, field)]));
      this.#shown = { settings: this.settings, from: inForce, all: { ...this.settings, ...values } };
    }
    return this.#shown.all;
  }

  /** Settings edited since the active run started that act only on a new run. */
  get pending() {
    const { active, fields } = this.#lab;
    if (!active) return [];
    const now = this.replaying ? active.config : active.inForce;
    return fields.filter(
      (field) =>
        !sameValue(this.settings[field.name], now[field.name]) &&
        !(active.alive && field.live) &&
        (this.applies(field) || this.applies(field, now)),
    );
  }

  /** Whether the data that would be trained on is another than the active run's. */
  get dataPending() {
    const { active, data } = this.#lab;
    return (
      !!active &&
      this.settings.dataset === 'custom' &&
      active.inForce.dataset === 'custom' &&
      active.dataId !== data.chosenId
    );
  }

  /** Whether the weights that would be started from are others than the active run's. */
  get weightsPending() {
    const { active, weights } = this.#lab;
    return !!active && active.weights !== weights.chosen;
  }

  /** @param {string} name */
  isDefault(name) {
    return sameValue(this.shown(name), defaultBeside(this.#lab.field(name), this.#showing));
  }

  /** Whether a setting is another than what it can be put back to. @param {string} name */
  isChanged(name) {
    return !sameValue(this.shown(name), this.#usual(this.#lab.field(name), this.#showing));
  }

  /** A field with what it can be put back to as its default. @param {Field} field @returns {Field} */
  withDefault(field) {
    const usual = this.#usual(field, this.settings);
    return usual === field.default ? field : { ...field, default: usual };
  }

  /**
   * What a setting was before a hand touched it: in the preset that the settings began as, else its default beside the
   * others. With another update rule, or for the model with other data, the preset's value means nothing.
   * @param {Field} field @param {Config} config @returns {SettingValue}
   */
  #usual(field, config) {
    const usual = /** @type {SettingValue} */ (defaultBeside(field, config));
    const preset = this.#lab.presets.find(({ id }) => id === this.preset);
    if (!preset) return usual;
    const own = settingsOfPreset(preset);
    const bonds = BONDS[field.name] ?? ['optimizer'];
    return bonds.every((name) => own[name] === config[name]) ? settingOf(own, field) : usual;
  }

  /** What is known about rates for these settings. */
  get rateMarks() {
    return this.#lab.rates.marks(this.settings, this.#lab.runs.list);
  }

  // ---- editing ---------------------------------------------------------------------------------------------------

  /** Edits a setting; a live one acts on the running training. @param {string} name @param {SettingValue} value */
  set(name, value) {
    const { fields } = this.#lab;
    const field = this.#lab.field(name);
    /** @type {SomeSettings} */
    const edits = { [name]: value };
    if (name === 'dataset') edits.loss = defaultBeside(this.#lab.field('loss'), { ...this.settings, dataset: value });
    if (field.live && this.recording) {
      // From here on the run is the hand's, not the recording's.
      for (const other of fields)
        if (other.live && other !== field) edits[other.name] = settingOf(this.recording.inForce, other);
      this.recording = null;
    }
    this.forget(name);
    if (field.live) this.forget('changes');
    const changes = field.live ? [] : this.settings.changes;
    this.settings = { ...changeSettings(this.settings, edits), changes };
    if (field.live) {
      clearTimeout(this.#settling.get(name));
      this.#settling.set(
        name,
        setTimeout(() => this.#adjust(name), SETTLE_MS),
      );
    }
    this.requestPreview();
    this.#lab.touch();
  }

  /** A live setting has come to rest. @param {string} name */
  #adjust(name) {
    this.#settling.delete(name);
    const run = this.#lab.liveRun;
    const value = settingOf(this.settings, this.#lab.field(name));
    if (!run || run.status === 'waiting' || sameValue(run.inForce[name], value)) return;
    run.handle?.adjust(name, value);
  }

  /** Edits several settings: live ones act at once, others wait for a restart. @param {SomeSettings} edits */
  change(edits) {
    for (const [name, value] of Object.entries(edits)) this.set(name, value);
  }

  /** @param {string} name */
  reset(name) {
    this.set(name, this.withDefault(this.#lab.field(name)).default);
  }

  /** Takes the edits back that wait for a restart. */
  discard() {
    const { active, data, weights } = this.#lab;
    if (!active) return;
    data.chosenId = active.dataId ?? data.chosenId;
    weights.chosen = active.weights;
    if (this.recording) this.take({ ...active.config, changes: this.settings.changes }, [], active);
    else this.take({ ...active.inForce, changes: this.settings.changes }, []);
    this.preset = active.preset;
    this.#lab.touch();
  }

  /**
   * Other settings into the panel.
   * @param {Config} settings
   * @param {Problem[]} [problems]  what is known to be wrong; as before where it is left out
   * @param {Run | null} [recording]  the run that plays their recorded changes
   */
  take(settings, problems = this.problems, recording = null) {
    this.settings = settings;
    this.recording = recording;
    this.problems = problems;
    this.preset = recording?.preset ?? null;
    this.requestPreview();
  }

  /** From now on the data set is the one chosen of those that were loaded; its targets decide about the loss. @param {{ shape: number[], classes: number }} data */
  useData({ shape, classes }) {
    const { dataset, loss } = this.settings;
    const wasRegression = forcedLoss(dataset) !== null || this.#learnsNumbers;
    const usual = wasRegression ? /** @type {Config['loss']} */ (this.#lab.field('loss').default) : loss;
    this.#learnsNumbers = dataFactsOf(shape, classes).targets === 'numbers';
    this.settings = { ...this.settings, dataset: 'custom', loss: this.#learnsNumbers ? REGRESSION_LOSS : usual };
    this.forget('dataset');
  }

  /** A rate that a study found: into the panel, and back to the training. @param {number} lr */
  useRate(lr) {
    this.set('lr', lr);
    this.#lab.show('live');
  }

  // ---- judging ---------------------------------------------------------------------------------------------------

  /** Has the worker look at the settings soon. */
  requestPreview() {
    clearTimeout(this.#previewTimer);
    this.#previewTimer = setTimeout(() => this.#preview(), PREVIEW_AFTER_MS);
  }

  async #preview() {
    if (this.#previewRunning) {
      this.#previewAgain = true;
      return;
    }
    if (this.lacksData) return;
    this.#previewRunning = true;
    const { settings } = this;
    this.preview = await this.judge(settings);
    this.#previewed = settings;
    this.#previewRunning = false;
    if (this.#previewAgain) {
      this.#previewAgain = false;
      this.#preview();
    }
    this.#lab.touch();
  }

  /** What the engine says of settings, of the panel or not. @param {Config} config @returns {Promise<Preview>} */
  async judge(config) {
    try {
      return await this.#client.ask('preview', { config, dataId: this.#lab.data.chosenId });
    } catch (error) {
      const { message, field, position } = /** @type {import('../../engine/core/errors.js').TrainerError} */ (error);
      return {
        steps: new Uint32Array(),
        rates: new Float32Array(),
        totalSteps: 0,
        facts: null,
        fits: false,
        problem: { message, field: field ?? null, position: position ?? null },
      };
    }
  }

  /** Whether data of one's own is asked for, and none was loaded. */
  get lacksData() {
    return this.settings.dataset === 'custom' && this.#lab.data.chosenId === null;
  }

  /** Whether the settings were looked at and found right. Data that is not there is asked for at the start. */
  get isStartable() {
    return this.lacksData || (this.#previewed === this.settings && !this.preview?.problem);
  }

  /** Whether a run may be asked for; where something is wrong that is known, says so at its control. */
  check() {
    if (this.lacksData) {
      // A link says which data it means.
      if (this.problems.some(({ field }) => field === 'dataset')) return false;
      this.report({
        field: 'dataset',
        message: 'This needs your data: drop IDX or CSV files on the page, or choose another data set.',
      });
      return false;
    }
    if (this.#previewed !== this.settings || !this.preview?.problem) return true;
    this.seek(this.preview.problem.field);
    return false;
  }

  /** The problem that a control should show: of what is in it. @param {string} name */
  problemOf(name) {
    return this.preview?.problem?.field === name ? this.preview.problem : null;
  }

  /** The problems that no control shows. */
  get loose() {
    const found = this.preview?.problem ?? null;
    const field = this.#lab.fields.find(({ name }) => name === found?.field);
    const others = this.problems.filter((problem) => problem.field === null || problem.field !== found?.field);
    return found && !(field && this.applies(field)) ? [found, ...others] : others;
  }

  /** What cannot be done, at the control that it is about. @param {Problem} problem */
  report(problem) {
    const isOver = (/** @type {Problem} */ { field, message }) =>
      message === problem.message || (field !== null && field === problem.field);
    this.problems = [...this.problems.filter((other) => !isOver(other)), problem];
    this.#lab.touch();
  }

  /** @param {Problem} problem */
  dismiss(problem) {
    this.problems = this.problems.filter((other) => other !== problem);
    this.#lab.touch();
  }

  /** A setting was edited: what was wrong with it is over. @param {string} name */
  forget(name) {
    this.problems = this.problems.filter((problem) => problem.field !== name);
  }

  /** Goes to a setting's control. @param {string | null} name */
  seek(name) {
    this.sought = name;
    this.#lab.show('live');
  }
}

/** @param {Config} config @param {Field} field @returns {SettingValue} */
function settingOf(config, { name }) {
  return /** @type {SettingValue} */ (config[name]);
}
