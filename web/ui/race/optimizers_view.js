/**
 * <optimizers-view>: the update rules on surfaces of two numbers, from one start and in lockstep: the same C that
 * trains networks. A map with their trails, their heights against the step, and what happens in sentences.
 */

import { html, nothing } from 'lit';
import { count } from '../../engine/words/numbers.js';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { saveBar } from '../shared/save_bar.js';
import './race_options.js';
import './race_rules.js';
import { raceParagraphs } from './race_words.js';
import { SPEEDS } from './racetrack.js';

/** A racer that has climbed this many times the start's height no longer stretches the chart. */
const OFF_CHART = 1000;

export class OptimizersView extends LabElement {
  static properties = { ...LabElement.properties, racetrack: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./racetrack.js').Racetrack} */
    this.racetrack = /** @type {any} */ (null);
    this.map = () => this.describeMap();
    this.chart = () => this.describeChart();
    this.redraw = () => {
      for (const drawing of this.querySelectorAll('contour-map, line-chart')) /** @type {any} */ (drawing).invalidate();
    };
    /** @type {import('./racetrack.js').Racetrack | null} */
    this.track = null;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const { lab } = this;
    if (!lab) return;
    if (this.track !== this.racetrack) {
      this.track = this.racetrack;
      this.track.addEventListener('frame', this.redraw);
    }
    // Elsewhere the address's settings are another view's.
    if (lab.view !== 'optimizers') this.racetrack.pause();
    else {
      this.racetrack.read(lab.item);
      this.racetrack.open();
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.track?.removeEventListener('frame', this.redraw);
    this.track = null;
  }

  /** @returns {import('../../charts/map_painter.js').MapScene | null} */
  describeMap() {
    const { racetrack } = this;
    const { race, facts } = racetrack;
    if (!race) return null;
    return {
      ground: JSON.stringify(race.surface.options),
      window: facts.window,
      sample: (window, columns, rows) => race.surface.grid(window, columns, rows),
      // The map may ask between a change and its next drawing, when this race is gone.
      valueAt: (x, y) => racetrack.race?.surface.measure(x, y).value ?? Number.NaN,
      lowest: facts.lowest,
      minima: facts.minima,
      start: racetrack.start,
      trails: race.racers.map((racer) => ({
        label: racetrack.tables.labelOf(racer.rule),
        ...racetrack.tables.styleOf(racer.rule),
        xs: racer.xs,
        ys: racer.ys,
        divergedAt: racer.divergedAt,
      })),
      summary: this.words,
    };
  }

  describeChart() {
    const { racetrack } = this;
    const racers = racetrack.race?.racers ?? [];
    const [first] = racers;
    return {
      layers: racers.map((racer, i) => {
        const { color, dash } = racetrack.tables.styleOf(racer.rule);
        const grown = racer.excess[racer.steps] > OFF_CHART * racer.excess[0];
        return {
          label: racetrack.tables.labelOf(racer.rule),
          color,
          dash: dash.length ? dash : undefined,
          series: racetrack.series[i],
          width: 1.75,
          quiet: true,
          context: grown ? /** @type {const} */ ('down') : false,
        };
      }),
      from: 0,
      to: racetrack.total,
      horizontals: first ? this.heights(first.excess[0]) : [],
      marks: racers
        .filter(({ divergedAt }) => divergedAt !== null)
        .map((racer) => ({
          x: /** @type {number} */ (racer.divergedAt),
          y: null,
          kind: /** @type {const} */ ('cross'),
          color: racetrack.tables.styleOf(racer.rule).color,
        })),
      summary: this.words,
    };
  }

  /** Lines across the chart: the start's height, and where growing racers leave it. @param {number} start */
  heights(start) {
    const grows = this.racetrack.race?.racers.some(({ excess, steps }) => excess[steps] > OFF_CHART * start);
    return [
      { y: start, label: 'start', color: 'faint' },
      ...(grows ? [{ y: OFF_CHART * start, label: `${count(OFF_CHART)} × start`, color: 'faint' }] : []),
    ];
  }

  /** What is said below the map, in one piece; while it plays, only what does not change from step to step. */
  get words() {
    const { racetrack } = this;
    return raceParagraphs(racetrack)
      .slice(0, racetrack.status === 'playing' ? 1 : 2)
      .flat()
      .map(({ text }) => text)
      .join(' ');
  }

  transport() {
    const { racetrack } = this;
    const playing = racetrack.status === 'playing';
    const waiting = !racetrack.race;
    return html`<div class="race-transport" role="group" aria-label="Race">
      <button class="primary" title="Space" ?disabled=${waiting} @click=${() => racetrack.toggle()}>
        ${playing ? 'Pause' : racetrack.isDone ? 'Play again' : 'Play'}
      </button>
      <button ?disabled=${waiting} title="One step (S)" aria-label="One step of the race" @click=${() => racetrack.step()}>Step</button>
      <button ?disabled=${waiting} title="Back to the start (R)" aria-label="Reset the race: back to the start" @click=${() => racetrack.reset()}>Reset</button>
      <select
        aria-label="Speed of the race"
        @change=${(/** @type {Event} */ event) => racetrack.setSpeed(Number(/** @type {HTMLSelectElement} */ (event.target).value))}
      >
        ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === racetrack.stepsPerSecond}>${speed} steps/s</option>`)}
      </select>
      <p class="race-steps">step <b>${count(racetrack.steps)}</b> / ${count(racetrack.total)}</p>
    </div>`;
  }

  sentences() {
    const { racetrack } = this;
    const { problems, status } = racetrack;
    return html`
      ${problems.length ? html`<p class="bad" role="alert">${problems.join(' ')}</p>` : nothing}
      <div class="race-words" role="status" aria-live=${status === 'playing' ? 'off' : 'polite'}>
        ${raceParagraphs(racetrack).map(
          (sentences) =>
            html`<p>${sentences.map(({ text, tone }) => html`<span class=${tone}>${explained(text)}</span> `)}</p>`,
        )}
      </div>
    `;
  }

  async saveCsv() {
    const { raceToCsv, saveCsv } = await import('../shared/study_export.js');
    saveCsv(raceToCsv(this.racetrack.race?.racers ?? []), 'race');
  }

  async saveJson() {
    const { saveJson } = await import('../shared/study_export.js');
    const { racetrack } = this;
    const racers = (racetrack.race?.racers ?? []).map(({ rule, lr, xs, ys, excess, divergedAt }) => {
      return { rule, lr, xs, ys, excess, diverged_at: divergedAt };
    });
    saveJson({ settings: racetrack.settings, racers }, 'race');
  }

  render() {
    const { lab, racetrack } = this;
    if (!lab) return nothing;
    return html`
      <race-options class="study-options" .lab=${lab} .racetrack=${racetrack}></race-options>
      <div class="race-middle">
        <contour-map
          class="panel"
          heading=${racetrack.surfaceLabel}
          note="each line is half as high as the next"
          group="race"
          .source=${this.map}
          @start=${(/** @type {CustomEvent} */ event) => racetrack.setStart(event.detail && [event.detail.x, event.detail.y])}
        ></contour-map>
        ${this.transport()} ${this.sentences()}
        <line-chart class="panel" heading="Above the minimum: f − f*" group="race" .source=${this.chart}></line-chart>
        ${saveBar({ csv: () => this.saveCsv(), json: () => this.saveJson(), isEmpty: !racetrack.race })}
      </div>
      <race-rules class="study-side" .lab=${lab} .racetrack=${racetrack}></race-rules>
    `;
  }
}

customElements.define('optimizers-view', OptimizersView);
