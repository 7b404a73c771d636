/** A config as text: of a link, of the command line. Back from a link, what is wrong becomes a problem. */

import { CHANGES, parseSettings } from './config.js';
import { splitSearch } from './link_text.js';
import { defaultBeside } from './rules.js';
import { FIELD_BY_NAME, SCHEMA } from './schema.js';

/**
 * @typedef {import('./config.js').Change} Change
 * @typedef {import('./config.js').Config} Config
 * @typedef {import('./config.js').Problem} Problem
 * @typedef {import('./config.js').SomeSettings} SomeSettings
 */

/**
 * A config as the text of a link: the settings that are not at their default, in the order of the table. The empty
 * text for the defaults; no leading ? or #.
 *
 * @param {Config} config  complete
 */
export function configToSearch(config) {
  const parts = fieldsToTell(config).map(({ name }) => `${name}=${encodePart(formatValue(config[name]))}`);
  const changes = config.changes ?? [];
  if (changes.length > 0) parts.push(`${CHANGES}=${encodePart(changes.map(formatChange).join(','))}`);
  return parts.join('&');
}

/**
 * A config as the flags of the command line that trains it, ready to paste into a shell: what configToSearch tells.
 *
 * @param {Config} config  complete
 */
export function configToFlags(config) {
  return listFlags(config).join(' ');
}

/** The same, each flag with its value for itself. @param {Config} config  complete @returns {string[]} */
export function listFlags(config) {
  const flags = fieldsToTell(config).map(({ name }) => [flagOf(name), formatValue(config[name])]);
  for (const change of config.changes ?? []) flags.push(['--change', formatChange(change)]);
  return flags.map(([flag, value]) => `${flag} ${quoteForShell(value)}`);
}

/** The flag of a setting or an option. @param {string} name */
export function flagOf(name) {
  return `--${name.replaceAll('_', '-')}`;
}

/** A word as a shell takes it. @param {string} word */
export function quoteForShell(word) {
  return /^[\w.,:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The settings that are not at their default, in the order of the table. @param {Config} config */
function fieldsToTell(config) {
  return SCHEMA.fields.filter((field) => config[field.name] !== defaultBeside(field, config));
}

/** A change as users write it: "400:clip=norm". @param {Change} change */
export function formatChange({ step, field, value }) {
  return `${step}:${field}=${formatValue(value)}`;
}

/** Settings as users write them: "lr=0.1 batch=32". @param {SomeSettings} settings */
export function formatSettings(settings) {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
}

/** A value as users write it. @param {unknown} value */
export function formatValue(value) {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

/** Whether two values of a setting are the same; a text that is left out is null, or is not there. @param {unknown} a @param {unknown} b */
export function sameValue(a, b) {
  return (a ?? null) === (b ?? null);
}

/**
 * The settings that one config has otherwise than another, with their values there; live changes apart.
 *
 * @param {Config} from  complete
 * @param {Config} to  complete
 * @returns {import('./config.js').SomeSettings}
 */
export function changesBetween(from, to) {
  const changed = SCHEMA.fields.filter(({ name }) => !sameValue(from[name], to[name]));
  return Object.fromEntries(
    changed.map(({ name }) => [name, /** @type {import('./config.js').SettingValue} */ (to[name])]),
  );
}

/** Percent-encoding that leaves alone what is harmless in a query and common in models and changes. @param {string} text */
function encodePart(text) {
  const readable = /** @type {Record<string, string>} */ ({
    '%20': '+',
    '%2C': ',',
    '%3A': ':',
    '%3D': '=',
    '%2F': '/',
  });
  // Half of a surrogate pair is no character and cannot be encoded.
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));
  return encoded.replace(/%(20|2C|3A|3D|2F)/g, (code) => readable[code]);
}

/**
 * The config of a link. Unknown settings and bad values are problems, not silent defaults.
 *
 * @param {string} search  with or without a leading ? or #
 * @returns {{ config: Config, problems: Problem[] }}
 */
export function configFromSearch(search) {
  const { config, problems } = judgeSearch(search);
  return { config, problems };
}

/**
 * The same, with what of the link counts.
 *
 * @param {string} search
 * @returns {{ config: Config, problems: Problem[], refused: Problem[], counts: string[] }}  problems: all; refused: those of them
 *   in whose place something else counts, or nothing; counts: names of what the link says and is in force
 */
export function judgeSearch(search) {
  const { settings, problems } = splitSearch(search);
  const { config, problems: refused } = parseSettings(settings);
  const isRefused = (/** @type {string} */ name) => refused.some(({ field }) => field === name);
  // That the last of several counts is not so where it is refused.
  const others = problems.filter(({ field }) => field === null || !isRefused(field));
  const known = Object.keys(settings).filter((name) => FIELD_BY_NAME.has(name) && !isRefused(name));
  const counts = config.changes.length > 0 ? [...known, CHANGES] : known;
  const lost = others.filter(({ field }) => field === null);
  return { config, problems: [...others, ...refused], refused: [...lost, ...refused], counts };
}
