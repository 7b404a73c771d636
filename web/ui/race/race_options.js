/** <race-options>: what the race is run on: the surface, the start, the learning rate, the noise and the length. */
import { html, nothing } from 'lit';
import { number, significant } from '../../engine/words/numbers.js';
import '../controls/field_control.js';
import { LabElement } from '../shared/lab_element.js';

/** @typedef {import('../state/lab.js').Field} Field */

/** Marks that fit below the rate's slider without standing on each other. */
const MARKS = 3;

export class RaceOptions extends LabElement {
  static properties = { ...LabElement.properties, racetrack: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./racetrack.js').Racetrack} */
    this.racetrack = /** @type {any} */ (null);
  }

  /** @param {Field} field */
  option(field) {
    const { racetrack } = this;
    const value = racetrack.settings.options[field.name];
    return html`<field-control
      prefix="race-"
      .field=${field}
      .value=${value}
      .changed=${value !== field.default}
      ?heading=${field.name === 'surface'}
      @value=${(/** @type {CustomEvent} */ event) => racetrack.setOption(event.detail.name, event.detail.value)}
    ></field-control>`;
  }

  /** The rate's field as this view has it: the surface says the default. */
  rate() {
    const { racetrack } = this;
    const { rate, facts, tables } = racetrack;
    return html`<field-control
      prefix="race-"
      .field=${{ ...tables.rateField, default: facts.lr }}
      .value=${rate}
      .changed=${rate !== facts.lr}
      .marks=${this.marks()}
      @value=${(/** @type {CustomEvent} */ event) => racetrack.setRate(event.detail.value)}
    ></field-control>`;
  }

  /** On the quadratic: the rate at which each rule turns unstable. */
  marks() {
    const { race, settings, tables, rate } = this.racetrack;
    if (!race || settings.options.surface !== 'quadratic' || !(rate > 0)) return [];
    return race.racers
      .filter(({ rule, standing }) => !tables.isAdaptive(rule) && Number.isFinite(standing.limit))
      .map(({ rule, standing }) => ({
        value: significant((rate * standing.limit) / standing.load, 4),
        label: `${tables.labelOf(rule)} up to`,
        tone: 'bad',
      }))
      .sort((a, b) => a.value - b.value)
      .slice(0, MARKS);
  }

  /** @param {0 | 1} axis @param {string} label */
  coordinate(axis, label) {
    const { racetrack } = this;
    return html`<label class="box">
      <span>${label}</span>
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        spellcheck="false"
        aria-label=${`Start, ${label}`}
        .value=${String(racetrack.start[axis])}
        @change=${(/** @type {Event} */ event) => {
          const box = /** @type {HTMLInputElement} */ (event.target);
          const value = Number(box.value.replace('−', '-'));
          const start = /** @type {[number, number]} */ ([...racetrack.start]);
          start[axis] = value;
          if (box.value.trim() && Math.abs(value) <= 1e6) racetrack.setStart(start);
          else box.value = String(racetrack.start[axis]);
        }}
      />
    </label>`;
  }

  /** What is worth knowing of the bowl's shape. */
  shape() {
    const { options } = this.racetrack.settings;
    if (options.surface !== 'quadratic') return nothing;
    const condition = Math.max(options.lambda1, options.lambda2) / Math.min(options.lambda1, options.lambda2);
    return html`<p class="hint">Condition number ${number(condition)}</p>`;
  }

  render() {
    const { lab, racetrack } = this;
    if (!lab) return nothing;
    const { facts, surfaceFields, settings } = racetrack;
    const byName = (/** @type {string} */ name) =>
      /** @type {Field} */ (surfaceFields.find((field) => field.name === name));
    const shape = surfaceFields.filter(({ when }) => when !== '');
    return html`
      ${this.option(byName('surface'))}
      <p class="formula"><span>f = ${facts.formula}</span></p>
      <p class="soft about-surface">${facts.help}</p>
      ${shape.map((field) => this.option(field))} ${this.shape()}
      <h2>Start</h2>
      <div class="boxes">
        ${this.coordinate(0, 'x')}${this.coordinate(1, 'y')}
        ${
          settings.start
            ? html`<button class="quiet" @click=${() => racetrack.setStart(null)} title=${`Back to ${facts.start.join(', ')}`}>↺ usual</button>`
            : nothing
        }
      </div>
      <p class="soft">Or drag the ring on the map.</p>
      <h2>Race</h2>
      ${this.rate()} ${this.option(byName('grad_noise'))}
      ${settings.options.grad_noise > 0 ? this.option(byName('noise_seed')) : nothing} ${this.option(byName('steps'))}
    `;
  }
}

customElements.define('race-options', RaceOptions);
