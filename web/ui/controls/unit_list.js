/**
 * <unit-list>: what a model's text can be made of, from the table of units: how each is written and what it does.
 *
 * Event `unit` with detail {text, from, to}: the user chose one. text is what to write; from and to are the bounds in
 * it of what is still to be filled in.
 *
 * @typedef {import('../../engine/model_text/units.js').Unit} Unit
 */
import { html, LitElement } from 'lit';
import { describeArguments, signatureOf, UNITS } from '../../engine/model_text/units.js';

export class UnitList extends LitElement {
  createRenderRoot() {
    return this;
  }

  /** @param {Unit} unit */
  choose(unit) {
    const required = unit.arguments.filter((argument) => argument.required).map(({ name }) => name);
    const wanted = required.join(', ');
    const from = unit.name.length + 1;
    const hasBrackets = unit.role === 'branch' || required.length > 0;
    const detail = hasBrackets
      ? { text: `${unit.name}(${wanted})`, from, to: from + wanted.length }
      : { text: unit.name, from: unit.name.length, to: unit.name.length };
    this.dispatchEvent(new CustomEvent('unit', { detail, bubbles: true }));
  }

  render() {
    return html`<details class="units">
      <summary>Layers <span class="soft">what the text can be made of</span></summary>
      <ul>
        ${UNITS.map(
          (unit) => html`<li>
            <button title=${describeArguments(unit)} @click=${() => this.choose(unit)}>
              <code>${signatureOf(unit)}</code><span>${unit.help}</span>
            </button>
          </li>`,
        )}
      </ul>
    </details>`;
  }
}

customElements.define('unit-list', UnitList);
