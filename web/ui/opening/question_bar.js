/** <question-bar>: what this is about, in a sentence and a question, and beside it the learning rate, to be turned. */

import { html, nothing } from 'lit';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { headlineOf } from './headline.js';
import './rate_control.js';

export class QuestionBar extends LabElement {
  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const { says, asks, below, tone } = headlineOf(lab);
    const { draft } = lab;
    return html`
      <div class="question">
        <h2 class=${tone}>${explained(says)}${asks ? html` <em>${explained(asks)}</em>` : nothing}</h2>
        ${below ? html`<p>${explained(below)}</p>` : nothing}
      </div>
      <rate-control
        .field=${draft.withDefault(lab.field('lr'))}
        .value=${draft.shown('lr')}
        .changed=${!draft.isDefault('lr')}
        .marks=${draft.rateMarks}
        .problem=${draft.problemOf('lr')?.message ?? ''}
        @value=${(/** @type {CustomEvent} */ event) => draft.set(event.detail.name, event.detail.value)}
      ></rate-control>
    `;
  }
}

customElements.define('question-bar', QuestionBar);
