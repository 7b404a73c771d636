/**
 * <lesson-dock>: the lesson that is under way, beside the view that it happens in: what do you expect, what to do, ticked
 * off as it is done, and what came of it, once something has shown it.
 */
import { html, nothing } from 'lit';
import { lossCeiling } from '../shared/ceilings.js';
import { LabElement } from '../shared/lab_element.js';
import { outcomeText, placeOf, tasksOf } from './lesson_text.js';
import { drawing, predictionFields, verdictOf } from './prediction.js';
import { KNOTS } from './sketch/sketch.js';

export class LessonDock extends LabElement {
  static properties = { ...LabElement.properties, lessons: { attribute: false }, lesson: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./lessons.js').Lessons} */
    this.lessons = /** @type {any} */ (null);
    /** @type {import('../../engine/study/gallery/entry.js').Entry | null} */
    this.lesson = null;
    /** What was drawn, as points, and of which drawing. @type {{ of: unknown, points: import('../../charts/series.js').PointSeries } | null} */
    this.drawn = null;
    this.scene = () => this.sketchScene();
    this.redraw = () => /** @type {any} */ (this.querySelector('line-chart'))?.invalidate();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('lab') && this.lab) this.lab.addEventListener('rows', this.redraw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.lab?.removeEventListener('rows', this.redraw);
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    this.redraw();
    // The reader begins at the top of another lesson.
    if (changed.has('lesson') && this.lesson) this.querySelector('h2')?.focus();
  }

  get session() {
    return this.lesson && this.lessons.sessionOf(this.lesson);
  }

  /** The drawing and the real curve over each other. @returns {import('../../charts/line/scene.js').Scene} */
  sketchScene() {
    const { session } = this;
    const run = session?.drawnRun;
    if (!session || !run) return { layers: [], from: 0, to: 100 };
    const to = Math.max(1, run.totalSteps - 1);
    if (this.drawn?.of !== session.sketch) {
      const points = this.lab.makePoints();
      for (const [i, loss] of session.sketch.entries()) if (loss !== null) points.append((i * to) / (KNOTS - 1), loss);
      this.drawn = { of: session.sketch, points };
    }
    return {
      layers: [
        { label: 'real', color: 'loss', series: run.series.smoothed_loss, width: 2 },
        { label: 'drawn by you', color: 'lr', series: this.drawn.points, width: 2, dash: [6, 4] },
      ],
      horizontals: [{ y: session.guess ?? 0, label: 'guessing', color: 'soft' }],
      from: 0,
      to,
      ceiling: lossCeiling(run),
      summary: session.comparison.join(' '),
    };
  }

  /** Runs it; where the charts stand below the lesson, the first one comes into sight. */
  run() {
    this.lab.runs.toggle();
    document.querySelector('live-view .panel')?.scrollIntoView({ block: 'nearest' });
  }

  /** What runs the lesson's first training, while it waits. */
  beginning() {
    const { lab, session, lesson } = this;
    if (!session || !lesson || lesson.cells[0].range || session.hasBegun) return nothing;
    const isReady = session.choice !== null || session.hasSketch;
    return html`<div class="buttons">
      <button class=${isReady ? 'primary' : ''} ?disabled=${!lab.ready} @click=${() => this.run()}>
        ${isReady ? 'Run it' : 'Run it without a prediction'}
      </button>
    </div>`;
  }

  render() {
    const { lab, lessons, lesson, session } = this;
    if (!lab || !lesson || !session) return nothing;
    const place = { lab, lessons, lesson };
    const next = lessons.after(lesson);
    return html`
      <header>
        <p class="theme">${placeOf(lessons, lesson)}</p>
        <button class="link" aria-label="Close the lesson" title="Close the lesson" @click=${() => lessons.leave()}>✕</button>
        <h2 class="dock-title" tabindex="-1">${lesson.title}</h2>
      </header>
      <h3>What do you expect?</h3>
      ${predictionFields(lab, session)} ${drawing(lab, session, this.scene)} ${this.beginning()}
      <h3>Try</h3>
      ${tasksOf(place)}
      <div role="status">${verdictOf(session)}</div>
      ${outcomeText(place)}
      <nav class="dock-ways" aria-label="Lessons">
        <a href=${`#view=lessons/${lesson.id}`}>The experiment over several seeds</a>
        ${session.hasBegun ? html`<button @click=${() => lessons.begin(lesson)}>Predict it again</button>` : nothing}
        ${next ? html`<button @click=${() => lessons.begin(next)} ?disabled=${!lessons.hasData(next)}>Next: ${next.title}</button>` : nothing}
      </nav>
    `;
  }
}

customElements.define('lesson-dock', LessonDock);
