/**
 * <train-scope>: the whole page: its parts side by side, the keys, files dropped anywhere, the address and the theme.
 */
import { html, nothing } from 'lit';
import './control_panel.js';
import './event_log.js';
import './field_control.js';
import { saveChartsPng } from './export.js';
import { LabElement } from './lab_element.js';
import './live_view.js';
import './model_sees.js';
import './range_view.js';
import './runs_table.js';
import './top_bar.js';

/** Elements that have a use of their own for the keys that the page listens to. */
const TYPING = 'input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]';
const PRESSING = 'button, a, summary, input[type=checkbox], input[type=radio], label.drop';

export class TrainScope extends LabElement {
  static properties = { ...LabElement.properties, dropping: { state: true }, sheet: { state: true } };

  constructor() {
    super();
    this.dropping = false;
    /** Whether the controls are up, where they are a sheet. */
    this.sheet = false;
    this.address = '';
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
    for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      window.addEventListener(kind, (event) => this.drag(/** @type {DragEvent} */ (event)));
    }
    window.addEventListener('pagehide', () => clearTimeout(this.addressTimer));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !this.lab?.ready) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.(TYPING)) return;
    if (event.key === ' ') {
      if (target.closest?.(PRESSING)) return;
      event.preventDefault();
      if (!event.repeat) this.lab.toggle();
    } else if (event.key === 's' || event.key === 'S') this.lab.stepOnce();
    else if ((event.key === 'r' || event.key === 'R') && !event.repeat) this.lab.reset();
    else if (event.key === 'Escape' && this.sheet) this.sheet = false;
  }

  /** @param {DragEvent} event */
  drag(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (event.type === 'drop') {
      this.dropping = false;
      this.lab.loadFiles([...event.dataTransfer.files]);
    } else if (event.type === 'dragleave') {
      // Leaving the window, not one of its elements.
      if (event.relatedTarget === null) this.dropping = false;
    } else this.dropping = true;
  }

  /** The address follows the settings; a moment later, since browsers limit how often it may change. */
  updateAddress() {
    const search = this.lab.permalink();
    if (search === this.address || !this.lab.active) return;
    this.address = search;
    clearTimeout(this.addressTimer);
    this.addressTimer = setTimeout(() => {
      history.replaceState(null, '', `${location.pathname}${search}${location.hash}`);
    }, 250);
  }

  updated() {
    if (this.lab) this.updateAddress();
  }

  switchTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    try {
      localStorage.setItem('trainscope-theme', root.dataset.theme);
    } catch {
      // A browser that keeps nothing forgets the choice with the page.
    }
    window.dispatchEvent(new Event('themechange'));
  }

  savePicture() {
    const charts = /** @type {HTMLElement[]} */ ([
      ...this.querySelectorAll('.view:not([hidden]) :is(line-chart, norm-histogram)'),
    ]);
    saveChartsPng(charts, `${this.lab.focus?.name ?? ''} · ${location.href}`);
  }

  /** On a narrow screen: the rate and the way to all other controls, always in reach. */
  pocket() {
    const { lab } = this;
    return html`<div class="pocket">
      <field-control
        prefix="pocket-"
        .field=${lab.field('lr')}
        .value=${lab.shown('lr')}
        quantity="lr"
        @value=${(/** @type {CustomEvent} */ event) => lab.setField('lr', event.detail.value)}
      ></field-control>
      <button aria-expanded=${this.sheet} aria-controls="controls" @click=${() => {
        this.sheet = !this.sheet;
      }}>
        ${this.sheet ? 'Close' : 'Controls'}${!this.sheet && lab.pending.length ? html`<span class="dot"></span>` : nothing}
      </button>
    </div>`;
  }

  render() {
    const { lab } = this;
    if (!lab) return html`<p class="opening">Loading…</p>`;
    const live = lab.view === 'live';
    return html`
      <top-bar .lab=${lab} @switch-theme=${this.switchTheme}></top-bar>
      <main @save-picture=${this.savePicture}>
        <div class="view live" id="view-live" role="tabpanel" aria-labelledby="tab-live" ?hidden=${!live}>
          <aside id="controls" class=${this.sheet ? 'controls up' : 'controls'} aria-label="Settings">
            <control-panel .lab=${lab}></control-panel>
          </aside>
          <live-view .lab=${lab}></live-view>
          <aside class="side" aria-label="Events and what the model sees">
            <model-sees .lab=${lab}></model-sees>
            <event-log .lab=${lab}></event-log>
          </aside>
        </div>
        <div class="view range" id="view-range" role="tabpanel" aria-labelledby="tab-range" ?hidden=${live}>
          <range-view .lab=${lab}></range-view>
        </div>
        <section class="runs" aria-label="Runs" ?hidden=${!live}><runs-table .lab=${lab}></runs-table></section>
      </main>
      ${live ? this.pocket() : nothing}
      <div class="dropzone" ?hidden=${!this.dropping} aria-hidden="true">
        <p>Drop IDX files (plain or .gz) or one CSV to train on them</p>
      </div>
    `;
  }
}

customElements.define('train-scope', TrainScope);
