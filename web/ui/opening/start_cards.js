/**
 * <start-cards>: places to start from, in sight, each with the curve that it leads to; below them the settings in short,
 * and the way to all of them.
 *
 * Event `all`: the whole control panel is asked for.
 */
import { html, nothing } from 'lit';
import { fieldApplies } from '../../engine/config/config.js';
import { settingInWords } from '../../engine/words/settings.js';
import '../controls/pending_changes.js';
import { LabElement } from '../shared/lab_element.js';
import { cardCurve } from './card_curve.js';
import { cardOf, cardsOf } from './cards.js';

/** What has a place of its own on the page. */
const ELSEWHERE = ['lr', 'model', 'dataset'];

export class StartCards extends LabElement {
  /** @param {import('../state/lab.js').Preset} preset @param {boolean} isOn */
  card(preset, isOn) {
    return html`<li>
      <button class="card" aria-pressed=${isOn} title=${preset.sentence} @click=${() => this.startFrom(preset)}>
        ${preset.figures ? cardCurve(preset.figures) : nothing}
        <span><b>${preset.card?.name}</b> <small>${preset.card?.says}</small></span>
      </button>
    </li>`;
  }

  /** @param {import('../state/lab.js').Preset} preset */
  startFrom(preset) {
    this.lab.runs.calmDown();
    this.lab.runs.applyPreset(preset);
  }

  yours() {
    const { lab } = this;
    return html`<li>
      <label class="card yours">
        <input
          type="file"
          multiple
          class="visually-hidden"
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target);
            if (input.files?.length) lab.takeFiles([...input.files]);
            input.value = '';
          }}
        />
        <svg class="curve" viewBox="0 0 56 36" aria-hidden="true"><rect x="6" y="6" width="44" height="24" rx="3" /></svg>
        <span><b>Your data</b> <small>or drop files here</small></span>
      </label>
    </li>`;
  }

  /** The settings that one turns most, each a way to its control. */
  glance() {
    const { draft, fields } = this.lab;
    const shown = fields.filter(
      (field) => field.in_sight && !ELSEWHERE.includes(field.name) && fieldApplies(field, draft.settings),
    );
    return shown.map(
      (field) => html`<button class="link" title=${field.help} @click=${() => draft.seek(field.name)}>
        ${settingInWords(field.name, draft.shown(field.name), { rounded: true })}
      </button>`,
    );
  }

  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const on = cardOf(lab, lab.draft.settings);
    return html`
      <div class="scroll">
        <h2>Start from</h2>
        <ul class="cards">
          ${cardsOf(lab).map((preset) => this.card(preset, preset === on))} ${this.yours()}
        </ul>
        <h2 class="settings-heading">Settings</h2>
        <div class="glance">${this.glance()}</div>
      </div>
      <div class="foot">
        <button class="all" aria-expanded="false" @click=${() => this.dispatchEvent(new Event('all'))}>All settings</button>
      </div>
      <pending-changes .lab=${lab}></pending-changes>
    `;
  }
}

customElements.define('start-cards', StartCards);
