/**
 * <live-page>: the live view with what stands around it: the question that it opens with, places to start from or all
 * settings, the verdict, what the model sees, the runs.
 */
import { html, nothing } from 'lit';
import '../controls/field_control.js';
import '../events/event_log.js';
import { isFirstLook } from '../opening/cards.js';
import '../opening/question_bar.js';
import '../opening/start_cards.js';
import '../runs/runs_table.js';
import { LabElement } from '../shared/lab_element.js';
import './live_view.js';
import './model_sees.js';

/** Below this width the settings are a sheet. */
const NARROW = '(max-width: 47.5rem)';

/** Where the browser keeps which of both a hand chose last: all settings, or places to start from. */
const KEPT_AS = 'trainscope-settings';

export class LivePage extends LabElement {
  static properties = {
    ...LabElement.properties,
    dock: { attribute: false },
    sheet: { state: true },
    all: { state: true },
  };

  constructor() {
    super();
    /** Whether the controls are up, where they are a sheet. */
    this.sheet = false;
    /** What stands at the side instead of what the model sees, such as a lesson; beside it all settings are in reach. @type {unknown} */
    this.dock = null;
    /** Whether all settings stand beside the charts; null before it is known what the page opens with. @type {boolean | null} */
    this.all = null;
    this.onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape') this.sheet = false;
    };
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    super.willUpdate(changed);
    const { lab } = this;
    if (!lab) return;
    if (this.all === null && lab.links.opened !== null) this.all = keptChoice() ?? !isFirstLook(lab);
    const { sought } = lab.draft;
    if (!sought || sought === 'lr') return;
    // A setting that is to be seen is among all of them.
    if (matchMedia(NARROW).matches) this.sheet = true;
    else this.all = true;
  }

  updated() {
    const { lab } = this;
    if (lab?.draft.sought !== 'lr' || lab.view !== 'live') return;
    lab.draft.sought = null;
    const rate = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('#lr, #pocket-lr')]);
    rate.find((box) => box.getClientRects().length > 0)?.focus();
  }

  /** @param {CustomEvent} event  from an entry of the log */
  goTo({ detail }) {
    /** @type {import('./live_view.js').LiveView | null} */ (this.querySelector('live-view'))?.goTo(detail.step);
  }

  /** @param {boolean} all */
  choose(all) {
    this.all = all;
    try {
      localStorage.setItem(KEPT_AS, all ? 'all' : 'few');
    } catch {
      // A browser that keeps nothing decides anew by what it opens.
    }
  }

  /** On a narrow screen: the rate and the way to all other controls, always in reach. */
  pocket() {
    const { lab } = this;
    return html`<div class="pocket">
      <field-control
        prefix="pocket-"
        .field=${lab.field('lr')}
        .value=${lab.draft.shown('lr')}
        @value=${(/** @type {CustomEvent} */ event) => lab.draft.set('lr', event.detail.value)}
      ></field-control>
      <button aria-expanded=${this.sheet} aria-controls="controls" @click=${() => {
        this.sheet = !this.sheet;
      }}>
        ${this.sheet ? 'Close' : 'Controls'}${!this.sheet && lab.draft.pending.length ? html`<span class="dot"></span>` : nothing}
      </button>
    </div>`;
  }

  render() {
    const { lab, dock } = this;
    if (!lab) return nothing;
    const all = this.all || !!dock;
    if (all || this.sheet) import('../../page_panel.js');
    return html`
      <question-bar .lab=${lab}></question-bar>
      <div class=${all ? 'desk all-settings' : 'desk'}>
        <aside class="start" aria-label="Start from">
          ${this.all === null || dock ? nothing : html`<start-cards .lab=${lab} @all=${() => this.choose(true)}></start-cards>`}
        </aside>
        <aside id="controls" class=${this.sheet ? 'controls up' : 'controls'} aria-label="Settings">
          ${dock ? nothing : html`<button class="fewer" @click=${() => this.choose(false)}>‹ Fewer settings</button>`}
          ${all || this.sheet ? html`<control-panel .lab=${lab}></control-panel>` : nothing}
        </aside>
        <live-view .lab=${lab}></live-view>
        <aside class=${dock ? 'side docked' : 'side'} aria-label=${dock ? 'Lesson and events' : 'Events and what the model sees'}>
          ${dock ?? nothing}
          <event-log .lab=${lab} @goto=${this.goTo}></event-log>
          ${dock ? nothing : html`<model-sees .lab=${lab}></model-sees>`}
        </aside>
      </div>
      <section class="runs" aria-label="Runs"><runs-table .lab=${lab}></runs-table></section>
      ${this.pocket()}
    `;
  }
}

/** @returns {boolean | null}  null where no hand has chosen */
function keptChoice() {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return kept === null ? null : kept === 'all';
  } catch {
    return null;
  }
}

customElements.define('live-page', LivePage);
