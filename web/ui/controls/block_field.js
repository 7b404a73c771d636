/**
 * <block-field>: below the model's text, where the normalization of its residual blocks stands and who recommends
 * that; for a model without blocks, what could be added to it. It edits the text: the text stays the truth.
 */
import { html, nothing } from 'lit';
import {
  countBlocks,
  listVariations,
  PLACEMENTS,
  placementOf,
  placeNorms,
} from '../../engine/model_text/norm_placement.js';
import { LabElement } from '../shared/lab_element.js';

export class BlockField extends LabElement {
  /** @param {string} text */
  placements(text) {
    const { lab } = this;
    const placement = placementOf(text);
    return html`<div class="field-label">
        <label class="field-name" for="blocks">Blocks</label>
        <span class="grow"></span>
        <select
          id="blocks"
          aria-describedby="blocks-say"
          @change=${(/** @type {Event} */ event) => {
            const { value } = /** @type {HTMLSelectElement} */ (event.target);
            lab.draft.set('model', placeNorms(text, /** @type {any} */ (value)));
          }}
        >
          ${placement ? nothing : html`<option value="" selected disabled>of several kinds</option>`}
          ${PLACEMENTS.map(
            ({ id, label }) => html`<option value=${id} ?selected=${placement?.id === id}>${label}</option>`,
          )}
        </select>
      </div>
      <p id="blocks-say" class="hint">${placement?.says ?? 'Choose one kind for all blocks.'}</p>`;
  }

  render() {
    const { lab } = this;
    if (!lab || lab.draft.problemOf('model')) return nothing;
    const text = lab.modelText(lab.draft.settings);
    if (countBlocks(text) > 0) return this.placements(text);
    const variations = listVariations(text);
    if (!variations.length) return nothing;
    return html`<div class="buttons">
      ${variations.map(
        ({ label, model }) => html`<button @click=${() => lab.draft.set('model', model)}>${label}</button>`,
      )}
    </div>`;
  }
}

customElements.define('block-field', BlockField);
