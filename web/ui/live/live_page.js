/** <live-page>: the live view with what stands around it: controls, what the model sees, what happened, the runs. */
import { html, nothing } from 'lit';
import '../controls/control_panel.js';
import '../events/event_log.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';
import './live_view.js';
import './model_sees.js';
import '../runs/runs_table.js';

export class LivePage extends LabElement {
  static properties = { ...LabElement.properties, sheet: { state: true } };

  constructor() {
    super();
    /** Whether the controls are up, where they are a sheet. */
    this.sheet = false;
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
    // A setting that is to be seen is in the sheet.
    if (this.lab?.draft.sought && matchMedia('(max-width: 47.5rem)').matches) this.sheet = true;
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
    const { lab } = this;
    if (!lab) return nothing;
    return html`
      <div class="desk">
        <aside id="controls" class=${this.sheet ? 'controls up' : 'controls'} aria-label="Settings">
          <control-panel .lab=${lab}></control-panel>
        </aside>
        <live-view .lab=${lab}></live-view>
        <aside class="side" aria-label="Events and what the model sees">
          <model-sees .lab=${lab}></model-sees>
          <event-log .lab=${lab}></event-log>
        </aside>
      </div>
      <section class="runs" aria-label="Runs"><runs-table .lab=${lab}></runs-table></section>
      ${this.pocket()}
    `;
  }
}

customElements.define('live-page', LivePage);
