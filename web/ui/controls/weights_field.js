/** <weights-field>: what training starts from: random weights, or those of a safetensors file. */
import { html } from 'lit';
import { LabElement } from '../shared/lab_element.js';

export class WeightsField extends LabElement {
  /** @param {Event} event */
  take(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.files?.length) this.lab.takeFiles([...input.files]);
    input.value = '';
  }

  render() {
    const { weights } = this.lab;
    if (weights.chosen) {
      return html`<p class="start-weights">
          <span>Starts from <b>${weights.chosen.name}</b></span>
          <button id="weights" class="quiet" @click=${() => weights.choose(null)}>Random instead</button>
        </p>
        <p class="hint">Training only: tests, sweeps and diagnoses start from random weights.</p>`;
    }
    return html`<label class="drop">
      <input id="weights" type="file" accept=".safetensors" aria-label="Choose weights to start from" @change=${this.take} />
      Starts from random weights. <b>Drop or choose a .safetensors file</b> to start from its weights
    </label>`;
  }
}

customElements.define('weights-field', WeightsField);
