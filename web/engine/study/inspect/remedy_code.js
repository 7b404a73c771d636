/** What is advised first, as code for the framework of whoever has the log: rule, schedule with warmup, clipping. */

import { findFramework, planSteps, writeSteps } from '../../code/code.js';
import { configToFlags, configToSearch } from '../../config/config_text.js';
import { TrainerError } from '../../core/errors.js';
import { significant } from '../../words/numbers.js';
import { withoutStop } from '../../words/sentences.js';
import { guessFramework } from './guess_framework.js';
import { guessOptimizer } from './rehearsal.js';
import { planThreshold, planWarmup } from './run_advice.js';

/**
 * @param {import('../../engine.js').Engine} engine
 * @param {import('./findings.js').Findings} found
 * @param {string | null} asked  the framework, where the reader named it
 * @returns {{ code: import('./findings.js').RemedyCode | null, missing: string | null }}  missing: why there is none
 */
export function writeRemedy(engine, found, asked) {
  const { run, figures, rate } = found;
  const { planned, steps, unit, schedule } = figures;
  const framework = findFramework(asked ?? guessFramework(run));
  const none = (/** @type {string} */ why) => ({
    code: null,
    missing: `What is advised is not written as code: ${why}.`,
  });
  if (!rate) return none('the log has no learning rate');
  if (unit !== 'step' || steps < 1) return none(`the log counts ${unit}s, and a schedule counts steps`);
  const total = Math.round(planned ?? steps);
  const warmup_steps = Math.round(planWarmup(found));
  const given = {
    optimizer: guessOptimizer(engine, run, rate).optimizer,
    lr: significant(rate.peak, 3),
    warmup_steps,
    steps: Math.max(1, total - warmup_steps),
    ...(schedule ? { schedule } : {}),
    // 1cycle has its own way up.
    ...(schedule === 'onecycle' ? { warmup_steps: 0, steps: total } : {}),
    clip: 'norm',
    clip_norm: planThreshold(found),
  };
  const { config, problems } = engine.parseConfig(given);
  if (problems.length > 0) return none(withoutStop(problems[0].message));
  try {
    const text = writeSteps(framework, planSteps(config)).trimEnd();
    const command = `trainscope export ${framework.name} --part steps ${configToFlags(config)}`;
    return {
      code: { framework: framework.name, label: framework.label, command, link: configToSearch(config), text },
      missing: null,
    };
  } catch (error) {
    if (error instanceof TrainerError) return none(withoutStop(error.message));
    throw error;
  }
}
