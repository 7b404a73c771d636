/**
 * Settings as users give them: defaults, parsing, problems, all from the table. Nothing here throws on a user's input:
 * what is wrong becomes a problem with one sentence, and the default stands in for it.
 *
 * A config is a plain object with every setting of the table and `changes`, the live changes of a run. Numbers keep
 * the decimal as typed (0.02); C computes with the nearest float32. The rules between settings and the model text
 * are judged by C (Engine.parseConfig); this file knows the table alone, so that controls can use it.
 */

import { copyMembers } from './members.js';
import { describeValue, nearestName, shorten, unknownName } from './names.js';
import { forcedLoss, ownDefaults } from './rules.js';
import { FIELD_BY_NAME, SCHEMA } from './schema.js';

/**
 * @typedef {import('./schema_text.js').Field} Field
 * @typedef {import('../../generated/schema.js').Settings} Settings  every setting, each with its own type
 * @typedef {import('../../generated/schema.js').RangeOptions} RangeOptions  of an LR range test, likewise
 * @typedef {import('../../generated/schema.js').SurfaceOptions} SurfaceOptions  of a surface for update rules, likewise
 * @typedef {import('../../generated/schema.js').SliceOptions} SliceOptions  of a slice through the loss surface, likewise
 * @typedef {string | number | boolean | null} SettingValue  of any kind of setting; null is a text that is left out
 * @typedef {{ [name: string]: SettingValue }} SomeSettings  by name, no changes among them
 * @typedef {{ step: number, field: string, value: SettingValue }} Change  in force from that step on
 * @typedef {{ [Name in keyof Settings]?: Settings[Name] | string | null | (Settings[Name] extends number | boolean ? number : never) } &
 *   { changes?: string | (Change | string)[] }} GivenSettings
 *   as a caller gives them: what is missing takes its default, and what is wrong becomes a problem
 * @typedef {GivenSettings & { [name: string]: SettingValue | (Change | string)[] | undefined }} GivenConfig
 *   the same, of names that are not known before they are judged
 * @typedef {Settings & { changes: Change[] } & { [name: string]: SettingValue | Change[] }} Config  complete: every setting, and changes
 * @typedef {{ field: string | null, message: string, position?: number | null }} Problem
 *   position: index of the character in the model text, where that is known
 * @typedef {{ value: SettingValue } | { complaint: string }} Judgement  complaint: how the sentence goes on after the name
 */

/** The text that a decimal number may be; JavaScript alone would take "", " 1 " and "0x10" as well. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const FLAG_WORDS = new Map([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
]);

/** Names that are no settings of the table, but may stand beside them. */
export const CHANGES = 'changes';

const encoder = new TextEncoder();

// ---- defaults ------------------------------------------------------------------------------------------------------

const DEFAULTS = /** @type {Settings} */ (
  Object.fromEntries(SCHEMA.fields.map((field) => [field.name, field.default]))
);

/** Every setting at its default. @returns {Config} */
export function defaultConfig() {
  return { ...DEFAULTS, changes: [] };
}

/** Steps of a whole run, its warmup included: warmup is prepended. @param {{ warmup_steps: number, steps: number }} config */
export function totalSteps({ warmup_steps, steps }) {
  return warmup_steps + steps;
}

/**
 * Whether a setting has an effect with these others (the table's `when`). Elsewhere it is accepted and ignored.
 *
 * @param {Field} field
 * @param {{ [name: string]: unknown }} config  the settings that `when` names, and DATA_FACTS; what is not known of them
 *   is nothing against it
 */
export function fieldApplies(field, config) {
  return !whyIdle(field, config);
}

/**
 * Why a setting has no effect: the first of its conditions that does not hold; null where all do.
 *
 * @param {Field} field
 * @param {{ [name: string]: unknown }} config  as for fieldApplies
 * @returns {string[] | null}  the condition's name, then its options
 */
export function whyIdle({ when }, config) {
  for (const condition of when ? when.split(';') : []) {
    const [name, ...options] = condition.split(/[=,]/);
    const value = config[name];
    if (value !== undefined && !options.includes(value === true ? 'on' : String(value))) return [name, ...options];
  }
  return null;
}

// ---- parsing -------------------------------------------------------------------------------------------------------

/**
 * A complete config of whatever a user gave: unknown settings, wrong kinds and values out of range become problems.
 *
 * @param {unknown} input  an object of settings; numbers, flags and options may be text
 * @param {Partial<Config>} [defaults]  instead of the table's
 * @returns {{ config: Config, problems: Problem[] }}
 */
export function parseSettings(input, defaults = {}) {
  const config = defaultConfig();
  Object.assign(config, defaults);
  /** @type {Problem[]} */
  const problems = [];
  /** @type {Set<string>} */
  const given = new Set();
  for (const [name, value] of readMembers(input, problems)) {
    if (value === undefined) continue;
    const field = FIELD_BY_NAME.get(name);
    if (field) {
      const judged = judgeValue(field, value);
      if ('complaint' in judged) problems.push({ field: name, message: `${name} ${judged.complaint}` });
      else {
        config[name] = judged.value;
        given.add(name);
      }
    } else if (name === CHANGES) {
      config.changes = parseChanges(value, problems);
    } else {
      const names = [...FIELD_BY_NAME.keys(), CHANGES];
      problems.push({ field: shorten(name), message: `There is no setting ${unknownName(name, names)}` });
    }
  }
  config.loss = forcedLoss(config.dataset) ?? config.loss;
  for (const [name, value] of Object.entries(ownDefaults(config))) if (!given.has(name)) config[name] = value;
  return { config, problems };
}

/**
 * The options of a study: like settings, from a table of their own.
 *
 * @param {Field[]} fields
 * @param {unknown} input
 * @param {SomeSettings} defaults  complete
 * @returns {{ options: SomeSettings, problems: Problem[] }}
 */
export function parseOptions(fields, input, defaults) {
  const options = { ...defaults };
  /** @type {Problem[]} */
  const problems = [];
  for (const [name, value] of readMembers(input, problems)) {
    if (value === undefined) continue;
    const field = fields.find((row) => row.name === name);
    if (!field) {
      const names = fields.map((row) => row.name);
      problems.push({ field: shorten(name), message: `There is no option ${unknownName(name, names)}` });
      continue;
    }
    const judged = judgeValue(field, value);
    if ('complaint' in judged) problems.push({ field: name, message: `${name} ${judged.complaint}` });
    else options[name] = judged.value;
  }
  return { options, problems };
}

/**
 * The members of an object, whatever it is: a getter or a proxy may throw, a user's JSON may be an array.
 *
 * @param {unknown} input
 * @param {Problem[]} problems
 * @returns {[string, unknown][]}
 */
function readMembers(input, problems) {
  if (input === undefined || input === null) return [];
  try {
    const members = copyMembers(input);
    if (members) return Object.entries(members);
  } catch {
    // Falls through to the sentence.
  }
  problems.push({ field: null, message: 'The settings must be an object of names and values.' });
  return [];
}

/**
 * A value for one setting, by the table alone.
 *
 * @param {Field} field
 * @param {unknown} value
 * @returns {Judgement}
 */
export function judgeValue(field, value) {
  const judged = judgeKind(field, value);
  if (!('complaint' in judged)) return judged;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const nearest = field.kind === 'enum' ? meantOption(field, text) : '';
  // A whole word of another setting is sooner that than a misspelt one of this.
  const meant = nearest.startsWith(text) && nearest !== '' ? nearest : meantElsewhere(field, text) || nearest;
  return meant ? { complaint: `${judged.complaint} Did you mean ${meant}?` } : judged;
}

/** Words that say nothing of what they are for. */
const NOTHING = /^(off|none|no)$/;

/**
 * The option that a text is nearest to, '' where none is. Numbers, and words of switches, are no misspelt names: 16 is not
 * meant for 1, nor none for norm, but for off.
 *
 * @param {Field} field @param {string} text
 */
function meantOption({ options }, text) {
  const names = options.map(({ name }) => String(name));
  if (NOTHING.test(text) || FLAG_WORDS.get(text) === false) return names.find((name) => NOTHING.test(name)) ?? '';
  return Number.isNaN(Number(text)) && !FLAG_WORDS.has(text) ? (nearestName(text, names) ?? '') : '';
}

/**
 * What a value would be of another setting: a number of the one that the table names, a word of the only one that has it
 * among its options. "clip=norm and clip_norm=1", "schedule=cosine".
 *
 * @param {Field} field @param {string} value
 */
function meantElsewhere(field, value) {
  if (FIELD_BY_NAME.get(field.name) !== field || NOTHING.test(value) || Number(value) === 0) return '';
  const [other, more] = SCHEMA.fields
    .filter(({ kind, name }) => name === field.number || (kind === 'enum' && Number.isNaN(Number(value))))
    .filter((one) => 'value' in judgeKind(one, value));
  if (!other || more) return '';
  const [, first] = other.when.match(`\\b${field.name}=(\\w+)`) ?? [];
  return `${first ? `${field.name}=${first} and ` : ''}${other.name}=${shorten(value)}`;
}

/** @param {Field} field @param {unknown} value @returns {Judgement} */
function judgeKind(field, value) {
  switch (field.kind) {
    case 'real':
    case 'int':
      return judgeNumber(field, value);
    case 'flag':
      return judgeFlag(value);
    case 'enum':
      return judgeOption(field, value);
    default:
      return judgeText(field, value);
  }
}

/** @param {Field} field @param {unknown} value @returns {Judgement} */
function judgeNumber({ kind, min, max }, value) {
  const number = typeof value === 'string' ? parseDecimal(value) : typeof value === 'number' ? value : NaN;
  const inRange = number >= /** @type {number} */ (min) && number <= /** @type {number} */ (max);
  if (inRange && (kind === 'real' || Number.isInteger(number))) return { value: number === 0 ? 0 : number };
  const what = kind === 'int' ? 'a whole number between' : 'between';
  return { complaint: `must be ${what} ${min} and ${max}, not ${describeValue(value)}.` };
}

/** The number that a decimal text says, NaN where it is none. @param {string} text */
function parseDecimal(text) {
  return DECIMAL.test(text) ? Number(text) : NaN;
}

/** @param {unknown} value @returns {Judgement} */
function judgeFlag(value) {
  const known = typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number';
  const flag = known ? FLAG_WORDS.get(String(value)) : undefined;
  return flag === undefined ? { complaint: `must be on or off, not ${describeValue(value)}.` } : { value: flag };
}

/** @param {Field} field @param {unknown} value @returns {Judgement} */
function judgeOption({ options }, value) {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  const option = options.find(({ name }) => String(name) === text);
  if (option) return { value: option.name };
  const names = options.map(({ name }) => String(name));
  return { complaint: `must be one of ${names.join(', ')}, not ${describeValue(value)}.` };
}

/** @param {Field} field @param {unknown} value @returns {Judgement} */
function judgeText({ capacity }, value) {
  if (value === null) return { value: null };
  if (typeof value !== 'string') return { complaint: `must be text, not ${describeValue(value)}.` };
  // A character has at least one byte: a very long text need not be encoded to be refused.
  const limit = /** @type {number} */ (capacity);
  if (value.length > limit || encoder.encode(value).length > limit) {
    return { complaint: `must not be longer than ${limit} bytes.` };
  }
  return { value };
}

// ---- live changes --------------------------------------------------------------------------------------------------

/**
 * @param {unknown} input  a list of {step, field, value} or of texts like "400:clip=norm", or one text of several,
 *   joined by commas
 * @param {Problem[]} problems
 * @returns {Change[]}  in order of their steps; those of one step in the order given
 */
export function parseChanges(input, problems) {
  const list = typeof input === 'string' ? input.split(',').filter((text) => text !== '') : readEntries(input);
  if (!list) {
    problems.push({ field: CHANGES, message: `changes must be a list, not ${describeValue(input)}.` });
    return [];
  }
  /** @type {Change[]} */
  const changes = [];
  for (const entry of list) {
    const judged = judgeChange(typeof entry === 'string' ? splitChange(entry) : entry);
    if ('complaint' in judged) problems.push({ field: CHANGES, message: `changes: ${judged.complaint}` });
    else changes.push(judged.value);
  }
  return changes.sort((a, b) => a.step - b.step);
}

/** @param {unknown} input @returns {unknown[] | null}  null where it is no list, or one that cannot be read */
function readEntries(input) {
  try {
    return Array.isArray(input) ? Array.from(input) : null;
  } catch {
    return null; // A getter, or a proxy.
  }
}

/** @param {string} text  "400:clip=norm" */
function splitChange(text) {
  const parts = /^([^:]*):([^=]*)=(.*)$/s.exec(text);
  return parts ? { step: parts[1], field: parts[2], value: parts[3] } : text;
}

/** @param {unknown} entry @returns {{ value: Change } | { complaint: string }} */
function judgeChange(entry) {
  if (typeof entry === 'string') {
    return { complaint: `"${shorten(entry)}" is not of the form step:setting=value, such as 400:clip=norm.` };
  }
  if (typeof entry !== 'object' || entry === null) {
    return { complaint: `${describeValue(entry)} is not an object {step, field, value}.` };
  }
  const change = readChange(entry);
  if (!change) return { complaint: 'one of them cannot be read: reading it throws an error.' };
  const { step, field: name, value } = change;
  const number = typeof step === 'string' ? parseDecimal(step) : Number.isSafeInteger(step) ? Number(step) : NaN;
  if (!Number.isSafeInteger(number) || number < 0) {
    return { complaint: `a step must be a whole number from 0, not ${describeValue(step)}.` };
  }
  const judged = judgeLiveValue(name, value);
  return 'complaint' in judged
    ? { complaint: `at step ${number}: ${judged.complaint}` }
    : { value: { step: number, field: String(name), value: judged.value } };
}

/** @param {{ step?: unknown, field?: unknown, value?: unknown }} entry @returns {typeof entry | null}  a copy; null where a getter throws */
function readChange(entry) {
  try {
    const { step, field, value } = entry;
    return { step, field, value };
  } catch {
    return null;
  }
}

/** What a training is made of: the values of those settings that cannot change while it runs. @param {Config} config */
export function fixedValues(config) {
  return SCHEMA.fields.filter(({ live }) => !live).map(({ name }) => config[name]);
}

/**
 * A value for a setting on a running training. The complaint is a whole sentence.
 *
 * @param {unknown} name
 * @param {unknown} value
 * @returns {Judgement}
 */
export function judgeLiveValue(name, value) {
  const live = SCHEMA.fields.filter((field) => field.live).map((field) => field.name);
  const field = typeof name === 'string' ? FIELD_BY_NAME.get(name) : undefined;
  if (!field) return { complaint: `There is no setting ${unknownName(describeName(name), live)}` };
  if (!field.live) {
    return { complaint: `${field.name} cannot change on a running training; these can: ${live.join(', ')}.` };
  }
  const judged = judgeValue(field, value);
  return 'complaint' in judged ? { complaint: `${field.name} ${judged.complaint}` } : judged;
}

/** @param {unknown} name */
function describeName(name) {
  return typeof name === 'string' ? name : describeValue(name);
}

/**
 * The settings in force once the changes before `step` have been made.
 *
 * @param {Config} config
 * @param {number} step
 * @returns {Config}
 */
export function settingsAt(config, step) {
  const settings = { ...config };
  for (const change of config.changes) if (change.step < step) settings[change.field] = change.value;
  return settings;
}
