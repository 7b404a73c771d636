/**
 * <live-view>: the instrument itself: the charts of the run in focus (charts.js), earlier runs faint behind it.
 */

import { html, nothing } from 'lit';
import { repeat } from '../../repeat.js';
import '../opening/layer_strip.js';
import { LabElement } from '../shared/lab_element.js';
import { layOut } from './chart_grid.js';
import { sceneOf } from './chart_scene.js';
import { CHARTS } from './charts.js';
import './rewind_bar.js';
import { surroundingsOf } from '../opening/reach.js';
import { stepChart } from './step_chart.js';

export class LiveView extends LabElement {
  static properties = { ...LabElement.properties, held: { state: true } };

  constructor() {
    super();
    /** λ while it is dragged. @type {number | null} */
    this.held = null;
    /** Whether the task has classes, and so an accuracy; until the first run is under way, as most do. */
    this.classifies = true;
    this.redraw = () => {
      for (const chart of this.querySelectorAll('line-chart, norm-histogram')) /** @type {any} */ (chart).invalidate();
    };
    // The charts keep these functions; what they describe is read when they draw.
    this.sources = new Map(
      CHARTS.flatMap((chart) => ('panel' in chart ? [] : [[chart.id, () => sceneOf(chart, this.view)]])),
    );
  }

  /** What the charts may look at. @returns {import('./charts.js').View} */
  get view() {
    const { lab, held, classifies } = this;
    return { lab, held, classifies };
  }

  /** What stands around the charts is drawn first: all of it at once would hold the page up. */
  async scheduleUpdate() {
    if (!this.hasUpdated) await new Promise((resolve) => setTimeout(resolve));
    return super.scheduleUpdate();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('lab') && this.lab) this.lab.addEventListener('rows', this.redraw);
    // A run that the worker has not laid out yet does not move the charts.
    const run = this.lab?.focus;
    if (run?.parameters) this.classifies = run.classes > 0;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.lab?.removeEventListener('rows', this.redraw);
  }

  updated() {
    this.redraw();
    this.showRewind();
  }

  /** The crosshair stands where the run would go back to. */
  showRewind() {
    const { rewinding } = this.lab.runs;
    if (rewinding) /** @type {any} */ (this.querySelector('line-chart'))?.shared.pointAt(rewinding.step);
  }

  /** @param {CustomEvent} event */
  pick(event) {
    this.lab.runs.rewindTo(event.detail.step);
  }

  /** What is around a step, or all again where that is what is seen. @param {number} step */
  goTo(step) {
    const { shared } = /** @type {any} */ (this.querySelector('line-chart'));
    const wanted = surroundingsOf(step, this.lab.focus?.step ?? step);
    const { zoom } = shared;
    shared.zoomTo(zoom?.from === wanted.from && zoom?.to === wanted.to ? null : wanted);
  }

  /** @param {CustomEvent} event */
  hold(event) {
    this.held = event.detail.value;
  }

  /** @param {import('./charts.js').StepChart | import('./charts.js').PanelChart} chart @param {string} style  its place */
  chart(chart, style) {
    if ('panel' in chart) return chart.panel(this.view, style);
    return stepChart(chart, { view: this.view, style, source: this.sources.get(chart.id) });
  }

  render() {
    const { lab, view } = this;
    if (!lab) return nothing;
    const charts = CHARTS.filter(({ id, when }) => !lab.hidden.has(id) && (!when || when(view)));
    const { container, panels } = layOut(charts.length);
    return html`
      <layer-strip .lab=${lab}></layer-strip>
      <div
        class="charts"
        style=${container}
        @pick=${this.pick}
        @hold=${this.hold}
        @dblclick=${() => lab.runs.forgetRewind()}
      >
        ${repeat(
          charts,
          ({ id }) => id,
          (chart, i) => this.chart(chart, panels[i]),
        )}
      </div>
      <rewind-bar .lab=${lab} @shown=${this.showRewind}></rewind-bar>
    `;
  }
}

customElements.define('live-view', LiveView);
