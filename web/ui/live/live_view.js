/**
 * <live-view>: the instrument itself: loss, gradient norm, their histogram and the learning rate of the run in focus,
 * earlier runs faint behind it.
 */

import { html, nothing } from 'lit';
import { instabilityInWords, kindOfEpisode } from '../../engine/config/verdicts.js';
import { mergeBins, shareAbove } from '../../engine/run/norm_bars.js';
import { AGGRESSIVE_ADVICE, AGGRESSIVE_SHARE } from '../../engine/study/judge/playbook.js';
import { SCHEMA } from '../../generated/schema.js';
import { LabElement } from '../shared/lab_element.js';
import { edgeNote, sharpnessInWords, sharpnessLayersOf } from './edge.js';
import './rewind_bar.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';
import { settingInWords } from '../../engine/words/settings.js';
import { suggestedClip } from '../events/offers.js';

/** The curves that tell how well a run learns: each batch's, their mean, and the evaluations'. */
const LEARNING = /** @type {const} */ ({
  loss: { batch: 'loss', smoothed: 'smoothed_loss', validation: 'valLoss' },
  accuracy: { batch: 'accuracy', smoothed: 'smoothed_accuracy', validation: 'valAccuracy' },
});

/** Marks of live changes nearer than this share of the run are one mark. */
const CLUSTER = 0.035;

export class LiveView extends LabElement {
  static properties = { ...LabElement.properties, held: { state: true } };

  constructor() {
    super();
    /** @type {{ value: number } | null} λ while it is dragged */
    this.held = null;
    /** Whether the task has classes, and so an accuracy; until the first run is under way, as most do. */
    this.classifies = true;
    this.redraw = () => {
      for (const chart of this.querySelectorAll('line-chart, norm-histogram')) /** @type {any} */ (chart).invalidate();
    };
    // The charts keep these functions; what they describe is read when they draw.
    this.lossScene = () => this.scene('loss');
    this.accuracyScene = () => this.scene('accuracy');
    this.normScene = () => this.scene('norm');
    this.rateScene = () => this.scene('rate');
    this.sharpnessScene = () => this.scene('sharpness');
    this.histogram = () => this.histogramScene();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('lab') && this.lab) this.lab.addEventListener('rows', this.redraw);
    // A run that the worker has not laid out yet does not move the charts.
    const run = this.lab?.focus;
    if (run?.parameters) this.classifies = run.classes > 0;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.lab?.removeEventListener('rows', this.redraw);
  }

  updated() {
    this.redraw();
    this.showRewind();
  }

  /** The crosshair stands where the run would go back to. */
  showRewind() {
    const { rewinding } = this.lab;
    if (rewinding) /** @type {any} */ (this.querySelector('line-chart'))?.shared.pointAt(rewinding.step);
  }

  /** @param {CustomEvent} event */
  pick(event) {
    this.lab.rewindTo(event.detail.step);
  }

  /** The runs that the one in focus grew out of, with the step up to which each counts. @param {import('../state/run.js').Run} run */
  ancestors(run) {
    const found = [];
    let child = run;
    while (child.parentId !== null) {
      const parent = this.lab.runs.find((other) => other.id === child.parentId);
      if (!parent) break;
      found.push({ run: parent, until: child.startStep });
      child = parent;
    }
    return found;
  }

  /** @param {'loss' | 'accuracy' | 'norm' | 'rate' | 'sharpness'} which */
  scene(which) {
    const { lab } = this;
    const { focus: run } = lab;
    if (!run) return { layers: [], from: 0, to: 1000 };
    const from = 0;
    const behind = lab.overlays.map((other) => Math.min(other.step, run.totalSteps * 3 || other.step));
    // What diverged in its first steps is shown as large as it was short.
    const end = run.status === 'diverged' ? Math.min(run.totalSteps, Math.max(12, run.step * 1.5)) : run.totalSteps;
    const to = Math.max(end, 10, ...(run.status === 'diverged' ? [] : behind));
    const layers = {
      loss: () => this.learningLayers(run, 'loss'),
      accuracy: () => this.learningLayers(run, 'accuracy'),
      norm: () => this.normLayers(run),
      rate: () => this.rateLayers(run),
      sharpness: () => this.sharpnessLayers(run),
    }[which]();
    const config = run.inForce;
    /** @type {any[]} */
    const regions = [];
    if (config.warmup_steps > 0)
      regions.push({ from: 0, to: Number(config.warmup_steps), color: 'lr', label: which === 'rate' ? 'warmup' : '' });
    let labelled = Number.NEGATIVE_INFINITY;
    for (const episode of run.episodes) {
      const roomy = which === 'loss' && run.status !== 'diverged' && episode.begin - labelled > to * 0.25;
      if (roomy) labelled = episode.begin;
      regions.push({
        from: episode.begin,
        to: episode.recovered_at >= 0 ? episode.recovered_at : Math.max(run.step, episode.begin + to / 100),
        color: 'instability',
        label: roomy ? (kindOfEpisode(episode) === 'early' ? instabilityInWords('early') : 'unstable') : '',
      });
    }
    const marks = [];
    if (run.status === 'diverged' && (which === 'loss' || which === 'accuracy' || which === 'norm')) {
      const at = run.lastFinite;
      marks.push({
        x: at?.step ?? run.step,
        y: at ? at[which === 'norm' ? 'grad_norm' : which] : null,
        kind: /** @type {const} */ ('cross'),
        color: 'instability',
        label: which === 'loss' ? `diverged at ${count(run.summary?.diverged_at ?? run.step)}` : '',
      });
    }
    return {
      layers,
      from,
      to,
      regions,
      marks,
      verticals: this.changeLines(run, to, which),
      horizontals: which === 'norm' ? this.thresholdLines(run) : [],
      summary: this.summary(run, which),
    };
  }

  /**
   * λ in force, or the one just above the typical norm; and the one that is too aggressive, because it would clip half
   * of the steps: the playbook's Figure 9.
   * @param {import('../state/run.js').Run} run
   */
  thresholdLines(run) {
    const { inForce: config, summary, step } = run;
    if (config.clip === 'norm') {
      const threshold = Number(this.held?.value ?? config.clip_norm);
      return [{ y: threshold, label: `λ = ${number(threshold)}`, color: 'norm' }];
    }
    if (!summary || step < SCHEMA.definitions.adaptive_norms || !(summary.norm_suggested > 0)) return [];
    return [
      {
        y: summary.norm_suggested,
        label: `just above typical: ${number(summary.norm_suggested)}`,
        color: 'validation',
      },
      { y: summary.norm_p50, label: `too aggressive: ${number(summary.norm_p50)}`, color: 'instability', below: true },
    ];
  }

  /** Live changes and forks as vertical lines; near ones share a label. @param {import('../state/run.js').Run} run @param {number} to @param {string} which */
  changeLines(run, to, which) {
    const { lab } = this;
    /** @type {{ x: number, label: string, color: string, row: number }[]} */
    const lines = [];
    if (run.startStep > 0)
      lines.push({
        x: run.startStep,
        label: which === 'loss' ? `fork at ${run.startStep}` : '',
        color: 'soft',
        row: 0,
      });
    /** @type {Map<string, { step: number, value: any, field: string }[]>} */
    const clusters = new Map();
    for (const change of run.changes) {
      if (change.step > run.step) continue;
      const list = clusters.get(change.field) ?? [];
      const last = list[list.length - 1];
      if (last && change.step - last.step < to * CLUSTER) list[list.length - 1] = { ...change };
      else list.push({ ...change });
      clusters.set(change.field, list);
    }
    const changes = [...clusters.values()].flat().sort((a, b) => a.step - b.step);
    changes.forEach((change) => {
      if (change.step === run.startStep && run.startStep > 0 && which !== 'loss') return;
      const field = lab.field(change.field);
      const color = field.quantity ?? 'soft';
      const near = lines.filter((line) => Math.abs(line.x - change.step) < to * 0.16).length;
      const label = which === 'loss' ? settingInWords(change.field, change.value) : '';
      lines.push({ x: change.step, label, color, row: near });
    });
    return lines;
  }

  /** How an earlier run is drawn: faint and nameless, unless it stands out. @param {import('../state/run.js').Run} other @param {number} alpha @param {number} width */
  behind(other, alpha, width) {
    const strong = this.lab.standsOut(other);
    return {
      label: other === this.lab.baseline ? 'baseline' : other.name,
      color: other.color,
      alpha: strong ? 1 : alpha,
      width: strong ? 1.25 * width : width,
      legend: strong && 'last',
    };
  }

  /** Training and validation of every run in one figure. @param {import('../state/run.js').Run} run @param {keyof typeof LEARNING} which */
  learningLayers(run, which) {
    const { batch, smoothed, validation } = LEARNING[which];
    /** @type {any[]} */
    const layers = this.lab.overlays.flatMap((other) => {
      const context = other.status === 'diverged';
      return [
        { ...this.behind(other, 0.5, 1.5), series: other.series[smoothed], context },
        { ...this.behind(other, 0.5, 2.5), series: other[validation], context, kind: 'dots', legend: false },
      ];
    });
    for (const { run: parent, until } of this.ancestors(run)) {
      const before = { label: 'before', color: 'loss', until, legend: false };
      layers.push({ ...before, series: parent.series[batch], alpha: 0.18, width: 1 });
      layers.push({ ...before, series: parent.series[smoothed], alpha: 0.6, width: 2 });
    }
    layers.push({ label: 'batch', color: 'loss', series: run.series[batch], alpha: 0.3, width: 1, legend: false });
    layers.push({ label: 'training', color: 'loss', series: run.series[smoothed], width: 2 });
    if (run.valCount)
      layers.push({ label: 'validation', color: 'validation', series: run[validation], kind: 'dots', width: 3.5 });
    return layers;
  }

  /** @param {import('../state/run.js').Run} run */
  normLayers(run) {
    /** @type {any[]} */
    const layers = this.lab.overlays.slice(-2).map((other) => ({
      ...this.behind(other, 0.28, 1),
      series: other.series.grad_norm,
      context: other.status === 'diverged',
    }));
    for (const { run: parent, until } of this.ancestors(run)) {
      layers.push({
        label: 'before',
        color: 'norm',
        series: parent.series.grad_norm,
        until,
        alpha: 0.5,
        width: 1,
        legend: false,
      });
    }
    layers.push({ label: 'unclipped', color: 'norm', series: run.series.grad_norm, width: 1, alpha: 0.85 });
    if (run.inForce.clip === 'adaptive') {
      layers.push({
        label: 'λ',
        color: 'ink',
        series: run.series.clip_threshold,
        width: 1.2,
        alpha: 0.7,
        dash: [6, 4],
        quiet: true,
      });
    }
    if ((run.summary?.clipped_steps ?? 0) > 0) {
      layers.push({ label: 'clipped', color: 'norm', series: run.series.clip_scale, kind: 'ticks' });
    }
    return layers;
  }

  /** @param {import('../state/run.js').Run} run */
  rateLayers(run) {
    const { lab } = this;
    /** @type {any[]} */
    const layers = lab.overlays.map((other) => ({
      ...this.behind(other, 0.4, 1.2),
      series: other.series.lr,
      context: true,
    }));
    const { preview } = lab;
    if (preview && run === lab.liveRun && preview.totalSteps === run.totalSteps && !lab.pending.length) {
      layers.push({
        label: 'to come',
        color: 'lr',
        series: plannedSeries(preview, run.step),
        width: 1.2,
        alpha: 0.55,
        dash: [3, 4],
        legend: false,
      });
    }
    for (const { run: parent, until } of this.ancestors(run)) {
      layers.push({
        label: 'before',
        color: 'lr',
        series: parent.series.lr,
        until,
        alpha: 0.6,
        width: 2,
        legend: false,
      });
    }
    layers.push({ label: 'η', color: 'lr', series: run.series.lr, width: 2 });
    return layers;
  }

  /** @param {import('../state/run.js').Run} run */
  sharpnessLayers(run) {
    /** @type {any[]} */
    const layers = this.lab.overlays
      .filter((other) => other.sharpness.length > 0)
      .map((other) => ({ ...this.behind(other, 0.5, 1.2), series: other.sharpness, context: true }));
    return [...layers, ...sharpnessLayersOf(run, this.ancestors(run))];
  }

  /** @param {import('../state/run.js').Run} run @param {string} which */
  summary(run, which) {
    const { summary } = run;
    if (!summary) return 'No steps yet.';
    const at = `After ${count(run.step)} of ${count(run.totalSteps)} steps`;
    const ended = run.status === 'diverged' ? ` The run diverged at step ${summary.diverged_at}.` : '';
    if (which === 'loss')
      return `${at}: smoothed training loss ${number(summary.smoothed_loss)}, best validation loss ${number(run.best?.loss)}.${ended}`;
    if (which === 'accuracy')
      return `${at}: smoothed training accuracy ${percent(run.series.smoothed_accuracy.at(run.step - 1), 1)}, newest validation accuracy ${percent(run.valAccuracy.at(run.step), 1)}.${ended}`;
    if (which === 'norm')
      return `${at}: median ${number(summary.norm_p50)}, 90th percentile ${number(summary.norm_p90)}, largest ${number(summary.norm_max)}.${ended}`;
    if (which === 'sharpness' && run.sharpest) return `${at}: ${sharpnessInWords(run.sharpest)}.`;
    return `${at}: ${number(run.series.lr.at(run.step - 1))}.`;
  }

  // ---- clipping --------------------------------------------------------------------------------------------------

  histogramScene() {
    const { lab } = this;
    const { focus: run } = lab;
    const config = run === lab.active ? lab.draft : (run?.inForce ?? lab.draft);
    const suggested = run?.summary?.norm_suggested ?? Number.NaN;
    const grabbed = run === lab.active && (config.clip === 'norm' || config.clip === 'off');
    const threshold = config.clip === 'norm' ? Number(config.clip_norm) : suggested > 0 ? suggested : null;
    return {
      bars: run?.bins ? mergeBins(run.bins, lab.normEdges) : null,
      total: run?.step ?? 0,
      nonFinite: run?.series.grad_norm.nonFinite ?? 0,
      suggested,
      percentile: Number(run?.inForce.clip_percentile ?? 90),
      threshold: grabbed || config.clip === 'norm' ? threshold : null,
      active: config.clip === 'norm',
    };
  }

  /** @param {CustomEvent} event */
  moveThreshold(event) {
    const { value, final } = event.detail;
    this.held = final ? null : { value };
    if (final)
      this.lab.setFields(this.lab.draft.clip === 'norm' ? { clip_norm: value } : { clip: 'norm', clip_norm: value });
  }

  clipWords() {
    const { lab, held } = this;
    const run = lab.focus;
    const summary = run?.summary;
    if (!run || !summary || !run.step) return html`<p class="soft">No norms yet.</p>`;
    const config = run.inForce;
    const disguise = html` <b class="amber">${AGGRESSIVE_ADVICE}</b>`;
    const { draft } = lab;
    const proposed =
      run === lab.active &&
      !run.alive &&
      draft.clip === 'norm' &&
      !(config.clip === 'norm' && config.clip_norm === draft.clip_norm);
    if (held || proposed) {
      const threshold = held?.value ?? Number(draft.clip_norm);
      const would = run.bins ? shareAbove(run.bins, lab.normEdges, threshold) : 0;
      return html`<p>λ = ${number(threshold)} would have clipped <b>${percent(would, 0)}</b> of these steps.${would > AGGRESSIVE_SHARE ? disguise : nothing}</p>`;
    }
    const suggestion = suggestedClip(run);
    const share = summary.clipped_fraction;
    const clips = config.clip !== 'off';
    const atSuggestion = config.clip === 'norm' && Number(config.clip_norm) === suggestion;
    return html`<p>
        ${
          clips
            ? html`Clipped <b>${percent(share)}</b> of the updates.${share > AGGRESSIVE_SHARE ? disguise : nothing}`
            : html`Nothing is clipped. Median ${number(summary.norm_p50)}, largest ${number(summary.norm_max)}.`
        }
      </p>
      ${
        suggestion !== null && run === lab.active && !atSuggestion && config.clip !== 'adaptive'
          ? html`<button class="norm" @click=${() => lab.setFields({ clip: 'norm', clip_norm: suggestion })}>
            Clip at p${number(Number(config.clip_percentile))} = ${number(suggestion)}
          </button>`
          : nothing
      }
      ${clips && run === lab.active && run.alive ? html`<button @click=${() => lab.setField('clip', 'off')}>Stop clipping</button>` : nothing}`;
  }

  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const run = lab.focus;
    const behind = lab.overlays.length;
    const sharp = run && (Number(run.inForce.sharpness_every) > 0 || run.sharpness.length > 0);
    return html`
      <div
        class="charts of-${4 + Number(this.classifies) + Number(!!sharp)}"
        @pick=${this.pick}
        @dblclick=${() => lab.forgetRewind()}
      >
        <line-chart
          class="panel"
          heading="Loss"
          group="steps"
          .source=${this.lossScene}
          .note=${behind ? `${plural(behind, 'earlier run')} behind` : ''}
        ></line-chart>
        ${
          this.classifies
            ? html`<line-chart class="panel" heading="Accuracy" group="steps" share .source=${this.accuracyScene}></line-chart>`
            : nothing
        }
        <line-chart class="panel" heading="Gradient norm" group="steps" .source=${this.normScene}></line-chart>
        <section class="panel with-words">
          <norm-histogram
            heading="All gradient norms"
            .note=${run?.step ? `${plural(run.step, 'step')}, unclipped` : ''}
            .source=${this.histogram}
            @threshold=${this.moveThreshold}
          ></norm-histogram>
          <div class="words">${this.clipWords()}</div>
        </section>
        <line-chart class="panel" heading="Learning rate" group="steps" y="linear" zero .source=${this.rateScene}></line-chart>
        ${
          sharp
            ? html`<line-chart
              class="panel"
              heading="Sharpness"
              group="steps"
              .source=${this.sharpnessScene}
              .note=${edgeNote(run)}
            ></line-chart>`
            : nothing
        }
      </div>
      <rewind-bar .lab=${lab} @shown=${this.showRewind}></rewind-bar>
    `;
  }
}

/** The rates that the engine foretells, as a series from the present step on. @param {any} preview @param {number} step */
function plannedSeries(preview, step) {
  return {
    at: () => null,
    reduce: () => {
      const points = [];
      for (let i = 0; i < preview.rates.length; i++) {
        if (preview.steps[i] >= step - 1) points.push({ x: preview.steps[i], y: preview.rates[i] });
      }
      return { points, marks: [] };
    },
  };
}

customElements.define('live-view', LiveView);
