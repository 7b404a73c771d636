/** <sweep-trials>: the trainings behind one point of a sweep: their loss curves, how each went, and the way to Live. */

import { html, nothing } from 'lit';
import { sayInfeasible } from '../../engine/config/fate.js';
import { isInstability, verdictInWords } from '../../engine/config/verdicts.js';
import { count, number, percent } from '../../engine/words/numbers.js';
import { capitalize } from '../../engine/words/sentences.js';
import { explained } from '../glossary/explained_text.js';
import { trialsCeiling } from '../shared/ceilings.js';
import { LabElement } from '../shared/lab_element.js';
import { lastStep, seriesOf } from '../shared/trial_curves.js';
import { lossOf, pointsOf } from './sweep_points.js';

/** @typedef {import('../../engine/study/sweep.js').SweepTrial} SweepTrial */

export class SweepTrials extends LabElement {
  static properties = { ...LabElement.properties, sweep: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./sweep.js').Sweep} */
    this.sweep = /** @type {any} */ (null);
    this.scene = () => this.describe();
  }

  updated() {
    /** @type {any} */ (this.querySelector('line-chart'))?.invalidate();
  }

  /** The point that is looked at, and the trial of it: what was chosen, or the best. */
  get shown() {
    const { result, chosen, measure } = this.sweep;
    if (!result) return null;
    const points = pointsOf(result, measure);
    const key = chosen?.point ?? (result.leading ? JSON.stringify(result.leading.changes) : null);
    const point = points.find((other) => other.key === key);
    if (!point) return null;
    const seed = chosen?.seed ?? result.leading?.seed;
    const title = chosen
      ? 'Behind the point'
      : result.best
        ? 'Behind the best point'
        : 'Behind the lowest point so far';
    return { point, trial: point.trials.find((trial) => trial.seed === seed) ?? point.trials[0], title };
  }

  describe() {
    const { shown } = this;
    if (!shown) return { layers: [], from: 0, to: 100 };
    const { point, trial } = shown;
    const makePoints = () => this.lab.makePoints();
    const own = seriesOf(trial, makePoints);
    const others = point.trials
      .filter((other) => other !== trial)
      .map((other) => ({
        label: 'other seeds',
        color: 'loss',
        series: seriesOf(other, makePoints).smoothed,
        alpha: 0.35,
        width: 1.2,
        legend: false,
      }));
    const episodes = trial.episodes.map((episode) => ({
      from: episode.begin,
      to: episode.recovered_at ?? trial.steps,
      color: 'instability',
      label: '',
    }));
    const lost = trial.diverged ? trial.diverged_at : null;
    return {
      layers: [
        ...others,
        {
          label: 'batch',
          color: 'loss',
          series: own.loss,
          alpha: 0.3,
          width: 1,
          legend: false,
          context: lost !== null,
        },
        { label: 'training, smoothed', color: 'loss', series: own.smoothed, width: 2 },
        {
          label: 'validation',
          color: 'validation',
          series: own.valLoss,
          kind: /** @type {const} */ ('dots'),
          width: 3,
        },
      ],
      from: 0,
      to: Math.max(lastStep(point.trials), 10),
      regions: episodes,
      ceiling: trialsCeiling(point.trials),
      marks:
        lost === null
          ? []
          : [
              {
                x: lost,
                y: own.smoothed.at(lost - 1),
                kind: /** @type {const} */ ('cross'),
                color: 'instability',
                label: `diverged at ${count(lost)}`,
              },
            ],
      summary: this.sentence(trial),
    };
  }

  /** How a trial went. @param {SweepTrial} trial */
  sentence(trial) {
    if (trial.diverged) return `Diverged at step ${count(trial.diverged_at ?? trial.steps)}.`;
    const episode = trial.episodes.find((other) => other.kind === 'mid') ?? trial.episodes[0];
    const unstable = episode
      ? `Seed ${trial.seed}: ${verdictInWords(episode.kind)} instability from step ${count(episode.begin)} on, ${
          episode.recovered_at === null ? 'not recovered' : `recovered at ${count(episode.recovered_at)}`
        }. `
      : '';
    if (trial.infeasible)
      return `${unstable}${capitalize(sayInfeasible(trial))}: smoothed loss ${number(trial.train.loss)}, guessing gives ${number(trial.baseline_loss)}.`;
    const right = typeof trial.best?.accuracy === 'number' ? `, ${percent(trial.best.accuracy, 1)} right` : '';
    return `${unstable}Best ${lossOf(trial)} ${number(trial.best?.loss)}${right}, at step ${count(trial.best?.step ?? 0)}.`;
  }

  render() {
    const { lab } = this;
    if (!lab) return nothing;
    const { shown } = this;
    if (!shown) {
      return html`<h2>Behind a point</h2>
        <p class="soft">Choose a point to see the loss curves of its trainings, and to open one of them on the Live view.</p>`;
    }
    const { sweep } = this;
    const { point, trial, title } = shown;
    return html`
      <h2>${title}</h2>
      <p class="trial-name">${sweep.settingsInWords(point.changes)}</p>
      <line-chart class="panel" heading="Loss" group="sweep" .source=${this.scene}></line-chart>
      ${
        point.trials.length > 1
          ? html`<div class="segments by-seed" role="radiogroup" aria-label="Seed">
              ${point.trials.map(
                (other) => html`<label class="segment" title=${this.sentence(other)}>
                  <input
                    type="radio"
                    name="sweep-seed"
                    .checked=${other === trial}
                    @change=${() => sweep.choose(point.key, other.seed)}
                  /><span class=${other.infeasible ? 'bad' : ''}>seed ${other.seed}${other.infeasible ? ' ✕' : ''}</span></label
                >`,
              )}
            </div>`
          : nothing
      }
      <p class=${trial.infeasible || isInstability(trial.verdict) ? 'bad' : ''}>${explained(this.sentence(trial))}</p>
      <button class="primary wide" title="Starts it as a run: the same settings, the same bits" @click=${() => sweep.openInLive(trial)}>
        Open in Live
      </button>
    `;
  }
}

customElements.define('sweep-trials', SweepTrials);
