/**
 * What a chart says in words: the names of its curves, and their values at the step that is pointed at.
 *
 * @typedef {{ label: string, color: string, kind: string }} Entry  a curve's name, as the legend draws it
 * @typedef {{ place: string, values: (Entry & { value: string })[] }} Readout
 */
import { html, nothing } from 'lit';
import { namedLayers, shownLayers } from './legend.js';

/** Strokes no longer than this are dots to the eye. */
const DOT = 2;

/** @param {import('./scene.js').Layer} layer @returns {Entry} */
function entryOf({ label, color, kind, dash }) {
  return { label, color, kind: kind ?? (!dash ? 'line' : dash[0] > DOT ? 'dashed' : 'dotted') };
}

/** The names in the legend, in their order. @param {import('./scene.js').Scene} scene */
export function legendOf(scene) {
  return namedLayers(scene).map(entryOf);
}

/**
 * What the curves that are shown say of a step; ticks say nothing, a band both its edges.
 *
 * @param {import('./scene.js').Scene} scene
 * @param {Set<string>} off  labels that were switched off
 * @param {number} step
 * @param {(value: number) => string} sayValue
 */
export function valuesAt(scene, off, step, sayValue) {
  return namedLayers({ layers: shownLayers(scene, off) })
    .filter((layer) => layer.series && layer.kind !== 'ticks')
    .map((layer) => ({
      ...entryOf(layer),
      values: (layer.floor ? [layer.floor, layer.series] : [layer.series]).map((series) => series?.at(step)),
    }))
    .filter(({ values }) => values.every((value) => value !== null && value !== undefined))
    .map(({ values, ...entry }) => ({
      ...entry,
      value: values.map((value) => sayValue(Number(value))).join(' … '),
    }));
}

/**
 * The legend, whose names switch their curves on and off; what is read off lies over it.
 *
 * @param {object} chart
 * @param {Entry[]} chart.legend
 * @param {Set<string>} chart.off
 * @param {string} chart.note
 * @param {Readout | null} chart.readout
 * @param {(label: string) => void} toggle
 */
export function legendTemplate({ legend, off, note, readout }, toggle) {
  return html`<div class="legend">
    <div class="keys" ?inert=${!!readout}>
      ${legend.map((entry) => switchTemplate(entry, off.has(entry.label), toggle))}${note ? html`<span class="note">${note}</span>` : nothing}
    </div>
    ${
      readout
        ? html`<div class="reading">
            <span class="readout">${readout.place}</span>${readout.values.map(
              (entry) => html`<span
                class="key ${entry.kind}"
                style="--key:var(--${entry.color}, ${entry.color})"
                title=${entry.label}
                ><span class="visually-hidden">${entry.label} </span>${entry.value}</span
              >`,
            )}
          </div>`
        : nothing
    }
  </div>`;
}

/** A name in the legend. @param {Entry} entry @param {boolean} isOff @param {(label: string) => void} toggle */
function switchTemplate({ label, color, kind }, isOff, toggle) {
  return html`<button
    class="key ${kind}"
    style="--key:var(--${color}, ${color})"
    aria-pressed=${!isOff}
    title=${isOff ? 'Show it' : 'Hide it'}
    @click=${() => toggle(label)}
    >${label}</button
  >`;
}
