/**
 * `trainscope/study`: what the page and the command line conduct with many trainings, for programs of one's own.
 *
 *     import { createEngine } from 'trainscope';
 *     import { LocalRunner, planSweep, runSweep } from 'trainscope/study';
 *
 *     const engine = await createEngine();
 *     const runner = new LocalRunner({
 *       createTrainer: (config) => engine.createTrainer(config),
 *       now: () => performance.now(),
 *       yieldNow: () => new Promise((resolve) => setTimeout(resolve)),
 *     });
 *     const plan = planSweep({ config: { dataset: 'moons', steps: 200 }, over: ['lr=1e-3:10:9'], seeds: 3 });
 *     const { best, summary } = await runSweep({ runner, plan });
 */

export { findRate } from '../engine/study/auto_rate.js';
export { runEntry, runGalleryCheck } from '../engine/study/gallery/check.js';
export { ENTRIES, findEntry } from '../engine/study/gallery/index.js';
export { inspectLogs } from '../engine/study/inspect/inspect.js';
export { runBatchStudy } from '../engine/study/procedure/batch.js';
export { runClipStudy } from '../engine/study/procedure/clip.js';
export { runCyclicalStudy } from '../engine/study/procedure/cyclical.js';
export { diagnose } from '../engine/study/procedure/diagnose.js';
export { runProbeStudy } from '../engine/study/procedure/probe.js';
export { runWarmupStudy } from '../engine/study/procedure/warmup.js';
export { runRangeTest } from '../engine/study/range_test.js';
export { tryRates } from '../engine/study/range_tries.js';
export { recallTrials, runSweep, summarizeSweep } from '../engine/study/sweep.js';
export { planSweep } from '../engine/study/sweep_plan.js';
export { LocalRunner } from '../engine/study/trial/runner.js';
export { runTrial } from '../engine/study/trial/trial.js';
