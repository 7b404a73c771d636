/** Hearing of an AbortSignal that many wait for: a study's trials share one, and Node warns of more than ten listeners. */

/** @type {WeakMap<AbortSignal, Set<() => void>>} */
const reactions = new WeakMap();

/**
 * Calls react once, at once where the signal has been aborted already.
 *
 * @param {AbortSignal | undefined} signal
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

/** @param {AbortSignal} signal */
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
