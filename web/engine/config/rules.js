/** What an update rule means for the settings beside it; its row says the rest (RULE_BY_NAME of schema.js). */

import { FIELD_BY_NAME, RULE_BY_NAME, SCHEMA } from './schema.js';

/**
 * @typedef {import('./schema_text.js').Field} Field
 * @typedef {import('./schema_text.js').Rule} Rule
 */

/** The published mistake that settings train with; null for none. @param {{ mistake?: unknown }} settings */
export function mistakeOf({ mistake }) {
  return SCHEMA.mistakes.find(({ name }) => name === mistake) ?? null;
}

/**
 * What is known of the update rule as these settings train it: of a mistaken step neither a limit of stability nor what
 * it is preconditioned by.
 *
 * @param {{ optimizer?: unknown, mistake?: unknown }} settings
 * @returns {Rule | null}
 */
export function trainedRule(settings) {
  const rule = RULE_BY_NAME.get(String(settings.optimizer)) ?? null;
  const isMistaken = ['STEP', 'BIASES'].includes(mistakeOf(settings)?.acts ?? '');
  return rule && isMistaken ? { ...rule, limit: null, preconditioned: false } : rule;
}

/**
 * Whether an update rule divides each step by the gradient's own size, as RMSProp and the Adams do: its steps are about
 * η long, so its rates are of another order, and shortening gradients does not shorten them.
 *
 * @param {unknown} optimizer
 */
export function dividesByGradient(optimizer) {
  return RULE_BY_NAME.get(String(optimizer))?.divides_by_gradient ?? false;
}

/** Whether an update rule's step depends on a setting besides lr and weight_decay. @param {unknown} optimizer @param {string} name */
export function usesSetting(optimizer, name) {
  return RULE_BY_NAME.get(String(optimizer))?.settings.includes(name) ?? false;
}

/**
 * The settings for which a rule, or a data set, has defaults of its own, with these; empty for most.
 *
 * @param {{ optimizer?: unknown, dataset?: unknown }} settings
 * @returns {Record<string, number>}
 */
export function ownDefaults({ optimizer, dataset }) {
  return { ...RULE_BY_NAME.get(String(optimizer))?.defaults, ...taskOf(dataset)?.defaults };
}

/** What a data set of tokens is; null for others. @param {unknown} dataset */
export function taskOf(dataset) {
  return SCHEMA.tasks.find(({ name }) => name === dataset) ?? null;
}

/** The loss that regression is trained on, whatever is asked for. */
export const REGRESSION_LOSS = 'squared_error';

/** The loss of a data set whose targets are numbers; null where there is a choice. @param {unknown} dataset */
export function forcedLoss(dataset) {
  return dataset === 'plane' ? REGRESSION_LOSS : null;
}

/**
 * A setting's default beside the other settings: regression is trained on squared error, and a rule may have defaults of
 * its own.
 *
 * @param {Field} field
 * @param {{ [name: string]: unknown }} config  at least dataset and optimizer
 */
export function defaultBeside(field, config) {
  if (field.name === 'loss') return forcedLoss(config.dataset) ?? field.default;
  return ownDefaults(config)[field.name] ?? field.default;
}

/**
 * Settings with some of them changed. With another rule, what stood at a default of the old one's own, or is left to one
 * of the new one's, follows; and a published mistake that is none of the new one's is no more.
 *
 * @template {{ [name: string]: unknown }} Config
 * @param {Config} config  complete
 * @param {{ [name: string]: unknown }} changes
 * @returns {Config}
 */
export function changeSettings(config, changes) {
  /** @type {{ [name: string]: unknown }} */
  const changed = { ...config, ...changes };
  const [before, after] = [ownDefaults(config), ownDefaults(changed)];
  for (const name of Object.keys({ ...before, ...after })) {
    const field = /** @type {Field} */ (FIELD_BY_NAME.get(name));
    const isLeftOut = config[name] === (before[name] ?? field.default);
    if (isLeftOut && !(name in changes)) changed[name] = after[name] ?? field.default;
  }
  const isKept = mistakeOf(changed)?.rules.includes(String(changed.optimizer)) ?? true;
  if (!isKept && !('mistake' in changes)) changed.mistake = FIELD_BY_NAME.get('mistake')?.default;
  return /** @type {Config} */ (changed);
}
