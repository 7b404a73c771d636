/**
 * A diagnosis as one HTML file that needs nothing else: no scripts, no fonts, nothing from the network. It says what
 * happened with numbers, thresholds and the settings of every run, and draws the curves behind it.
 */

import { formatValue } from '../config.js';
import { drawChart, escapeHtml } from './report_chart.js';
import { medianOf } from './statistics.js';
import { figure, percent, plural } from './wording.js';

/**
 * @typedef {import('./diagnose.js').Diagnosis} Diagnosis
 * @typedef {import('./diagnose.js').Evidence} Evidence
 * @typedef {import('./bench.js').Run} Run
 * @typedef {import('./remedies.js').Remedy} Remedy
 * @typedef {import('./curve.js').Curve} Curve
 * @typedef {Record<string, Curve>} Curves
 */

const VERDICTS = {
  stable: 'Stable: no instability that matters',
  early: 'Early instability',
  mid: 'Instability in the middle of training',
};

const STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #22231f; --quiet: #6d6f68; --line: #dedcd3; --loss: #2364aa; --val: #2e7d4f; --rate: #a4650b; --norm: #7447a8; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #17181a; --ink: #e6e4dd; --quiet: #9b9d96; --line: #34363a; --loss: #74a9e6; --val: #6fc493; --rate: #e0a84e; --norm: #b48ee0; --bad: #f08079; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem 4rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .35rem 0; } ul, ol { margin: .35rem 0; padding-left: 1.3rem; } .quiet, figcaption, th { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
figure { margin: 1rem 0; } figcaption { font-size: .85rem; } figcaption b { color: var(--ink); font-weight: 600; }
figcaption span::before { content: ''; display: inline-block; width: .9em; height: .25em; margin: 0 .35em .2em .6em; background: var(--tone); }
svg { display: block; width: 100%; height: auto; } .grid { stroke: var(--line); stroke-width: .6; } .axis { stroke: var(--quiet); }
.tick, .note { font: 11px system-ui, sans-serif; fill: var(--quiet); } .note { fill: var(--tone); } .line, .faint { fill: none; stroke: var(--tone); stroke-width: 1.6; stroke-linejoin: round; }
.faint { opacity: .35; stroke-width: 1; } .dot { fill: var(--tone); } .band { fill: var(--tone); opacity: .15; } .rule { stroke: var(--tone); stroke-dasharray: 4 3; }
.star { fill: var(--rate); font-size: 17px; } .cross { fill: var(--bad); font-size: 14px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; width: 100%; } th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; } td.n, th.n { text-align: right; }
.solved { color: var(--val); } .failed { color: var(--bad); } details { margin: .35rem 0; } summary { cursor: pointer; color: var(--quiet); }
@media print { details > * { display: block; } }
`;

/**
 * @param {Diagnosis} diagnosis
 * @param {Curves} curves  by the runs' ids; those that are missing are not drawn
 * @returns {string}  a whole HTML document
 */
export function formatReport(diagnosis, curves) {
  const { verdict, lr_best, lr_unstable, at_edge, advice, skipped, evidence, remedies } = diagnosis;
  const body = [
    `<h1>${escapeHtml(VERDICTS[verdict])}</h1>`,
    `<p class="quiet">${escapeHtml(sayEffort(diagnosis))}</p>`,
    formatList('ol', advice),
    '<dl>',
    formatTerm('best rate, lr*', figure(lr_best)),
    formatTerm(
      'unstable from',
      lr_unstable === null ? (lr_best === null ? 'anywhere' : 'nowhere') : figure(lr_unstable),
    ),
    formatTerm('at the edge', at_edge ? 'yes' : 'no'),
    formatTerm('settings examined', diagnosis.settings === '' ? 'all at their defaults' : diagnosis.settings, 'code'),
    '</dl>',
    '<h2>What was found</h2>',
    ...evidence.map((one) => formatEvidence(one, diagnosis, curves)),
    ...(remedies.length > 0 ? formatRemedies(diagnosis, curves) : []),
    ...(skipped.length > 0 ? ['<h2>What was not done</h2>', formatList('ul', skipped)] : []),
    '<h2>How it was decided</h2>',
    formatList('ul', DEFINITIONS),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`Trainscope diagnosis: ${VERDICTS[verdict]}`)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

const DEFINITIONS = [
  'Loss instability: s is the exponential mean of the batch loss (decay 0.95, bias-corrected), m its running minimum, L₀ the loss of predicting the class frequencies. Training is unstable where s ≥ max(m + 0.1 L₀, T), T = min(2m, m + ½(L₀ − m)) where m < L₀ and 1.5 m elsewhere; in the first 20 steps also where a batch’s loss reaches 1.5 × the first.',
  'An episode is early if it begins in the first 5 % of the run or before s first fell by 10 %, else it is in the middle of training.',
  'Infeasible: diverged (a loss or gradient norm that is not finite), or s does not end below 0.95 L₀.',
  'best: the lowest validation loss over the evaluations. lr*: among feasible rates the lowest median of best over the seeds. Unstable rate: the lowest above lr* at which at least half of the seeds are unstable or infeasible. At the edge: lr* is within two grid points of it.',
  'A remedy solves if more than half of its seeds are feasible and free of the instability that was found, and its median of best is below 0.98 × that of the untreated runs.',
];

/** @param {Diagnosis} diagnosis */
function sayEffort({ runs, steps, seeds, seconds, budget, interrupted }) {
  const limit = budget === null ? '' : ` of a budget of ${plural(budget, 'step')}`;
  return `${plural(runs, 'run')}, ${plural(steps, 'step')}${limit}, ${plural(seeds, 'seed')} each, ${figure(seconds)} s${interrupted ? '; interrupted' : ''}.`;
}

// ---- evidence --------------------------------------------------------------------------------------------------------

/** @param {Evidence} evidence @param {Diagnosis} diagnosis @param {Curves} curves */
function formatEvidence(evidence, diagnosis, curves) {
  const { title, says, runs, thresholds } = evidence;
  const limits = Object.entries(thresholds).map(([name, value]) => `${name.replaceAll('_', ' ')} ${figure(value)}`);
  return [
    `<h3>${escapeHtml(title)}</h3>`,
    ...says.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    drawEvidence(evidence, diagnosis, curves),
    `<details><summary>${escapeHtml(`${plural(runs.length, 'run')}; thresholds: ${limits.join(', ')}`)}</summary>${formatRuns(runs)}</details>`,
  ].join('\n');
}

/** @param {Evidence} evidence @param {Diagnosis} diagnosis @param {Curves} curves */
function drawEvidence({ kind, runs, numbers }, diagnosis, curves) {
  switch (kind) {
    case 'sweep':
      return drawSweep(runs, diagnosis);
    case 'probe':
      return drawProbe(numbers, curves[runs[0]?.id]);
    case 'baseline':
      return drawLosses('Training loss of the settings as they are', runs, curves) + drawNorms(runs, diagnosis, curves);
    case 'above':
      return drawLosses('Training loss at 5 × and 10 × lr*', runs, curves);
    default:
      return drawLosses('Training loss from lr* to the unstable rate', runs, curves);
  }
}

/** Best checkpoint against the learning rate: the playbook's axis plot. @param {Run[]} runs @param {Diagnosis} diagnosis */
function drawSweep(runs, { lr_best, lr_unstable, config }) {
  const rates = [...new Set(runs.map((run) => rateOf(run, config)))].sort((a, b) => a - b);
  const points = rates.map((lr) => {
    const own = runs.filter((run) => rateOf(run, config) === lr);
    const losses = own.map(({ best }) => best?.loss ?? Infinity);
    const infeasible = own.filter((run) => run.infeasible).length;
    const median = /** @type {number} */ (medianOf(losses));
    const isFeasible = 2 * infeasible < own.length && Number.isFinite(median);
    return { lr, seeds: own.length, infeasible, losses: losses.filter(Number.isFinite), median, isFeasible };
  });
  const feasible = points.filter(({ isFeasible }) => isFeasible);
  return drawChart({
    title: 'Best checkpoint against the learning rate',
    xLabel: 'learning rate',
    yLabel: 'best loss',
    xLog: true,
    series: [
      { label: 'median of the seeds', tone: 'val', points: feasible.map(({ lr, median }) => [lr, median]) },
      {
        label: '',
        tone: 'val',
        look: 'dots',
        points: feasible.flatMap(({ lr, losses }) =>
          losses.map((loss) => /** @type {[number, number]} */ ([lr, loss])),
        ),
      },
    ],
    bands: [
      {
        tone: 'val',
        points: feasible.map(({ lr, losses }) => ({ x: lr, low: Math.min(...losses), high: Math.max(...losses) })),
      },
    ],
    marks: points.flatMap(({ lr, isFeasible, infeasible, seeds, median }) => {
      /** @type {import('./report_chart.js').Mark[]} */
      const marks = [];
      const label = `${figure(lr)}: ${infeasible} of ${seeds} seeds infeasible`;
      if (!isFeasible) marks.push({ x: lr, y: null, shape: 'cross', label });
      if (lr === lr_best) marks.push({ x: lr, y: median, shape: 'star', label: `lr* = ${figure(lr)}` });
      return marks;
    }),
    rules: lr_unstable === null ? [] : [{ axis: 'x', at: lr_unstable, label: 'unstable from here', tone: 'bad' }],
  });
}

/** @param {Run} run @param {Record<string, any>} config @returns {number} */
function rateOf({ changes }, config) {
  return changes.lr ?? config.lr;
}

/** @param {Record<string, any>} numbers @param {Curve | undefined} curve */
function drawProbe({ evaluations = [], coarse_every, lr }, curve) {
  const last = evaluations.length > 0 ? evaluations[evaluations.length - 1].step : 0;
  /** @type {[number, number][]} */
  const fine = evaluations.map((/** @type {{ step: number, loss: number }} */ { step, loss }) => [step, loss]);
  const coarse = fine.filter(([step]) => coarse_every > 0 && step % coarse_every === 0);
  return drawChart({
    title: `The first ${last} steps at ${figure(lr)}`,
    xLabel: 'step',
    yLabel: 'loss',
    series: [
      {
        label: 'batch loss',
        tone: 'loss',
        look: 'faint',
        points: curve ? pairs(curve, 'loss').filter(([step]) => step <= last) : [],
      },
      { label: 'evaluated after every step', tone: 'val', points: fine },
      {
        label: coarse_every > 0 ? `evaluated every ${coarse_every} steps` : '',
        tone: 'bad',
        look: 'dots',
        points: coarse,
      },
    ],
  });
}

/** Smoothed training loss, a line per run. @param {string} title @param {Run[]} runs @param {Curves} curves */
function drawLosses(title, runs, curves) {
  const tones = ['loss', 'rate', 'bad', 'norm', 'val'];
  const names = [...new Set(runs.map(nameRun))];
  const told = new Set();
  return drawChart({
    title,
    xLabel: 'step',
    yLabel: 'smoothed loss',
    series: runs.flatMap((run) => {
      const curve = curves[run.id];
      if (!curve) return [];
      const name = nameRun(run);
      const label = told.has(name) ? '' : name;
      told.add(name);
      return [{ label, tone: tones[names.indexOf(name) % tones.length], points: pairs(curve, 'smoothed') }];
    }),
  });
}

/** @param {Run[]} runs @param {Diagnosis} diagnosis @param {Curves} curves */
function drawNorms(runs, { remedies }, curves) {
  const measured = remedies.find(({ kind }) => kind === 'clipping')?.measured;
  const [run] = runs;
  const curve = run && curves[run.id];
  if (!curve) return '';
  return drawChart({
    title: `Unclipped gradient norm, seed ${run.seed}`,
    xLabel: 'step',
    yLabel: 'norm',
    yLog: true,
    series: [{ label: '', tone: 'norm', points: pairs(curve, 'norm') }],
    rules: measured
      ? [{ axis: 'y', at: measured.threshold, label: `λ = ${figure(measured.threshold)}`, tone: 'rate' }]
      : [],
  });
}

/** @param {Curve} curve @param {'loss' | 'smoothed' | 'norm'} column @returns {[number, number][]} */
function pairs(curve, column) {
  return curve.step.map((step, i) => [step, curve[column][i]]);
}

/** @param {Run} run */
function nameRun({ changes }) {
  const parts = Object.entries(changes)
    .filter(([name]) => name !== 'model')
    .map(([name, value]) => `${name} ${formatValue(value)}`);
  if (changes.model !== undefined) parts.push('other model');
  return parts.length === 0 ? 'settings as they are' : parts.join(', ');
}

// ---- remedies --------------------------------------------------------------------------------------------------------

/** @param {Diagnosis} diagnosis @param {Curves} curves @returns {string[]} */
function formatRemedies({ remedies, lr_treated, untreated }, curves) {
  const rows = remedies.flatMap((remedy) =>
    remedy.tried.map(
      (treatment) =>
        `<tr><td>${escapeHtml(treatment.label)}</td><td class="n">${escapeHtml(figure(treatment.figures.loss))}</td><td class="n">${escapeHtml(percent(treatment.clipped_fraction))}</td><td class="${treatment.solved ? 'solved' : 'failed'}">${treatment.solved ? 'solved' : treatment.cured ? 'stable, no better' : 'still unstable'}</td><td><code>${escapeHtml(nameChanges(treatment.changes))}</code></td></tr>`,
    ),
  );
  const [first] = remedies;
  return [
    `<h2>${escapeHtml(`Remedies, tried at rate ${figure(lr_treated)} in the playbook’s order`)}</h2>`,
    `<p>${escapeHtml(`Untreated, the best checkpoint is ${figure(first.untreated_best)}, median of the seeds.`)}</p>`,
    `<div class="scroll"><table><thead><tr><th>remedy</th><th class="n">best</th><th class="n">clipped</th><th>outcome</th><th>changes</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    ...remedies.map((remedy) => formatRemedy(remedy, untreated, curves)),
  ];
}

/** @param {Remedy} remedy @param {Run[]} untreated @param {Curves} curves */
function formatRemedy(remedy, untreated, curves) {
  const runs = remedy.tried.flatMap((treatment) => treatment.runs);
  const chosen = remedy.tried.find(({ label }) => label === remedy.label)?.runs ?? [];
  return [
    `<h3>${escapeHtml(remedy.label)}</h3>`,
    ...remedy.says.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    drawLosses('Training loss with the remedy', [...untreated.slice(0, 1), ...chosen], curves),
    remedy.search ? formatWarmupSearch(remedy.search) : '',
    `<details><summary>${escapeHtml(plural(runs.length, 'run'))}</summary>${formatRuns(runs)}</details>`,
  ].join('\n');
}

/** @param {import('./warmup.js').WarmupSearch} search */
function formatWarmupSearch({ tried }) {
  const rows = tried.map(
    ({ multiple, base_lr, warmup_steps, post_warmup_steps, survived, seeds, blew_up }) =>
      `<tr><td class="n">${multiple} ×</td><td class="n">${escapeHtml(figure(base_lr))}</td><td class="n">${warmup_steps}</td><td class="n">${post_warmup_steps}</td><td class="${blew_up ? 'failed' : 'solved'}">${survived} of ${seeds} seeds do not blow up</td></tr>`,
  );
  return `<details><summary>The warmup study: ${plural(tried.length, 'attempt')}</summary><div class="scroll"><table><thead><tr><th class="n">unstable rate</th><th class="n">base rate</th><th class="n">warmup</th><th class="n">held</th><th>outcome</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

// ---- tables ----------------------------------------------------------------------------------------------------------

/** @param {Run[]} runs */
function formatRuns(runs) {
  const rows = runs.map(
    (run) =>
      `<tr><td class="n">${run.seed}</td><td class="n">${run.steps}</td><td class="n">${escapeHtml(figure(run.best?.loss))}</td><td class="n">${run.best?.step ?? ''}</td><td>${escapeHtml(describeState(run))}</td><td class="n">${escapeHtml(figure(run.grad_norm.p90))}</td><td class="n">${escapeHtml(figure(run.grad_norm.max))}</td><td><code>${escapeHtml(run.settings)}</code></td></tr>`,
  );
  return `<div class="scroll"><table><thead><tr><th class="n">seed</th><th class="n">steps</th><th class="n">best</th><th class="n">at step</th><th>state</th><th class="n">norm p90</th><th class="n">largest</th><th>settings</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** @param {Run} run */
function describeState({ verdict, infeasible, diverged_at, episodes }) {
  /** @type {string[]} */
  const parts = [verdict];
  if (diverged_at !== null) parts.push(`diverged at step ${diverged_at}`);
  else if (infeasible) parts.push('infeasible');
  parts.push(
    ...episodes
      .slice(0, 3)
      .map(
        (episode) =>
          `${figure(episode.loss_before)} at ${episode.begin} → ${figure(episode.loss_peak)} at ${episode.peak}`,
      ),
  );
  return parts.join('; ');
}

/** @param {Record<string, any>} changes */
function nameChanges(changes) {
  const parts = Object.entries(changes).map(([name, value]) => `${name}=${formatValue(value)}`);
  return parts.length === 0 ? 'none' : parts.join(' ');
}

/** @param {'ol' | 'ul'} tag @param {string[]} items */
function formatList(tag, items) {
  return `<${tag}>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</${tag}>`;
}

/** @param {string} term @param {string} text @param {string} [tag] */
function formatTerm(term, text, tag = 'span') {
  return `<dt>${escapeHtml(term)}</dt><dd><${tag}>${escapeHtml(text)}</${tag}></dd>`;
}
