/** Evidence in a report: what was found, in words, curves, tables and the settings of every run. */

import { formatSettings } from '../../config/config_text.js';
import { FATES, fateOf } from '../../config/fate.js';
import { instabilityInWords, isInstability } from '../../config/verdicts.js';
import { count, number, numberOrNaN, percent } from '../../words/numbers.js';
import { agree, ofSeeds, plural } from '../../words/sentences.js';
import { settingsInWords } from '../../words/settings.js';
import { countStates } from '../judge/trial_words.js';
import { drawAxisPlot } from './axis_plot.js';
import { drawBars, drawChart, escapeHtml } from './report_chart.js';

/**
 * @typedef {import('../procedure/procedure.js').Evidence} Evidence
 * @typedef {import('../procedure/trainings.js').Run} Run
 * @typedef {import('../procedure/compared.js').Compared} Compared
 * @typedef {import('../trial/curve.js').Curve} Curve
 * @typedef {Record<string, Curve>} Curves
 * @typedef {{ config: import('../../config/config.js').Config, lr_best: number | null, lr_unstable: number | null }} Examined  what was
 *   examined, and what a sweep found
 */

/** @param {Evidence} evidence @param {Examined} examined @param {Curves} curves */
export function formatEvidence(evidence, examined, curves) {
  const { title, says, runs, thresholds } = evidence;
  const limits = Object.entries(thresholds).map(([name, value]) => `${name.replaceAll('_', ' ')} ${number(value)}`);
  return [
    `<h3>${escapeHtml(title)}</h3>`,
    ...says.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    drawEvidence(evidence, examined, curves),
    `<details><summary>${escapeHtml(`${plural(runs.length, 'run')}; thresholds: ${limits.join(', ')}`)}</summary>${formatRuns(runs)}</details>`,
  ].join('\n');
}

/** @param {Evidence} evidence @param {Examined} examined @param {Curves} curves */
function drawEvidence({ kind, runs, numbers, compared = [] }, examined, curves) {
  switch (kind) {
    case 'sweep':
      return drawSweep(runs, examined);
    case 'probe':
      return drawProbe(numbers, curves[runs[0]?.id]);
    case 'baseline':
      return drawLosses('Training loss of the settings as they are', runs, curves) + drawNorms(runs, numbers, curves);
    case 'norms':
      return drawNorms(runs, numbers, curves);
    case 'search':
      return formatWarmupSearch(/** @type {any} */ (numbers));
    case 'range':
      return drawRange(numbers);
    case 'tuning':
      return drawTuning(runs, numbers, examined);
    case 'regularization':
      return '';
    case 'unfair':
    case 'fair':
    case 'compared':
    case 'causes':
      return drawCompared(compared, curves) + formatCompared(compared);
    case 'above':
      return drawLosses('Training loss at 5 × and 10 × lr*', runs, curves);
    default:
      return drawLosses('Training loss from lr* on', runs, curves);
  }
}

/** Best checkpoint against the learning rate: the playbook's axis plot. @param {Run[]} runs @param {Examined} examined */
function drawSweep(runs, { lr_best, lr_unstable, config }) {
  return drawAxisPlot({
    title: 'Best checkpoint against the learning rate',
    xLabel: 'learning rate',
    trials: runs.map((run) => ({ ...run, at: rateOf(run, config) })),
    best: lr_best,
    bestName: 'lr*',
    unstable: lr_unstable,
  });
}

/** @param {Run} run @param {import('../../config/config.js').Config} config @returns {number} */
function rateOf({ changes }, config) {
  return Number(changes.lr ?? config.lr);
}

/** @param {Record<string, any>} numbers @param {Curve | undefined} curve */
function drawProbe({ evaluations = [], coarse_every, lr }, curve) {
  const last = evaluations.length > 0 ? evaluations[evaluations.length - 1].step : 0;
  /** @type {[number, number][]} */
  const fine = evaluations.map((/** @type {{ step: number, loss: number }} */ { step, loss }) => [step, loss]);
  const coarse = fine.filter(([step]) => coarse_every > 0 && step % coarse_every === 0);
  return drawChart({
    title: `The first ${last} steps at ${number(lr)}`,
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
export function drawLosses(title, runs, curves) {
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

/**
 * The unclipped norms of the first run, against the step and as a histogram, with the threshold just above the typical
 * norm and the one that is too aggressive: the playbook's Figure 9.
 *
 * @param {Run[]} runs
 * @param {Record<string, any>} numbers  percentile, norm_histogram
 * @param {Curves} curves
 */
function drawNorms([run], { percentile, norm_histogram, threshold = null, typical = null }, curves) {
  if (!run) return '';
  // The thresholds are over all seeds, what is drawn is the first one's.
  /** @param {'x' | 'y'} axis @returns {import('./report_chart.js').Rule[]} */
  const rules = (axis) =>
    threshold === null
      ? []
      : [
          { axis, at: threshold, label: `just above typical: p${percentile} = ${number(threshold)}`, tone: 'val' },
          { axis, at: typical, label: `too aggressive: median ${number(typical)}`, tone: 'bad', below: true },
        ];
  const curve = curves[run.id];
  const line =
    curve === undefined
      ? ''
      : drawChart({
          title: `Unclipped gradient norm, seed ${run.seed}`,
          xLabel: 'step',
          yLabel: 'norm',
          yLog: true,
          series: [{ label: '', tone: 'norm', points: pairs(curve, 'norm') }],
          rules: rules('y'),
        });
  const bars = drawBars({
    title: `Histogram of all ${plural(run.steps, 'unclipped norm')}, seed ${run.seed}`,
    xLabel: 'norm',
    yLabel: 'steps',
    tone: 'norm',
    ...norm_histogram,
    rules: rules('x'),
  });
  return line + bars;
}

/** A range test: the smoothed loss against the rate. @param {Record<string, any>} numbers */
function drawRange({ lr, smoothed, base, max }) {
  return drawChart({
    title: 'Smoothed loss against the learning rate, first seed',
    xLabel: 'learning rate',
    yLabel: 'smoothed loss',
    xLog: true,
    series: [
      {
        label: '',
        tone: 'loss',
        points: lr.map((/** @type {number} */ rate, /** @type {number} */ i) => [rate, smoothed[i]]),
      },
    ],
    rules: [
      ...(base === null ? [] : [{ axis: /** @type {const} */ ('x'), at: base, label: 'base', tone: 'val' }]),
      ...(max === null ? [] : [{ axis: /** @type {const} */ ('x'), at: max, label: 'max', tone: 'bad' }]),
    ],
  });
}

/**
 * Best checkpoint against the learning rate, a line per batch size.
 *
 * @param {Run[]} runs
 * @param {Record<string, any>} numbers
 * @param {Examined} examined
 */
function drawTuning(runs, { batches }, { config }) {
  const tones = ['loss', 'val', 'rate', 'norm', 'bad'];
  return drawChart({
    title: 'Best checkpoint against the learning rate',
    xLabel: 'learning rate',
    yLabel: 'best loss',
    xLog: true,
    series: batches.map((/** @type {number} */ batch, /** @type {number} */ i) => ({
      label: `batch ${batch}`,
      tone: tones[i % tones.length],
      points: runs
        .filter((run) => (run.changes.batch ?? config.batch) === batch && !run.infeasible)
        .map((run) => /** @type {[number, number]} */ ([rateOf(run, config), run.best?.loss ?? NaN]))
        .sort((a, b) => a[0] - b[0]),
    })),
  });
}

/** Curves of the seed that stands for each setting. @param {Compared[]} compared @param {Curves} curves */
function drawCompared(compared, curves) {
  const tones = ['quiet', 'loss', 'val', 'rate', 'norm', 'bad'];
  return drawChart({
    title: 'Training loss of the first seed',
    xLabel: 'step',
    yLabel: 'smoothed loss',
    series: compared.flatMap(({ label, runs }, i) => {
      const curve = curves[runs[0].id];
      /** @type {import('./report_chart.js').Series['look']} */
      const look = i >= tones.length ? 'dashed' : 'line';
      return curve ? [{ label, tone: tones[i % tones.length], look, points: pairs(curve, 'smoothed') }] : [];
    }),
  });
}

/** @param {Compared[]} compared */
function formatCompared(compared) {
  const rows = compared.map(
    ({ label, figures, low, high, best, accuracy, end, clipped_fraction, runs, changes }) =>
      `<tr><td>${escapeHtml(label)}</td><td class="n">${escapeHtml(number(figures.loss))}</td><td class="n">${escapeHtml(`${number(low)} … ${number(high)}`)}</td><td class="n">${best?.step ?? ''}</td><td class="n">${escapeHtml(rightInTable(accuracy))}</td><td class="n">${escapeHtml(number(end?.loss))}</td><td class="n">${escapeHtml(rightInTable(end?.accuracy))}</td><td class="n">${escapeHtml(percent(clipped_fraction))}</td><td>${escapeHtml(countStates(runs))}</td><td><code>${escapeHtml(nameChanges(changes))}</code></td></tr>`,
  );
  return `<div class="scroll"><table><thead><tr><th>settings</th><th class="n">best</th><th class="n">seeds</th><th class="n">at step</th><th class="n">right</th><th class="n">at the end</th><th class="n">right</th><th class="n">clipped</th><th>outcome</th><th>changes</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** @param {number | null | undefined} accuracy  null for regression */
function rightInTable(accuracy) {
  return typeof accuracy === 'number' ? percent(accuracy, 1) : '–';
}

/** @param {Curve} curve @param {'loss' | 'smoothed' | 'norm'} column @returns {[number, number][]} */
function pairs(curve, column) {
  return curve.step.map((step, i) => [step, curve[column][i]]);
}

/** @param {Run} run */
function nameRun({ changes }) {
  const { model, ...others } = changes;
  const parts = [settingsInWords(others), model === undefined ? '' : 'other model'].filter((part) => part !== '');
  return parts.length === 0 ? 'settings as they are' : parts.join(', ');
}

/** @param {import('../procedure/warmup.js').WarmupSearch} search */
export function formatWarmupSearch({ tried }) {
  const rows = tried.map(
    ({ multiple, base_lr, warmup_steps, post_warmup_steps, survived, seeds, blew_up }) =>
      `<tr><td class="n">${multiple} ×</td><td class="n">${escapeHtml(number(base_lr))}</td><td class="n">${warmup_steps}</td><td class="n">${post_warmup_steps}</td><td class="${blew_up ? 'failed' : 'solved'}">${ofSeeds(survived, seeds)} ${agree(survived, 'does', 'do')} not blow up</td></tr>`,
  );
  return `<details><summary>The warmup study: ${plural(tried.length, 'attempt')}</summary><div class="scroll"><table><thead><tr><th class="n">unstable rate</th><th class="n">base rate</th><th class="n">warmup</th><th class="n">held</th><th>outcome</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

// ---- tables ----------------------------------------------------------------------------------------------------------

/** @param {Run[]} runs */
export function formatRuns(runs) {
  const rows = runs.map(
    (run) =>
      `<tr><td class="n">${run.seed}</td><td class="n">${run.steps}</td><td class="n">${escapeHtml(number(run.best?.loss))}</td><td class="n">${run.best?.step ?? ''}</td><td>${escapeHtml(describeState(run))}</td><td class="n">${escapeHtml(number(run.grad_norm.typical))}</td><td class="n">${escapeHtml(number(run.grad_norm.max))}</td><td><code>${escapeHtml(run.settings)}</code></td></tr>`,
  );
  return `<div class="scroll"><table><thead><tr><th class="n">seed</th><th class="n">steps</th><th class="n">best</th><th class="n">at step</th><th>state</th><th class="n">typical norm, p90</th><th class="n">largest</th><th>settings</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** @param {Run} run */
function describeState(run) {
  const { verdict, diverged_at, episodes } = run;
  const fate = fateOf(run);
  /** @type {string[]} */
  const parts = [fate === 'stable' ? verdict : FATES[fate].short];
  if (diverged_at !== null) parts[0] += ` at step ${count(diverged_at)}`;
  if (FATES[fate].tone === 'bad' && isInstability(verdict)) parts.push(instabilityInWords(verdict));
  parts.push(
    ...episodes
      .slice(0, 3)
      .map(
        (episode) =>
          `${number(episode.loss_before)} at ${count(episode.begin)} → ${numberOrNaN(episode.loss_peak)} at ${count(episode.peak)}`,
      ),
  );
  return parts.join('; ');
}

/** @param {import('../../config/config.js').SomeSettings} changes */
export function nameChanges(changes) {
  return formatSettings(changes) || 'none';
}
