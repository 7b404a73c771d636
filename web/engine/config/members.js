/** The members of whatever a caller gave for an object of names and values. */

/**
 * A copy of an object's own members, which is read once. Null for everything else, also where there is nothing to read
 * for what it is: a list, an array of numbers, a map, an object of a class that shows no members.
 *
 * @param {unknown} given  whose getters, and traps where it is a proxy, may throw: then this throws what they do
 * @returns {Record<string, unknown> | null}
 */
export function copyMembers(given) {
  if (Object.prototype.toString.call(given) !== '[object Object]') return null;
  const members = { .../** @type {object} */ (given) };
  const prototype = Object.getPrototypeOf(given);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain || Object.keys(members).length > 0 ? members : null;
}
