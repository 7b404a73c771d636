/**
 * The charts of the live view, one row each, in the order in which they stand: the first is the large one, and the rows
 * after it are in sight before one scrolls. A chart of a metric takes its heading, its
 * scale, its curves and its sentence from the metric's row in metric_fields.h where its own row says nothing else, so
 * that
 *
 *     {
    id: 'attention',
    series: 'attention_max',
    quantity: 'ink',
    when: ({ lab: { focus: run } }) => !!run && attends(run),
  },
  { id: 'rate', series: 'lr', quantity: 'lr' },
 *
 * is a whole one.
 *
 * @typedef {import('../../charts/line/scene.js').Layer} Layer
 * @typedef {import('../../charts/line/scene.js').Horizontal} Horizontal
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 * @typedef {NonNullable<Run['summary']>} Summary
 *
 * @typedef {object} View  what a chart may look at besides the run in focus
 * @property {Lab} lab
 * @property {number | null} held  λ while it is dragged
 * @property {boolean} classifies  whether the task has classes, and so an accuracy
 *
 * @typedef {object} StepChart  a chart over steps
 * @property {string} id
 * @property {string} heading
 * @property {keyof import('../state/run.js').MetricsRow} [series]  the metric that it shows
 * @property {string} quantity  whose colour its curve wears, a colour of the theme
 * @property {'log' | 'linear' | 'signed' | 'share'} scale  of the y axis to begin with: linear from 0, signed not, share in percent
 * @property {(run: Run, view: View, quantity: string) => Layer[]} layers  from the back to the front
 * @property {(run: Run, view: View) => Horizontal[]} [horizontals]
 * @property {(run: Run) => number | undefined} [ceiling]  where the y axis ends, whatever the values do
 * @property {('changes' | 'episodes' | 'end' | 'warmup')[]} names  which of the marks that all charts have are named here:
 *   once is enough
 * @property {boolean} ends  whether a run that diverged ends in a cross at the metric's last value
 * @property {(run: Run, summary: Summary, view: View) => string} sentence  what is to be seen, for who listens: goes on after the steps
 * @property {(view: View) => string} [note]  beside the heading
 * @property {(view: View) => import('lit').TemplateResult} [tools]  what is turned there
 * @property {(view: View) => boolean} [when]  whether it is there; always, where the row says nothing
 *
 * @typedef {Partial<StepChart> & { id: string, quantity: string }} StepRow  as it is written: what it leaves out is the metric's
 *
 * @typedef {object} PanelChart  one that is an element of its own
 * @property {string} id
 * @property {(view: View, style: string) => import('lit').TemplateResult} panel  style: its place among the charts
 * @property {(view: View) => boolean} [when]
 */
import { html } from 'lit';
import { fieldApplies } from '../../engine/config/config.js';
import { FIELD_BY_NAME, SCHEMA } from '../../engine/config/schema.js';
import { summaryNormsInWords } from '../../engine/words/norms.js';
import { number, percent } from '../../engine/words/numbers.js';
import { guessedAccuracy, guessedLoss } from '../opening/guessing.js';
import { baselineLine, differenceLayers, hasDifferences } from '../runs/difference_layers.js';
import { learningLayers } from '../runs/learning_layers.js';
import { groupNote, smoothingSlider } from '../runs/smoothing.js';
import { lossCeiling, normCeiling } from '../shared/ceilings.js';
import { earlierCurves, normLayers, ownCurves, rateLayers, sharpnessLayers, thresholdLines } from './chart_layers.js';
import './clip_panel.js';
import { edgeNote, sharpnessInWords } from './edge.js';

/** @type {(StepRow | PanelChart)[]} */
const ROWS = [
  {
    id: 'loss',
    series: 'loss',
    quantity: 'loss',
    layers: learningLayers({ batch: 'loss', validation: 'valLoss' }),
    tools: ({ lab }) => smoothingSlider(lab.compare),
    ceiling: lossCeiling,
    horizontals: guessedLoss,
    names: ['changes', 'episodes', 'end'],
    ends: true,
    sentence: (run, { smoothed_loss }) =>
      `smoothed training loss ${number(smoothed_loss)}, best ${run.valCount ? 'validation' : 'training'} loss ${number(run.best?.loss)}`,
    note: ({ lab }) => groupNote(lab.compare),
  },
  {
    id: 'sharpness',
    heading: 'Sharpness',
    quantity: 'ink',
    layers: sharpnessLayers,
    sentence: ({ sharpest }) => (sharpest ? sharpnessInWords(sharpest) : 'not measured yet'),
    note: ({ lab }) => (lab.focus ? edgeNote(lab.focus) : ''),
    when: ({ lab: { focus: run } }) => !!run && (Number(run.inForce.sharpness_every) > 0 || run.sharpness.length > 0),
  },
  {
    id: 'difference',
    heading: 'Loss − baseline',
    quantity: 'loss',
    scale: 'signed',
    layers: differenceLayers,
    horizontals: baselineLine,
    ceiling: lossCeiling,
    sentence: (_, __, { lab }) => `below 0 a run is better than the baseline, ${lab.runs.baseline?.name}`,
    when: hasDifferences,
  },
  {
    id: 'norm',
    series: 'grad_norm',
    quantity: 'norm',
    layers: normLayers,
    horizontals: thresholdLines,
    ceiling: normCeiling,
    ends: true,
    sentence: (_, summary) => summaryNormsInWords(summary),
  },
  {
    id: 'accuracy',
    series: 'accuracy',
    quantity: 'loss',
    scale: 'share',
    layers: learningLayers({ batch: 'accuracy', validation: 'valAccuracy' }),
    horizontals: guessedAccuracy,
    ends: true,
    sentence: ({ series, step, valAccuracy }) =>
      `smoothed training accuracy ${percent(series.smoothed_accuracy.at(step - 1), 1)}, newest validation accuracy ${percent(valAccuracy.at(step), 1)}`,
    when: ({ classifies }) => classifies,
  },
  {
    id: 'attention',
    series: 'attention_max',
    quantity: 'ink',
    when: ({ lab: { focus: run } }) => Number(run?.series.attention_max.at(run.step - 1)) > 0,
  },
  { id: 'rate', series: 'lr', quantity: 'lr', scale: 'linear', layers: rateLayers, names: ['warmup'] },
  {
    id: 'momentum',
    series: 'momentum',
    quantity: 'lr',
    when: ({ lab: { focus: run } }) => !!run && cyclesMomentum(run.inForce),
  },
  {
    id: 'norms',
    panel: ({ lab, held }, style) =>
      html`<clip-panel class="panel with-words" data-chart="norms" style=${style} .lab=${lab} .held=${held}></clip-panel>`,
  },
];

/** Whether its network has attention, of which a step has told the scores. @param {Run} run */
export function attends(run) {
  return Number(run.series.attention_max.at(run.step - 1)) > 0;
}

/** @param {{ [setting: string]: unknown }} settings */
function cyclesMomentum(settings) {
  return (
    settings.cycle_momentum === true &&
    fieldApplies(
      /** @type {import('../../engine/config/schema_text.js').Field} */ (FIELD_BY_NAME.get('cycle_momentum')),
      settings,
    )
  );
}

/** A whole chart: what its row leaves out is the metric's. @param {StepRow} row @returns {StepChart} */
export function completeChart(row) {
  const { id, series } = row;
  const metric = SCHEMA.metrics.find(({ name }) => name === series);
  const curveOf = (/** @type {Run} */ run) => run.series[/** @type {NonNullable<typeof series>} */ (series)];
  const label = metric?.unit || metric?.label.toLowerCase() || id;
  return {
    heading: metric?.label ?? id,
    scale: metric?.scale ?? 'log',
    layers: (run, { lab }, color) => [
      ...earlierCurves(lab, curveOf),
      ...ownCurves(lab, run, curveOf, { label, color }),
    ],
    names: [],
    ends: false,
    sentence: (run) => number(curveOf(run).at(run.step - 1)),
    ...row,
  };
}

/** @type {(StepChart | PanelChart)[]} */
export const CHARTS = ROWS.map((row) => ('panel' in row ? row : completeChart(row)));
