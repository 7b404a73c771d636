/** What to keep in mind about what a sweep varies. */

/**
 * What the tuning playbook would say about a sweep of the batch size, which is not to be compared alone.
 *
 * @param {string[]} fields  what the sweep varies
 * @returns {string[]}
 */
export function adviseSweep(fields) {
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
