/** <race-rules>: who races: each rule with its mark, its formula, its rate and where it stands; and their settings. */
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { RULE_BY_NAME } from '../../engine/config/schema.js';
import { count, number } from '../../engine/words/numbers.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';
import { isFactor } from './race_settings.js';
import { limitInWords } from './race_words.js';

export class RaceRules extends LabElement {
  static properties = { ...LabElement.properties, racetrack: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./racetrack.js').Racetrack} */
    this.racetrack = /** @type {any} */ (null);
  }

  /** @param {string} rule */
  swatch(rule) {
    const { color, dash, marker } = this.racetrack.tables.styleOf(rule);
    return html`<svg class="rule-swatch" viewBox="0 0 34 14" aria-hidden="true" style=${`--own:var(--${color})`}>
      ${svg`<path class="track" d="M0 7H34" stroke-dasharray=${dash.join(' ')} /><path class="head" transform="translate(17 7)" d=${marker} />`}
    </svg>`;
  }

  /** @param {string} rule */
  factor(rule) {
    const { racetrack } = this;
    const factor = racetrack.tables.factorOf(racetrack.settings, rule);
    const label = racetrack.tables.labelOf(rule);
    return html`<label class="factor" title=${`${label} takes the learning rate times this`}>
      <span>η ×</span>
      <input
        class="number"
        type="text"
        inputmode="decimal"
        autocomplete="off"
        spellcheck="false"
        aria-label=${`${label}: factor on the learning rate`}
        .value=${String(factor)}
        @change=${(/** @type {Event} */ event) => {
          const box = /** @type {HTMLInputElement} */ (event.target);
          const value = Number(box.value.trim() || Number.NaN);
          if (isFactor(value)) racetrack.setFactor(rule, value);
          // As it is understood, or as it was; while one types nothing else writes here.
          box.value = String(isFactor(value) ? value : factor);
        }}
      />
    </label>`;
  }

  /** Where a racer stands. @param {string} rule */
  figures(rule) {
    const racer = this.racetrack.racerOf(rule);
    if (!racer) return nothing;
    const { excess, load, limit } = racer.standing;
    const height =
      racer.divergedAt === null
        ? html`f − f* <b>${number(excess)}</b>`
        : html`<b class="bad">✕ diverged at step ${count(racer.divergedAt)}</b>`;
    const over = load > limit * 1.000001;
    const against = Number.isFinite(limit) ? ` of ${limitInWords(rule, limit)}` : '';
    return html`<p class="figures">
      <span>${height}</span>
      ${
        racer.divergedAt === null
          ? html`<span title="Learning rate times the sharpness where it stands, against the rule’s limit of stability"
            >η·λ <b class=${over ? 'bad' : ''}>${number(load)}</b>${against}</span
          >`
          : nothing
      }
    </p>`;
  }

  /** @param {string} rule */
  row(rule) {
    const { racetrack } = this;
    const races = racetrack.settings.rules.has(rule);
    const { formula = [], note = '' } = RULE_BY_NAME.get(rule) ?? {};
    return html`<li class=${races ? 'races' : ''}>
      <div class="rule-head">
        <label class="rule-pick">
          <input
            type="checkbox"
            .checked=${live(races)}
            @change=${(/** @type {Event} */ event) => racetrack.setRacing(rule, /** @type {HTMLInputElement} */ (event.target).checked)}
          />
          ${this.swatch(rule)}<span>${racetrack.tables.labelOf(rule)}</span>
        </label>
        ${races ? this.factor(rule) : nothing}
      </div>
      ${
        races
          ? html`<p class="formula" title=${note}>${formula.map((line) => html`<span>${line}</span> `)}</p>
            ${this.figures(rule)}`
          : nothing
      }
    </li>`;
  }

  render() {
    const { lab, racetrack } = this;
    if (!lab) return nothing;
    const { ruleFields, settings } = racetrack;
    return html`
      <h2>Rules</h2>
      <ul class="race-rules">${racetrack.tables.rules.map((rule) => this.row(rule))}</ul>
      ${ruleFields.length ? html`<h2>Their settings</h2>` : nothing}
      ${ruleFields.map(
        (field) => html`<field-control
          prefix="race-"
          .field=${field}
          .value=${settings.settings[field.name]}
          .hint=${racetrack.tables.ownDefaultsInWords(settings, field)}
          .changed=${settings.settings[field.name] !== field.default}
          @value=${(/** @type {CustomEvent} */ event) => racetrack.setSetting(event.detail.name, event.detail.value)}
        ></field-control>`,
      )}
    `;
  }
}

customElements.define('race-rules', RaceRules);
