/** <weights-field>: what training starts from: random weights, or those of a safetensors file. */
import { html, nothing } from 'lit';
import { LabElement } from '../shared/lab_element.js';

export class WeightsField extends LabElement {
  /** @param {Event} event */
  take(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.files?.length) this.lab.takeFiles([...input.files]);
    input.value = '';
  }

  render() {
    const { weights, active } = this.lab;
    if (weights.chosen) {
      // The worker reads them with the model: until a run began with them, nothing is known of what is in them.
      const read = active?.weights === weights.chosen ? active.notices[0] : undefined;
      return html`<p class="start-weights">
          <span>Starts from <b>${weights.chosen.name}</b></span>
          <button id="weights" class="quiet" @click=${() => weights.choose(null)}>Random instead</button>
        </p>
        ${read ? html`<p class="hint">${read}</p>` : nothing}
        <p class="hint">Training only: tests, sweeps and diagnoses start from random weights.</p>`;
    }
    return html`<label class="drop">
      <input id="weights" type="file" accept=".safetensors" aria-label="Choose weights to start from" @change=${this.take} />
      Starts from random weights. <b>Drop or choose a .safetensors file</b> to start from its weights
    </label>`;
  }
}

customElements.define('weights-field', WeightsField);
