/**
 * <layer-strip>: the network in focus, from its input to its output, a box for each layer with weights: how full it is
 * shows the norm of its gradient, the bar beside that the size of its activations. Where it blows up is seen.
 */
import { html, nothing } from 'lit';
import { count, number } from '../../engine/words/numbers.js';
import { troubleInWords } from '../events/learning.js';
import { LabElement } from '../shared/lab_element.js';
import { activationFill, gradientFill, LayerPast, layersOf } from './layers.js';

/** How often the network is measured while it trains, in milliseconds. */
const MEASURE_EVERY_MS = 160;

/** More layers than these have no room for their names. */
const NAMED = 9;

/** @typedef {import('../state/run.js').Run} Run */

export class LayerStrip extends LabElement {
  static properties = { ...LabElement.properties, layers: { state: true } };

  constructor() {
    super();
    /** @type {import('./layers.js').Layer[]} */
    this.layers = [];
    this.past = new LayerPast();
    /** The page's number of the run that they are of. */
    this.runId = -1;
    /** The step of the last measurement; -1 before the first. */
    this.step = -1;
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
    if (!run || run.id === this.runId) return;
    this.runId = run.id;
    this.layers = [];
    this.past = new LayerPast();
    this.step = -1;
  }

  updated() {
    this.askSoon();
  }

  /** Measures again where the run has moved on. */
  askSoon() {
    const run = this.lab?.focus;
    if (!run?.handle || !run.parameters || this.asking || run.step === this.step || this.lab.view !== 'live') return;
    clearTimeout(this.timer);
    const wait = this.askedAt + MEASURE_EVERY_MS - performance.now();
    if (wait > 0) this.timer = setTimeout(() => this.askSoon(), wait);
    else this.ask(run);
  }

  /** @param {Run} run */
  async ask(run) {
    this.asking = true;
    this.askedAt = performance.now();
    try {
      const { step, units } = await /** @type {NonNullable<Run['handle']>} */ (run.handle).ask('sizeUnits', {});
      if (units && this.runId === run.id) {
        this.step = step;
        this.layers = layersOf(units);
        this.past.add(this.layers, step, troubleInWords(run) !== '' || run.status === 'diverged');
      }
    } catch {
      // The run was given up in the meantime; the next one will be asked.
    }
    this.asking = false;
    this.askSoon();
  }

  /** @param {import('./layers.js').Layer} layer @param {number} i */
  box(layer, i) {
    const grown = this.past.grown[i] ?? null;
    const isNamed = this.layers.length <= NAMED;
    const factor = grown && (Number.isFinite(grown.factor) ? `× ${number(grown.factor, { digits: 2 })}` : '× ∞');
    const beyond = grown ? `; it was ${factor} its median at step ${count(grown.step)}` : '';
    const said = `${layer.name}: gradient norm ${number(layer.gradient)}${beyond}, activations ${number(layer.activation)}`;
    return html`<li class=${grown ? 'layer grown' : 'layer'} title=${said}>
      <span class="gauges" role="img" aria-label=${said}>
        <span class="gradient" style=${`--fill:${gradientFill(layer).toFixed(3)}`}></span>
        <span class="activation" style=${`--fill:${activationFill(layer).toFixed(3)}`}></span>
      </span>
      ${isNamed || factor ? html`<span class="name">${isNamed ? layer.name : nothing} ${factor ? html`<b>${factor}</b>` : nothing}</span>` : nothing}
    </li>`;
  }

  render() {
    const { layers } = this;
    if (!this.lab) return nothing;
    return html`<ol aria-label="The network's layers: how large gradients and activations are">
        ${layers.map((layer, i) => this.box(layer, i))}
      </ol>
      <p class="key" aria-hidden="true"><span class="gradient">gradient</span> <span class="activation">activations</span></p>`;
  }
}

customElements.define('layer-strip', LayerStrip);
