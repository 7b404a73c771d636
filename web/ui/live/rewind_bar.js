/**
 * <rewind-bar>: how far back to go, and going there: the run forks at that step and waits, so that the knobs can be
 * turned before both futures are compared.
 *
 * Events: `shown`, whenever it has drawn where the run would go back to.
 */
import { html, nothing } from 'lit';
import { count, number } from '../../engine/words/numbers.js';
import { LabElement } from '../shared/lab_element.js';

export class RewindBar extends LabElement {
  /** @param {Event} event */
  slide(event) {
    this.lab.runs.rewindTo(Number(/** @type {HTMLInputElement} */ (event.target).value));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === 'Escape') this.lab.runs.forgetRewind();
    else if (event.key === 'Enter') this.lab.runs.rewind();
    else return;
    event.preventDefault();
    // The page has shortcuts of its own.
    event.stopPropagation();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    const isOpen = this.lab?.runs.rewinding !== null;
    if (isOpen && !this.wasOpen) this.open();
    else if (this.wasOpen && !isOpen) this.close();
    this.wasOpen = isOpen;
    // A chart that has lost the focus has let its crosshair go.
    if (isOpen) this.dispatchEvent(new Event('shown'));
  }

  open() {
    /** Where the hand was, and goes back to. */
    this.opener = /** @type {HTMLElement | null} */ (document.activeElement);
    /** @type {HTMLElement | null} */ (this.querySelector('input'))?.focus();
  }

  close() {
    // Whoever went elsewhere meanwhile stays there. A button that the fork has no use for yet takes no focus.
    const chart = /** @type {HTMLElement | null | undefined} */ (this.parentElement?.querySelector('.plot'));
    for (const place of [this.opener, chart]) {
      if (document.activeElement === document.body) place?.focus({ preventScroll: true });
    }
  }

  render() {
    const { lab } = this;
    const rewinding = lab?.runs.rewinding;
    if (!rewinding) return nothing;
    const { run, step } = rewinding;
    const row = run.series.loss.at(step);
    return html`<div class="rewind" role="group" aria-label="Rewind" @keydown=${this.key}>
      <label>
        <span>Rewind to step <b>${count(step)}</b>${row === null || row === undefined ? nothing : html`, batch loss ${number(row)}`}</span>
        <input
          type="range"
          min="0"
          max=${run.step}
          .value=${String(step)}
          aria-valuetext=${`step ${count(step)} of ${count(run.step)}`}
          @input=${this.slide}
        />
      </label>
      <button class="primary" title="A new run with the weights of that step. It waits for your changes, then goes on with the same batches" @click=${() => lab.runs.rewind()}>
        Fork here
      </button>
      <button @click=${() => lab.runs.forgetRewind()}>Cancel</button>
    </div>`;
  }
}

customElements.define('rewind-bar', RewindBar);
