/**
 * One rule for what is said: it follows from what was computed, or it is not said. Page and command line are driven
 * through the same states, all that they say is collected, and no two statements may contradict
 * (tests/statements: the states, and the rules).
 */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { settingsAt } from '../../web/engine/config/config.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { createEngine } from '../../web/platform/node/index.js';
import { runCli } from '../cli/helpers.js';
import { RULES, SWEEP_RULES } from '../statements/rules.js';
import { RUNS, SWEEPS } from '../statements/states.js';
import { read, restingStep, untilDrawn, waitForEnd, waitUntil } from './page_state.js';
import { stage } from './stage.js';

/**
 * @typedef {import('../statements/rules.js').Said} Said
 * @typedef {import('../statements/rules.js').SweepSaid} SweepSaid
 * @typedef {import('../statements/states.js').RunState} RunState
 */

const engine = await createEngine();
const NORMS_NEEDED = SCHEMA.definitions.adaptive_norms;

/** @type {Awaited<ReturnType<typeof stage.open>>} */
let opened;
const folder = await mkdtemp(join(tmpdir(), 'statements-'));
after(() => rm(folder, { recursive: true }));

// ---- collecting ------------------------------------------------------------------------------------------------------

/** As flags. @param {Record<string, any>} settings @returns {string[]} */
function wordsOf({ changes = [], ...settings }) {
  return [
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...changes.flatMap((/** @type {any} */ { step, field, value }) => ['--change', `${step}:${field}=${value}`]),
  ];
}

/** A number that JSON may hold as text. @param {number | string} value */
const plain = (value) => Number(value);

/** @param {Record<string, any>} settings */
async function onCommandLine(settings) {
  const out = join(folder, 'run.jsonl');
  const words = ['train', ...wordsOf(settings), '--threads', '1'];
  const told = await runCli([...words, '--json', '--out', out]);
  const { stdout: text } = await runCli(words);
  const lines = (await readFile(out, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { json: JSON.parse(told.stdout), text, rows: lines.filter(({ type }) => type === 'step') };
}

/**
 * What the statements are held against, counted by hand.
 *
 * @param {Record<string, any>} json @param {any[]} rows @param {number} baseline
 * @returns {import('../statements/rules.js').Truth}
 */
function count(json, rows, baseline) {
  const taken = rows.filter((row) => Number.isFinite(plain(row.loss)) && Number.isFinite(plain(row.grad_norm)));
  // A dead network's episode lasts, whatever it looked like before.
  const lasts = (/** @type {any} */ { recovered_at }) => recovered_at ?? taken.length;
  const typical = taken.filter(
    (_, step) =>
      !json.episodes.some((/** @type {any} */ one) => step >= one.begin && step < lasts(one)) &&
      (json.dead_at === null || step <= json.dead_at),
  );
  let norms = 0;
  const clippable = taken.filter(({ step }) => {
    const { clip, clip_in_warmup, warmup_steps } = settingsAt(json.config, step + 1);
    norms++;
    if (clip === 'off' || (!clip_in_warmup && step < warmup_steps)) return false;
    return clip !== 'adaptive' || norms >= NORMS_NEEDED;
  });
  return {
    typical: typical.length < NORMS_NEEDED ? null : typical.map(({ grad_norm }) => grad_norm),
    clippable: clippable.length,
    clipped: taken.filter(({ clip_scale }) => clip_scale < 1).length,
    hadLearned: json.episodes.some(
      (/** @type {any} */ { begin, loss_before }) =>
        begin > 0 && loss_before < SCHEMA.definitions.infeasible_share * baseline,
    ),
  };
}

/** Resolves when the page has drawn, and said the same for a few frames: what is told of a run may come in parts. */
async function settle() {
  const { page } = opened;
  for (let last = '', same = 0; same < 3; ) {
    await untilDrawn(page, 1);
    const now = JSON.stringify(await read(page, ({ statements }) => statements));
    same = now === last ? same + 1 : 0;
    last = now;
  }
}

/** @param {RunState} state @returns {Promise<Said>} */
async function collectRun({ settings, paused }) {
  const { page } = opened;
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  await read(page, ({ startAlone }, { given, still }) => startAlone(given, still), { given: config, still: !!paused });
  if (paused) {
    await waitUntil(page, ({ active }) => active.status === 'paused');
    await read(page, ({ stepOnce }, steps) => stepOnce(steps), paused.pauseAt);
    await waitUntil(page, ({ active }, step) => active.summary?.steps === step, paused.pauseAt);
    assert.equal(await restingStep(page), paused.pauseAt);
    const before = await read(page, ({ active }) => active.summary?.norm_suggested);
    await read(page, ({ set }, edits) => set(edits), paused.edits);
    // What is told of the norms follows, though no step is taken.
    await waitUntil(page, ({ active }, was) => active.summary?.norm_suggested !== was, before);
  } else await waitUntil(page, ({ active }) => active.status === 'complete' || active.status === 'diverged');
  await settle();
  const seen = await read(page, ({ statements, active }) => ({
    page: statements,
    config: active.inForce,
    summary: active.summary,
    hasEnded: active.status === 'complete' || active.status === 'diverged',
  }));
  // The same steps on the command line: what stands still has gone no further.
  const same = paused ? { ...settings, steps: paused.pauseAt, ...paused.edits } : settings;
  const { json, text, rows } = await onCommandLine(same);
  return { ...seen, json, text, truth: count(json, rows, seen.summary?.baseline_loss ?? Number.NaN) };
}

/** @param {import('../statements/states.js').SweepState} state @returns {Promise<SweepSaid>} */
async function collectSweep({ settings, over, shard }) {
  const { page } = opened;
  const { config } = engine.parseConfig(settings);
  await read(page, ({ show }) => show('sweep', ''));
  await read(page, ({ startSweep }, { given, axis }) => startSweep(given, axis), {
    given: shard ? { ...config, steps: 20_000 } : config,
    axis: over,
  });
  if (shard) await read(page, ({ stopSweep }) => stopSweep());
  await waitUntil(page, ({ isSweeping, sweep }) => !isSweeping && sweep.trials.length >= 0);
  await settle();
  const said = await read(page, ({ statements }) => statements.sweep);
  const words = ['sweep', ...wordsOf(settings), '--over', over, '--jobs', '1', ...(shard ? ['--shard', shard] : [])];
  const [json, text] = [await runCli([...words, '--json']), await runCli(words)];
  return { complete: shard === undefined, json: JSON.parse(json.stdout), text: text.stdout, page: said };
}

// ---- holding it together ---------------------------------------------------------------------------------------------

/** States, as they were collected. @type {Said[]} */
const collected = [];
/** @type {SweepSaid[]} */
const swept = [];

test('page and command line are driven through 30 states and more, and no two statements contradict', async (t) => {
  assert.ok(RUNS.length + SWEEPS.length >= 30);
  opened = await stage.open('?dataset=moons&samples=100&steps=5');
  // The page's own first run, which would follow the first state's.
  await waitForEnd(opened.page);
  for (const state of RUNS) {
    await t.test(state.name, async () => {
      const said = await collectRun(state);
      collected.push(said);
      const complaints = RULES.flatMap(({ says, broken }) => broken(said).map((complaint) => `${says}: ${complaint}`));
      assert.deepEqual(complaints, []);
    });
  }
  for (const state of SWEEPS) {
    await t.test(`a sweep: ${state.name}`, async () => {
      const said = await collectSweep(state);
      swept.push(said);
      const complaints = SWEEP_RULES.flatMap(({ says, broken }) => broken(said).map((one) => `${says}: ${one}`));
      assert.deepEqual(complaints, []);
    });
  }
  await opened.check();
});

test('every rule finds each of the contradictions that it is there for', () => {
  /** @template T @param {{ says: string, broken: (said: T) => string[], lies: ((said: T) => void)[] }} rule @param {T} honest */
  const mustFind = ({ says, broken, lies }, honest) => {
    assert.deepEqual(broken(honest), [], says);
    for (const [i, lie] of lies.entries()) {
      const said = structuredClone(honest);
      lie(said);
      assert.ok(broken(said).length > 0, `${says}: lie ${i + 1} was believed`);
    }
  };
  for (const rule of RULES) mustFind(rule, collected[0]);
  for (const rule of SWEEP_RULES) mustFind(rule, swept[0]);
});
