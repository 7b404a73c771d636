/** What the elements that draw on a canvas share: when they draw, and how a listener hears of it. */

import { LitElement } from 'lit';
import { chartFont, isDue, requestDraw, themeColor } from './frame.js';

/** The time between two renewals of a canvas's label, in milliseconds. */
const LABEL_MS = 2000;

/** Dots of a canvas on paper, to each of the page's pixels. */
const PAPER_RATIO = 3;

/** Draws when it comes into sight, when the theme changes, and when it is told to. A subclass has draw(). */
export class DrawnElement extends LitElement {
  constructor() {
    super();
    /** In sight: frame.js draws nothing else. */
    this.visible = true;
    this.labelledAt = Number.NEGATIVE_INFINITY;
    this.labelTimer = 0;
    this.followTheme = () => this.rebuild();
    this.followPrint = () => this.drawNow();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('themechange', this.followTheme);
    window.addEventListener('beforeprint', this.followPrint);
    this.sights = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      if (this.visible) this.invalidate();
    });
    this.sights.observe(this);
    if (this.hasUpdated) this.rebuild();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('themechange', this.followTheme);
    window.removeEventListener('beforeprint', this.followPrint);
    this.sights?.disconnect();
    clearTimeout(this.labelTimer);
    this.labelTimer = 0;
  }

  firstUpdated() {
    this.rebuild();
  }

  /** Everything that was made of the theme's colours is made anew. */
  rebuild() {
    this.invalidate();
  }

  /** Something changed in what the source describes. */
  invalidate() {
    requestDraw(/** @type {import('./frame.js').Drawable} */ (/** @type {unknown} */ (this)));
  }

  /** Whether what is seen is what there was some frames ago: tests wait for what they look at. */
  get isBehind() {
    return isDue(/** @type {import('./frame.js').Drawable} */ (/** @type {unknown} */ (this)));
  }

  /** Draws at once, also out of sight: on paper all is in sight. A view that is not open has no place to draw on. */
  drawNow() {
    if (this.hasUpdated && this.checkVisibility())
      /** @type {import('./frame.js').Drawable} */ (/** @type {unknown} */ (this)).draw();
  }

  /** What a listener should know of the canvas. */
  get label() {
    return '';
  }

  /** Renews the canvas's label, at most every two seconds, and always with what is drawn last. */
  describe() {
    if (this.labelTimer) return;
    const rest = this.labelledAt + LABEL_MS - performance.now();
    this.labelTimer = Number(
      setTimeout(
        () => {
          this.labelTimer = 0;
          this.labelledAt = performance.now();
          this.querySelector('canvas')?.setAttribute('aria-label', this.label);
        },
        Math.max(0, rest),
      ),
    );
  }
}

/** One that draws in a plot. */
export class ChartElement extends DrawnElement {
  constructor() {
    super();
    /** @type {import('./plot/plot.js').Plot | null} */
    this.chart = null;
    /** The size of the text that the chart was built with, in pixels. */
    this.builtSize = 0;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.chart?.destroy();
    this.chart = null;
  }

  /** What every plot is told. */
  get plotLook() {
    return {
      color: themeColor(this, 'faint'),
      grid: themeColor(this, 'grid'),
      font: chartFont(this),
      // A printer has more dots than a screen.
      ...(document.documentElement.classList.contains('printing') ? { ratio: PAPER_RATIO } : {}),
      onResize: () => this.follow(),
    };
  }

  /** Another size of text makes other axes. */
  follow() {
    if (!this.isConnected) return;
    if (chartFont(this).size === this.builtSize) this.invalidate();
    else this.rebuild();
  }

  /** A subclass goes on with its own chart where the old one was. */
  buildChart() {
    this.chart?.destroy();
    this.builtSize = chartFont(this).size;
  }

  rebuild() {
    this.buildChart();
    this.invalidate();
  }
}
