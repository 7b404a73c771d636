/** The settings of ours that are nearest to a run of which only a log is left: to see here what happened there. */

import { changesBetween, configToFlags, configToSearch } from '../../config/config_text.js';
import { significant } from '../../words/numbers.js';
import { plural } from '../../words/sentences.js';
import { guessFramework } from './guess_framework.js';

/** @typedef {import('./findings.js').Rehearsal} Rehearsal */

/** Steps of a rehearsal: enough to see, few enough to watch. */
const STEPS = 1000;

/** Up to this rate, a run of which nothing else is known is taken for one with Adam. */
const ADAM_MAX = 0.005;

/**
 * @param {import('../../engine.js').Engine} engine
 * @param {import('./findings.js').Findings} found
 * @returns {Rehearsal | null}  null where the log tells no rate
 */
export function rehearse(engine, { run, figures, rate, norms }) {
  if (!rate) return null;
  const { optimizer, isNamed } = guessOptimizer(engine, run, rate);
  const warmup = Math.min(figures.warmup?.share ?? 0, 0.5);
  const warmup_steps = figures.schedule === 'onecycle' ? 0 : Math.round(warmup * STEPS);
  const given = {
    optimizer,
    lr: significant(rate.peak, 3),
    warmup_steps,
    steps: STEPS - warmup_steps,
    ...(figures.schedule ? { schedule: figures.schedule } : {}),
    ...(figures.norms?.after_clipping ? { clip: 'norm', clip_norm: significant(figures.norms.max ?? 1, 3) } : {}),
  };
  const { config, problems } = engine.parseConfig(given);
  if (problems.length > 0) return null;
  const settings = changesBetween(engine.parseConfig({}).config, config);
  return {
    settings,
    command: `trainscope train ${configToFlags(config)}`,
    link: configToSearch(config),
    differs: [
      'model and data are our own',
      plural(STEPS, 'step'),
      ...(isNamed ? [] : [`${optimizer} is a guess by the rate`]),
      ...(norms ? [] : ['clipping is not known']),
    ],
  };
}

/**
 * The rule that a log names somewhere, or the likeliest.
 *
 * @param {import('../../engine.js').Engine} engine
 * @param {import('../../logs/settle.js').LogRun} run
 * @param {import('../../logs/log_verdict.js').LogRate} rate
 * @returns {{ optimizer: string, isNamed: boolean }}
 */
export function guessOptimizer(engine, run, rate) {
  const own = run.own?.config.optimizer;
  if (own !== undefined) return { optimizer: String(own), isNamed: true };
  const rules = engine.tables.rules.map(({ name }) => name);
  const words = run.names.flatMap((name) => name.toLowerCase().split(/[^a-z0-9]+/));
  const named = words.find((word) => rules.includes(word));
  if (named) return { optimizer: named, isNamed: true };
  const adam = guessFramework(run) === 'huggingface' ? 'adamw' : 'adam';
  return { optimizer: rate.peak <= ADAM_MAX ? adam : 'momentum', isNamed: false };
}
