/** <sweep-options>: what is to be swept: one or two settings with their values, seeds, and workers. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { totalSteps } from '../../engine/config/config.js';
import { count, duration } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { ruleInWords, valueInWords } from '../../engine/words/settings.js';
import { LabElement } from '../shared/lab_element.js';
import { canSweep, countValues } from './sweep_axis.js';

/** @typedef {import('./sweep_axis.js').AxisDraft} AxisDraft */

export class SweepOptions extends LabElement {
  static properties = { ...LabElement.properties, sweep: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./sweep.js').Sweep} */
    this.sweep = /** @type {any} */ (null);
  }

  /** @param {AxisDraft} axis @param {number} index */
  picker(axis, index) {
    const { lab } = this;
    const taken = this.sweep.axes.filter((_, i) => i !== index).map(({ field }) => field);
    const fields = lab.fields.filter(
      (field) =>
        canSweep(field) && !taken.includes(field.name) && (lab.draft.applies(field) || field.name === axis.field),
    );
    return html`<select
      aria-label=${index ? 'Second setting' : 'Setting'}
      ?disabled=${!!this.sweep.running}
      @change=${(/** @type {Event} */ event) => this.sweep.setField(index, /** @type {HTMLSelectElement} */ (event.target).value)}
    >
      ${fields.map((field) => html`<option value=${field.name} ?selected=${field.name === axis.field}>${field.label}</option>`)}
    </select>`;
  }

  /** @param {number} index @param {'from' | 'to' | 'points' | 'list'} what @param {string} label @param {string} value */
  box(index, what, label, value) {
    const { sweep } = this;
    return html`<label class=${`box ${what}`}>
      <span>${label}</span>
      <input
        type="text"
        inputmode=${what === 'list' ? 'text' : 'decimal'}
        autocomplete="off"
        spellcheck="false"
        ?disabled=${!!sweep.running}
        .value=${value}
        @change=${(/** @type {Event} */ event) => sweep.edit(index, { [what]: /** @type {HTMLInputElement} */ (event.target).value })}
      />
    </label>`;
  }

  /** @param {AxisDraft} axis @param {number} index */
  numbers(axis, index) {
    const { sweep } = this;
    const modes = /** @type {const} */ ([
      ['range', 'Equal ratios'],
      ['list', 'List'],
    ]);
    return html`
      <div class="segments" role="radiogroup" aria-label="Values">
        ${modes.map(
          ([mode, label]) => html`<label class="segment">
            <input
              type="radio"
              name=${`axis-mode-${index}`}
              ?disabled=${!!sweep.running}
              .checked=${live(axis.mode === mode)}
              @change=${() => sweep.edit(index, { mode })}
            /><span>${label}</span></label
          >`,
        )}
      </div>
      <div class="boxes">
        ${
          axis.mode === 'range'
            ? html`${this.box(index, 'from', 'From', axis.from)}${this.box(index, 'to', 'To', axis.to)}${this.box(index, 'points', 'Points', axis.points)}`
            : this.box(index, 'list', 'Values, separated by commas', axis.list)
        }
      </div>
    `;
  }

  /** @param {AxisDraft} axis @param {number} index */
  ticks(axis, index) {
    const { lab } = this;
    const field = lab.field(axis.field);
    const names =
      field.kind === 'flag' ? ['true', 'false'] : (field.options ?? []).map((option) => String(option.name));
    return html`<div class="ticks">
      ${names.map(
        (name) => html`<label>
          <input
            type="checkbox"
            ?disabled=${!!this.sweep.running}
            .checked=${live(axis.options.includes(name))}
            @change=${(/** @type {Event} */ event) => {
              const rest = axis.options.filter((other) => other !== name);
              const { checked } = /** @type {HTMLInputElement} */ (event.target);
              this.sweep.edit(index, { options: checked ? [...rest, name] : rest });
            }}
          />
          ${valueInWords(field, field.kind === 'flag' ? name === 'true' : name)}
        </label>`,
      )}
    </div>`;
  }

  /** @param {AxisDraft} axis @param {number} index */
  axis(axis, index) {
    const { sweep } = this;
    return html`<fieldset class="axis">
      <legend class="visually-hidden">${index ? 'Second setting' : 'Setting to sweep'}</legend>
      <div class="axis-head">
        ${this.picker(axis, index)}
        ${
          sweep.axes.length > 1
            ? html`<button class="quiet" aria-label="Remove this setting" ?disabled=${!!sweep.running} @click=${() => sweep.removeAxis(index)}>✕</button>`
            : nothing
        }
      </div>
      ${axis.mode === 'options' ? this.ticks(axis, index) : this.numbers(axis, index)}
    </fieldset>`;
  }

  /** @param {'seeds' | 'jobs'} what @param {string} label @param {number} most @param {string} why */
  counter(what, label, most, why) {
    const { sweep } = this;
    return html`<label class="box" title=${why}>
      <span>${label}</span>
      <input
        type="number"
        min="1"
        max=${most}
        ?disabled=${!!sweep.running}
        .value=${String(sweep[what])}
        @change=${(/** @type {Event} */ event) => {
          const box = /** @type {HTMLInputElement} */ (event.target);
          const value = Math.min(Math.max(Math.round(Number(box.value)) || 1, 1), most);
          box.value = String(value);
          sweep.set({ [what]: value });
        }}
      />
    </label>`;
  }

  /** What the sweep will cost. */
  cost() {
    const { lab, sweep } = this;
    const trainings = sweep.axes.reduce((product, axis) => product * countValues(axis), sweep.seeds);
    const steps = totalSteps(lab.draft.settings);
    const known = lab.active?.stepMs && !lab.draft.pending.length ? lab.active.stepMs : 0;
    const seconds = (trainings * steps * known) / 1000 / sweep.jobs;
    return html`<p class="soft">
      ${plural(trainings, 'training')} of ${plural(steps, 'step')}${seconds > 1 ? html`, about ${duration(seconds)} at most` : nothing}.
    </p>`;
  }

  /** The settings that the sweep borrows from the live view. */
  borrowed() {
    const { lab } = this;
    const swept = this.sweep.axes.map(({ field }) => field);
    const say = (/** @type {string} */ name) => valueInWords(lab.field(name), lab.draft.settings[name]);
    const data = lab.draft.settings.dataset === 'custom' ? (lab.data.chosen?.name ?? 'your data') : say('dataset');
    const parts = [data];
    if (!swept.includes('optimizer')) parts.push(ruleInWords(lab.draft.settings));
    if (!swept.includes('lr')) parts.push(`η ${say('lr')}`);
    if (!swept.includes('batch')) parts.push(`batch ${say('batch')}`);
    if (!swept.includes('schedule')) parts.push(say('schedule').toLowerCase());
    return parts.join(', ');
  }

  render() {
    const { lab, sweep } = this;
    if (!lab) return nothing;
    const cores = Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 2);
    return html`
      <div class="buttons">
        ${
          sweep.running
            ? html`<button class="wide" @click=${() => sweep.stop()}>Stop</button>`
            : html`<button class="primary wide" ?disabled=${!lab.ready} @click=${() => sweep.run()}>Run the sweep</button>`
        }
      </div>
      ${this.cost()}
      <h2>Sweep</h2>
      ${sweep.axes.map((axis, i) => this.axis(axis, i))}
      ${
        sweep.axes.length < 2
          ? html`<button class="add" ?disabled=${!!sweep.running} @click=${() => sweep.addAxis()}>Add a second setting</button>`
          : nothing
      }
      <h2>Repeats</h2>
      <div class="boxes">
        ${this.counter('seeds', 'Seeds', 20, 'Each point is trained with seed, seed + 1, …: one training can be lucky')}
        ${this.counter('jobs', 'Trainings at once', Math.max(cores, 2), `Trainings at the same time, each in a worker of its own. This machine has ${count(cores)} cores`)}
      </div>
      <p class="soft">Everything else as on the Live view: ${this.borrowed()}.</p>
    `;
  }
}

customElements.define('sweep-options', SweepOptions);
