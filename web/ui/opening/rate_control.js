/**
 * <rate-control>: the learning rate, large. Its scale says what is known of rates with these settings, and nothing else.
 *
 * Event `value`, as <field-control> has it.
 */
import { html, nothing } from 'lit';
import { axisNumber, number } from '../../engine/words/numbers.js';
import { list } from '../../engine/words/sentences.js';
import { FieldControl } from '../controls/field_control.js';

/** Positions of the slider in percent. */
const WHOLE = 100;

/** Beyond this place a mark has no room for its words to the right, on a narrow page from earlier on; so far left of it they take. */
const EDGE = 78;
const NARROW_EDGE = 60;
const WORDS = 40;

export class RateControl extends FieldControl {
  /** Where a rate stands on the slider, in percent. @param {number} rate */
  placeOf(rate) {
    const share = (WHOLE * this.toPosition(rate)) / this.toPosition(this.high);
    return Math.min(WHOLE, Math.max(0, share));
  }

  /** Up to where it crawls and from where on it breaks, as far as either is known. */
  zones() {
    const bound = (/** @type {string} */ tone, /** @type {number} */ otherwise) => {
      const mark = this.marks.find((one) => one.tone === tone);
      return mark ? this.placeOf(mark.value) : otherwise;
    };
    return `--slow:${bound('slow', 0).toFixed(2)}%;--bad:${bound('bad', WHOLE).toFixed(2)}%`;
  }

  /** On which side of its mark a word stands, and in which row. @param {{ value: number, tone: string }} mark */
  sideOf({ value, tone }) {
    const bad = this.marks.find((mark) => mark.tone === 'bad');
    const end = bad ? this.placeOf(bad.value) : 0;
    if (end <= NARROW_EDGE) return '';
    const side = tone === 'bad' ? 'flipped' : this.placeOf(value) > end - WORDS ? 'below' : '';
    return end > EDGE || !side ? side : `narrow-${side}`;
  }

  /** What is known of rates: what lies right of a mark says so to the right, where there is room. */
  known() {
    return html`<div class="known">
      ${this.marks.map(
        ({ value, label, tone }) => html`<button
          class=${`mark ${tone} ${this.sideOf({ value, tone })}`}
          style=${`--at:${(this.placeOf(value) / WHOLE).toFixed(4)}`}
          title=${`Set ${this.field.label} to ${number(value)}`}
          @click=${() => this.choose(value)}
        >
          ${label} ${number(value)}
        </button>`,
      )}
    </div>`;
  }

  /** Where what is known of rates was found, which this run has not shown. */
  sources() {
    const all = list([...new Set(this.marks.map(({ from }) => from))]);
    return all && html`<small class="sources">from ${all}</small>`;
  }

  render() {
    const { field } = this;
    if (!field) return nothing;
    this.className = 'quantity-lr';
    const below = this.typed?.why || this.problem;
    return html`
      ${this.labelRow(html`${this.sources()}${this.numberBox()}`)}
      <div class="rate-track" style=${this.zones()}>${this.slider()}</div>
      <div class="rate-scale">
        <span class="low" aria-hidden="true">${axisNumber(this.low)}</span>
        ${this.known()}
        <span class="high" aria-hidden="true">${axisNumber(this.high)}</span>
      </div>
      ${this.helpLine()}
      <p id=${`${this.controlId}-hint`} class="hint bad" ?hidden=${!below}>${below}</p>
    `;
  }
}

customElements.define('rate-control', RateControl);

/** The control of the rate in the panel's settings. @param {import('../state/lab.js').Lab} lab @param {string} [prefix]  of its ids */
export function rateControl(lab, prefix = '') {
  const { draft } = lab;
  return html`<rate-control
    prefix=${prefix}
    .field=${draft.withDefault(lab.field('lr'))}
    .value=${draft.shown('lr')}
    .changed=${draft.isChanged('lr')}
    .marks=${draft.rateMarks}
    .problem=${draft.problemOf('lr')?.message ?? ''}
    @value=${(/** @type {CustomEvent} */ event) => draft.set(event.detail.name, event.detail.value)}
  ></rate-control>`;
}
