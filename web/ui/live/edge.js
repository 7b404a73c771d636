/**
 * The edge of stability of a run: the line above which its sharpness is unstable, and where it stands against it. A rule
 * without a limit of stability (rule_fields.h) has no edge.
 */

import { trainedRule } from '../../engine/config/rules.js';
import { number } from '../../engine/words/numbers.js';
import { BEYOND_EDGE } from '../state/measured.js';

/** @typedef {import('../state/run.js').Run} Run */

/** At the edge: from this share of it on. */
const AT = 0.85;

/** How the edge is drawn, in every generation of a run. */
const EDGE_LINE = { color: 'lr', width: 1.5, dash: [6, 4] };

/**
 * The layers of a run's sharpness, the edge on top where there is one; those of the runs that it grew out of below.
 *
 * @param {Run} run
 * @param {{ run: Run, until: number }[]} ancestors  until: the step up to which each counts
 * @param {string} color  of the sharpness
 * @returns {any[]}
 */
export function sharpnessLayersOf(run, ancestors, color) {
  /** @type {any[]} */
  const layers = [];
  for (const { run: parent, until } of ancestors) {
    const before = { label: 'before', until, alpha: 0.6, legend: false };
    layers.push({ ...EDGE_LINE, ...before, series: parent.edge });
    layers.push({ ...before, color, series: parent.sharpness, width: 1.6 });
  }
  layers.push({ label: 'λmax', color, series: run.sharpness, width: 1.6 });
  const limit = trainedRule(run.inForce)?.limit;
  if (limit) layers.push({ ...EDGE_LINE, label: `${limit}, the edge`, series: run.edge });
  return layers;
}

/** Where a run stands against its edge, for the header of the chart: the figure first, since a narrow one has a line for both. @param {Run} run */
export function edgeNote(run) {
  const { sharpest } = run;
  if (!sharpest) return run.alive ? 'not measured yet' : 'not measured';
  if (!Number.isFinite(sharpest.value)) return 'λmax is not a finite number';
  const rule = trainedRule(run.inForce);
  const load = `η λmax = ${number(sharpest.rate * sharpest.value)}`;
  const how = rule?.preconditioned ? ', preconditioned as the rule is' : '';
  return `${load}, ${placeOf(sharpest)}${how}`;
}

/** @param {{ value: number, edge: number | null }} sharpest */
function placeOf({ value, edge }) {
  if (edge === null) return 'no known edge';
  if (value > BEYOND_EDGE * edge) return 'beyond it';
  return value > AT * edge ? 'at the edge' : 'below it';
}

/** How a measured sharpness reads in a sentence. @param {{ value: number, edge: number | null }} sharpest */
export function sharpnessInWords({ value, edge }) {
  if (!Number.isFinite(value)) return 'the largest eigenvalue is not a finite number';
  const limit = edge === null ? '' : `, unstable above ${number(edge)}`;
  return `largest eigenvalue ${number(value)}${limit}`;
}
