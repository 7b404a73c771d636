/**
 * <present-view>: the training on a projector: what there is to say in one sentence, one chart or two, the rate, and what
 * starts and stops it. All of the page's lengths follow the root's font size, so that larger letters are all it takes.
 *
 * Events: `leave`: back to the page.
 */
import { html, nothing } from 'lit';
import { sceneOf } from '../live/chart_scene.js';
import { CHARTS } from '../live/charts.js';
import { stepChart } from '../live/step_chart.js';
import { headlineOf } from '../opening/headline.js';
import { rateControl } from '../opening/rate_control.js';
import { LabElement } from '../shared/lab_element.js';
import { fillScreen } from './screen.js';
import './present.css';

/** Charts that have room beside each other; on a narrow or a low screen one has. */
const ROOM = 2;
const SMALL = matchMedia('(max-width: 47.5rem), (max-height: 30rem)');

/** What is shown first, the first one last: it stays where one has room. */
const FIRST = ['accuracy', 'loss'];

/** On the root, while the page is presented: its letters are larger (present.css). */
const LARGE = 'presenting';

/** @typedef {import('../live/charts.js').StepChart} StepChart */

export class PresentView extends LabElement {
  static properties = {
    ...LabElement.properties,
    notices: { attribute: false },
    chosen: { state: true },
    full: { state: true },
  };

  constructor() {
    super();
    /** What the page has to say of what was refused. @type {unknown} */
    this.notices = nothing;
    /** Ids of the charts that are shown, the one chosen last at the end. */
    this.chosen = FIRST;
    /** Whether the browser gives the page the whole screen. */
    this.full = false;
    this.onSize = () => this.requestUpdate();
    this.redraw = () => {
      for (const chart of this.querySelectorAll('line-chart')) /** @type {any} */ (chart).invalidate();
    };
    this.onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.leave();
    };
    // The browser's own Escape leaves its full screen, and says no key.
    this.onScreen = () => {
      const was = this.full;
      this.full = !!document.fullscreenElement;
      if (was && !this.full) this.leave();
    };
    /** The charts keep these functions. */
    this.sources = new Map(stepCharts().map((chart) => [chart.id, () => sceneOf(chart, this.view)]));
  }

  connectedCallback() {
    super.connectedCallback();
    document.documentElement.classList.add(LARGE);
    this.full = !!document.fullscreenElement;
    SMALL.addEventListener('change', this.onSize);
    document.addEventListener('keydown', this.onKey);
    document.addEventListener('fullscreenchange', this.onScreen);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.documentElement.classList.remove(LARGE);
    SMALL.removeEventListener('change', this.onSize);
    document.removeEventListener('keydown', this.onKey);
    document.removeEventListener('fullscreenchange', this.onScreen);
    this.lab?.removeEventListener('rows', this.redraw);
    if (document.fullscreenElement) document.exitFullscreen();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('lab') && this.lab) this.lab.addEventListener('rows', this.redraw);
  }

  firstUpdated() {
    /** @type {HTMLElement | null} */ (this.querySelector('.run'))?.focus();
  }

  updated() {
    this.redraw();
  }

  get room() {
    return SMALL.matches ? 1 : ROOM;
  }

  leave() {
    this.dispatchEvent(new Event('leave'));
  }

  /** @returns {import('../live/charts.js').View} */
  get view() {
    const { lab } = this;
    const run = lab.focus;
    return { lab, held: null, classifies: !run?.parameters || run.classes > 0 };
  }

  /** Of the charts that there are those that are shown: the ones chosen last for which there is room, or else the first. @param {StepChart[]} charts @returns {string[]} */
  shownOf(charts) {
    const ids = charts.map(({ id }) => id);
    const chosen = this.chosen.filter((id) => ids.includes(id));
    return chosen.length > 0 ? chosen.slice(-this.room) : ids.slice(0, 1);
  }

  /** Shows a chart or takes it away: one stays, and one more than there is room for takes the place of the one chosen longest ago. @param {string} id @param {string[]} shown */
  toggle(id, shown) {
    const others = shown.filter((other) => other !== id);
    const isShown = others.length < shown.length;
    if (isShown && others.length > 0) this.chosen = others;
    else if (!isShown) this.chosen = [...others, id].slice(-this.room);
  }

  /** @param {StepChart[]} charts @param {string[]} shown */
  chooser(charts, shown) {
    return html`<div class="present-chooser" role="group" aria-label="Charts">
      ${charts.map(
        ({ id, heading }) =>
          html`<button aria-pressed=${shown.includes(id)} @click=${() => this.toggle(id, shown)}>${heading}</button>`,
      )}
    </div>`;
  }

  render() {
    const { lab, view } = this;
    if (!lab) return nothing;
    const { says, asks, tone } = headlineOf(lab);
    const running = lab.liveRun?.status === 'running';
    const there = stepCharts().filter(({ when }) => !when || when(view));
    const shown = this.shownOf(there);
    return html`<main aria-label="Presentation">
      ${this.notices}
      <h1 class=${tone} aria-live="polite"><span>${says}</span>${asks ? html` <em>${asks}</em>` : nothing}</h1>
      <h2 class="visually-hidden">Charts</h2>
      <div class="present-charts">
        ${there.filter(({ id }) => shown.includes(id)).map((chart) => stepChart(chart, { view, source: this.sources.get(chart.id) }))}
      </div>
      <div class="present-bar">
        <button class="run primary" aria-keyshortcuts="Space" ?disabled=${!lab.ready} @click=${() => lab.runs.toggle()}>
          ${running ? 'Pause' : 'Run'}
        </button>
        <button aria-keyshortcuts="R" ?disabled=${!lab.ready} @click=${() => lab.runs.reset()}>Reset</button>
        ${rateControl(lab, 'present-')}
      </div>
      <div class="present-bar">
        ${this.chooser(there, shown)}
        <span class="grow"></span>
        ${this.full || !document.fullscreenEnabled ? nothing : html`<button @click=${fillScreen}>Full screen</button>`}
        <button title="Back to the page (Escape)" @click=${() => this.leave()}>Leave</button>
      </div>
    </main>`;
  }
}

/** @returns {StepChart[]} */
function stepCharts() {
  return CHARTS.flatMap((chart) => ('panel' in chart ? [] : [chart]));
}

customElements.define('present-view', PresentView);
