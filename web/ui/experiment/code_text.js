/**
 * <code-text>: settings as code for another framework: update rule, schedule and clipping, to be copied or saved. The
 * code that writes code is fetched when the element is first shown.
 */
import { html, LitElement, nothing } from 'lit';
import { save } from '../shared/export.js';
import { Saying } from '../shared/saying.js';

/** The framework that was chosen last, for every place that shows code. */
const CHOSEN = { framework: /** @type {string | null} */ (null) };

/** Where nothing is known of the reader. */
const USUAL = 'torch';

export class CodeText extends LitElement {
  static properties = {
    config: { attribute: false },
    suggested: { attribute: false },
    framework: { state: true },
    code: { state: true },
  };

  constructor() {
    super();
    /** Complete. @type {import('../../engine/config/config.js').Config | null} */
    this.config = null;
    /** The reader's likeliest, until one is chosen. @type {string | null} */
    this.suggested = null;
    this.framework = CHOSEN.framework;
    this.saying = new Saying(this);
    /** What writes code, once it is there. @type {typeof import('../../engine/code/code.js') | null} */
    this.code = null;
  }

  createRenderRoot() {
    return this;
  }

  async firstUpdated() {
    this.code = await import('../../engine/code/code.js');
  }

  /** @param {Event} event */
  choose(event) {
    this.framework = /** @type {HTMLSelectElement} */ (event.target).value;
    CHOSEN.framework = this.framework;
  }

  render() {
    const { code, config } = this;
    if (!code || !config) return nothing;
    const name = this.framework ?? this.suggested ?? USUAL;
    const { label, suffix, text, refused } = code.stepsOf(name, config);
    return html`
      <label class="line">Code for
        <select .value=${name} @change=${this.choose}>
          ${code.FRAMEWORKS.map(
            (framework) =>
              html`<option value=${framework.name} ?selected=${framework.name === name}>${framework.label}</option>`,
          )}
        </select>
      </label>
      <p class="hint">Update rule, schedule and clipping, for a model and a loop of your own. <code>trainscope export</code> prints the whole program.</p>
      ${
        text === null
          ? html`<p class="hint bad" role="alert">${refused}</p>`
          : html`<textarea readonly spellcheck="false" rows="14" aria-label=${`The settings as code for ${label}`} .value=${text}></textarea>
            <div class="buttons">
              <button @click=${() => this.saying.copy(text)}>Copy</button>
              <button @click=${() => save(new Blob([text], { type: 'text/plain' }), `steps.${suffix}`)}>Save</button>
              <span class="hint" role="status">${this.saying.text}</span>
            </div>`
      }
    `;
  }
}

customElements.define('code-text', CodeText);
