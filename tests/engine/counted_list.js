/** A list that tells how much work is done on it: tests of what grows with what count that, and no time. */

/**
 * @template T
 * @returns {{ list: T[], touched: number }}  touched: how often one of its places has been read or written
 */
export function makeCountedList() {
  const counted = { list: /** @type {T[]} */ ([]), touched: 0 };
  const isPlace = (/** @type {string | symbol} */ name) => typeof name === 'string' && /^\d+$/.test(name);
  counted.list = new Proxy(/** @type {T[]} */ ([]), {
    get(target, name) {
      if (isPlace(name)) counted.touched++;
      return Reflect.get(target, name);
    },
    set(target, name, value) {
      if (isPlace(name)) counted.touched++;
      return Reflect.set(target, name, value);
    },
  });
  return counted;
}
