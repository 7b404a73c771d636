/** Hearing of an AbortSignal that many wait for: a study's trials share one, and Node warns of more than ten listeners. */

/**
 * An AbortSignal, by as much as studies use of it: whoever types a program against them may have the declarations of a
 * browser, of Node or of neither.
 *
 * @typedef {object} Signal
 * @property {boolean} aborted
 * @property {unknown} reason
 * @property {() => void} throwIfAborted
 * @property {(type: 'abort', listener: () => void, options?: { once?: boolean }) => void} addEventListener
 */

/** @type {WeakMap<Signal, Set<() => void>>} */
const reactions = new WeakMap();

/**
 * Calls react once, at once where the signal has been aborted already.
 *
 * @param {Signal | undefined} signal
 * @param {() => void} react
 * @returns {() => void}  takes it back
 */
export function onAbort(signal, react) {
  if (!signal) return () => {};
  if (signal.aborted) {
    react();
    return () => {};
  }
  const waiting = reactions.get(signal) ?? listenOnce(signal);
  waiting.add(react);
  return () => waiting.delete(react);
}

/** @param {Signal} signal */
function listenOnce(signal) {
  /** @type {Set<() => void>} */
  const waiting = new Set();
  reactions.set(signal, waiting);
  signal.addEventListener(
    'abort',
    () => {
      for (const react of [...waiting]) react();
    },
    { once: true },
  );
  return waiting;
}
