/**
 * What all charts share: drawing passes that leave the page time to answer, the page's colours, and groups of charts whose
 * crosshair and zoom move together.
 */

/** @typedef {{ draw(): void, visible: boolean }} Drawable */

/** No chart is begun when drawing has taken this long in a frame, in milliseconds: the others have the next one. */
const BUDGET_MS = 6;

/** In the order in which they are drawn. @type {Set<Drawable>} */
const waiting = new Set();
let scheduled = false;

/** Draws the chart in one of the next animation frames, once, however often it is asked. @param {Drawable} chart */
export function requestDraw(chart) {
  waiting.add(chart);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(drawWaiting);
}

/** Whether it has been asked, and has not drawn since. @param {Drawable} chart */
export function isDue(chart) {
  return chart.visible && waiting.has(chart);
}

function drawWaiting() {
  const end = performance.now() + BUDGET_MS;
  try {
    for (const chart of waiting) {
      waiting.delete(chart);
      // A chart out of sight is not drawn; when it comes into sight its observer asks again.
      if (chart.visible) chart.draw();
      if (performance.now() >= end) break;
    }
  } finally {
    // Also where a chart has failed: the others go on.
    scheduled = waiting.size > 0;
    if (scheduled) requestAnimationFrame(drawWaiting);
  }
}

/** The power that lifts what is faint, on a dark ground. */
const DARK = 0.7;

/**
 * Reads a colour of the page's theme, such as `loss`, and mixes it with transparency.
 * @param {Element} element @param {string} name a custom property without its dashes, or a colour @param {number} [alpha]
 */
export function themeColor(element, name, alpha = 1) {
  const color = getComputedStyle(element).getPropertyValue(`--${name}`).trim() || name;
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1];
  if (alpha >= 1 || !hex) return color;
  // A minified sheet says #fff for #ffffff.
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
  const opacity = Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0');
  return `#${full}${opacity}`;
}

/** The same of a curve: what is faint on white would be lost on black. @param {Element} element @param {string} name @param {number} [alpha] */
export function curveColor(element, name, alpha = 1) {
  return themeColor(element, name, getComputedStyle(element).colorScheme === 'dark' ? alpha ** DARK : alpha);
}

/** The height of a label. @param {string} font  as a canvas takes it */
export function labelHeight(font) {
  return Math.round(Number.parseFloat(font) * 1.35);
}

/**
 * The font that a chart writes in: its own, as the style sheet gives it, so that a browser's font size reaches the canvas.
 * @param {Element} element
 */
export function chartFont(element) {
  const { fontFamily, fontSize } = getComputedStyle(element);
  return { family: fontFamily, size: Number.parseFloat(fontSize) };
}

/** The width of a chart's y axis in its font: one for all, so that charts above each other share their x axis. */
export const AXIS_EMS = 4.1;

/** The font as a canvas takes it. @param {Element} element */
export function canvasFont(element) {
  const { family, size } = chartFont(element);
  return `${size}px ${family}`;
}

/**
 * Charts over the same steps. Where one is pointed at or zoomed, all follow.
 * Events: `crosshair` and `zoom`, without detail: read the members.
 */
class ChartGroup extends EventTarget {
  /** @type {number | null} the step pointed at */
  crosshair = null;
  /** @type {{ from: number, to: number } | null} the steps zoomed to; null shows all */
  zoom = null;

  /** @param {number | null} step */
  pointAt(step) {
    if (step === this.crosshair) return;
    this.crosshair = step;
    this.dispatchEvent(new Event('crosshair'));
  }

  /** @param {{ from: number, to: number } | null} zoom */
  zoomTo(zoom) {
    this.zoom = zoom;
    this.dispatchEvent(new Event('zoom'));
  }
}

/** @type {Map<string, ChartGroup>} */
const groups = new Map();

/** The group of that name. @param {string} name */
export function chartGroup(name) {
  let group = groups.get(name);
  if (!group) {
    group = new ChartGroup();
    groups.set(name, group);
  }
  return group;
}
