/**
 * <field-control>: one setting, made from its row of the table: a slider with a number, a choice, a switch.
 *
 * Event `value` with detail {name, value}: the user chose a valid value. What cannot be read stays in the box, with
 * the reason below it.
 *
 * @typedef {import('../state/lab.js').Field} Field
 */

import { html, LitElement, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { FIELD_BY_NAME } from '../../engine/config/schema.js';
import { number, significant } from '../../engine/words/numbers.js';
import { valueInWords } from '../../engine/words/settings.js';
import { explained } from '../glossary/explained_text.js';
import { judgeTyped } from './typed_number.js';

/** Positions of a slider. */
const TRAVEL = 1000;

/** Up to this many characters of labels, an enum is a row of buttons; beyond, they wrap. */
const ONE_ROW = 30;

/** Options with more letters need a row to themselves. */
const WIDE_LETTERS = 24;

/** A unit that is the quantity's symbol stands behind its name, others behind the number. */
const SYMBOL = /\p{Script=Greek}/u;

export class FieldControl extends LitElement {
  static properties = {
    field: { attribute: false },
    value: { attribute: false },
    changed: { type: Boolean },
    hint: { type: String },
    hintTone: { attribute: 'hint-tone', type: String },
    problem: { type: String },
    locked: { type: Boolean },
    heading: { type: Boolean },
    prefix: { type: String },
    marks: { attribute: false },
    typed: { state: true },
    told: { state: true },
    lacksHelp: { state: true },
  };

  constructor() {
    super();
    /** @type {Field} */
    this.field = /** @type {any} */ (null);
    /** @type {any} */
    this.value = null;
    /** Differs from the field's default. */
    this.changed = false;
    this.hint = '';
    this.hintTone = '';
    this.problem = '';
    this.prefix = '';
    /** What was learned about it, below the slider. @type {{ value: number, label: string, tone: string, from: string }[]} */
    this.marks = [];
    this.locked = false;
    /** Stands at the head of a group of its own name. */
    this.heading = false;
    /** Its name was asked what it means. */
    this.told = false;
    /** What it means could not be fetched. */
    this.lacksHelp = false;
    /** What stands in the box and cannot be read. @type {{ text: string, why: string } | null} */
    this.typed = null;
  }

  createRenderRoot() {
    return this;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('value')) this.typed = null;
  }

  get controlId() {
    return `${this.prefix}${this.field.name}`;
  }

  /** @param {any} value */
  choose(value) {
    this.typed = null;
    this.dispatchEvent(new CustomEvent('value', { detail: { name: this.field.name, value }, bubbles: true }));
  }

  /** A row with a default of its own was copied, perhaps before its setting's help was there. */
  get help() {
    return this.field.help || FIELD_BY_NAME.get(this.field.name)?.help || '';
  }

  /** Fetched when it is first asked for. */
  async learnHelp() {
    if (this.help && !this.lacksHelp) return;
    try {
      await import('../../engine/config/help.js');
      this.lacksHelp = false;
      this.requestUpdate();
    } catch {
      this.lacksHelp = true;
    }
  }

  /** Below the control, where it was asked for. */
  helpLine() {
    const text = this.lacksHelp ? 'What it means could not be loaded.' : this.help && `${this.help}.`;
    return html`<p id=${`${this.controlId}-help`} class="hint" ?hidden=${!this.told}>${explained(text)}</p>`;
  }

  // ---- numbers ---------------------------------------------------------------------------------------------------

  get low() {
    return this.field.low ?? this.field.min ?? 0;
  }

  get high() {
    return this.field.high ?? this.field.max ?? 1;
  }

  /** A log slider's first position is exact zero where zero is allowed and lies below the slider's low end. */
  get zeroFirst() {
    return this.field.scale === 'log' && (this.field.min ?? 0) <= 0 && this.low > 0;
  }

  /** @param {number} value @returns {number} position */
  toPosition(value) {
    if (this.field.scale !== 'log') return ((value - this.low) / (this.high - this.low)) * TRAVEL;
    if (this.zeroFirst && value < this.low) return 0;
    const first = this.zeroFirst ? 20 : 0;
    const share = Math.log(Math.max(value, this.low) / this.low) / Math.log(this.high / this.low);
    return first + share * (TRAVEL - first);
  }

  /** @param {number} position @returns {number} value */
  toValue(position) {
    const { low, high } = this;
    if (this.field.scale !== 'log') return this.tidy(low + (position / TRAVEL) * (high - low));
    const first = this.zeroFirst ? 20 : 0;
    if (this.zeroFirst && position < first / 2) return 0;
    const share = Math.max(0, position - first) / (TRAVEL - first);
    return this.tidy(low * (high / low) ** share);
  }

  /** A value with no more digits than a hand on a slider means. @param {number} value */
  tidy(value) {
    if (this.field.kind === 'int') {
      const rounded = value < 100 || this.field.scale !== 'log' ? Math.round(value) : significant(value, 2);
      return Math.round(rounded);
    }
    if (this.field.scale === 'log') return significant(value, 2);
    const digits = Math.max(0, 2 - Math.floor(Math.log10(this.high - this.low || 1)));
    return Number(value.toFixed(digits));
  }

  /** Keys of a logarithmic slider: arrows × 1.25, page keys × 10. @param {KeyboardEvent} event */
  key(event) {
    if (this.field.scale !== 'log') return;
    const factor = {
      ArrowRight: 1.25,
      ArrowUp: 1.25,
      ArrowLeft: 1 / 1.25,
      ArrowDown: 1 / 1.25,
      PageUp: 10,
      PageDown: 0.1,
    }[event.key];
    if (!factor) return;
    event.preventDefault();
    const now = Number(this.value);
    let next = now === 0 && factor > 1 ? this.low : now * factor;
    if (this.zeroFirst && next < this.low) next = 0;
    next = Math.min(Math.max(next, this.zeroFirst ? 0 : this.low), this.high);
    if (this.field.kind === 'int') {
      const whole = Math.round(next);
      next = whole === now ? now + Math.sign(factor - 1) : whole;
      next = Math.max(next, this.field.min ?? 0);
    } else next = significant(next, 2);
    this.choose(next);
  }

  /** @param {Event} event */
  read(event) {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const judged = judgeTyped(this.field, box.value);
    if ('complaint' in judged) {
      this.typed = { text: box.value, why: judged.complaint };
      return;
    }
    // Also where the value is the old one, the box shows what was understood.
    box.value = String(judged.value);
    this.choose(judged.value);
  }

  numberBox() {
    return html`<input
      id=${this.controlId}
      class="number"
      type="text"
      inputmode="decimal"
      autocomplete="off"
      spellcheck="false"
      ?disabled=${this.locked}
      aria-label=${`${this.field.label}, value`}
      aria-invalid=${!!(this.typed || this.problem)}
      aria-describedby=${`${this.controlId}-hint`}
      .value=${this.typed ? this.typed.text : String(this.value)}
      @change=${this.read}
      @keydown=${(/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'Escape') {
          this.typed = null;
          /** @type {HTMLInputElement} */ (event.target).value = String(this.value);
        }
      }}
    />`;
  }

  slider() {
    const position = this.toPosition(Number(this.value));
    const share = Math.min(1, Math.max(0, position / TRAVEL));
    return html`<input
      class="slider"
      type="range"
      min="0"
      max=${TRAVEL}
      step="1"
      ?disabled=${this.locked}
      aria-label=${this.field.label}
      aria-valuetext=${`${number(Number(this.value))}${this.field.scale === 'log' ? ', log scale' : ''}`}
      style=${`--share:${(share * 100).toFixed(2)}%`}
      .value=${live(String(Math.round(position)))}
      @keydown=${this.key}
      @input=${(/** @type {Event} */ event) => this.choose(this.toValue(Number(/** @type {HTMLInputElement} */ (event.target).value)))}
    />`;
  }

  /** Values worth knowing, where they lie on the slider; a click chooses one. */
  ticks() {
    if (!this.marks.length) return nothing;
    return html`<div class="marks">
      ${this.marks.map((mark, i) => {
        const share = Math.min(1, Math.max(0, this.toPosition(mark.value) / TRAVEL));
        return html`<button
          class=${`mark ${mark.tone}${share > 0.5 ? ' leftwards' : ''}`}
          style=${`--at:${share.toFixed(4)};--row:${i}`}
          title=${`Set ${this.field.label} to ${number(mark.value)}`}
          @click=${() => this.choose(mark.value)}
        >
          ${mark.label} ${number(mark.value)}
        </button>`;
      })}
    </div>`;
  }

  // ---- choices ---------------------------------------------------------------------------------------------------

  choices() {
    const { options = [] } = this.field;
    const letters = options.reduce((sum, option) => sum + option.label.length + 2, 0);
    const compact = letters <= ONE_ROW || options.length <= 3;
    return html`<div
      class=${compact ? 'segments' : 'segments wrap'}
      role="radiogroup"
      aria-label=${this.field.label}
    >
      ${options.map(
        (option) => html`<label class="segment">
          <input
            type="radio"
            name=${this.controlId}
            ?disabled=${this.locked}
            .checked=${live(String(option.name) === String(this.value))}
            @change=${() => this.choose(option.name)}
          /><span>${option.label}</span></label
        >`,
      )}
    </div>`;
  }

  selection() {
    const isWide = (this.field.options ?? []).some(({ label }) => label.length > WIDE_LETTERS);
    return html`<select
      id=${this.controlId}
      class=${isWide ? 'wide' : nothing}
      aria-label=${this.field.label}
      ?disabled=${this.locked}
      @change=${(/** @type {Event} */ event) => {
        const text = /** @type {HTMLSelectElement} */ (event.target).value;
        this.choose(this.field.options?.find((option) => String(option.name) === text)?.name ?? text);
      }}
    >
      ${this.field.options?.map(
        (option) =>
          html`<option value=${String(option.name)} ?selected=${String(option.name) === String(this.value)}>
            ${option.label}
          </option>`,
      )}
    </select>`;
  }

  toggle() {
    return html`<label class="switch"
      ><input
        id=${this.controlId}
        type="checkbox"
        role="switch"
        aria-label=${this.field.label}
        ?disabled=${this.locked}
        .checked=${live(!!this.value)}
        @change=${(/** @type {Event} */ event) => this.choose(/** @type {HTMLInputElement} */ (event.target).checked)}
      /><span aria-hidden="true"></span
    ></label>`;
  }

  /** @param {unknown} aside */
  labelRow(aside) {
    const { field } = this;
    const symbol = SYMBOL.test(field.unit ?? '') ? field.unit : '';
    return html`<div class="field-label">
      <button
        class=${this.heading ? 'field-name heading' : 'field-name'}
        title=${this.help}
        aria-expanded=${this.told}
        aria-controls=${`${this.controlId}-help`}
        @pointerenter=${this.learnHelp}
        @focus=${this.learnHelp}
        @click=${() => {
          this.told = !this.told;
          this.learnHelp();
        }}
      >
        ${field.label}${symbol ? html` <i>${symbol}</i>` : nothing}
      </button>
      ${
        this.changed
          ? html`<span class="dot" title="Changed" aria-hidden="true"></span
            ><button
              class="revert"
              title=${`Back to ${valueInWords(field, field.default)}`}
              aria-label=${`Reset ${field.label} to ${valueInWords(field, field.default)}`}
              @click=${() => this.choose(field.default)}
            >
              ↺
            </button>`
          : nothing
      }
      <span class="grow"></span>
      ${aside}
    </div>`;
  }

  render() {
    const { field } = this;
    if (!field) return nothing;
    this.className = field.quantity ? `quantity-${field.quantity}` : '';
    let body;
    if (field.kind === 'real' || field.kind === 'int') {
      const unit = field.unit && !SYMBOL.test(field.unit) ? html`<span class="unit">${field.unit}</span>` : nothing;
      // A seed is a name, not a quantity: no slider.
      const sliding = !field.name.endsWith('seed');
      body = html`${this.labelRow(html`${this.numberBox()}${unit}`)} ${sliding ? html`${this.slider()}${this.ticks()}` : nothing}`;
    } else if (field.kind === 'flag') body = this.labelRow(this.toggle());
    else if ((field.options?.length ?? 0) > 7) body = html`${this.labelRow(this.selection())}`;
    else body = html`${this.labelRow(nothing)} ${this.choices()}`;
    const below = this.typed?.why || this.problem || this.hint;
    const tone = this.typed || this.problem ? 'bad' : this.hintTone;
    return html`${body}
      ${this.helpLine()}
      <p id=${`${this.controlId}-hint`} class=${`hint ${tone}`} ?hidden=${!below}>${below}</p>`;
  }
}

customElements.define('field-control', FieldControl);
