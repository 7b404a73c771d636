/** What every report is made of: a page that needs nothing else, lists, and the definitions that decide. */

import { SCHEMA } from '../../config/schema.js';
import { whenInWords } from '../../config/verdicts.js';
import { percent } from '../../words/numbers.js';
import { plural } from '../../words/sentences.js';
import { EDGE_POINTS } from '../judge/judge.js';
import { BETTER_SHARE } from '../judge/verdict.js';
import { escapeHtml } from './report_chart.js';

const STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #22231f; --quiet: #6d6f68; --line: #dedcd3; --loss: #2364aa; --val: #2e7d4f; --rate: #a4650b; --norm: #7447a8; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #17181a; --ink: #e6e4dd; --quiet: #9b9d96; --line: #34363a; --loss: #74a9e6; --val: #6fc493; --rate: #e0a84e; --norm: #b48ee0; --bad: #f08079; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem 4rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .35rem 0; } ul, ol { margin: .35rem 0; padding-left: 1.3rem; } .quiet, figcaption, th { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } pre { overflow-x: auto; } pre code { overflow-wrap: normal; } .code > details { margin-left: 1rem; }
figure { margin: 1rem 0; } figcaption { font-size: .85rem; } figcaption b { color: var(--ink); font-weight: 600; }
figcaption span::before { content: ''; display: inline-block; width: .9em; height: .25em; margin: 0 .35em .2em .6em; background: var(--tone); }
svg { display: block; width: 100%; height: auto; } .grid { stroke: var(--line); stroke-width: .6; } .axis { stroke: var(--quiet); }
.tick, .note { font: 11px system-ui, sans-serif; fill: var(--quiet); } .note { fill: var(--tone); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; } .line, .faint { fill: none; stroke: var(--tone); stroke-width: 1.6; stroke-linejoin: round; }
.faint { opacity: .35; stroke-width: 1; } .dashed { fill: none; stroke: var(--tone); stroke-width: 1.6; stroke-dasharray: 5 3; } .dot { fill: var(--tone); } .bar { fill: var(--tone); opacity: .55; } .band { fill: var(--tone); opacity: .15; } .rule { stroke: var(--tone); stroke-dasharray: 4 3; }
.star { fill: var(--rate); font-size: 17px; } .cross { fill: var(--bad); font-size: 14px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; width: 100%; } th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; } td.n, th.n { text-align: right; }
.solved { color: var(--val); } .failed { color: var(--bad); } details { margin: .35rem 0; } summary { cursor: pointer; color: var(--quiet); }
@media print { details > * { display: block; } .code { display: none; } }
`;

const SAID = SCHEMA.definitions;

/** How it is decided that a training is unstable. */
export const DEFINITIONS = [
  `Loss instability: s is the exponential mean of the batch loss (decay ${SAID.smoothing}, bias-corrected), m its running minimum, L₀ the loss of predicting the class frequencies. Training is unstable where s ≥ max(m + ${SAID.rise_in_baseline} L₀, T), T = min(2m, m + ½(L₀ − m)) where m < L₀ and ${SAID.rise_above_baseline} m elsewhere; in the first ${SAID.early_spike_steps} steps also where a batch’s loss reaches ${SAID.early_spike} × the first.`,
  `An episode is early if it begins in the first ${percent(SAID.early_share)} of the run or before s first fell by ${percent(1 - SAID.early_fall)}, else it is ${whenInWords('mid')}.`,
  `Infeasible: diverged (a loss or gradient norm that is not finite), or s does not end below ${SAID.infeasible_share} L₀.`,
  `best: the lowest validation loss over the evaluations. lr*: among feasible rates the lowest median of best over the seeds. Unstable rate: the lowest above lr* at which at least half of the seeds are unstable or infeasible. At the edge: lr* is within ${plural(EDGE_POINTS, 'grid point')} of it.`,
  `A remedy solves if more than half of its seeds are feasible and free of the instability that was found, and its median of best is below ${BETTER_SHARE} × that of the untreated runs.`,
];

/**
 * @param {string} title
 * @param {string[]} body
 * @returns {string}  a whole HTML document
 */
export function formatPage(title, body) {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

/** @param {'ol' | 'ul'} tag @param {string[]} items */
export function formatList(tag, items) {
  return `<${tag}>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</${tag}>`;
}

/** @param {string} term @param {string} text @param {string} [tag] */
export function formatTerm(term, text, tag = 'span') {
  return `<dt>${escapeHtml(term)}</dt><dd><${tag}>${escapeHtml(text)}</${tag}></dd>`;
}
