/**
 * <schedule-preview>: the learning rate over the whole run, as the engine computes it for these settings, with its axes;
 * the rate's is linear or logarithmic.
 */
import { html, nothing, svg } from 'lit';
import { axisNumber, count, number } from '../../engine/words/numbers.js';
import { LabElement } from '../shared/lab_element.js';
import { rateTicks } from '../shared/rate_ticks.js';

const WIDTH = 256;
const HEIGHT = 72;

/** Room above and below the curve. */
const AIR = 4;

export class SchedulePreview extends LabElement {
  static properties = { ...LabElement.properties, isLog: { state: true } };

  constructor() {
    super();
    this.isLog = false;
  }

  /** Where a rate lies, from the top. @param {number} rate @param {{ low: number, high: number }} ends */
  place(rate, { low, high }) {
    const share = this.isLog ? Math.log(Math.max(rate, low) / low) / Math.log(high / low) : high > 0 ? rate / high : 0;
    return HEIGHT - AIR - share * (HEIGHT - 2 * AIR);
  }

  render() {
    const preview = this.lab?.draft.preview;
    if (!preview?.rates.length) return nothing;
    const { rates, steps, totalSteps } = preview;
    let high = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const rate of rates) {
      if (rate > high) high = rate;
      if (rate > 0 && rate < least) least = rate;
    }
    // A rate that stays the same stands in the middle of its decade.
    const isFlat = !(least < high * 0.999);
    const ends = isFlat && this.isLog ? { low: high / 3, high: high * 3 } : { low: least, high };
    const last = steps[steps.length - 1] || 1;
    let path = '';
    for (let i = 0; i < rates.length; i++) {
      const x = (steps[i] / last) * WIDTH;
      path += `${i ? 'L' : 'M'}${x.toFixed(1)} ${this.place(rates[i], ends).toFixed(1)}`;
    }
    const { active } = this.lab;
    const here = active?.alive && active.totalSteps === totalSteps ? (active.step / last) * WIDTH : null;
    const ticks = isFlat && this.isLog ? [high] : rateTicks(ends.low, high, this.isLog);
    return html`<figure class="schedule">
      <div class="schedule-head">
        <span>Learning rate by step</span>
        <button class="quiet" aria-pressed=${this.isLog} title="Logarithmic or linear rate" @click=${() => {
          this.isLog = !this.isLog;
        }}>log</button>
      </div>
      <div class="schedule-plot">
        <div class="schedule-rates" aria-hidden="true">
          ${ticks.map((rate) => html`<span style=${`top:${((100 * this.place(rate, ends)) / HEIGHT).toFixed(1)}%`}>${axisNumber(rate)}</span>`)}
        </div>
        <svg
          viewBox="0 0 ${WIDTH} ${HEIGHT}"
          preserveAspectRatio="none"
          role="img"
          aria-label=${`Learning rate over ${count(totalSteps)} steps: starts at ${number(rates[0])}, highest ${number(high)}, ends at ${number(rates[rates.length - 1])}`}
        >
          ${ticks.map((rate) => svg`<line class="tick" x1="0" x2=${WIDTH} y1=${this.place(rate, ends)} y2=${this.place(rate, ends)} vector-effect="non-scaling-stroke" />`)}
          ${svg`<path class="area" d="${path}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z" /><path class="curve" d="${path}" vector-effect="non-scaling-stroke" />`}
          ${here === null ? nothing : svg`<line class="here" x1=${here} x2=${here} y1="0" y2=${HEIGHT} vector-effect="non-scaling-stroke" />`}
        </svg>
        <div class="schedule-steps" aria-hidden="true">
          <span>0</span><span>${count(Math.round(totalSteps / 2))}</span><span>${count(totalSteps)} steps</span>
        </div>
      </div>
    </figure>`;
  }
}

customElements.define('schedule-preview', SchedulePreview);
