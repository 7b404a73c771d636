/**
 * The race of update rules as the page knows it: its settings, the race that they make, and how far it has been run.
 * It lives with the lab, so leaving its view loses nothing. Whatever is changed acts at once: the race is run again up
 * to the step where it stood, and its trails follow the hand.
 *
 * Event `frame`: the trails are longer, or other ones.
 *
 * @typedef {import('./race_settings.js').RaceSettings} RaceSettings
 * @typedef {import('../../engine/race/race.js').Race} Race
 * @typedef {import('../../engine/race/race.js').Racer} Racer
 * @typedef {{ engine: () => Promise<import('../../engine/engine.js').Engine> }} Stadium  where races are held
 */
import { fieldApplies } from '../../engine/config/config.js';
import { RaceTables } from './race_settings.js';

/** Steps a second that one can choose. */
export const SPEEDS = [5, 15, 30, 60, 200];

/** What a frame may take where the page is slow: more is a pause. */
const LONG_FRAME_MS = 250;

export class Racetrack extends EventTarget {
  /** @type {'loading' | 'ready' | 'playing' | 'failed'} */
  status = 'loading';
  stepsPerSecond = 30;
  /** Sentences about what the address says wrongly, or why there is no race. @type {string[]} */
  problems = [];
  /** The settings as text, as the address has them. */
  text = '';

  #lab;
  #stadium;
  /** @type {import('../../engine/engine.js').Engine | null} */
  #engine = null;
  #isOpen = false;
  /** @type {Race | null} */
  #race = null;
  /** @type {import('../../charts/series.js').PointSeries[]} */
  #series = [];
  #frame = 0;
  /** When the last step was due. */
  #due = 0;
  /** Whether the race is of other settings, and waits for whoever looks at it first. */
  #stale = false;

  /**
   * @param {import('../state/lab.js').Lab} lab
   * @param {import('../../engine/config/schema.js').Schema} schema
   * @param {Promise<Stadium>} stadium
   */
  constructor(lab, schema, stadium) {
    super();
    this.#lab = lab;
    this.#stadium = stadium;
    this.tables = new RaceTables(schema);
    /** @type {RaceSettings} */
    this.settings = this.tables.defaults();
  }

  /** Gets the engine; where motion is not unwelcome, the first race starts by itself. */
  async open() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    try {
      this.#engine = await (await this.#stadium).engine();
    } catch (error) {
      this.status = 'failed';
      this.problems = [/** @type {Error} */ (error).message];
      this.#lab.touch();
      return;
    }
    this.status = 'ready';
    this.#rebuild();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.#advance(this.total);
    else this.play();
    this.#tell();
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** Of the settings as they are: what is said of both never tells two of them apart. @returns {Race | null} */
  get race() {
    if (this.#stale) this.#rebuild();
    return this.#race;
  }

  /** The height of each racer above f*, a series each. */
  get series() {
    if (this.#stale) this.#rebuild();
    return this.#series;
  }

  get facts() {
    return this.tables.factsOf(this.settings);
  }

  get surfaceLabel() {
    const [field] = this.tables.surfaceFields;
    return field.options.find(({ name }) => name === this.settings.options[field.name])?.label ?? '';
  }

  /** @returns {[number, number]} */
  get start() {
    return this.settings.start ?? this.facts.start;
  }

  get rate() {
    return this.tables.rateOf(this.settings);
  }

  /** Steps of the whole race. @returns {number} */
  get total() {
    return this.settings.options.steps;
  }

  /** Steps taken. */
  get steps() {
    return this.race?.steps ?? 0;
  }

  get isDone() {
    return this.race !== null && (this.steps >= this.total || this.race.isOver);
  }

  /** @param {string} rule @returns {Racer | null} */
  racerOf(rule) {
    return this.race?.racers.find((racer) => racer.rule === rule) ?? null;
  }

  /** The settings of rules that have an effect on one that races. */
  get ruleFields() {
    const racing = [...this.settings.rules.keys()];
    return this.tables.ruleFields.filter((field) => racing.some((rule) => fieldApplies(field, { optimizer: rule })));
  }

  /** The surface's settings that have an effect. */
  get surfaceFields() {
    return this.tables.surfaceFields.filter((field) => fieldApplies(field, this.settings.options));
  }

  // ---- changing --------------------------------------------------------------------------------------------------

  /** Takes the settings of an address. @param {string} text */
  read(text) {
    if (text === this.text) return;
    this.text = text;
    const { race, problems } = this.tables.read(text);
    this.settings = race;
    this.problems = problems;
    this.#stale = true;
    this.#request();
  }

  /** @param {Partial<RaceSettings>} changes */
  change(changes) {
    this.settings = { ...this.settings, ...changes };
    this.problems = [];
    this.text = this.tables.write(this.settings);
    this.#lab.item = this.text;
    this.#stale = true;
    this.#request();
    this.#lab.touch();
  }

  /** @param {string} name of an option of the surface @param {import('../../engine/config/config.js').SettingValue} value */
  setOption(name, value) {
    const options = { ...this.settings.options, [name]: value };
    if (name !== 'surface') this.change({ options });
    else {
      // Another surface has rates and a start of its own.
      const rules = new Map([...this.settings.rules.keys()].map((rule) => [rule, null]));
      this.change({ options, start: null, lr: null, rules });
    }
  }

  /** @param {number} rate */
  setRate(rate) {
    this.change({ lr: rate === this.facts.lr ? null : rate });
  }

  /** @param {[number, number] | null} start */
  setStart(start) {
    this.change({ start });
  }

  /** @param {string} name of a setting of rules @param {import('../../engine/config/config.js').SettingValue} value */
  setSetting(name, value) {
    this.change({ settings: { ...this.settings.settings, [name]: value } });
  }

  /** @param {string} rule @param {boolean} races */
  setRacing(rule, races) {
    const { rules } = this.settings;
    const names = this.tables.rules.filter((name) => (name === rule ? races : rules.has(name)));
    this.change({ rules: new Map(names.map((name) => [name, rules.get(name) ?? null])) });
  }

  /** @param {string} rule @param {number} factor */
  setFactor(rule, factor) {
    const isUsual = factor === this.tables.usualFactor(this.settings, rule);
    this.change({ rules: new Map([...this.settings.rules, [rule, isUsual ? null : factor]]) });
  }

  /** @param {number} stepsPerSecond */
  setSpeed(stepsPerSecond) {
    this.stepsPerSecond = stepsPerSecond;
    this.#lab.touch();
  }

  // ---- running ---------------------------------------------------------------------------------------------------

  /** Runs on; after the end, from the start again. */
  play() {
    if (!this.race) return;
    if (this.isDone) this.#rebuild(0);
    this.status = 'playing';
    this.#due = performance.now();
    this.#request();
    this.#lab.touch();
  }

  pause() {
    if (this.status === 'playing') this.status = 'ready';
    this.#lab.touch();
  }

  /** Plays, or stands. */
  toggle() {
    if (this.status === 'playing') this.pause();
    else this.play();
  }

  step() {
    this.pause();
    if (this.isDone) this.#rebuild(0);
    this.#advance(1);
    this.#tell();
  }

  /** Back to the start. */
  reset() {
    this.pause();
    this.#rebuild(0);
    this.#tell();
  }

  /** What happens once per animation frame, as long as there is something to do. */
  #request() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#turn(now);
    });
  }

  /** @param {number} now */
  #turn(now) {
    if (this.#stale) this.#rebuild();
    if (this.status === 'playing') {
      const pause = 1000 / this.stepsPerSecond;
      // After a pause of the page, such as a hidden tab, it does not catch up; of frames that are long it does.
      this.#due = Math.max(this.#due, now - pause - LONG_FRAME_MS);
      const count = Math.max(0, Math.floor((now - this.#due) / pause));
      this.#due += count * pause;
      this.#advance(Math.min(count, this.total - this.steps));
      if (this.isDone) this.status = 'ready';
      else this.#request();
    }
    this.dispatchEvent(new Event('frame'));
    this.#lab.touchSoon();
  }

  #tell() {
    this.dispatchEvent(new Event('frame'));
    this.#lab.touch();
  }

  /** Runs the race of the settings, up to where the one before it stood. @param {number} [steps] */
  #rebuild(steps = this.#race?.steps ?? 0) {
    this.#stale = false;
    if (!this.#engine) return;
    const { options, rules } = this.settings;
    const settings = this.tables.chosenSettings(this.settings);
    const race = this.#engine.createRace({
      surface: options,
      start: this.start,
      entries: [...rules.keys()].map((rule) => ({
        rule,
        lr: this.rate * this.tables.factorOf(this.settings, rule),
        settings,
      })),
    });
    this.#race?.dispose();
    this.#race = race;
    this.#series = race.racers.map(() => this.#lab.makePoints());
    this.#draw(0);
    this.#advance(Math.min(steps, this.total));
  }

  /** @param {number} count */
  #advance(count) {
    if (!this.#race || count <= 0) return;
    const from = this.#race.steps + 1;
    this.#race.advance(count);
    this.#draw(from);
  }

  /** Appends the heights from a step on to the curves. @param {number} from */
  #draw(from) {
    this.#race?.racers.forEach((racer, i) => {
      for (let step = from; step < racer.excess.length; step++) this.#series[i].append(step, racer.excess[step]);
    });
  }
}
