/**
 * <layer-strip>: the network in focus, from its input to its output, a box for each layer with weights: how full it is
 * shows the norm of its gradient, the bar beside that the size of its activations. Where a run blows up, the steps
 * around that are looked at one by one, and the strip shows in which layers the gradient grew first.
 */
import { html, nothing } from 'lit';
import { axisNumber, count, numberOrNaN, significant } from '../../engine/words/numbers.js';
import { openEpisode } from '../events/learning.js';
import { beginOfEpisode } from '../events/live_cause.js';
import { LabElement } from '../shared/lab_element.js';
import { activationFill, gradientFill, growthOf, layersOf, ranksOf } from './layers.js';

/** How often the network is measured while it trains, in milliseconds, and at least so many steps apart: a measurement
 * takes about as long as a step of as many samples. */
const MEASURE_EVERY = { ms: 160, steps: 30, samples: 64 };

/** Steps that are looked at where it begins to blow up. */
const STEPS_OF_GROWTH = 12;

/** More layers than these have no room for their names. */
const NAMED = 9;

/** @typedef {import('../state/run.js').Run} Run */

export class LayerStrip extends LabElement {
  static properties = { ...LabElement.properties, now: { state: true }, growth: { state: true } };

  constructor() {
    super();
    /** As they were measured last. @type {import('./layers.js').Sizes | null} */
    this.now = null;
    /** As the gradient began to grow beyond all. @type {import('./layers.js').Growth | null} */
    this.growth = null;
    /** The steps that were looked at for it. */
    this.visited = '';
    /** The page's number of the run that all this is of. */
    this.runId = -1;
    this.askedAt = Number.NEGATIVE_INFINITY;
    this.asking = false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const run = this.lab?.focus;
    if (!run) return;
    if (run.id !== this.runId) this.now = null;
    if (run.id !== this.runId || breachOf(run) === null) {
      this.growth = null;
      this.visited = '';
    }
    this.runId = run.id;
  }

  updated() {
    this.askSoon();
  }

  /** Measures again where the run has moved on. */
  askSoon() {
    const run = this.lab?.focus;
    if (!run?.handle || !run.parameters || this.asking || this.lab.view !== 'live') return;
    const past = this.growth ? [] : stepsOfGrowth(run);
    const isVisited = past.length < 2 || this.visited === String(past);
    if (isVisited && run.step === this.now?.step) return;
    clearTimeout(this.timer);
    const wait = this.askedAt + restOf(run) - performance.now();
    if (wait > 0) this.timer = setTimeout(() => this.askSoon(), wait);
    else this.ask(run, isVisited ? null : past);
  }

  /** @param {Run} run @param {number[] | null} steps  of the past; null: now */
  async ask(run, steps) {
    this.asking = true;
    this.askedAt = performance.now();
    if (steps) this.visited = String(steps);
    try {
      const { sizes } = await /** @type {NonNullable<Run['handle']>} */ (run.handle).ask('sizeUnits', { steps });
      const seen = sizes.map(({ step, units }) => ({ step, layers: layersOf(units) }));
      if (this.runId !== run.id) return;
      if (steps) this.growth = seen.length ? growthOf(seen) : null;
      else this.now = seen[0] ?? this.now;
    } catch {
      // The run was given up in the meantime; the next one will be asked.
    } finally {
      this.asking = false;
      this.askSoon();
    }
  }

  /** @param {import('./layers.js').Layer} layer @param {number} i @param {('most' | 'grown' | '')[]} ranks */
  box(layer, i, ranks) {
    const { growth } = this;
    const rank = ranks[i] ?? '';
    const isNone = Number.isNaN(growth?.layers[i].gradient);
    const factor = growth && rank ? (isNone ? 'NaN' : `× ${axisNumber(significant(growth.factors[i], 2))}`) : '';
    const since = factor && growth && !isNone ? `, ${factor} what it was at step ${count(growth.since)}` : '';
    const said = `${layer.name}: gradient norm ${numberOrNaN(layer.gradient)}${since}; activations ${numberOrNaN(layer.activation)}`;
    return html`<li class=${`layer ${rank}`} title=${said}>
      <span class="gauges" role="img" aria-label=${said}>
        <span class="gradient" style=${`--fill:${gradientFill(layer).toFixed(3)}`}></span>
        <span class="activation" style=${`--fill:${activationFill(layer).toFixed(3)}`}></span>
      </span>
      ${this.isNamed ? html`<span class="name" aria-hidden="true"><span>${layer.name}</span> ${factor ? html`<b>${factor}</b>` : nothing}</span>` : nothing}
    </li>`;
  }

  /** What is shown: as it is now, or of a run that is over for good, as it began to break. */
  get shown() {
    const { growth, now } = this;
    return growth && this.lab.focus?.status === 'diverged' ? growth : now;
  }

  get isNamed() {
    return (this.shown?.layers.length ?? 0) <= NAMED;
  }

  /** What the boxes show, and of which step. */
  legend() {
    const { growth, shown } = this;
    const where = growth && !this.isNamed ? ` in layer ${ranksOf(growth).indexOf('most') + 1}` : '';
    const when = growth ? `grown at step ${count(growth.step)}${where}` : `step ${count(shown?.step)}`;
    return html`<p class="key">
      <span class="gradient" title="How full: the norm of the loss gradient of the layer’s weights, on a logarithmic scale from 0.001 to 100">gradient</span>
      <span class="activation" title="The bar beside it: the root mean square of what leaves the layer, from 0.01 to 100">activations</span>
      <small class=${growth ? 'bad' : ''}>${when}</small>
    </p>`;
  }

  render() {
    const { shown, growth } = this;
    if (!this.lab) return nothing;
    if (!shown) return html`<p class="soft">The layers of the network will stand here.</p>`;
    const ranks = growth ? ranksOf(growth) : [];
    return html`<ol aria-label="The network’s layers: how large gradients and activations are">
        ${shown.layers.map((layer, i) => this.box(layer, i, ranks))}
      </ol>
      ${this.legend()}`;
  }
}

/** The least time between two measurements, in milliseconds. @param {Run} run */
function restOf({ stepMs, trainCount, inForce }) {
  const batch = Number(inForce.batch) || trainCount;
  return Math.max(MEASURE_EVERY.ms, MEASURE_EVERY.steps * stepMs * Math.max(1, MEASURE_EVERY.samples / batch));
}

/** The last step before a run broke; null where it is well. @param {Run} run */
function breachOf(run) {
  const open = openEpisode(run);
  if (open) return beginOfEpisode(run, open);
  return run.status === 'diverged' ? Math.max(0, (run.summary?.diverged_at ?? 0) - STEPS_OF_GROWTH / 2) : null;
}

/** The steps at which it begins to blow up, as far as they are taken; none where it is well. @param {Run} run */
function stepsOfGrowth(run) {
  const from = breachOf(run);
  if (from === null) return [];
  const to = Math.min(run.step, from + STEPS_OF_GROWTH);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

customElements.define('layer-strip', LayerStrip);
