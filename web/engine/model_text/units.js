/**
 * The units that a model text is made of, by what they are for, and as one writes them: all of it from the table
 * (unit_fields.h), so that a layer which is new there is known to every editor of model texts.
 */

import { SCHEMA } from '../config/schema.js';

/**
 * @typedef {import('../config/schema_text.js').Unit} Unit
 * @typedef {import('../config/schema_text.js').Argument} Argument
 * @typedef {import('../config/schema_text.js').Role} Role
 */

/** @type {Unit[]} */
export const UNITS = SCHEMA.units;

/** @param {Role} role */
const namesOf = (role) => UNITS.filter((unit) => unit.role === role).map(({ name }) => name);

export const WEIGHTS = namesOf('weight');
export const ACTIVATIONS = namesOf('activation');
export const NORMS = namesOf('norm');
/** They take a model in brackets. */
export const BRANCHES = namesOf('branch');
/** Their output has the shape of their input. */
export const KEEPERS = [...ACTIVATIONS, ...NORMS, ...namesOf('regularization')];

/** Whether a unit cannot do without its brackets. @param {string} name */
export function needsBrackets(name) {
  const unit = UNITS.find((other) => other.name === name);
  return !!unit && (unit.role === 'branch' || !!unit.arguments[0]?.required);
}

/** How one writes a unit: "conv(n, k, stride=1, pad=0, gain=1)", "residual(…)". @param {Unit} unit */
export function signatureOf({ name, role, arguments: all }) {
  if (role === 'branch') return `${name}(…)`;
  return all.length === 0 ? name : `${name}(${all.map(sayArgument).join(', ')})`;
}

/** @param {Argument} argument */
function sayArgument({ name, required, default: value, same_as }) {
  return required ? name : `${name}=${same_as ?? value}`;
}

/** What each argument is: "n: outputs; gain: multiplies the initial weights". Empty without arguments. @param {Unit} unit */
export function describeArguments({ arguments: all }) {
  return all.map(({ name, help }) => `${name}: ${help}`).join('; ');
}
