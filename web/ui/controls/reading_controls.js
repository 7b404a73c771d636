/** <reading-controls>: how the chosen files were read, and what else could be read of them: the target, the task, what to leave out. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { READING_FIELDS } from '../../engine/config/reading_fields.js';
import { LabElement } from '../shared/lab_element.js';

/**
 * @typedef {import('../../engine/config/reading_fields.js').ReadingField} ReadingField
 * @typedef {import('../state/data_sets.js').LoadedData} LoadedData
 */

/** What a column without a name is called. */
const NAMELESS = '(no name)';

/** So many notes stand open. */
const OPEN_MAX = 3;

export class ReadingControls extends LabElement {
  /** @param {LoadedData} data @param {ReadingField} field @param {string | boolean} value */
  change(data, { name, kind }, value) {
    const asked = kind === 'columns' ? (value === '' ? [] : [value]) : value === '' ? null : value;
    this.lab.data.readAgain(data, { ...data.reading, [name]: asked });
  }

  /** @param {LoadedData} data @param {ReadingField} field */
  control(data, field) {
    const { kind, name, words = [], label, help } = field;
    const value = data.reading[name];
    const say = (/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      this.change(data, field, kind === 'flag' ? input.checked : input.value.trim());
    };
    if (kind === 'flag') {
      return html`<label class="field-label" title=${help}>
        <span class="field-name">${label}</span>
        <input type="checkbox" .checked=${live(value === true)} @change=${say} />
      </label>`;
    }
    if (kind === 'columns') {
      return html`<label class="field-label" title=${help}>
        <span class="field-name">${label}</span>
        <input type="text" placeholder="columns, with commas" .value=${live(data.reading.ignore.join(','))} @change=${say} />
      </label>`;
    }
    const options = kind === 'word' ? words : (data.columns ?? []);
    const usual =
      kind === 'word' ? 'by the values' : value === null ? `as found: ${data.target || NAMELESS}` : 'as found';
    return html`<label class="field-label" title=${help}>
      <span class="field-name">${label}</span>
      <select @change=${say}>
        <option value="" ?selected=${value === null}>${usual}</option>
        ${options.map((option) => html`<option value=${option} ?selected=${value === option}>${option || NAMELESS}</option>`)}
      </select>
    </label>`;
  }

  render() {
    const { data, draft } = this.lab;
    const chosen = draft.settings.dataset === 'custom' ? data.chosen : null;
    if (!chosen) return nothing;
    const { columns, notes, shape } = chosen;
    const fields = READING_FIELDS.filter(({ kind }) =>
      kind === 'flag' ? shape.length === 3 && !chosen.slug : columns,
    );
    if (fields.length + notes.length === 0) return nothing;
    return html`
      ${
        notes.length > 0
          ? html`<details class="notes" ?open=${notes.length <= OPEN_MAX}>
            <summary>${notes.length === 1 ? 'A note' : `${notes.length} notes`} on how it was read</summary>
            <ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>
          </details>`
          : nothing
      }
      ${fields.map((field) => this.control(chosen, field))}
    `;
  }
}

customElements.define('reading-controls', ReadingControls);
