/** <schedule-preview>: the learning rate over the whole run, as the engine computes it for these settings. */
import { html, nothing, svg } from 'lit';
import { count, number } from '../../engine/words/numbers.js';
import { LabElement } from '../shared/lab_element.js';

const WIDTH = 256;
const HEIGHT = 46;

export class SchedulePreview extends LabElement {
  render() {
    const preview = this.lab?.draft.preview;
    if (!preview?.rates.length) return nothing;
    const { rates, steps, totalSteps } = preview;
    let high = 0;
    for (const rate of rates) if (rate > high) high = rate;
    const last = steps[steps.length - 1] || 1;
    let path = '';
    for (let i = 0; i < rates.length; i++) {
      const x = (steps[i] / last) * WIDTH;
      const y = HEIGHT - 2 - (high > 0 ? rates[i] / high : 0) * (HEIGHT - 6);
      path += `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    const { active } = this.lab;
    const here = active?.alive && active.totalSteps === totalSteps ? (active.step / last) * WIDTH : null;
    return html`<figure class="schedule">
      <svg
        viewBox="0 0 ${WIDTH} ${HEIGHT}"
        preserveAspectRatio="none"
        role="img"
        aria-label=${`Learning rate over ${count(totalSteps)} steps: starts at ${number(rates[0])}, highest ${number(high)}, ends at ${number(rates[rates.length - 1])}`}
      >
        ${svg`<path class="area" d="${path}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z" /><path class="curve" d="${path}" vector-effect="non-scaling-stroke" />`}
        ${here === null ? nothing : svg`<line class="here" x1=${here} x2=${here} y1="0" y2=${HEIGHT} vector-effect="non-scaling-stroke" />`}
      </svg>
      <figcaption>
        <span>${number(rates[0])}</span><span>${count(totalSteps)} steps</span><span>${number(rates[rates.length - 1])}</span>
      </figcaption>
    </figure>`;
  }
}

customElements.define('schedule-preview', SchedulePreview);
