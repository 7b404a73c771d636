/**
 * A page in which all comes late that need not come at once: `TRAINSCOPE_LATE=500 node tests/run.js browser` shows which tests
 * look before there is anything to see, which on a machine that is busy they do by chance.
 */

/** By so many milliseconds; 0 is not at all. */
export const LATE_MS = Number(process.env.TRAINSCOPE_LATE ?? 0);

/** Runs in the page before anything else: timers, and frames with them, observers, and what workers say. @param {number} ms */
export function comeLate(ms) {
  const setTimer = window.setTimeout.bind(window);
  window.setTimeout = /** @type {typeof setTimeout} */ (
    /** @type {unknown} */ (
      (/** @type {() => void} */ act, rest = 0, /** @type {any[]} */ ...given) => setTimer(act, rest + ms, ...given)
    )
  );
  for (const name of /** @type {const} */ (['ResizeObserver', 'IntersectionObserver'])) {
    const Usual = /** @type {any} */ (window[name]);
    /** @type {any} */ (window)[name] = class extends Usual {
      constructor(/** @type {Function} */ tell, /** @type {any} */ options) {
        super((/** @type {any[]} */ ...seen) => setTimer(() => tell(...seen), ms), options);
      }
    };
  }
  for (const { prototype } of [Worker, MessagePort]) {
    const { get, set } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, 'onmessage'));
    Object.defineProperty(prototype, 'onmessage', {
      get,
      set(hear) {
        set?.call(this, hear && ((/** @type {MessageEvent} */ event) => setTimer(() => hear.call(this, event), ms)));
      },
    });
  }
}
