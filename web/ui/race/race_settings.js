/**
 * What a race is made of, as a plain value, and as the text that stands in the address: only what differs from the
 * tables, such as `surface=rosenbrock&lr=0.001&rules=sgd,adam:50&start=-1,2`.
 *
 * @typedef {import('../../engine/config/config.js').Field} Field
 * @typedef {import('../../engine/config/schema_text.js').SurfaceFacts} SurfaceFacts
 * @typedef {import('../../engine/config/config.js').SomeSettings} SomeSettings
 * @typedef {import('../../engine/config/config.js').SurfaceOptions & SomeSettings} SurfaceOptions
 *
 * @typedef {object} RaceSettings
 * @property {SurfaceOptions} options  of the surface, complete
 * @property {[number, number] | null} start  null: where the table says
 * @property {number | null} lr  null: what the table says
 * @property {Map<string, number | null>} rules  those that race, with what their rate is multiplied by; null: as usual
 * @property {SomeSettings} settings  of the rules, complete
 */
import { judgeValue } from '../../engine/config/config.js';
import { dividesByGradient, ownDefaults } from '../../engine/config/rules.js';
import { RULE_BY_NAME } from '../../engine/config/schema.js';
import { ruleStyle } from './rule_styles.js';

/** Who races unless somebody says otherwise. */
const RULES = ['sgd', 'momentum', 'nesterov', 'adam'];

/** The largest number that a start or a factor may be. */
const LARGEST = 1e6;

export class RaceTables {
  /** @param {{ fields: Field[], surface: Field[], surfaces: SurfaceFacts[] }} schema */
  constructor({ fields, surface, surfaces }) {
    this.surfaceFields = surface;
    this.surfaces = surfaces;
    this.ruleField = /** @type {Field} */ (fields.find(({ name }) => name === 'optimizer'));
    this.rateField = /** @type {Field} */ (fields.find(({ name }) => name === 'lr'));
    /** The settings of the rules. */
    this.ruleFields = fields.filter(
      (field) => field.group === 'optimizer' && field !== this.ruleField && field !== this.rateField,
    );
  }

  /** Every rule that two numbers can show, in the table's order. @returns {string[]} */
  get rules() {
    const names = this.ruleField.options.map(({ name }) => String(name));
    return names.filter((name) => !RULE_BY_NAME.get(name)?.moves_matrices);
  }

  /** @param {string} rule */
  labelOf(rule) {
    return RULE_BY_NAME.get(rule)?.label ?? rule;
  }

  /** How it is drawn. @param {string} rule */
  styleOf(rule) {
    return ruleStyle(this.rules.indexOf(rule));
  }

  /** @param {string} rule */
  isAdaptive(rule) {
    return dividesByGradient(rule);
  }

  /** @param {RaceSettings} race @returns {SurfaceFacts} */
  factsOf({ options }) {
    return /** @type {SurfaceFacts} */ (this.surfaces.find(({ name }) => name === options.surface));
  }

  /** @param {RaceSettings} race */
  rateOf(race) {
    return race.lr ?? this.factsOf(race).lr;
  }

  /** What a rule's rate is multiplied by unless somebody says otherwise. @param {RaceSettings} race @param {string} rule */
  usualFactor(race, rule) {
    const isAdaptive = this.isAdaptive(rule) && !RULE_BY_NAME.get(rule)?.divides_later;
    return isAdaptive ? this.factsOf(race).adaptive : 1;
  }

  /** @param {RaceSettings} race @param {string} rule */
  factorOf(race, rule) {
    return race.rules.get(rule) ?? this.usualFactor(race, rule);
  }

  /** @returns {RaceSettings} */
  defaults() {
    return {
      options: /** @type {SurfaceOptions} */ (defaultsOf(this.surfaceFields)),
      start: null,
      lr: null,
      rules: new Map(this.rules.filter((rule) => RULES.includes(rule)).map((rule) => [rule, null])),
      settings: defaultsOf(this.ruleFields),
    };
  }

  /**
   * The settings that one has chosen, for createRace: the others are each rule's own affair.
   * @param {RaceSettings} race @returns {SomeSettings}
   */
  chosenSettings({ settings }) {
    const chosen = this.ruleFields.filter((field) => settings[field.name] !== field.default);
    return Object.fromEntries(chosen.map(({ name }) => [name, settings[name]]));
  }

  /**
   * Who of those that race has a default of his own for a setting, as a sentence; "" where nobody has, or one is chosen.
   * @param {RaceSettings} race @param {Field} field
   */
  ownDefaultsInWords(race, field) {
    if (race.settings[field.name] !== field.default) return '';
    const own = [...race.rules.keys()].flatMap((rule) => {
      const value = ownDefaults({ optimizer: rule })[field.name];
      return value === undefined ? [] : [`${this.labelOf(rule)} takes ${value}`];
    });
    return own.join(', ');
  }

  /** What differs from the tables, as text. @param {RaceSettings} race @returns {string} */
  write(race) {
    const usual = this.defaults();
    const parts = this.surfaceFields
      .filter(({ name }) => race.options[name] !== usual.options[name])
      .map(({ name }) => `${name}=${race.options[name]}`);
    if (race.start) parts.push(`start=${race.start.join(',')}`);
    if (race.lr !== null) parts.push(`lr=${race.lr}`);
    const rules = writeRules(race.rules);
    if (rules !== writeRules(usual.rules)) parts.push(`rules=${rules}`);
    for (const { name } of this.ruleFields) {
      if (race.settings[name] !== usual.settings[name]) parts.push(`${name}=${race.settings[name]}`);
    }
    return parts.join('&');
  }

  /**
   * The settings that a text stands for. What is wrong is a sentence, and the default stands in for it.
   *
   * @param {string} text
   * @returns {{ race: RaceSettings, problems: string[] }}
   */
  read(text) {
    const race = this.defaults();
    /** @type {string[]} */
    const problems = [];
    for (const [name, value] of new URLSearchParams(text)) {
      const complaint = this.#readPart(race, name, value);
      if (complaint) problems.push(complaint);
    }
    return { race, problems };
  }

  /** @param {RaceSettings} race @param {string} name @param {string} value @returns {string} empty where all is well */
  #readPart(race, name, value) {
    if (name === 'rules') return this.#readRules(race, value);
    if (name === 'start') {
      const place = value.split(',').map(readNumber);
      const isPlace = place.length === 2 && place.every((number) => Math.abs(number) <= LARGEST);
      if (isPlace) race.start = /** @type {[number, number]} */ (place);
      return isPlace ? '' : `start must be two numbers, such as -1,2, not "${value.slice(0, 40)}".`;
    }
    const surface = this.surfaceFields.find((field) => field.name === name);
    const field = surface ?? [this.rateField, ...this.ruleFields].find((other) => other.name === name);
    if (!field) return `The link names "${name.slice(0, 40)}", which no race has.`;
    const judged = judgeValue(field, value);
    if ('complaint' in judged) return `${name} ${judged.complaint}`;
    if (surface) race.options[name] = judged.value;
    else if (field === this.rateField) race.lr = Number(judged.value);
    else race.settings[name] = judged.value;
    return '';
  }

  /** @param {RaceSettings} race @param {string} text @returns {string} */
  #readRules(race, text) {
    /** @type {Map<string, number | null>} */
    const chosen = new Map();
    for (const part of text.split(',').filter(Boolean)) {
      const [rule, factor] = part.split(':');
      const judged = judgeValue(this.ruleField, rule);
      if ('complaint' in judged) return `rules: each ${judged.complaint}`;
      const number = factor === undefined ? null : readNumber(factor);
      if (number !== null && !isFactor(number))
        return `rules: a factor is a number above 0, not "${factor.slice(0, 40)}".`;
      chosen.set(rule, number);
    }
    race.rules = new Map(this.rules.filter((rule) => chosen.has(rule)).map((rule) => [rule, chosen.get(rule) ?? null]));
    return '';
  }
}

/** Whether a rate may be multiplied by this. @param {number} factor */
export function isFactor(factor) {
  return factor > 0 && factor <= LARGEST;
}

/** @param {string} text NaN where it is no number */
function readNumber(text) {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** @param {Map<string, number | null>} rules */
function writeRules(rules) {
  return [...rules].map(([rule, factor]) => (factor === null ? rule : `${rule}:${factor}`)).join(',');
}

/** @param {Field[]} fields @returns {SomeSettings} */
function defaultsOf(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, field.default]));
}
