/**
 * <explained-text>: a sentence whose technical words can be asked what they mean: by pointer, finger, or Enter; Escape, or
 * a touch elsewhere, closes the answer, which a screen reader finds right behind the word.
 */
import { html, LitElement, nothing } from 'lit';
import { splitText } from './split_text.js';

/**
 * @typedef {import('./terms.js').Term} Term
 * @typedef {{ text: string, term: Term | null }} Piece
 */

/** The narrowest margin between an answer and the window, in pixels. */
const MARGIN = 8;

/** What stays in one line with the word behind it, and with the one before it. */
const OPENING = /[(“‘"]+$/;
const CLOSING = /^[.,;:!?)”’"]+/;

let lastId = 0;

/** A sentence whose words are explained. @param {string | null | undefined} text  nothing where there is none */
export function explained(text) {
  return html`<explained-text .text=${text ?? ''}></explained-text>`;
}

export class ExplainedText extends LitElement {
  static properties = { text: { attribute: false }, open: { state: true } };

  constructor() {
    super();
    this.text = '';
    /** Which of its words is being asked. @type {number | null} */
    this.open = null;
    this.cards = `word-${++lastId}`;
  }

  createRenderRoot() {
    return this;
  }

  /** @param {ToggleEvent} event @param {number} i */
  toggle(event, i) {
    if (event.newState === 'open') {
      this.open = i;
      // What is written into it now has its size when it is shown.
      this.performUpdate();
    } else if (this.open === i) this.open = null;
  }

  /** Below its word, or above where there is no room. @param {Event} event */
  place(event) {
    const card = /** @type {HTMLElement} */ (event.currentTarget);
    const word = card.previousElementSibling;
    if (!word || !card.matches(':popover-open')) return;
    const at = word.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    const view = document.documentElement;
    const left = Math.max(MARGIN, Math.min(at.left, view.clientWidth - width - MARGIN));
    const below = at.bottom + 4;
    const top = below + height + MARGIN > view.clientHeight ? Math.max(MARGIN, at.top - height - 4) : below;
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
  }

  /** The list of all; from there the focus comes back to the word. @param {Event} event */
  async showAll(event) {
    const card = /** @type {HTMLElement} */ (event.currentTarget).closest('.term-card');
    const word = /** @type {HTMLElement | null | undefined} */ (card?.previousElementSibling);
    word?.focus();
    const { showWords } = await import('./word_list.js');
    showWords();
  }

  /** Escape closes the answer, and nothing else. @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== 'Escape' || this.open === null) return;
    event.stopPropagation();
    event.preventDefault();
    /** @type {HTMLElement | null} */ (this.querySelector(':popover-open'))?.hidePopover();
  }

  /** @param {Piece} piece @param {number} i @param {Piece[]} pieces */
  piece({ text, term }, i, pieces) {
    if (!term) return betweenWords(pieces, i).own;
    const { opening } = betweenWords(pieces, i - 1);
    const { closing } = betweenWords(pieces, i + 1);
    const word = this.word({ text, term }, i);
    return opening || closing ? html`<span class="together">${opening}${word}${closing}</span>` : word;
  }

  /** @param {{ text: string, term: Term }} piece @param {number} i */
  word({ text, term }, i) {
    const id = `${this.cards}-${i}`;
    return html`<button type="button" class="term" popovertarget=${id}>${text}</button><span
      popover
      class="term-card"
      id=${id}
      role="note"
      @beforetoggle=${(/** @type {ToggleEvent} */ event) => this.toggle(event, i)}
      @toggle=${this.place}
      >${
        this.open === i
          ? html`<b>${term.term}</b> ${term.means} <button type="button" class="link" @click=${this.showAll}>All words</button>`
          : nothing
      }</span>`;
  }

  render() {
    const pieces = splitText(this.text);
    // Keys pressed on a word bubble to here.
    this.onkeydown = this.key;
    return pieces.map((piece, i) => this.piece(piece, i, pieces));
  }
}

/**
 * The text between two words: what the word before it keeps in its line, what the word behind it does, and the rest.
 * @param {Piece[]} pieces @param {number} i
 */
function betweenWords(pieces, i) {
  const text = pieces[i] && !pieces[i].term ? pieces[i].text : '';
  const closing = pieces[i - 1]?.term ? (CLOSING.exec(text)?.[0] ?? '') : '';
  const rest = text.slice(closing.length);
  const opening = pieces[i + 1]?.term ? (OPENING.exec(rest)?.[0] ?? '') : '';
  return { closing, own: rest.slice(0, rest.length - opening.length), opening };
}

customElements.define('explained-text', ExplainedText);
