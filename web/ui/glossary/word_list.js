/** All words of the glossary, in a dialog. */
import { html, render } from 'lit';
import { TERMS } from './terms.js';

/** @type {HTMLDialogElement | null} */
let dialog = null;

/** Opens it; Escape or its button closes it, and the focus goes back to where it was. */
export function showWords() {
  dialog ??= document.body.appendChild(document.createElement('dialog'));
  dialog.className = 'word-list';
  dialog.setAttribute('aria-labelledby', 'word-list-title');
  const words = [...TERMS].sort((a, b) => a.term.localeCompare(b.term, 'en'));
  render(
    html`<header>
        <h2 id="word-list-title">Words of this page</h2>
        <button autofocus @click=${() => dialog?.close()}>Close</button>
      </header>
      <dl>${words.map(({ term, means }) => html`<dt>${term}</dt><dd>${means}</dd>`)}</dl>`,
    dialog,
  );
  dialog.showModal();
}
