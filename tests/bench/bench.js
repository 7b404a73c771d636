/**
 * `trainscope bench`: our speed and that of others at the same works, in one run. Peers take turns in short rounds, so
 * that whatever else the machine does hits all of them; medians over the rounds are compared.
 */

import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { compareOutcomes } from './agreement.js';
import { formatGrowth, measureGrowth } from './growth.js';
import { drawGrowth } from './growth_svg.js';
import { describeLoad, describeMachine } from './machine.js';
import { writeMaterial } from './material.js';
import { runOnecycle } from './onecycle.js';
import { openPeaks } from './peak.js';
import { OURS, PEERS, startProcesses } from './peers.js';
import { formatBench } from './report.js';
import { listWorks } from './works.js';

/**
 * @typedef {import('../../web/engine/engine.js').Engine} Engine
 * @typedef {import('../../web/engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('./works.js').Work} Work
 * @typedef {import('./peers.js').Contestant} Contestant
 * @typedef {Awaited<ReturnType<typeof startProcesses>> & Partial<import('./chromium.js').ChromiumStage>} Stage
 *
 * @typedef {object} Row
 * @property {string} peer
 * @property {string} work
 * @property {string} unit
 * @property {number} median  of the rounds
 * @property {number} min
 * @property {number} max
 * @property {string} runs_in
 * @property {number} threads
 * @property {'plain' | 'fused' | null} arithmetic  of ours, and of the peak
 * @property {number | null} peak_share  of the 128-bit peak, from the work's floating-point operations
 * @property {number | null} ratio  our plain speed in the same round, place and on one thread, divided by this one's: the median
 *
 * @typedef {Map<'plain' | 'fused', number[]>} Peaks  GFLOP/s, as often as it was measured
 *
 * @typedef {object} BenchReport  as JSON, with the effort
 * @property {ReturnType<typeof describeMachine> & { load: number }} machine  load: how busy it was before, in cores
 * @property {boolean} quick
 * @property {string} data  what the images are: Fashion-MNIST or glyphs
 * @property {Omit<Contestant, 'client' | 'id'>[]} contestants  who was measured
 * @property {import('./peers.js').Absence[]} absent  who could not be started, and why
 * @property {Pick<Work, 'id' | 'title' | 'unit' | 'flops'>[]} works
 * @property {Row[]} rows  each contestant at each work, and the machine's own limit as the peer `peak`
 * @property {(Pick<Contestant, 'peer'> & { work: string, is_reference: boolean } & import('./agreement.js').Agreement)[]} agreement
 *   whether the peers computed the same as ours
 * @property {object[]} threads  of ours: the speed beside one thread's, and whether the digest is the same
 * @property {object[]} ways  what a peer did in its own way
 * @property {object | null} onecycle  epochs until a target, with and without 1cycle; null without Fashion-MNIST or in short
 *
 * @typedef {object} Effort
 * @property {number} rounds
 * @property {number} slice_ms  of a peer in a round
 * @property {number} agree_ms  most time that a peer may take for the steps that are compared
 * @property {number} steps  that are compared
 * @property {number} images  to train with, and as many to be named
 */

const GROWTH_PICTURE = new URL('./growth.svg', import.meta.url);

/** The share of a round's time that each peer runs before it counts. */
const WARM_UP = 0.5;

/** Common steps of ours in the other arithmetic. */
const FUSED_STEPS = 60;

/** @type {Record<'quick' | 'full', Effort>} */
const EFFORTS = {
  quick: { rounds: 3, slice_ms: 20, agree_ms: 1000, steps: 40, images: 2000 },
  full: { rounds: 11, slice_ms: 300, agree_ms: 60_000, steps: 300, images: 10_000 },
};

/**
 * @param {Engine} engine
 * @param {object} options
 * @param {boolean} options.quick
 * @param {string[]} options.peers  ids
 * @param {string[]} options.works  ids; all where there are none
 * @param {string | null} options.before  the folder of another checkout, built
 * @param {{ folder: string, files: DataFiles } | null} options.fashionMnist
 * @param {(text: string) => void} options.say
 * @returns {Promise<{ result: BenchReport & Effort, text: string, complaint?: string }>}
 */
export async function runBench(engine, { quick, peers, works: chosen, before, fashionMnist, say }) {
  const effort = quick ? EFFORTS.quick : EFFORTS.full;
  const works = listWorks().filter(({ id }) => chosen.length === 0 || chosen.includes(id));
  const loadBefore = describeLoad();
  say('Making the data, weights and batches that everybody gets');
  const material = await writeMaterial(engine, works, fashionMnist?.files ?? null, effort);
  const restoreSignals = cleanUpOnSignals(material.folder);
  try {
    const { folder } = material;
    const measured = await measureStages({ quick, peers, works, before, fashionMnist, effort, folder, say });
    const { peaks, stages, parts, onecycle } = measured;
    const rows = [...peakRows(peaks), ...parts.flatMap((part) => part.rows)];
    const result = {
      machine: { ...describeMachine(stages), load: loadBefore },
      quick,
      ...effort,
      data: material.data,
      contestants: stages.flatMap(({ contestants }) => contestants.map(({ client, id, ...facts }) => facts)),
      absent: stages.flatMap(({ absent }) => absent),
      works: works.map(({ id, title, unit, flops }) => ({ id, title, unit, flops })),
      rows: rows.map((row) => addPeakShare(row, works, peaks)),
      agreement: parts.flatMap(({ agreement }) => agreement),
      threads: parts.flatMap(({ threads }) => threads),
      ways: parts.flatMap(({ ways }) => ways),
      onecycle,
    };
    return { result, text: formatBench(result), complaint: findComplaint(result) };
  } finally {
    restoreSignals();
    await rm(material.folder, { recursive: true, force: true });
  }
}

/**
 * Node and native first, then Chromium, which is not even running before.
 *
 * @param {object} options
 * @param {boolean} options.quick
 * @param {string[]} options.peers
 * @param {Work[]} options.works
 * @param {string | null} options.before
 * @param {{ folder: string } | null} options.fashionMnist
 * @param {Effort} options.effort
 * @param {string} options.folder  the material
 * @param {(text: string) => void} options.say
 */
async function measureStages({ quick, peers: chosen, works, before, fashionMnist, effort, folder, say }) {
  /** @type {(() => Promise<Stage>)[]} */
  const opens = [() => startProcesses({ folder, chosen, before, say })];
  if (!quick) {
    const dataFolder = fashionMnist?.folder ?? null;
    opens.push(async () => (await import('./chromium.js')).startChromium({ folder, dataFolder, chosen, say }));
  }
  const measures = await openPeaks();
  /** @type {Peaks} */
  const peaks = new Map([...measures.keys()].map((arithmetic) => [arithmetic, []]));
  const between = () => {
    for (const [arithmetic, measure] of measures) peaks.get(arithmetic)?.push(measure(effort.slice_ms / 4));
  };
  const stages = [];
  const parts = [];
  let onecycle = null;
  for (const open of opens) {
    const stage = await open();
    stages.push(stage);
    const { contestants, browser } = stage;
    try {
      if (contestants.length > 0) parts.push(await measureStage(contestants, works, effort, { between, say }));
      const isWhole = works.length === listWorks().length;
      if (browser && fashionMnist && isWhole) {
        onecycle = await runOnecycle(/** @type {any} */ (stage), fashionMnist.folder, say);
      }
    } finally {
      for (const { client } of contestants) client.close();
      await stage.close?.();
    }
  }
  return { peaks, stages, parts, onecycle };
}

/** The material is tens of megabytes: it goes, even where the bench is ended early. @param {string} folder */
function cleanUpOnSignals(folder) {
  const leave = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM']);
  for (const signal of signals) process.once(signal, leave);
  return () => {
    for (const signal of signals) process.off(signal, leave);
  };
}

/**
 * How the cost of a step, and of a chart, grows with its size; draws growth.svg.
 *
 * @param {Engine} engine
 * @param {(text: string) => void} say
 */
export async function runGrowth(engine, say) {
  const growth = measureGrowth(engine, say);
  await writeFile(GROWTH_PICTURE, drawGrowth(growth));
  const surprises = growth.filter(({ exponent, most }) => !(exponent <= most));
  return {
    result: { machine: describeMachine([]), growth },
    text: formatGrowth(growth),
    complaint:
      surprises.length > 0 ? `grows faster than expected: ${surprises.map(({ id }) => id).join(', ')}` : undefined,
  };
}

/** What --peers can name. @returns {string[]} */
export function listPeers() {
  return PEERS.map(({ id }) => id);
}

/** What --works can name. @returns {string[]} */
export function listWorkNames() {
  return listWorks().map(({ id }) => id);
}

/** @param {Record<string, any>} result */
function findComplaint({ agreement, onecycle }) {
  const apart = agreement.filter((/** @type {any} */ { agrees }) => !agrees);
  const complaints = apart.map(
    (/** @type {any} */ { peer, work, runs_in }) => `${peer} (${runs_in}) disagrees on ${work}`,
  );
  if (onecycle && !onecycle.passed) complaints.push('1cycle did not reach its accuracy');
  return complaints.length > 0 ? complaints.join('; ') : undefined;
}

/**
 * All works for peers that run in the same place.
 *
 * @param {Contestant[]} contestants
 * @param {Work[]} works
 * @param {Effort} effort
 * @param {{ between: () => void, say: (text: string) => void }} hooks  between: runs once per round
 */
async function measureStage(contestants, works, effort, { between, say }) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {any[]} */
  const agreement = [];
  /** @type {any[]} */
  const ways = [];
  /** @type {any[]} */
  const threads = [];
  for (const work of works) {
    /** @type {Contestant[]} */
    const able = [];
    /** @type {Map<Contestant, any>} */
    const outcomes = new Map();
    for (const contestant of contestants.filter((one) => takesPart(one, work))) {
      const { peer, runs_in } = contestant;
      say(`${work.id}: ${peer}, ${runs_in}`);
      const { notes, isReady } = await loadWork(contestant, work);
      if (notes.length > 0) ways.push({ peer, work: work.id, runs_in, notes });
      if (!isReady) continue;
      able.push(contestant);
      outcomes.set(contestant, await measureOutcome(contestant, work, effort));
    }
    agreement.push(...judgeOutcomes(work, outcomes, effort.images));
    say(`${work.id}: ${effort.rounds} rounds`);
    const speeds = await measureRounds(able, work, effort, between);
    const ours = able.find(isOurPlain);
    for (const contestant of able) {
      const { peer, runs_in, threads: count, arithmetic } = contestant;
      const values = /** @type {number[]} */ (speeds.get(contestant));
      const ratio = ours ? speedRatio(work, /** @type {number[]} */ (speeds.get(ours)), values) : null;
      rows.push({
        peer,
        work: work.id,
        unit: work.unit,
        ...spread(values),
        runs_in,
        threads: count,
        arithmetic,
        peak_share: null,
        ratio,
      });
      const alone = able.find((one) => one.peer === OURS && one.threads === 1 && one.arithmetic === arithmetic);
      if (peer === OURS && count > 1 && alone) {
        const digests = [outcomes.get(alone)?.digest, outcomes.get(contestant)?.digest];
        const isWhole = outcomes.get(alone)?.losses?.length === outcomes.get(contestant)?.losses?.length;
        const isSame = digests[0] && isWhole ? digests[0] === digests[1] : null;
        const speedup = 1 / speedRatio(work, /** @type {number[]} */ (speeds.get(alone)), values);
        threads.push({ work: work.id, runs_in, threads: count, arithmetic, speedup, same_digest: isSame });
      }
    }
  }
  return { rows, agreement, ways, threads };
}

/** Another checkout of ours is asked for all that ours does. @param {Contestant} contestant @param {Work} work */
function takesPart({ id }, { peers }) {
  return peers.includes(id === 'before' ? 'ours' : id);
}

/** An older checkout may not know a work: then it is left out there. @param {Contestant} contestant @param {Work} work */
async function loadWork({ id, client }, work) {
  const loading = client.ask('load', { work: work.id });
  if (id !== 'before') return { ...(await loading), isReady: true };
  return loading.then(
    ({ notes }) => ({ notes, isReady: true }),
    ({ message }) => ({ notes: [`left out: ${message}`], isReady: false }),
  );
}

/** @param {Contestant} contestant @param {Work} work @param {Effort} effort */
async function measureOutcome({ client, peer, arithmetic }, work, { agree_ms: ms, steps: all }) {
  // Ours is what others are compared with, and itself on two threads, bit for bit: it takes all the steps. Fused, it is a
  // witness of its formulas: before roundings have grown to differences.
  const limit = peer === OURS ? Number.MAX_SAFE_INTEGER : ms;
  const steps = arithmetic === 'fused' ? Math.min(FUSED_STEPS, all) : all;
  if (work.kind === 'train') return client.ask('train', { steps, ms: limit });
  return work.kind === 'evaluate' ? client.ask('evaluate', { ms: limit }) : null;
}

/** @param {Work} work @param {Map<Contestant, any>} outcomes @param {number} images */
function judgeOutcomes(work, outcomes, images) {
  const [[ours, reference] = []] = outcomes; // ours on one thread is the first
  return [...outcomes].flatMap(([{ peer, runs_in, threads, arithmetic }, outcome]) => {
    // An evaluation that its time did not suffice for says nothing.
    if (!outcome || outcome.correct === null || !ours) return [];
    const isReference = outcome === reference;
    return [
      {
        peer,
        work: work.id,
        runs_in,
        threads,
        arithmetic,
        is_reference: isReference,
        ...compareOutcomes(work, reference, outcome, images),
      },
    ];
  });
}

/**
 * @param {Contestant[]} able
 * @param {Work} work
 * @param {Effort} effort
 * @param {() => void} between  runs once per round
 * @returns {Promise<Map<Contestant, number[]>>}  in the work's unit, one per round
 */
async function measureRounds(able, work, { rounds, slice_ms: ms }, between) {
  /** @type {Map<Contestant, number[]>} */
  const speeds = new Map(able.map((contestant) => [contestant, []]));
  // Round 0 warms everybody up and does not count.
  for (let round = 0; round <= rounds; round++) {
    if (round > 0) between();
    for (let i = 0; i < able.length; i++) {
      const contestant = able[(i + round) % able.length]; // nobody always follows the same one
      // Who waited for the others has cold caches, and the system may wake its threads on one core.
      await contestant.client.ask('time', { ms: WARM_UP * ms });
      const { count, seconds } = await contestant.client.ask('time', { ms });
      if (round > 0) speeds.get(contestant)?.push(work.unit === 's' ? seconds / count : count / seconds);
    }
  }
  return speeds;
}

/**
 * Above 1, ours is faster. Compared round by round: what else the machine does changes slower than the peers take turns.
 *
 * @param {Work} work
 * @param {number[]} ours  one per round
 * @param {number[]} theirs
 */
function speedRatio({ unit }, ours, theirs) {
  return median(ours.map((speed, round) => (unit === 's' ? theirs[round] / speed : speed / theirs[round])));
}

/** @param {Peaks} peaks @returns {Row[]} */
function peakRows(peaks) {
  const place = { runs_in: 'node', threads: 1, peak_share: null, ratio: null };
  return [...peaks].map(([arithmetic, values]) => {
    return { peer: 'peak', work: 'PEAK', unit: 'GFLOP/s', ...spread(values), arithmetic, ...place };
  });
}

/**
 * A limit is what was reached at best: its median would be the limit of a busy machine.
 *
 * @param {Row} row
 * @param {Work[]} works
 * @param {Peaks} peaks  of others than ours, the plain one counts
 * @returns {Row}
 */
function addPeakShare(row, works, peaks) {
  const work = works.find(({ id }) => id === row.work);
  const limit = peaks.get(row.arithmetic ?? 'plain');
  if (!work?.flops || !limit || limit.length === 0) return row;
  const perSecond = row.unit === 's' ? work.flops / row.median : work.flops * row.median;
  return { ...row, peak_share: perSecond / (Math.max(...limit) * 1e9) };
}

/** @param {Pick<Contestant, 'peer' | 'threads' | 'arithmetic'>} one  that all are compared with */
function isOurPlain({ peer, threads, arithmetic }) {
  return peer === OURS && threads === 1 && arithmetic === 'plain';
}

/** @param {number[]} values */
function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
