/**
 * <study-step>: a step of any procedure. What the diagnosis' own steps have, and besides: the norms against the step and
 * as a histogram, warmups of several lengths, and settings side by side.
 */

import { html, nothing } from 'lit';
import { countFates, FATES } from '../../engine/config/fate.js';
import { isInstability } from '../../engine/config/verdicts.js';
import { AGGRESSIVE_SHARE } from '../../engine/study/judge/playbook.js';
import { ordinal } from '../../engine/words/norms.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { curveCeiling } from '../shared/ceilings.js';
import { lastStep, lineStyle, medianTrial, seriesOf, swatch } from '../shared/trial_curves.js';
import { DiagnosisStep, searchTable } from './diagnosis_step.js';

/**
 * @typedef {import('../../engine/study/procedure/compared.js').Compared} Compared
 * @typedef {import('./diagnosis_step.js').Group} Group
 */

/** Lines of warmups that are drawn at most: the attempts of one rate. */
const DRAWN_MAX = 6;

class StudyStep extends DiagnosisStep {
  constructor() {
    super();
    this.normScene = () => this.normCurve();
    this.histogramScene = () => this.normBars();
    this.attemptScene = () => this.lossScene(this.attempts);
    this.comparedScene = () => this.lossScene(this.candidates);
    this.validationScene = () => this.evaluated('valLoss');
    this.accuracyScene = () => this.evaluated('valAccuracy');
    this.rangeScene = () => this.rangeCurve();
    this.tuningScene = () => this.tuningPlot();
  }

  updated() {
    super.updated();
    for (const chart of this.querySelectorAll('norm-histogram')) /** @type {any} */ (chart).invalidate();
  }

  // ---- norms -----------------------------------------------------------------------------------------------------

  /** The unclipped norms of the first seed, between the two thresholds of the playbook's Figure 9. */
  normCurve() {
    const [trial] = this.trials;
    if (!trial) return { layers: [], from: 0, to: 100 };
    const { typical, threshold } = this.thresholds;
    const known =
      threshold === null
        ? ''
        : `Median of the typical norms ${number(typical)}, ${ordinal(this.percentile)} percentile ${number(threshold)}. `;
    return {
      layers: [{ label: 'unclipped', color: 'norm', series: seriesOf(trial, this.makePoints).norm, width: 1 }],
      horizontals:
        threshold === null
          ? []
          : [
              { y: threshold, label: `just above typical: ${number(threshold)}`, color: 'validation' },
              { y: typical, label: `too aggressive: ${number(typical)}`, color: 'instability', below: true },
            ],
      marks: [],
      from: 0,
      to: Math.max(10, trial.steps),
      summary: `${known}Largest of this seed ${number(trial.grad_norm.max)}.`,
    };
  }

  /** What the study says of the norms, over all seeds; null where no run is healthy enough for a percentile. */
  get thresholds() {
    const { typical = null, threshold = null } = this.evidence?.numbers ?? {};
    return { typical, threshold };
  }

  normBars() {
    const [trial] = this.trials;
    const { typical, threshold } = this.thresholds;
    return {
      bars: trial?.norm_histogram ?? null,
      total: trial?.steps ?? 0,
      nonFinite: 0,
      suggested: threshold ?? Number.NaN,
      median: typical ?? undefined,
      percentile: this.percentile,
      threshold: null,
      active: false,
    };
  }

  get percentile() {
    return Number(this.evidence?.numbers.percentile ?? 90);
  }

  norms() {
    const [trial] = this.trials;
    if (!trial) return nothing;
    return html`<div class="chart-pair">
      <line-chart class="panel" heading="Unclipped gradient norm" note=${`seed ${trial.seed}`} group=${`norms-${this.kind}`} .source=${this.normScene}></line-chart>
      <div class="panel histogram-panel">
        <norm-histogram heading="All gradient norms" note=${`${plural(trial.steps, 'step')} of seed ${trial.seed}`} .source=${this.histogramScene}></norm-histogram>
      </div>
    </div>`;
  }

  // ---- warmups ---------------------------------------------------------------------------------------------------

  /** The attempts at the rate that was reached, or else at the lowest that was tried. @returns {Group[]} */
  get attempts() {
    const { diagnosis } = this;
    const { multiple, tried = [] } = this.evidence?.numbers ?? {};
    const reached = multiple ?? tried.at(-1)?.multiple;
    return tried
      .filter((/** @type {any} */ attempt) => attempt.multiple === reached)
      .slice(-DRAWN_MAX)
      .map((/** @type {any} */ { warmup_steps, base_lr, blew_up }, /** @type {number} */ i) => ({
        label: `${plural(warmup_steps, 'step')} to ${number(base_lr)}${blew_up ? ' ✕' : ''}`,
        ...lineStyle(i),
        trials: diagnosis
          .trialsOf(this.evidence?.runs ?? [])
          .filter(({ config }) => config.lr === base_lr && config.warmup_steps === warmup_steps),
      }))
      .filter((/** @type {Group} */ { trials }) => trials.length);
  }

  search() {
    if (!this.evidence) return nothing;
    return html`${
      this.attempts.length
        ? html`<line-chart class="panel" heading="Training loss of the attempts" note="smoothed; ✕ blows up" group="study-search" .source=${this.attemptScene}></line-chart>`
        : nothing
    }
    ${searchTable(/** @type {any} */ (this.evidence.numbers))}`;
  }

  // ---- rates -----------------------------------------------------------------------------------------------------

  /** The range test, with the range that it found. */
  rangeCurve() {
    const { lr = [], smoothed = [], base = null, max = null } = this.evidence?.numbers ?? {};
    const points = this.makePoints();
    for (const [i, rate] of lr.entries()) points.append(rate, Number(smoothed[i]));
    return {
      layers: [{ label: 'smoothed', color: 'loss', series: points, width: 2 }],
      ceiling: curveCeiling(smoothed),
      verticals: [
        ...(base === null ? [] : [{ x: base, label: `base ${number(base)}`, color: 'validation' }]),
        ...(max === null ? [] : [{ x: max, label: `max ${number(max)}`, color: 'lr' }]),
      ],
      marks: [],
      from: lr[0] ?? 1e-8,
      to: lr.at(-1) ?? 1,
      summary: base === null ? '' : `The range is ${number(base)} to ${number(max)}.`,
    };
  }

  /** Best checkpoint against the rate, a line per batch size. */
  tuningPlot() {
    const batches = [...new Set(this.trials.map(({ config }) => Number(config.batch)))].sort((a, b) => a - b);
    const lines = batches.map((batch, i) => {
      const own = this.trials.filter(({ config }) => config.batch === batch);
      const low = Math.min(
        ...own.map((trial) =>
          trial.infeasible ? Number.POSITIVE_INFINITY : (trial.best?.loss ?? Number.POSITIVE_INFINITY),
        ),
      );
      const spots = own
        .map((trial) => {
          const y = trial.infeasible ? null : (trial.best?.loss ?? null);
          return {
            key: `${batch} ${trial.config.lr}`,
            x: Number(trial.config.lr),
            y,
            values: [],
            ring: y !== null && isInstability(trial.verdict),
            star: y === low,
            partly: false,
            label: `batch ${batch} at η ${number(trial.config.lr)}: ${y === null ? 'infeasible' : `best checkpoint ${number(y)}`}`,
          };
        })
        .sort((a, b) => a.x - b.x);
      return { label: `batch ${batch}`, color: lineStyle(i).color, spots };
    });
    return {
      lines,
      places: [...new Set(lines.flatMap(({ spots }) => spots.map(({ x }) => x)))].sort((a, b) => a - b),
      names: null,
      logX: true,
      xName: 'learning rate η',
      verticals: [],
      unstable: null,
      chosen: null,
      summary: '',
    };
  }

  // ---- side by side ----------------------------------------------------------------------------------------------

  /** @returns {Group[]} */
  get candidates() {
    const { diagnosis } = this;
    return (this.evidence?.compared ?? [])
      .map(({ label, runs }, i) => ({ label, ...styleOf(i), trials: diagnosis.trialsOf(runs) }))
      .filter(({ trials }) => trials.length);
  }

  /** What the evaluations of the seed that stands for each setting found. @param {'valLoss' | 'valAccuracy'} column */
  evaluated(column) {
    const trials = this.candidates.map(({ trials: own, ...style }) => ({ ...style, trial: medianTrial(own) }));
    return {
      layers: trials.flatMap(({ label, color, dash, trial }) =>
        trial
          ? [{ label, color, ...(dash && { dash }), series: seriesOf(trial, this.makePoints)[column], width: 2 }]
          : [],
      ),
      marks: [],
      from: 0,
      to: lastStep(trials.flatMap(({ trial }) => trial ?? [])),
      summary: '',
    };
  }

  /** Validation loss and accuracy along the runs; nothing without validation data. */
  evaluations() {
    const trials = this.candidates.flatMap(({ trials: own }) => own);
    const has = (/** @type {'val_loss' | 'val_accuracy'} */ name) =>
      trials.some(({ evaluations }) => evaluations?.some((evaluation) => evaluation[name] !== null));
    if (!has('val_loss')) return nothing;
    return html`<div class="chart-pair">
      <line-chart class="panel" heading="Validation loss" note="one seed of each" group="study-validation" .source=${this.validationScene}></line-chart>
      ${has('val_accuracy') ? html`<line-chart class="panel" heading="Accuracy" note="on validation data" y="linear" group="study-accuracy" .source=${this.accuracyScene}></line-chart>` : nothing}
    </div>`;
  }

  compared() {
    const compared = this.evidence?.compared ?? [];
    if (!compared.length) return nothing;
    const best = compared.reduce((low, one) => (loss(one) < loss(low) ? one : low));
    const clips = compared.some(({ clipped_fraction }) => clipped_fraction > 0);
    const { diagnosis } = this;
    return html`<line-chart class="panel" heading="Loss" note="training, smoothed; ● best checkpoint, on validation data" group="study-compared" .source=${this.comparedScene}></line-chart>
      ${this.kind === 'compared' ? this.evaluations() : nothing}
      <div class="table-scroll"><table class="variants">
        <thead>
          <tr>
            <th scope="col">Settings</th><th scope="col" class="figure">Best checkpoint</th>
            <th scope="col" class="figure">At step, right</th><th scope="col" class="figure">At the end, right</th>${clips ? html`<th scope="col" class="figure">Clipped</th>` : nothing}
            <th scope="col">What happened</th><th scope="col"><span class="visually-hidden">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${compared.map(
            (one, i) => html`<tr>
              <th scope="row">${swatch(styleOf(i))} ${one.label}</th>
              <td class="figure ${one === best ? 'good' : ''}">${number(one.figures.loss)}${one.runs.length > 1 ? html`<small class="spread">${number(one.low)}–${number(one.high)}</small>` : nothing}</td>
              <td class="figure">${one.best ? count(one.best.step) : '–'}${rightInTable(one.accuracy)}</td>
              <td class="figure">${number(one.end?.loss)}${rightInTable(one.end?.accuracy)}</td>
              ${clips ? html`<td class="figure ${one.clipped_fraction > AGGRESSIVE_SHARE ? 'amber' : ''}">${one.clipped_fraction > 0 ? percent(one.clipped_fraction) : nothing}</td>` : nothing}
              <td>${outcome(one)}</td>
              <td class="actions"><button @click=${() => diagnosis.openInLive(one.runs[0].settings)}>Open in Live</button></td>
            </tr>`,
          )}
        </tbody>
      </table></div>`;
  }

  charts() {
    switch (this.kind) {
      case 'norms':
        return this.norms();
      case 'search':
        return this.search();
      case 'range':
        return this.evidence
          ? html`<line-chart class="panel" heading="Loss against learning rate" note="smoothed, first seed" x-name="η" x="log" y="linear" fixed-x group="study-range" .source=${this.rangeScene}></line-chart>`
          : nothing;
      case 'tuning':
        return this.trials.length
          ? html`<axis-plot class="panel" heading="Best checkpoint against learning rate" .source=${this.tuningScene}></axis-plot>`
          : nothing;
      case 'regularization':
        return nothing;
      case 'unfair':
      case 'fair':
      case 'compared':
      case 'causes':
        return this.compared();
      case 'baseline':
        return html`${super.charts()}${this.evidence ? this.norms() : nothing}`;
      default:
        return super.charts();
    }
  }
}

/** @param {number | null | undefined} accuracy  null for regression */
function rightInTable(accuracy) {
  return typeof accuracy === 'number'
    ? html`<small class="spread">${percent(accuracy, 1).replace(' ', '\u00a0')}</small>`
    : nothing;
}

/** The first one is what the others are held against. @param {number} i */
function styleOf(i) {
  return i === 0 ? { color: 'ink' } : lineStyle(i - 1);
}

/** @param {Compared} compared */
function loss({ figures }) {
  return figures.feasible ? (figures.loss ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** What became of the seeds, the worst first. @param {Compared} compared */
function outcome({ runs }) {
  const of = runs.length;
  const say = (/** @type {number} */ n) => (of === 1 ? '' : ` ${n} of ${of}`);
  return countFates(runs).map(
    ({ fate, count: found }, i) =>
      html`${i ? ', ' : nothing}<span class=${FATES[fate].tone}>${FATES[fate].short}${say(found)}</span>`,
  );
}

customElements.define('study-step', StudyStep);
