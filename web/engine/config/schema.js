/** The generated tables, typed, with look-ups by name. */

import { SCHEMA as GENERATED } from '../../generated/schema.js';

/**
 * @typedef {import('./schema_text.js').Schema} Schema
 * @typedef {import('./schema_text.js').Field} Field
 * @typedef {import('./schema_text.js').Rule} Rule
 * @typedef {import('./schema_text.js').Metric} Metric
 * @typedef {import('./schema_text.js').Member} Member
 *
 * @typedef {Omit<Field, 'options'> & { options: (string | number)[], option_labels: string[] }} PublicField  a setting or
 *   option as it is published: an enum's options are their names
 * @typedef {Omit<Schema, 'fields' | 'range_test' | 'surface' | 'slice'>
 *   & { fields: PublicField[], range_test: PublicField[], surface: PublicField[], slice: PublicField[] }} PublicSchema
 */

export const SCHEMA = /** @type {Schema} */ (/** @type {unknown} */ (GENERATED));

/** Settings by name. A Map: a user's text such as "constructor" finds nothing. */
export const FIELD_BY_NAME = new Map(SCHEMA.fields.map((field) => [field.name, field]));

/** Update rules by name, likewise. */
export const RULE_BY_NAME = new Map(SCHEMA.rules.map((rule) => [rule.name, rule]));

/** The position of a setting in the config record. @param {string} name */
export function fieldIndex(name) {
  return SCHEMA.fields.findIndex((field) => field.name === name);
}

/** The tables as they are published: by Engine.schema and by the command `schema`. @returns {PublicSchema} */
export function publishSchema() {
  return {
    ...SCHEMA,
    fields: SCHEMA.fields.map(publishField),
    range_test: SCHEMA.range_test.map(publishField),
    surface: SCHEMA.surface.map(publishField),
    slice: SCHEMA.slice.map(publishField),
  };
}

/** @param {Field} field @returns {PublicField} */
function publishField({ options, ...field }) {
  return {
    ...field,
    options: options.map(({ name }) => name),
    option_labels: options.map(({ label }) => label),
  };
}
