/**
 * <experiment-text>: the whole experiment as text, which can be edited, copied, pasted and trained: the command that
 * trains the same outside of the page. While it is edited it stays as it is, whatever the panel does.
 */
import { html, nothing } from 'lit';
import { LabElement } from '../shared/lab_element.js';
import { Saying } from '../shared/saying.js';
import { applyText } from './apply_text.js';

export class ExperimentText extends LabElement {
  static properties = {
    ...LabElement.properties,
    edited: { state: true },
    fault: { state: true },
    judging: { state: true },
  };

  constructor() {
    super();
    /** The text as a hand left it; null while it follows the page. @type {string | null} */
    this.edited = null;
    /** @type {import('./apply_text.js').Fault | null} */
    this.fault = null;
    this.saying = new Saying(this);
    this.judging = false;
  }

  get text() {
    return this.edited ?? this.lab.links.experiment;
  }

  async apply() {
    this.judging = true;
    this.saying.hush();
    this.fault = await applyText(this.lab, this.text);
    this.judging = false;
    if (this.fault) return this.point(this.fault.line);
    this.edited = null;
    this.saying.say('Trains in a new run. The runs before stay below.');
  }

  /** Marks a line in the text. @param {number} line */
  async point(line) {
    await this.updateComplete;
    const box = /** @type {HTMLTextAreaElement | null} */ (this.querySelector('textarea'));
    if (!box) return;
    const lines = box.value.split('\n');
    const from = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
    box.focus();
    box.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  }

  render() {
    const { lab, fault, edited } = this;
    if (!lab) return nothing;
    return html`
      <p class="hint" id="experiment-hint">
        What differs from the defaults, as the command that trains it anywhere. Change it, or paste another one, or a link.
      </p>
      <textarea
        aria-label="The experiment as text"
        aria-describedby="experiment-hint"
        aria-invalid=${fault !== null}
        aria-errormessage="experiment-fault"
        spellcheck="false"
        autocapitalize="off"
        rows=${Math.min(16, Math.max(4, this.text.split('\n').length + 1))}
        .value=${this.text}
        @input=${(/** @type {Event} */ event) => {
          this.edited = /** @type {HTMLTextAreaElement} */ (event.target).value;
          this.fault = null;
        }}
      ></textarea>
      <p class="hint bad" id="experiment-fault" role="alert" ?hidden=${!fault}>${fault ? `Line ${fault.line}: ${fault.message}` : nothing}</p>
      <div class="buttons">
        <button class=${edited === null ? '' : 'primary'} ?disabled=${!lab.ready || this.judging} @click=${this.apply}>Train this</button>
        <button @click=${() => this.saying.copy(this.text)}>Copy</button>
        ${
          edited === null
            ? nothing
            : html`<button
              @click=${() => {
                this.edited = null;
                this.fault = null;
              }}
            >Back to the page’s</button>`
        }
        <span class="hint" role="status">${this.saying.text}</span>
      </div>
    `;
  }
}

customElements.define('experiment-text', ExperimentText);
