/**
 * The steps of a diagnosis: DiagnosisStep is one of the findings before the verdict, <remedy-step> one remedy that
 * was tried. Each says what was found, draws the curves it rests on, and names the thresholds that decided.
 */

import { html, nothing } from 'lit';
import { configFromSearch } from '../../engine/config/config_text.js';
import { FATES, fateOf } from '../../engine/config/fate.js';
import { failsQuietly, isInstability, verdictInWords } from '../../engine/config/verdicts.js';
import { isLastResort, remedyRow } from '../../engine/study/judge/playbook.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import '../experiment/as_code.js';
import { explained } from '../glossary/explained_text.js';
import { trialsCeiling } from '../shared/ceilings.js';
import { LabElement } from '../shared/lab_element.js';
import { divergenceMark, lastStep, lineStyle, medianTrial, seriesOf, swatch } from '../shared/trial_curves.js';

/**
 * @typedef {import('../../engine/study/procedure/diagnose.js').Evidence} Evidence
 * @typedef {import('../../engine/study/procedure/remedies.js').Remedy} Remedy
 * @typedef {import('../../engine/study/procedure/trainings.js').Run} Run
 * @typedef {import('../../engine/study/trial/trial.js').TrialResult} TrialResult
 * @typedef {{ label: string, color: string, trials: TrialResult[], dash?: number[] }} Group  curves that are drawn alike
 */

/** The thresholds of the procedure, in words. @type {Record<string, (value: number) => string>} */
const THRESHOLDS = {
  unstable_share: (value) => `settings are sick where ${percent(value, 0)} of their seeds or more are`,
  infeasible_share_of_baseline_loss: (value) =>
    `✕ is a run that diverged, or ended above ${value} × the loss of guessing`,
  infeasible_seeds_share: (value) => `a rate is infeasible where ${percent(value, 0)} of its seeds or more are`,
  edge_grid_points: (value) => `at the edge: unstable within ${plural(value, 'grid point')} above lr*`,
  unstable_seeds_share: (value) => `a rate is unstable where ${percent(value, 0)} of its seeds or more are`,
  mid_seeds_share: (value) => `instability counts where ${percent(value, 0)} of the seeds or more show it`,
  surviving_seeds_share: (value) => `survives where more than ${percent(value, 0)} of the seeds do`,
  longest_warmup_share: (value) => `the longest warmup: ${percent(value, 0)} of the run’s steps`,
  long_warmup_share: (value) => `the run may need more steps from a warmup of ${percent(value, 0)} on`,
  post_warmup_factor: (value) => `held for ${value} × the warmup`,
  better_share: (value) => `better: the median best checkpoint below ${value} × the other’s`,
  closed_share: (value) => `closed: the gap is at least ${percent(value, 0)} smaller`,
  clip_percentile: (value) => `λ: the ${value}th percentile of the unclipped norms`,
  aggressive_share: (value) => `too aggressive: more than ${percent(value, 0)} of the updates clipped`,
  evaluation_rise: (value) =>
    `a blow-up shows in an evaluation from ${value} × the first loss or the loss of guessing on`,
  clear_gain_of_baseline_loss: (value) => `better: by at least ${percent(value, 0)} of the loss of guessing`,
  clear_gain_with_accuracy: (value) =>
    `or by ${percent(value, 0)}, where it shows in the accuracy or training is calm again`,
  clear_gain_of_loss: (value) => `better: by at least ${percent(value, 0)} of the loss`,
  batch_rise: (value) => `a blow-up counts from ${value} × the first batch’s loss on`,
};

/** Episodes are said one by one; more than this many sentences wait behind a click. */
const SENTENCES = 3;

/** What the two elements share: curves of groups of trials, and runs that can be opened. */
class StepElement extends LabElement {
  static properties = { ...LabElement.properties, diagnosis: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./diagnosis.js').Diagnosis} */
    this.diagnosis = /** @type {any} */ (null);
  }

  updated() {
    for (const chart of this.querySelectorAll('line-chart, axis-plot')) /** @type {any} */ (chart).invalidate();
  }

  makePoints = () => this.lab.makePoints();

  /**
   * Smoothed losses of groups of trials; the median trial of each drawn in full, its best checkpoint as a dot.
   * @param {Group[]} groups
   */
  lossScene(groups) {
    /** @type {any[]} */
    const layers = [];
    /** @type {any[]} */
    const marks = [];
    const all = groups.flatMap(({ trials }) => trials);
    const someTrain = all.some((trial) => !trial.diverged);
    for (const { label, color, trials, dash } of groups) {
      const median = medianTrial(trials);
      for (const trial of trials) {
        const main = trial === median;
        layers.push({
          label,
          color,
          ...(dash && { dash }),
          series: seriesOf(trial, this.makePoints).smoothed,
          width: main ? 2 : 1,
          alpha: main ? 1 : 0.4,
          legend: main,
          context: trial.diverged && someTrain ? 'down' : undefined,
        });
        const mark = divergenceMark(trial, 'smoothed', color);
        if (mark) marks.push(mark);
      }
      if (median?.best) marks.push({ x: median.best.step, y: median.best.loss, kind: 'dot', color });
    }
    return { layers, marks, from: 0, to: lastStep(all), ceiling: trialsCeiling(all), summary: '' };
  }

  /** @param {Run[]} runs */
  runsTable(runs) {
    if (!runs.length) return nothing;
    const { diagnosis } = this;
    return html`<details class="stage-runs">
      <summary>${plural(runs.length, 'run')}, each with its settings</summary>
      <div class="table-scroll"><table>
        <thead>
          <tr><th scope="col">Changed</th><th scope="col" class="figure">Seed</th><th scope="col" class="figure">Steps</th><th scope="col" class="figure">Best val. loss</th><th scope="col" class="figure">At step</th><th scope="col" class="figure">Typical norm, p90</th><th scope="col">What happened</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr>
        </thead>
        <tbody>
          ${runs.map(
            (run) => html`<tr>
              <td>${diagnosis.changesInWords(run.changes) || 'nothing'}</td>
              <td class="figure">${run.seed}</td>
              <td class="figure">${count(run.steps)}</td>
              <td class="figure">${number(run.best?.loss)}</td>
              <td class="figure">${run.best ? count(run.best.step) : '–'}</td>
              <td class="figure">${number(run.grad_norm.typical)}</td>
              <td>${runState(run)}</td>
              <td class="actions"><button @click=${() => diagnosis.openInLive(run.settings)}>Open in Live</button></td>
            </tr>`,
          )}
        </tbody>
      </table></div>
    </details>`;
  }

  /** @param {string[]} says @param {number} [first] how many are said at once */
  sentences(says, first = SENTENCES) {
    return html`${says.slice(0, first).map((sentence) => html`<p>${explained(sentence)}</p>`)}
    ${
      says.length > first
        ? html`<details><summary>${plural(says.length - first, 'sentence')} more</summary>${says.slice(first).map((sentence) => html`<p>${explained(sentence)}</p>`)}</details>`
        : nothing
    }`;
  }
}

export class DiagnosisStep extends StepElement {
  static properties = {
    ...StepElement.properties,
    kind: { type: String },
    heading: { type: String },
    purpose: { type: String },
    evidence: { attribute: false },
    state: { type: String },
    chosen: { state: true },
  };

  constructor() {
    super();
    this.kind = '';
    this.heading = '';
    this.purpose = '';
    /** @type {Evidence | null} */
    this.evidence = null;
    /** @type {'waiting' | 'current' | 'told' | 'left'} */
    this.state = 'waiting';
    /** The rate whose curves are looked at. @type {string | null} */
    this.chosen = null;
    this.pointScene = () =>
      this.lossScene(
        this.byRate
          .filter(({ lr }) => String(lr) === this.chosen)
          .map(({ trials }) => ({ label: 'smoothed', color: 'loss', trials })),
      );
    this.curveScene = () => this.lossScene(this.groups);
    this.rateScene = () => this.sweepScene();
    this.fineScene = () => this.probeScene(1);
    this.coarseScene = () => this.probeScene(Number(this.diagnosis.examined?.eval_every) || 0);
  }

  /** The trials that the step rests on: as told, or those of the stage that is going on. */
  get trials() {
    const { diagnosis } = this;
    return this.evidence ? diagnosis.trialsOf(this.evidence.runs) : this.state === 'current' ? diagnosis.fresh : [];
  }

  /** The trials by learning rate, in the order of the rates. @returns {{ lr: number, trials: TrialResult[] }[]} */
  get byRate() {
    /** @type {Map<number, TrialResult[]>} */
    const rates = new Map();
    for (const trial of this.trials) {
      const lr = Number(trial.config.lr);
      const own = rates.get(lr) ?? [];
      own.push(trial);
      rates.set(lr, own);
    }
    return [...rates].map(([lr, trials]) => ({ lr, trials })).sort((a, b) => a.lr - b.lr);
  }

  /** @returns {Group[]} */
  get groups() {
    return this.byRate.map(({ lr, trials }, i) => ({
      label: `η ${number(lr)}`,
      ...(this.kind === 'above' ? { color: ['lr', 'instability'][i % 2] } : lineStyle(i)),
      trials,
    }));
  }

  // ---- the axis plot ---------------------------------------------------------------------------------------------

  /** Best checkpoint against learning rate: the seeds' median, how far they lie apart, and what failed as ✕. */
  sweepScene() {
    const { report, examined } = this.diagnosis;
    const rates = this.byRate;
    const best = this.evidence ? (report?.lr_best ?? null) : null;
    const edge = this.evidence ? (report?.lr_unstable ?? null) : null;
    const own = Number(examined?.lr);
    const spots = rates.map(({ lr, trials }) => {
      const feasible = trials.filter((trial) => !trial.infeasible);
      const works = 2 * feasible.length > trials.length;
      const loss = works ? (medianTrial(trials)?.best?.loss ?? null) : null;
      const unstable =
        2 * trials.filter((trial) => trial.infeasible || isInstability(trial.verdict)).length >= trials.length;
      const state = loss === null ? 'infeasible' : `best checkpoint ${number(loss)}${unstable ? ', unstable' : ''}`;
      return {
        key: String(lr),
        x: lr,
        y: loss,
        values: feasible.flatMap((trial) => trial.best?.loss ?? []),
        ring: unstable && loss !== null,
        star: lr === best,
        partly: works && feasible.length < trials.length,
        label: `η ${number(lr)}: ${state}`,
      };
    });
    return {
      lines: [{ label: 'median of the seeds', color: 'validation', spots }],
      places: rates.length ? rates.map(({ lr }) => lr) : [own],
      names: null,
      logX: true,
      xName: own > 0 ? `learning rate η; yours is ${number(own)}` : 'learning rate η',
      verticals: [
        ...(own > 0 && rates.length && own !== best ? [{ x: own, label: '', color: 'soft' }] : []),
        ...(best === null ? [] : [{ x: best, label: `lr* = ${number(best)}`, color: 'lr' }]),
      ],
      unstable: edge === null ? null : { from: edge, label: 'unstable' },
      chosen: this.chosen,
      summary: this.sweepSummary(rates.length, best),
    };
  }

  /** @param {number} trained rates @param {number | null} best */
  sweepSummary(trained, best) {
    if (best !== null) return `Best rate ${number(best)}.`;
    if (trained === 0) return 'Nothing is trained yet.';
    return this.evidence ? 'No rate is feasible.' : `${plural(trained, 'rate')} trained so far.`;
  }

  // ---- the probe -------------------------------------------------------------------------------------------------

  /** The probe's evaluations, all of them or every so many steps. @param {number} every 0: at the end only */
  probeScene(every) {
    const [trial] = this.trials;
    if (!trial) return { layers: [], from: 0, to: 100 };
    const points = this.makePoints();
    const last = trial.evaluations.at(-1)?.step ?? 0;
    for (const { step, val_loss, train_loss } of trial.evaluations) {
      if (every === 1 || (every > 0 && step % every === 0) || step === last)
        points.append(step, Number(val_loss ?? train_loss));
    }
    const series = seriesOf(trial, this.makePoints);
    const fine = every === 1;
    const often = every > 0 ? `every ${plural(every, 'step')}` : 'at the end';
    // The batches decide the height of both charts, so that they can be compared.
    const batches = {
      label: 'batch',
      color: 'loss',
      series: series.loss,
      width: 1,
      alpha: fine ? 0.3 : 0,
      legend: fine,
    };
    const own = { label: fine ? 'validation' : often, color: 'validation', series: points };
    return {
      layers: fine
        ? [batches, { ...own, width: 1.6 }]
        : [
            batches,
            { ...batches, series: series.valLoss },
            { ...own, width: 1.2, dash: [4, 4], legend: false },
            { ...own, kind: 'dots', width: 4 },
          ],
      marks: [],
      from: 0,
      to: lastStep([trial]),
      ceiling: trialsCeiling([trial]),
      summary: '',
    };
  }

  charts() {
    const { kind } = this;
    if (!this.trials.length) return nothing;
    if (kind === 'sweep') {
      const point = this.byRate.find(({ lr }) => String(lr) === this.chosen);
      return html`<div class=${point ? 'chart-pair' : ''}>
        <axis-plot
          class="panel"
          heading="Best checkpoint against learning rate"
          .source=${this.rateScene}
          @choose=${(/** @type {CustomEvent} */ event) => {
            this.chosen = event.detail.key === this.chosen ? null : event.detail.key;
          }}
        ></axis-plot>
        ${point ? html`<line-chart class="panel" heading=${`Training loss at η ${number(point.lr)}`} group="diagnose-point" .source=${this.pointScene}></line-chart>` : nothing}
      </div>`;
    }
    if (kind === 'probe') {
      return html`<div class="chart-pair">
        <line-chart class="panel" heading="Evaluated after every step" group="diagnose-probe" x="log" .source=${this.fineScene}></line-chart>
        <line-chart class="panel" heading="Evaluated as you do" group="diagnose-probe" x="log" .source=${this.coarseScene}></line-chart>
      </div>`;
    }
    return html`<line-chart class="panel" heading="Training loss" note="smoothed; ● best checkpoint" group=${`diagnose-${kind}`} .source=${this.curveScene}></line-chart>`;
  }

  render() {
    if (!this.lab) return nothing;
    const { evidence, state } = this;
    const { diagnosis } = this;
    const thresholds = Object.entries(evidence?.thresholds ?? {}).filter(([name]) => name in THRESHOLDS);
    return html`
      <h3>${evidence?.title ?? this.heading}</h3>
      ${evidence ? this.sentences(evidence.says) : html`<p class="purpose">${explained(this.purpose)}</p>`}
      ${
        state === 'current'
          ? html`<p class="working"><span class="pulse"></span>${plural(diagnosis.fresh.length, 'run')} done, ${diagnosis.training.size} in training</p>`
          : nothing
      }
      ${state === 'left' ? html`<p class="soft">Not done.</p>` : nothing}
      ${this.charts()}
      ${thresholds.length ? html`<p class="thresholds">${thresholds.map(([name, value]) => html`<span>${explained(THRESHOLDS[name](value))}</span>`)}</p>` : nothing}
      ${evidence ? this.runsTable(evidence.runs) : nothing}
    `;
  }
}

export class RemedyStep extends StepElement {
  static properties = { ...StepElement.properties, remedy: { attribute: false } };

  constructor() {
    super();
    /** @type {Remedy} */
    this.remedy = /** @type {any} */ (null);
    this.scene = () => this.lossScene(this.groups);
  }

  /** The untreated runs, and every way in which the remedy was tried. @returns {Group[]} */
  get groups() {
    const { diagnosis } = this;
    const lr = diagnosis.report?.lr_treated;
    return [
      { label: 'untreated', color: 'faint', trials: diagnosis.trialsWith(lr ? { lr } : {}) },
      ...this.remedy.tried.map((variant, i) => ({
        label: variant.label,
        ...lineStyle(i),
        trials: diagnosis.trialsOf(variant.runs),
      })),
    ].filter(({ trials }) => trials.length);
  }

  render() {
    const { lab, remedy } = this;
    if (!lab || !remedy) return nothing;
    const recommended = this.diagnosis.report?.recommended === remedy.kind;
    const variants = remedy.tried;
    // What was not unstable cannot be stable again.
    const isQuiet = failsQuietly(this.diagnosis.report?.untreated ?? []);
    const told = variants.find(({ label, runs }) => label === remedy.label && runs.length);
    return html`
      <header>
        <h4>${remedyRow(remedy.kind).label}${isLastResort(remedy.kind) ? ', the last resort' : ''}</h4>
        <span class=${remedy.solved ? 'good' : remedy.cured ? 'amber' : 'bad'}>${remedy.solved ? 'solves it' : remedy.cured ? `${isQuiet ? 'learns' : 'stable'}, but no better` : 'does not solve it'}${recommended ? ', the one to begin with' : ''}</span>
      </header>
      <line-chart class="panel" heading="Training loss" note="smoothed; ● best checkpoint" group=${`diagnose-${remedy.kind}`} .source=${this.scene}></line-chart>
      <div class="table-scroll"><table class="variants">
        <thead><tr><th scope="col">Tried</th><th scope="col" class="figure">Best checkpoint</th><th scope="col" class="figure">Clipped</th><th scope="col">${isQuiet ? 'Learns' : 'Instability'}</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
        <tbody>
          <tr><th scope="row">${swatch({ color: 'faint' })} Untreated</th><td class="figure">${number(remedy.untreated_best)}</td><td></td><td class="bad">${isQuiet ? 'no' : 'there'}</td><td></td></tr>
          ${variants.map(
            (variant, i) => html`<tr>
              <th scope="row">${swatch(lineStyle(i))} ${variant.label}</th>
              <td class="figure ${variant.better ? 'good' : ''}">${number(variant.figures.loss)}</td>
              <td class="figure">${variant.clipped_fraction > 0 ? percent(variant.clipped_fraction) : nothing}</td>
              <td class=${variant.cured ? 'good' : 'bad'}>${isQuiet ? (variant.cured ? 'yes' : 'no') : variant.cured ? 'gone' : 'still there'}</td>
              <td class="actions"><button @click=${() => this.diagnosis.openInLive(variant.runs[0].settings)}>Open in Live</button></td>
            </tr>`,
          )}
        </tbody>
      </table></div>
      ${remedy.says.length ? html`<details><summary>In words</summary>${remedy.says.map((sentence) => html`<p>${explained(sentence)}</p>`)}${searchTable(remedy.search)}</details>` : nothing}
      ${told ? html`<as-code .config=${configFromSearch(told.runs[0].settings).config}></as-code>` : nothing}
    `;
  }
}

/**
 * Warmup's search: which lengths survive up to which rate.
 * @param {import('../../engine/study/procedure/warmup.js').WarmupSearch | undefined} search
 */
export function searchTable(search) {
  if (!search?.tried.length) return nothing;
  const lengths = [...new Set(search.tried.map((attempt) => attempt.warmup_steps))].sort((a, b) => a - b);
  const multiples = [...new Set(search.tried.map((attempt) => attempt.multiple))].sort((a, b) => b - a);
  return html`<div class="table-scroll"><table class="search">
    <caption>Ramp up to a multiple of the unstable rate ${number(search.lr_unstable)}, then hold for twice as long: does it blow up?</caption>
    <thead><tr><th scope="col">up to</th>${lengths.map((length) => html`<th scope="col" class="figure">${plural(length, 'step')}</th>`)}</tr></thead>
    <tbody>
      ${multiples.map(
        (multiple) => html`<tr>
          <th scope="row">${multiple} × = ${number(multiple * search.lr_unstable)}</th>
          ${lengths.map((length) => {
            const attempt = search.tried.find((one) => one.multiple === multiple && one.warmup_steps === length);
            return html`<td class="figure">${attempt ? (attempt.blew_up ? html`<span class="bad">✕</span>` : html`<span class="good">✓</span>`) : html`<span class="soft">·</span>`}
              ${attempt ? html`<small>${attempt.survived} of ${attempt.seeds}</small>` : nothing}</td>`;
          })}
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}

/** @param {Run} run */
function runState(run) {
  const fate = fateOf(run);
  const { short, tone } = FATES[fate];
  const [episode] = run.episodes;
  const at = fate === 'diverged' ? run.diverged_at : isInstability(run.verdict) && episode ? episode.begin : null;
  return html`<span class=${tone}>${fate === 'stable' ? verdictInWords(run.verdict) : short}${at === null || fate === 'unlearned' ? nothing : ` at ${count(at)}`}</span>`;
}

customElements.define('remedy-step', RemedyStep);
