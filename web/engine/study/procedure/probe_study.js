/**
 * The probe for an early instability on its own: lr* from a sweep, then about 500 steps at 2 × lr* with every seed,
 * evaluated after every step.
 */

import { agree, figure, ofSeeds, plural } from '../../words/wording.js';
import { addProbeEvidence, judgeProbe, planProbe } from './probe.js';
import { conduct, sweepFor } from './procedure.js';

/** @typedef {import('./probe.js').ProbeFigures} ProbeFigures */

/**
 * @param {import('./procedure.js').ProcedureOptions & { lr_best?: number | null }} options  lr_best: where it is known,
 *   no sweep is made
 * @returns {Promise<import('./procedure.js').Outcome>}  the study's `probes` are the figures of each seed
 */
export function runProbeStudy({ lr_best = null, ...options }) {
  return conduct('probe', options, async (inquiry, known) => {
    known.probes = [];
    known.early = known.hidden = null;
    if (lr_best === null) await sweepFor(inquiry, known);
    else known.lr_best = lr_best;
    if (known.lr_best === null) {
      known.says = ['There is nothing to probe: training works at no rate of the sweep.'];
      known.tone = 'bad';
      return;
    }
    const { bench, config } = inquiry;
    const planned = planProbe(config, known.lr_best);
    inquiry.begin('Probing the first steps at 2 × lr*');
    let { seeds } = inquiry;
    while (seeds > 0 && !bench.canAfford([planned], seeds)) seeds--;
    if (seeds < inquiry.seeds) {
      inquiry.skip(`The probe of ${plural(planned.steps, 'step')} with ${plural(inquiry.seeds - seeds, 'seed')}`);
    }
    if (seeds === 0) return;
    const [cell] = await bench.train([planned], seeds, 'every');
    const probes = cell.trials.map((trial) => judgeProbe(trial, config.eval_every));
    // The seed that shows most is the one to look at.
    const shown =
      probes.find(({ figures }) => figures.hidden) ?? probes.find(({ figures }) => figures.early) ?? probes[0];
    const early = probes.filter(({ figures }) => figures.early).length;
    known.probes = probes.map(({ figures, trial }) => ({
      seed: trial.seed,
      ...figures,
      diverged_at: trial.diverged_at,
    }));
    known.early = early > 0;
    known.hidden = probes.some(({ figures }) => figures.hidden);
    known.says = sayVerdict(known.probes, planned.lr);
    known.tone = known.probes.every(isCalm) ? 'good' : 'bad';
    known.offer = {
      label: `the probe at ${figure(planned.lr)}`,
      settings: bench.describeRun(shown.trial, config).settings,
    };
    const which =
      early > 0 && seeds > 1
        ? [
            `${ofSeeds(early, seeds)} ${agree(early, 'blows', 'blow')} up at the start; seed ${shown.trial.seed} is drawn.`,
          ]
        : [];
    addProbeEvidence(inquiry, shown, cell, [...shown.says, ...which]);
  });
}

/** @typedef {ProbeFigures & { seed: number, diverged_at: number | null }} SeedProbe */

/** @param {SeedProbe} probe */
function isCalm({ early, diverged_at }) {
  return !early && diverged_at === null;
}

/** @param {SeedProbe[]} probes @param {number} lr @returns {string[]} */
function sayVerdict(probes, lr) {
  const early = probes.filter((one) => one.early).length;
  const hidden = probes.filter((one) => one.hidden).length;
  const diverged = probes.filter(({ diverged_at }) => diverged_at !== null).length;
  const at = `at ${figure(lr)}, twice the best rate`;
  if (early === 0 && diverged > 0) {
    return [
      `No early instability ${at}, but ${ofSeeds(diverged, probes.length)} ${agree(diverged, 'diverges', 'diverge')} later.`,
    ];
  }
  if (early === 0) {
    return [
      `No early instability ${at}: no blow-up at the start, with an evaluation after every one of ${plural(probes[0].steps, 'step')}.`,
      'At this rate there is nothing for a warmup to cure.',
    ];
  }
  const every = probes[0].coarse_every;
  const seen = every > 0 ? `evaluation every ${plural(every, 'step')}` : 'evaluation at the end only';
  return [
    `Early instability ${at}: the loss blows up at the start in ${ofSeeds(early, probes.length)}.`,
    hidden > 0
      ? `It is hidden: ${seen} misses it in ${ofSeeds(hidden, probes.length)}. Evaluate after every step at the start.`
      : `It is not hidden: ${seen} shows it as well.`,
    'A warmup of the learning rate is the first remedy to try: the warmup study finds how long it must be.',
  ];
}
