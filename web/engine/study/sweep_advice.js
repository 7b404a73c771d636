/** What to keep in mind about what a sweep varies. */

/** Settings that are a part of the loss. */
const IN_THE_LOSS = ['loss', 'label_smoothing', 'z_loss'];

/**
 * What makes the trials of a sweep hard to compare: a loss that is another one, or batch sizes, which the tuning playbook
 * would not compare alone.
 *
 * @param {string[]} fields  what the sweep varies
 * @returns {string[]}
 */
export function adviseSweep(fields) {
  const other = IN_THE_LOSS.filter((name) => fields.includes(name));
  const losses = other.map(
    (name) => `With another ${name} the loss is another one: compare accuracies, not losses, over ${name}.`,
  );
  return [...losses, ...adviseBatchSweep(fields)];
}

/** @param {string[]} fields @returns {string[]} */
function adviseBatchSweep(fields) {
  if (!fields.includes('batch')) return [];
  const fixed = [
    ...(fields.includes('lr') ? [] : ['the learning rate']),
    ...(fields.includes('steps') ? [] : ['the number of steps']),
  ];
  if (fixed.length === 0) return [];
  const verb = fixed.length > 1 ? 'are' : 'is';
  return [
    `The batch size is varied while ${fixed.join(' and ')} ${verb} kept: a gap between batch sizes typically goes away when rate, momentum, regularization and steps are tuned for each.`,
  ];
}
