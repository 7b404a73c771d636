/** A chart over steps, as an element: of the Live view, and on the projector. */
import { html } from 'lit';
import { explained } from '../glossary/explained_text.js';

/**
 * @param {import('./charts.js').StepChart} chart
 * @param {{ view: import('./charts.js').View, style?: string, source?: () => import('../../charts/line/scene.js').Scene }} place
 */
export function stepChart({ id, heading, scale, note, tools }, { view, style = '', source }) {
  return html`<line-chart
    class="panel"
    data-chart=${id}
    style=${style}
    heading=${heading}
    group="steps"
    y=${scale === 'log' ? 'log' : 'linear'}
    ?zero=${scale === 'linear'}
    ?share=${scale === 'share'}
    .source=${source}
    .explain=${explained}
    .note=${note?.(view) ?? ''}
    .tools=${tools?.(view)}
  ></line-chart>`;
}
