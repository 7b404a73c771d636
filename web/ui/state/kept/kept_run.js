/**
 * A run as it is kept beyond the page: a plain object that a database can hold, and a run again that is made of it. Its
 * rows and its last snapshot are kept beside it.
 */

/**
 * @typedef {import('../run.js').Run} Run
 * @typedef {{ rows: ArrayBuffer, count: number }} Rows
 *
 * @typedef {object} KeptRun
 * @property {string} key
 * @property {string} session  of the tab that it belongs to
 * @property {string | null} parentKey  of a fork
 * @property {number} savedAt  milliseconds since 1970
 * @property {number} bytes  that it takes, about
 * @property {number | null} pastStep  of its last snapshot; null where there is none
 * @property {string} name
 * @property {string} [color]  of runs that were kept since there is one
 * @property {import('../run.js').Status} status
 * @property {number} step  that its rows reach
 * @property {import('../../../engine/config/config.js').Config} config
 * @property {Pick<Run, typeof FACTS[number]> & { elapsed: number, told: string[] }} facts  elapsed: milliseconds of training
 * @property {Record<string, import('../../../charts/series.js').KeptSeries> | null} series  of a run too long for rows
 */

/** What a run is told once, or anew with each progress; all of it plain. */
const FACTS = /** @type {const} */ ([
  'startStep',
  'totalSteps',
  'parameters',
  'shape',
  'classes',
  'outputs',
  'trainCount',
  'valCount',
  'summary',
  'episodes',
  'bins',
  'stepMs',
  'samplesPerSecond',
  'evaluations',
  'measured',
  'end',
  'hidden',
]);

/**
 * @param {Run} run
 * @param {Pick<KeptRun, 'key' | 'session' | 'parentKey' | 'savedAt' | 'bytes' | 'pastStep'>} about
 * @returns {KeptRun}
 */
export function describeRun(run, about) {
  const facts = Object.fromEntries(FACTS.map((name) => [name, run[name]]));
  return {
    ...about,
    name: run.name,
    color: run.color,
    status: run.status,
    step: run.step,
    config: run.config,
    facts: /** @type {KeptRun['facts']} */ ({ ...facts, elapsed: run.seconds * 1000, told: [...run.told] }),
    series: run.hasAllRows ? null : run.keepSeries(),
  };
}

/**
 * Puts what was kept into a run, up to a step; whatever it held is gone.
 *
 * @param {Run} run
 * @param {KeptRun} kept
 * @param {Rows[]} rows  in their order
 * @param {number} [step]  at most the kept one
 */
export function fillRun(run, kept, rows, step = kept.step) {
  const { evaluations, measured, summary, episodes, bins, stepMs, samplesPerSecond, told, ...facts } = kept.facts;
  Object.assign(run, facts);
  run.clear(run.startStep);
  run.told = new Set(told);
  let left = step - run.startStep;
  const upTo = (/** @type {{ step: number }} */ point) => point.step <= step;
  const state = { runId: 0, summary, episodes, bins, stepMs, samplesPerSecond };
  for (const { rows: piece, count } of rows) {
    const rowCount = Math.min(count, left);
    left -= rowCount;
    run.take(/** @type {any} */ ({ ...state, step, rows: piece, rowCount, evaluations: [], sharpness: [] }));
  }
  if (kept.series) run.takeSeries(kept.series, step);
  for (const evaluation of evaluations.filter(upTo)) run.addEvaluation(evaluation);
  const last = {
    ...state,
    step,
    rows: new ArrayBuffer(0),
    rowCount: 0,
    evaluations: [],
    sharpness: measured.filter(upTo),
  };
  run.take(/** @type {any} */ (last));
  run.placeSharpness(true);
}
