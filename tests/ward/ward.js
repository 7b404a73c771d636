/**
 * `trainscope ward`: diagnoses everybody in the ward, of whom is known what they have, and says how often the
 * diagnosis is right. README.md says who they are and how that is known.
 */

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { readDataPath } from '../../web/cli/files/data_path.js';
import { withStudyPool } from '../../web/cli/study/study_pool.js';
import { SEEDS } from '../../web/engine/study/judge/playbook.js';
import { diagnoseCase, FAILED } from './diagnosis.js';
import { keyOf, readKnown, writeKnown } from './known.js';
import { measure, measureEnd, sharesReached } from './outcome.js';
import { writeOwnData } from './own_data.js';
import { formatRow, formatVerification, formatWard } from './report.js';
import { listWard } from './roll.js';
import { confusionOf, countTotals, firstCause, judgeFigure } from './score.js';
import { freshSeeds, verify } from './verify.js';

/**
 * @typedef {import('../../web/engine/engine.js').Engine} Engine
 * @typedef {import('./roll.js').Case} Case
 * @typedef {import('./known.js').Known} Known
 * @typedef {import('./score.js').Row} Row
 * @typedef {import('./outcome.js').Runner} Runner
 *
 * @typedef {object} WardOptions
 * @property {Case[]} cases
 * @property {number} from
 * @property {number} jobs
 * @property {string | null} out
 * @property {(text: string) => void} say
 */

/**
 * @param {Engine} engine
 * @param {WardOptions} options
 * @returns {Promise<{ result: Record<string, any>, text: string, complaint?: string }>}
 */
export async function runWard(engine, { cases, from, jobs, out, say }) {
  const known = await knowAll(engine, { cases, from, jobs, say });
  const sound = cases.filter(({ id }) => known[id].doubt === null);
  const doubtful = cases.filter(({ id }) => known[id].doubt !== null);
  const earlier = readRows(out);
  const queue = [...sound];
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const work = async () => {
    for (let one = queue.shift(); one; one = queue.shift()) {
      const found = earlier.get(one.id);
      const row = found?.key === keyOf(one) ? found : await examine(engine, one, known[one.id]);
      rows.set(one.id, row);
      say(formatRow(row));
      const isNew = row !== found && row.verdict !== FAILED;
      if (out !== null && isNew) appendFileSync(out, `${JSON.stringify(row)}\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const ordered = sound.flatMap(({ id }) => rows.get(id) ?? []);
  const confusion = [...confusionOf(ordered)].map(([disease, called]) => ({
    disease,
    called: Object.fromEntries(called),
  }));
  const result = {
    from,
    totals: countTotals(ordered),
    confusion,
    rows: ordered,
    left_out: doubtful.map(({ id }) => ({ id, doubt: known[id].doubt })),
  };
  const { failed } = result.totals;
  const complaint = failed > 0 ? `${failed} could not be diagnosed` : undefined;
  return { result, text: formatWard(result), complaint };
}

/**
 * Finds out anew what is known of them.
 *
 * @param {Engine} engine
 * @param {{ cases: Case[], from: number, jobs: number, say: (text: string) => void }} options
 * @returns {Promise<{ result: Record<string, any>, text: string, complaint?: string }>}
 */
export async function verifyWard(engine, { cases, from, jobs, say }) {
  const known = readKnown(from);
  for (const { id } of cases) delete known[id];
  writeKnown(from, known);
  await knowAll(engine, { cases, from, jobs, say });
  const found = readKnown(from);
  const rows = cases.map(({ id, done }) => ({ id, done, ...found[id] }));
  const doubtful = rows.filter(({ doubt }) => doubt !== null);
  return {
    result: { from, rows },
    text: formatVerification(rows),
    complaint: doubtful.length > 0 ? `${doubtful.length} are not what they are said to be` : undefined,
  };
}

/** @param {Engine} engine @param {Case} one @param {Known} known @returns {Promise<Row>} */
async function examine(engine, one, known) {
  const { yours, seconds, failure } = await diagnoseCase(one);
  const { verdict, causes, fix } = yours;
  const trained = fix === null ? null : await withRunner(engine, one, 1, (runner) => train(runner, one, fix.changes));
  const after = trained?.fresh ?? known.own;
  const shares = sharesReached(after, known.best);
  return {
    id: one.id,
    key: keyOf(one),
    disease: one.disease,
    done: one.done,
    verdict,
    first: firstCause(yours),
    causes,
    fix,
    broken: failure ?? judgeFigure(fix, trained?.end ?? null),
    before: known.own.loss,
    after: after.loss,
    best: known.best.loss,
    share: shares.lower,
    share_accuracy: shares.accuracy,
    seconds,
  };
}

/**
 * A fix is judged by seeds that did not choose it; by those that did, its figure is checked.
 *
 * @param {Runner} runner
 * @param {Case} one
 * @param {import('../../web/engine/config/config.js').SomeSettings} changes
 */
async function train(runner, { config }, changes) {
  const treated = { ...config, ...changes };
  const seeds = Array.from({ length: SEEDS }, (_, i) => config.seed + i);
  const [end, fresh] = await Promise.all([
    measureEnd(runner, treated, seeds),
    measure(runner, treated, freshSeeds(config)),
  ]);
  return { end, fresh };
}

/**
 * What is known of them all; found out where it is not known.
 *
 * @param {Engine} engine
 * @param {{ cases: Case[], from: number, jobs: number, say: (text: string) => void }} options
 */
async function knowAll(engine, { cases, from, jobs, say }) {
  // Nothing is kept of those who are not there any more.
  const ids = new Set(listWard(engine, from).map(({ id }) => id));
  const known = Object.fromEntries(Object.entries(readKnown(from)).filter(([id]) => ids.has(id)));
  for (const one of cases) {
    if (known[one.id]?.key === keyOf(one)) continue;
    known[one.id] = { key: keyOf(one), ...(await withRunner(engine, one, jobs, (runner) => verify(runner, one))) };
    say(`${one.id}: ${known[one.id].doubt ?? 'as it is said to be'}`);
    writeKnown(from, known);
  }
  return known;
}

/**
 * @template T
 * @param {Engine} engine
 * @param {Case} one
 * @param {number} jobs
 * @param {(runner: Runner) => Promise<T>} work
 */
async function withRunner(engine, { own }, jobs, work) {
  const data = own ? await readDataPath(engine, await writeOwnData(own.name, own.seed)) : null;
  return withStudyPool({ jobs, data }, work);
}

/** What an earlier ward has found. @param {string | null} path @returns {Map<string, Row>} */
function readRows(path) {
  if (path === null || !existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => /** @type {Row} */ (JSON.parse(line))).map((row) => [row.id, row]));
}

// What the command needs is this module's alone to know.
export { listWard };
