/**
 * How a hand zooms along the x axis and pans: the wheel with Ctrl, a stretch that is dragged over, two fingers; Shift and a
 * drag pan, as does one finger once it is zoomed. Escape lets go of what is dragged.
 *
 * @typedef {object} Zoomed  what is zoomed, in pixels of the element
 * @property {{ left: number, right: number }} ends  of the plot; null: there is nothing to zoom
 * @property {boolean} isZoomed
 * @property {(from: number, to: number) => void} show  the stretch between two places fills the plot
 * @property {(stretch: { from: number, to: number } | null) => void} mark  the stretch that would be shown, while it is dragged
 */

/** A pointer that moved so far drags, in pixels. */
const DRAG_PIXELS = 6;

/** By how much a turn of the wheel zooms. */
const WHEEL_SHARE = 0.15;

export class ZoomHands {
  #zoomed;
  /** Pointers that are down, where they are and where they were pressed. @type {Map<number, { from: number, at: number }>} */
  #down = new Map();
  /** @type {'drag' | 'pan' | 'pinch' | null} */
  #doing = null;

  /** @param {() => Zoomed | null} zoomed */
  constructor(zoomed) {
    this.#zoomed = zoomed;
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const zoomed = this.#zoomed();
    if (!event.ctrlKey || !zoomed) return;
    event.preventDefault();
    const share = event.deltaY < 0 ? 1 / (1 + WHEEL_SHARE) : 1 + WHEEL_SHARE;
    const around = placeOf(event);
    const { left, right } = zoomed.ends;
    zoomed.show(around - (around - left) * share, around + (right - around) * share);
  }

  /** @param {PointerEvent} event  at the element with the plot, as all others */
  press(event) {
    if (event.button !== 0 || !this.#zoomed()) return;
    const at = placeOf(event);
    this.#down.set(event.pointerId, { from: at, at });
    if (this.#down.size === 2) {
      this.#let();
      this.#doing = 'pinch';
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const zoomed = this.#zoomed();
    const pointer = this.#down.get(event.pointerId);
    if (!pointer || !zoomed) return;
    const before = [...this.#down.values()].map(({ at }) => at);
    const was = pointer.at;
    pointer.at = placeOf(event);
    if (this.#doing === 'pinch') return this.#pinch(zoomed, before);
    if (this.#doing === null) {
      if (Math.abs(pointer.at - pointer.from) < DRAG_PIXELS) return;
      const isFinger = event.pointerType === 'touch';
      if (isFinger && !zoomed.isZoomed) return;
      this.#doing = isFinger || (event.shiftKey && zoomed.isZoomed) ? 'pan' : 'drag';
      elementOf(event).setPointerCapture(event.pointerId);
    }
    if (this.#doing === 'pan') {
      const { left, right } = zoomed.ends;
      zoomed.show(left - (pointer.at - was), right - (pointer.at - was));
    } else zoomed.mark(stretchOf(pointer, zoomed));
  }

  /** Two fingers keep what is under them. @param {Zoomed} zoomed @param {number[]} before */
  #pinch({ ends: { left, right }, show }, before) {
    const now = [...this.#down.values()].map(({ at }) => at);
    const [a, b] = before;
    const [c, d] = now;
    if (Math.abs(d - c) < DRAG_PIXELS || Math.abs(b - a) < DRAG_PIXELS) return;
    const share = (b - a) / (d - c);
    show(a + (left - c) * share, a + (right - c) * share);
  }

  /** @param {PointerEvent} event */
  release(event) {
    const pointer = this.#down.get(event.pointerId);
    const zoomed = this.#zoomed();
    const wasDrag = this.#doing === 'drag';
    this.#down.delete(event.pointerId);
    if (this.#down.size === 0 || this.#doing !== 'pinch') this.#let();
    if (!wasDrag || !pointer || !zoomed) return;
    const { from, to } = stretchOf(pointer, zoomed);
    if (to - from >= DRAG_PIXELS) zoomed.show(from, to);
  }

  /** Forgets what is dragged. */
  cancel() {
    this.#down.clear();
    this.#let();
  }

  #let() {
    if (this.#doing === 'drag') this.#zoomed()?.mark(null);
    this.#doing = null;
  }
}

/** What lies between where a pointer was pressed and where it is, in the plot. @param {{ from: number, at: number }} pointer @param {Zoomed} zoomed */
function stretchOf({ from, at }, { ends: { left, right } }) {
  const within = (/** @type {number} */ place) => Math.min(right, Math.max(left, place));
  return { from: within(Math.min(from, at)), to: within(Math.max(from, at)) };
}

/** @param {MouseEvent} event */
function elementOf({ currentTarget }) {
  return /** @type {HTMLElement} */ (currentTarget);
}

/** In pixels of the element. @param {MouseEvent} event */
function placeOf(event) {
  return event.clientX - elementOf(event).getBoundingClientRect().left;
}
