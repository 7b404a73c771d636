/** <as-code>: settings as code behind a click; what shows it is fetched when it is opened. */
import { html, LitElement, nothing } from 'lit';

export class AsCode extends LitElement {
  static properties = { config: { attribute: false }, framework: {}, open: { state: true } };

  constructor() {
    super();
    /** Complete. @type {import('../../engine/config/config.js').Config | null} */
    this.config = null;
    /** The reader's, where it is known. @type {string | null} */
    this.framework = null;
    this.open = false;
  }

  createRenderRoot() {
    return this;
  }

  render() {
    if (!this.config) return nothing;
    return html`<details
      class="as-text"
      @toggle=${(/** @type {Event} */ event) => {
        this.open = /** @type {HTMLDetailsElement} */ (event.target).open;
        if (this.open) import('./code_text.js');
      }}
    >
      <summary>As code: <span class="soft">PyTorch, Keras, JAX …</span></summary>
      ${this.open ? html`<code-text .config=${this.config} .suggested=${this.framework}></code-text>` : nothing}
    </details>`;
  }
}

customElements.define('as-code', AsCode);
