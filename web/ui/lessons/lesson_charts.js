/** The charts of a lesson's experiment: the loss, and beside it what the lesson is about. */
import { html } from 'lit';
import { attends } from '../../engine/model_text/attention_edits.js';
import { isRangeTest } from './lesson_run.js';

/**
 * @typedef {import('../../engine/study/gallery/entry.js').Entry} Entry
 * @typedef {import('../../charts/line/scene.js').Scene} Scene
 * @typedef {import('./lesson_scenes.js').Column} Column
 */

/** How a chart says which of its curves are training's and which validation's. */
const BOTH = 'lines: training, smoothed; dots: validation';

/**
 * What the second chart can show.
 * @type {Record<'norm' | 'attention' | 'accuracy' | 'valLoss' | 'sharpness' | 'lr', { label: string, series: Column, dots?: Column, y: string, share?: boolean, note?: string }>}
 */
export const QUANTITIES = {
  norm: { label: 'Gradient norm', series: 'norm', y: 'log' },
  attention: { label: 'Attention scores', series: 'attention', y: 'log', note: 'the largest |q·k| / √d of each step' },
  accuracy: { label: 'Accuracy', series: 'accuracy', dots: 'valAccuracy', y: 'linear', share: true, note: BOTH },
  valLoss: { label: 'Validation loss', series: 'valLoss', y: 'log' },
  sharpness: { label: 'Sharpness', series: 'sharpness', y: 'log', note: 'dotted: the edge, 2/η' },
  lr: { label: 'Learning rate', series: 'lr', y: 'linear' },
};

/** @typedef {keyof typeof QUANTITIES} Quantity */

/** The quantities that a lesson's second chart offers, the one it is about first. @param {Entry} lesson @returns {Quantity[]} */
export function quantitiesOf(lesson) {
  const measured = lesson.config.sharpness_every || lesson.cells.some((cell) => cell.config.sharpness_every);
  const scheduled = lesson.cells.some((cell) => cell.config.schedule && !cell.range);
  const first = lesson.beside ?? (measured ? 'sharpness' : scheduled ? 'lr' : 'norm');
  const all = /** @type {Quantity[]} */ (Object.keys(QUANTITIES));
  /** @type {Partial<Record<Quantity, boolean>>} */
  const isMissing = {
    sharpness: !measured,
    attention: !lesson.cells.some(({ config }) => attends(String(config.model ?? lesson.config.model ?? ''))),
  };
  return [first, ...all.filter((quantity) => quantity !== first && !isMissing[quantity])];
}

/**
 * The charts of an experiment of which something was trained.
 *
 * @param {object} what
 * @param {Entry} what.lesson
 * @param {Quantity} what.shown  in the second chart
 * @param {(quantity: Quantity) => void} what.show
 * @param {() => Scene} what.lossScene
 * @param {() => Scene} what.otherScene
 */
export function lessonCharts({ lesson, shown, show, lossScene, otherScene }) {
  if (isRangeTest(lesson)) {
    return html`<div class="lesson-charts single">
      <line-chart class="panel" heading="Loss against learning rate" note="smoothed; ● where it falls fastest" x-name="η" x="log" y="linear" fixed-x group="lesson-rates" .source=${lossScene}></line-chart>
    </div>`;
  }
  const { label, y, share = false, note = '' } = QUANTITIES[shown];
  return html`<div class="lesson-charts">
    <line-chart class="panel" heading="Loss" note=${BOTH} group="lesson" .source=${lossScene}></line-chart>
    <div class="panel-with-tabs">
      <line-chart class="panel" heading=${label} note=${note} group="lesson" y=${y} ?share=${share} .source=${otherScene}></line-chart>
      <div class="small-tabs" role="group" aria-label="Second chart">
        ${quantitiesOf(lesson).map(
          (quantity) => html`<button
            class="chip"
            aria-pressed=${quantity === shown}
            @click=${() => show(quantity)}
          >
            ${QUANTITIES[quantity].label}
          </button>`,
        )}
      </div>
    </div>
  </div>`;
}
