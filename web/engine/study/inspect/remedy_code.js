/** What is advised first, as code for the framework that wrote the log: rule, schedule with warmup, clipping. */

import { findFramework, planSteps, writeSteps } from '../../code/code.js';
import { configToFlags, configToSearch } from '../../config/config_text.js';
import { significant } from '../../words/numbers.js';
import { guessOptimizer } from './rehearsal.js';
import { LONGER, longestWarmupOf } from './run_advice.js';

/**
 * @param {import('../../engine.js').Engine} engine
 * @param {import('./findings.js').Findings} found
 * @returns {import('./findings.js').RemedyCode | null}  null where the log is of epochs, or tells no rate
 */
export function writeRemedy(engine, { run, figures, rate, norms }) {
  const { warmup, planned, steps, unit, schedule } = figures;
  if (!rate || unit !== 'step' || steps < 1) return null;
  const total = Math.round(planned ?? steps);
  const asked = warmup ? LONGER * warmup.steps : 100;
  const warmup_steps = Math.round(Math.min(asked, Math.max(longestWarmupOf(total), warmup?.steps ?? 0)));
  const threshold = norms && !norms.scaled && !norms.after_clipping ? figures.norms?.p90 : null;
  const given = {
    optimizer: guessOptimizer(engine, run, rate).optimizer,
    lr: significant(rate.peak, 3),
    warmup_steps,
    steps: Math.max(1, total - warmup_steps),
    ...(schedule && schedule !== 'onecycle' ? { schedule } : {}),
    clip: 'norm',
    clip_norm: threshold ? significant(threshold, 3) : 1,
  };
  const { config, problems } = engine.parseConfig(given);
  if (problems.length > 0) return null;
  const framework = /keras|(^|\/)epoch_loss/i.test(run.names.join(' ')) ? 'keras' : 'torch';
  return {
    framework,
    command: `trainscope export ${framework} --part steps ${configToFlags(config)}`,
    link: configToSearch(config),
    text: writeSteps(findFramework(framework), planSteps(config)).trimEnd(),
  };
}
