/** What the page's elements share: no shadow root, so one style sheet serves all, and a lab that they follow. */
import { LitElement } from 'lit';

export class LabElement extends LitElement {
  static properties = { lab: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../state/lab.js').Lab} */
    this.lab = /** @type {any} */ (null);
    this.follow = () => this.requestUpdate();
    /** @type {import('../state/lab.js').Lab | null} */
    this.followed = null;
  }

  createRenderRoot() {
    return this;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('lab') && this.lab !== this.followed) {
      this.followed?.removeEventListener('change', this.follow);
      this.lab?.addEventListener('change', this.follow);
      this.followed = this.lab;
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.followed?.removeEventListener('change', this.follow);
    this.followed = null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated && this.lab && !this.followed) {
      this.lab.addEventListener('change', this.follow);
      this.followed = this.lab;
    }
  }
}
