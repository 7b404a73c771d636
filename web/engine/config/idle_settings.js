/** Settings that were asked for and have no effect beside the others: a sentence each. */

import { whyIdle } from './config.js';
import { formatValue } from './config_text.js';
import { defaultBeside } from './rules.js';
import { SCHEMA } from './schema.js';

/** How a sentence names a fact of the data; settings have their names. @type {Record<string, string>} */
const NAMES = { kind: 'data of the kind', targets: 'targets that are' };

/**
 * @param {import('./config.js').Config} config
 * @param {object} about
 * @param {Record<string, unknown>} about.given  the settings that were asked for, by name
 * @param {{ kind?: string, targets?: string }} [about.facts]  of data of one's own
 * @param {string[]} [about.varied]  settings that take other values as well: what depends on them may act there
 * @returns {string[]}
 */
export function sayIdle(config, { given, facts = {}, varied = [] }) {
  /** @type {Record<string, unknown>} */
  const known = { ...config, ...facts };
  for (const name of varied) delete known[name];
  return SCHEMA.fields.flatMap((field) => {
    // What stands at its default has no effect anywhere, and a file of settings names them all.
    const isAsked = Object.hasOwn(given, field.name) && config[field.name] !== defaultBeside(field, config);
    const why = isAsked ? whyIdle(field, known) : null;
    if (!why) return [];
    const [name, ...options] = why;
    return `${field.name} has no effect with ${NAMES[name] ?? name} ${formatValue(known[name])}; it acts with ${options.join(', ')}.`;
  });
}
