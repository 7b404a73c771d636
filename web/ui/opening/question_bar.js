/** <question-bar>: what this is about, in a sentence and a question, and beside it the learning rate, to be turned. */

import { html, nothing } from 'lit';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { headlineOf } from './headline.js';
import { rateControl } from './rate_control.js';

export class QuestionBar extends LabElement {
  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const { says, asks, below, hint, tone } = headlineOf(lab);
    return html`
      <div class="question">
        <h2 class=${tone}>${explained(says)}${asks ? html` <em>${explained(asks)}</em>` : nothing}</h2>
        ${below || hint ? html`<p>${explained([below, hint].filter(Boolean).join(' '))}</p>` : nothing}
      </div>
      ${rateControl(lab)}
    `;
  }
}

customElements.define('question-bar', QuestionBar);
