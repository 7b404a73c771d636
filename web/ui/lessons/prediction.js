/** What a learner is asked before anything is trained, and what came of it: to choose among outcomes, and to draw. */
import { html, nothing } from 'lit';
import { totalSteps } from '../../engine/config/config.js';
import './sketch/curve_sketch.js';

/**
 * @typedef {import('./session.js').LessonSession} LessonSession
 * @typedef {import('../state/lab.js').Lab} Lab
 */

/**
 * The question, with the choices; from the first step on they stay as they are.
 * @param {Lab} lab @param {LessonSession} session
 */
export function predictionFields(lab, session) {
  const { lesson, choice, hasBegun, isShown, rightChoice } = session;
  const { ask, choices } = lesson.predict;
  return html`<fieldset class="predict">
    <legend>${ask}</legend>
    ${choices.map((one, i) => {
      const isRight = isShown && one === rightChoice;
      return html`<label class=${isRight ? 'right' : ''}>
        <input
          type="radio"
          name=${`predict-${lesson.id}`}
          .checked=${choice === i}
          ?disabled=${hasBegun}
          @change=${() => {
            session.choice = i;
            lab.touch();
          }}
        />
        <span>${one.says}</span>${isRight ? html`<b class="good">✓ so it was</b>` : nothing}
      </label>`;
    })}
    ${hasBegun && choice === null && !session.hasSketch ? html`<p class="soft">It was trained before you predicted anything.</p>` : nothing}
  </fieldset>`;
}

/**
 * The drawing, before the run and with it.
 * @param {Lab} lab @param {LessonSession} session @param {() => import('../../charts/line/scene.js').Scene} scene
 */
export function drawing(lab, session, scene) {
  const { lesson, hasBegun, hasSketch, drawnRun, top, guess, sketch } = session;
  if (lesson.cells[0].range || guess === null) return nothing;
  if (!hasBegun) {
    return html`<details class="draw" ?open=${hasSketch}>
      <summary>Or draw the loss that you expect</summary>
      <curve-sketch
        .sketch=${sketch}
        .top=${top}
        .guess=${guess}
        .steps=${totalSteps(lab.draft.settings)}
        @sketch=${(/** @type {CustomEvent} */ event) => {
          session.sketch = event.detail.sketch;
          lab.touchSoon();
        }}
      ></curve-sketch>
    </details>`;
  }
  if (!hasSketch || !drawnRun) return nothing;
  return html`<div class="drawn">
    <line-chart class="panel" heading="Loss" group="lesson-drawn" y="linear" zero .source=${scene}></line-chart>
    ${session.comparison.length ? html`<p role="status">${session.comparison.join(' ')}</p>` : html`<p class="soft">The comparison follows when the run has ended.</p>`}
  </div>`;
}

/** What was chosen and what it was, in two sentences. @param {LessonSession} session */
export function verdictOf(session) {
  const { outcome, isRight, choice, rightChoice, outcomeInWords, lesson } = session;
  if (outcome === null) {
    const waits = choice !== null && session.hasBegun && session.runs.every(({ status }) => status !== 'running');
    return waits
      ? html`<p class="soft">Whether you were right is told once all that it asks about has run.</p>`
      : nothing;
  }
  const seen = `${outcomeInWords[0].toUpperCase()}${outcomeInWords.slice(1)}.`;
  if (choice === null) return html`<p class="verdict">${seen}</p>`;
  const { says } = lesson.predict.choices[choice];
  return html`<p class=${isRight ? 'verdict right' : 'verdict wrong'}>
    <b>${isRight ? 'As you predicted:' : 'Not as you predicted.'}</b>
    ${isRight ? `${says}.` : `You said: ${says}. ${rightChoice ? `It was: ${rightChoice.says}.` : 'It was none of these.'}`} ${seen}
  </p>`;
}
