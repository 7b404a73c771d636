/**
 * <sweep-view>: one or two settings over a grid, every point trained with several seeds: the playbook's axis plot, a
 * map of both, and the loss curves behind each point.
 */

import { html, nothing } from 'lit';
import { count, duration, number } from '../../engine/words/numbers.js';
import { sayLrSensitivity } from '../../engine/words/sensitivity.js';
import { medianOver, plural } from '../../engine/words/sentences.js';
import { sayUnstableAt, sayUnstableFrom } from '../../engine/words/unstable_rates.js';
import { explained } from '../glossary/explained_text.js';
import { LabElement } from '../shared/lab_element.js';
import { saveBar } from '../shared/save_bar.js';
import { glimpse } from './sweep_glimpse.js';
import './sweep_options.js';
import { narrowed, parallelScene, sayNarrowed, trialKey } from './sweep_parallel.js';
import { plotScene, tileScene } from './sweep_scenes.js';
import './sweep_trials.js';
import { saveSweepCsv, saveSweepJson } from './sweep_export.js';
import { labelOf, lossOf, MEASURES, OUTCOMES, pointKey, pointsOf } from './sweep_points.js';

/** How long the page may still move after a tile was pressed, in milliseconds. */
const SETTLING_MS = 500;

export class SweepView extends LabElement {
  static properties = { ...LabElement.properties, sweep: { attribute: false }, peeked: { state: true } };

  constructor() {
    super();
    /** @type {import('./sweep.js').Sweep} */
    this.sweep = /** @type {any} */ (null);
    this.scene = () => plotScene(this.lab, this.sweep);
    /** What is pointed at, and where it is. @type {{ key: string, box: DOMRect } | null} */
    this.peeked = null;
    this.peekedAt = 0;
    this.onElsewhere = (/** @type {Event} */ event) => {
      // What a press brings about may move the page a little.
      const isStill = event.type === 'scroll' && performance.now() - this.peekedAt < SETTLING_MS;
      if (!isStill && !(/** @type {Element} */ (event.target).closest?.('tile-map'))) this.peeked = null;
    };
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('pointerdown', this.onElsewhere);
    window.addEventListener('scroll', this.onElsewhere, true);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('pointerdown', this.onElsewhere);
    window.removeEventListener('scroll', this.onElsewhere, true);
  }

  updated() {
    /** @type {any} */ (this.querySelector('axis-plot'))?.invalidate();
  }

  /** @param {CustomEvent} event */
  peek(event) {
    this.peeked = event.detail;
    this.peekedAt = performance.now();
  }

  /** The curves of the seeds of the tile that is pointed at. */
  glimpse() {
    const { sweep, peeked } = this;
    const { result } = sweep;
    if (!peeked || !result || this.lab.view !== 'sweep') return nothing;
    const { key, box } = peeked;
    const point = pointsOf(result, sweep.measure).find((other) => other.key === key);
    if (!point?.trials.some(({ curve }) => curve)) return nothing;
    return glimpse({ trials: point.trials, all: result.trials, title: sweep.settingsInWords(point.changes), box });
  }

  /** @param {CustomEvent} event */
  choose(event) {
    const { sweep } = this;
    const { key } = event.detail;
    const trial = sweep.result?.trials.find((other) => trialKey(other) === key);
    if (trial) sweep.choose(pointKey(trial.changes), trial.seed);
    const point = sweep.result && pointsOf(sweep.result, sweep.measure).find((other) => other.key === key);
    if (point) sweep.choose(key, middleSeed(point));
  }

  progress() {
    const { sweep } = this;
    const { done, all, share, left } = sweep.progress;
    return html`<p class="sweep-progress">
      <progress max="1" .value=${share} aria-label="Sweep"></progress>
      ${count(done)} of ${plural(all, 'training')}${Number.isFinite(left) ? html` · ${duration(left)} left` : nothing}
    </p>`;
  }

  /** What the sweep says, in sentences. */
  findings() {
    const { sweep } = this;
    const { result } = sweep;
    if (sweep.problem) return html`<p class="bad" role="alert">${sweep.problem}</p>`;
    if (!result) {
      return html`<p class="soft">${explained('The tuning playbook’s first question: which learning rate is best, and does it lie at the edge of what trains at all? Every point is a whole training. They run beside the live one.')}</p>`;
    }
    const running = sweep.running ? this.progress() : nothing;
    if (!result.trials.length) return running;
    const { summary, complete } = result;
    const stopped = !complete && !sweep.running;
    return html`${running}
      ${stopped ? html`<p class="soft">Stopped after ${count(result.trials.length)} of ${plural(sweep.plan?.trials.length ?? 0, 'training')}. Run it again to go on: what is finished is kept.</p>` : nothing}
      ${this.bestSentence(result)}
      ${summary?.rows.length === 1 ? this.rateSentence(summary) : nothing}
      ${summary?.rows.length === 1 && summary.lr_sensitivity !== null ? html`<p class="soft">${explained(sayLrSensitivity(summary.lr_sensitivity))}</p>` : nothing}
      ${summary && summary.rows.length > 1 ? html`<ul class="rate-rows">${summary.rows.map((row) => this.rateRow(row))}</ul>` : nothing}
      ${result.notes.map((note) => html`<p class="soft">${explained(note)}</p>`)}`;
  }

  /** Which settings are best; the parallel axes say so of single seeds themselves. @param {NonNullable<import('./sweep.js').Sweep['result']>} result */
  bestSentence({ best, leading, complete, trials, seeds }) {
    const { sweep } = this;
    const loss = `best ${lossOf(trials[0])}`;
    if (best) {
      if (sweep.shows === 'parallel' && seeds === 1) return nothing;
      return html`<p><b class="star">★</b> Best: <b>${sweep.settingsInWords(best.changes)}</b>, with a ${loss} of <b>${number(best.median)}</b>${seeds > 1 ? `, ${medianOver(seeds)}` : ''}.</p>`;
    }
    if (leading)
      return html`<p>Lowest so far: <b>${sweep.settingsInWords(leading.changes)}</b>, with a ${loss} of <b>${number(leading.median)}</b>. Which is the best, and where training becomes unstable, is known when all trainings are finished.</p>`;
    return html`<p>${complete ? 'Nothing here trains.' : 'Nothing has trained yet.'}</p>`;
  }

  /** @param {import('../../engine/study/judge/judge.js').RateFigures} rates */
  rateSentence(rates) {
    const { lr_best } = rates;
    if (lr_best === null) return nothing;
    const own = this.sayUnstableBest(lr_best);
    return html`${this.edgeSentence(rates)}${own === '' ? nothing : html`<p class="soft">${explained(own)}</p>`}`;
  }

  /** That some seeds are unstable at lr* itself. @param {number} lr_best */
  sayUnstableBest(lr_best) {
    const point = this.sweep.result?.points.find(({ changes }) => Number(changes.lr) === lr_best);
    return point ? sayUnstableAt(lr_best, point) : '';
  }

  /** @param {import('../../engine/study/judge/judge.js').RateFigures} figures */
  edgeSentence({ lr_best, lr_unstable, at_edge }) {
    if (lr_best === this.highest)
      return html`<p class="soft">No rate above it was tried: a higher “To” would show whether one is better, and where training breaks.</p>`;
    if (lr_unstable === null)
      return html`<p class="soft">No rate above it is unstable: a higher “To” would show where training breaks.</p>`;
    if (at_edge)
      return html`<p class="amber"><b>${explained('At the edge.')}</b> ${explained(`Above the best rate, training is unstable at rates from η ${number(lr_unstable)} on, within two grid points: it is limited by stability. Warmup may let a higher rate train.`)}</p>`;
    return html`<p class="soft">${explained(`Training is unstable at rates from η ${number(lr_unstable)} on, well above the best rate: stability does not limit it.`)}</p>`;
  }

  /** The highest rate of the grid. */
  get highest() {
    return Math.max(...(this.sweep.result?.over.find(({ field }) => field === 'lr')?.values ?? []).map(Number));
  }

  /** @param {import('../../engine/study/sweep.js').RateRow} row */
  rateRow(row) {
    const { sweep } = this;
    const open = row.lr_best === this.highest ? ', the highest tried' : ', stable up to the highest tried';
    const isStable = row.lr_unstable === null && row.lr_first_unstable === null;
    const unstable = isStable ? open : `, unstable at rates from ${sayUnstableFrom(row)}`;
    return html`<li>
      <b>${sweep.settingsInWords(row.changes)}</b>
      ${row.lr_best === null ? 'nothing trains' : html`${explained('lr*')} ${number(row.lr_best)}, best loss ${number(row.best_loss)}${unstable}${row.at_edge ? html`, <b class="amber">${explained('at the edge')}</b>` : nothing}${row.lr_sensitivity === null ? nothing : html`, ${explained('LR sensitivity')} ${number(row.lr_sensitivity)}`}`}
    </li>`;
  }

  /** What the marks mean. */
  legend() {
    return html`<ul class="outcomes" aria-label="Legend">
      ${Object.entries(OUTCOMES).map(([outcome, words]) => html`<li><i class=${`square ${outcome}`}></i>${explained(words)}</li>`)}
      <li><i class="frontier"></i>${explained('frontier')}</li>
    </ul>`;
  }

  tools() {
    const { sweep } = this;
    const { result } = sweep;
    if (!result?.trials.length) return nothing;
    const rate = result.summary?.lr_best ?? null;
    const measures = MEASURES.filter(({ of }) =>
      result.trials.some((trial) => Number.isFinite(of(trial) ?? Number.NaN)),
    );
    const isParallel = sweep.shows === 'parallel';
    return html`<div class="sweep-tools">
      <button
        aria-pressed=${isParallel}
        title="A line for each training, across an axis for everything that was set and that came of it"
        @click=${() => sweep.set({ shows: isParallel ? 'plot' : 'parallel' })}
      >Parallel axes</button>
      <label class="pick" ?hidden=${isParallel}>
        <span class="visually-hidden">What is plotted</span>
        <select
          aria-label="What is plotted"
          @change=${(/** @type {Event} */ event) => sweep.set({ measure: /** @type {any} */ (/** @type {HTMLSelectElement} */ (event.target).value) })}
        >
          ${measures.map(({ id }) => html`<option value=${id} ?selected=${id === sweep.measure}>${labelOf(id, result.trials)}</option>`)}
        </select>
      </label>
      <span class="grow"></span>
      ${
        rate !== null && !sweep.running && result.summary?.rows.length === 1
          ? html`<button @click=${() => this.lab.draft.useRate(rate)}>Use lr* ${number(rate)} in Live</button>`
          : nothing
      }
      ${saveBar({ csv: () => saveSweepCsv(result), json: () => saveSweepJson(result) })}
    </div>`;
  }

  plots() {
    const { lab, sweep } = this;
    const map = tileScene(lab, sweep);
    return html`<axis-plot
        class=${map ? 'panel' : 'panel tall'}
        heading=${labelOf(sweep.measure, sweep.result?.trials ?? [])}
        y=${sweep.measure === 'error' ? 'linear' : 'log'}
        .source=${this.scene}
        @choose=${this.choose}
      ></axis-plot>
      ${map ? html`<tile-map class="panel" heading="Outcome" .scene=${map} @choose=${this.choose} @peek=${this.peek}></tile-map>${this.legend()}` : nothing}`;
  }

  /** All trainings across an axis for everything; null where they are not asked for, or there are none. */
  parallel() {
    const { lab, sweep } = this;
    const scene = sweep.shows === 'parallel' ? parallelScene(lab, sweep) : null;
    if (!scene) return null;
    import('../../page_parallel.js');
    const found = narrowed(lab, sweep);
    const { best } = found;
    return html`<parallel-axes
        class="panel tall"
        heading="Every training"
        .scene=${scene}
        @choose=${this.choose}
        @brush=${(/** @type {CustomEvent} */ event) => sweep.narrow(event.detail.name, event.detail.range)}
      ></parallel-axes>
      <p class="narrowed" role="status">
        <span>${sayNarrowed(sweep, found)}</span>
        ${best ? html`<button class="link" @click=${() => sweep.choose(pointKey(best.changes), best.seed)}>See it</button>` : nothing}
        ${sweep.ranges.size ? html`<button class="link" @click=${() => sweep.widen()}>All again</button>` : nothing}
        <span class="soft">Drag along an axis, or move its ends with the arrow keys, to narrow it.</span>
      </p>`;
  }

  render() {
    const { lab, sweep } = this;
    if (!lab) return nothing;
    return html`
      <sweep-options class="study-options" .lab=${lab} .sweep=${sweep}></sweep-options>
      <div class="sweep-middle">
        ${this.parallel() ?? this.plots()}
        ${this.tools()}
        <div class="sweep-findings" role="status">${this.findings()}</div>
      </div>
      <sweep-trials class="study-side" .lab=${lab} .sweep=${sweep}></sweep-trials>
      ${this.glimpse()}
    `;
  }
}

/** The seed whose best loss is the middle one: the point's own. @param {import('./sweep_points.js').SweepPoint} point */
function middleSeed({ trials }) {
  const sorted = [...trials].sort(
    (a, b) => (a.best?.loss ?? Number.POSITIVE_INFINITY) - (b.best?.loss ?? Number.POSITIVE_INFINITY),
  );
  return sorted[(sorted.length - 1) >> 1].seed;
}

customElements.define('sweep-view', SweepView);
