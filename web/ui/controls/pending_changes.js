/** <pending-changes>: what was changed that only a new run can have, and starting that. */

import { html, nothing } from 'lit';
import { plural } from '../../engine/words/sentences.js';
import { describeChanges } from '../../engine/words/settings.js';
import { LabElement } from '../shared/lab_element.js';

export class PendingChanges extends LabElement {
  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const pending = lab.draft.pending;
    const replay = lab.draft.settings.changes.length;
    if (!pending.length && !lab.draft.dataPending && !lab.draft.weightsPending) {
      if (!replay || lab.active) return nothing;
      return html`<div class="pending"><p>This link replays ${plural(replay, 'recorded change')}.</p></div>`;
    }
    const changes = describeChanges(pending, lab.active?.inForce ?? {}, lab.draft.settings, lab.draft.applies);
    const words = changes || (lab.draft.dataPending ? 'other data' : 'other weights');
    return html`<div class="pending" role="region" aria-label="Changes that need a new run">
      <p><b>${lab.active?.alive ? 'Needs a restart' : 'For the next run'}</b> ${words}</p>
      <div class="buttons">
        <button class="primary" ?disabled=${!lab.draft.isStartable} @click=${() => lab.runs.start()}>
          ${lab.active?.alive ? 'Restart with changes' : 'Run with changes'}
        </button>
        <button @click=${() => lab.draft.discard()}>Discard</button>
      </div>
    </div>`;
  }
}

customElements.define('pending-changes', PendingChanges);
