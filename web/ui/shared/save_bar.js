/** What a view has measured, to take home: as a table, in full, and as the picture that is on the screen. */
import { html, nothing } from 'lit';

/**
 * @param {object} what
 * @param {() => void} [what.csv]  saves a table
 * @param {() => void} [what.json]  saves all of it
 * @param {boolean} [what.isEmpty]  there is nothing yet
 */
export function saveBar({ csv, json, isEmpty = false }) {
  const button = (/** @type {string} */ name, /** @type {string} */ title, /** @type {(event: Event) => void} */ act) =>
    html`<button class="quiet" title=${title} ?disabled=${isEmpty} @click=${act}>${name}</button>`;
  return html`<div class="buttons save-bar" role="group" aria-label="Save">
    <span class="soft" aria-hidden="true">Save</span>
    ${csv ? button('CSV', 'Save what was measured as a table', csv) : nothing}
    ${json ? button('JSON', 'Save all of it, as data', json) : nothing}
    ${button('PNG', 'Save the charts as they are now, as a picture', ({ target }) =>
      target?.dispatchEvent(new CustomEvent('save-picture', { bubbles: true })),
    )}
  </div>`;
}
