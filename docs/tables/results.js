/**
 * What the commands print with --json, and what a RUN.jsonl holds: the members are those of real results, of short runs
 * that are made here; their words are those of the declarations.
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { membersOf } from './declarations.js';
import { cell, code, table } from './markdown.js';

const CLI = fileURLToPath(new URL('../../web/cli.js', import.meta.url));
const run = promisify(execFile);

/** Short, with an instability, a change and the sharpness in it. */
const RUN = '--dataset moons --steps 120 --eval-every 40 --sharpness-every 60 --change 30:lr=0.05';

/** Where the declarations of what only commands print are, beside the library's. */
const OF_COMMANDS = '../command-types';

/** By command: what is run, and the declared type of what it prints. */
const COMMANDS = [
  { name: 'train', args: `train ${RUN} --lr 8`, file: 'engine/run/run_report.d.ts', type: 'RunReport' },
  {
    name: 'lr-find',
    args: 'lr-find --dataset moons --points 100 --lr-max 100 --try',
    file: 'engine/study/range_result.d.ts',
    type: 'RangeResult',
  },
  {
    name: 'sweep',
    args: 'sweep --dataset moons --steps 60 --over lr=0.01,0.1,1 --seeds 2',
    file: 'engine/study/sweep.d.ts',
    type: 'SweepResult',
  },
  {
    name: 'diagnose',
    args: 'diagnose --dataset moons --steps 60 --lr 3 --budget 20000',
    file: 'engine/study/procedure/diagnose.d.ts',
    type: 'Diagnosis',
  },
  { name: 'inspect', args: 'inspect RUN.jsonl', file: 'engine/study/inspect/inspect.d.ts', type: 'Inspection' },
  {
    name: 'slice',
    args: 'slice --dataset moons --steps 60 --step 60 --places 5',
    file: `${OF_COMMANDS}/web/cli/commands/slice.d.ts`,
    type: 'SliceReport',
  },
  {
    name: 'gallery check',
    args: 'gallery check hidden-spike --quick',
    file: 'engine/study/gallery/check.d.ts',
    type: '{ results: CheckResult[]; }',
  },
  {
    name: 'data',
    args: 'data fashion-mnist --from FILES --to FASHION',
    file: `${OF_COMMANDS}/web/cli/commands/data.d.ts`,
    type: 'DataReport',
  },
  {
    name: 'bench',
    args: 'bench --quick --peers none --works W1-momentum',
    file: `${OF_COMMANDS}/tests/bench/bench.d.ts`,
    type: 'BenchReport & Effort',
  },
];

/** Members that are described elsewhere, or are a settings' own. */
const APART = new Set(['config', 'changes', 'settings', 'definitions']);

/** @param {unknown} value */
function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string' && ['NaN', 'Infinity', '-Infinity'].includes(value)) return 'number, as text';
  return typeof value;
}

/**
 * A row for each member, and for those within it.
 *
 * @param {unknown} value
 * @param {{ file: string, type: string }} declared
 * @param {string} path
 * @returns {string[][]}
 */
function describe(value, { file, type }, path) {
  // Lists are told by the first of their members that has most to tell.
  const items = Array.isArray(value) ? value : [value];
  const samples = items.filter((item) => item !== null && typeof item === 'object' && !Array.isArray(item));
  const known = membersOf(file, type);
  /** @type {Map<string, unknown>} */
  const members = new Map();
  for (const sample of samples) {
    for (const [name, member] of Object.entries(sample)) {
      if ((members.get(name) ?? null) === null) members.set(name, member);
    }
  }
  return [...members].flatMap(([name, member]) => {
    const place = path === '' ? name : `${path}.${name}`;
    const told = known?.get(name);
    const row = [code(place), member === null ? cell(told?.type ?? 'null') : kindOf(member), cell(told?.text ?? '')];
    const isDeep = member !== null && typeof member === 'object' && !APART.has(name) && place.split('.').length < 4;
    const inner = { file: told?.file ?? file, type: told?.type ?? '' };
    return [row, ...(isDeep ? describe(member, inner, Array.isArray(member) ? `${place}[]` : place) : [])];
  });
}

/** @param {string} cwd @param {string} args */
const runJson = async (cwd, args) => {
  const { stdout } = await run(process.execPath, [CLI, ...args.split(' '), '--json'], { cwd, maxBuffer: 1e8 });
  return JSON.parse(stdout);
};

/** @param {string} text of a RUN.jsonl */
function runLogText(text) {
  /** @type {Map<string, Map<string, unknown>>} */
  const kinds = new Map();
  for (const line of text
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one))) {
    const name = line.type === 'event' ? `event, ${line.kind}` : line.type;
    const members = kinds.get(name) ?? new Map();
    kinds.set(name, members);
    for (const [member, value] of Object.entries(line)) if (!members.has(member)) members.set(member, value);
  }
  const rows = [...kinds].map(([name, members]) => [
    cell(name),
    name === 'config'
      ? 'every [setting](../settings/), and <code>changes</code>'
      : name === 'summary'
        ? 'what [`train --json`](#train) prints'
        : [...members.keys()]
            .filter((member) => member !== 'type')
            .map(code)
            .join(' '),
  ]);
  return table(['line', 'members beside `type`'], rows);
}

/**
 * Files in the form of Fashion-MNIST, which nobody who renders these pages has to own: as many, as large, each class as
 * often, and as bright.
 *
 * @param {string} folder
 */
async function writeFashionLike(folder) {
  await mkdir(folder);
  for (const [name, count] of /** @type {const} */ ([
    ['train', 60_000],
    ['t10k', 10_000],
  ])) {
    const images = Buffer.concat([idxHead(count, 28, 28), Buffer.alloc(count * 28 * 28, 73)]);
    const labels = Buffer.concat([idxHead(count), Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % 10))]);
    await writeFile(join(folder, `${name}-images-idx3-ubyte.gz`), gzipSync(images, { level: 1 }));
    await writeFile(join(folder, `${name}-labels-idx1-ubyte.gz`), gzipSync(labels, { level: 1 }));
  }
}

/** Of bytes. @param {number[]} shape */
function idxHead(...shape) {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [i, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * i);
  return head;
}

/** @returns {Promise<{ json: string, runLog: string }>} */
export async function resultTexts() {
  const folder = await mkdtemp(join(tmpdir(), 'trainscope-docs-'));
  try {
    // A rate at which moons blow up, so that its events are there too.
    await runJson(folder, `train ${RUN} --lr 8 --out RUN.jsonl`);
    const runLog = runLogText(await readFile(join(folder, 'RUN.jsonl'), 'utf8'));
    await writeFashionLike(join(folder, 'FILES'));
    const parts = [];
    for (const { name, args, file, type } of COMMANDS) {
      const rows = describe(await runJson(folder, args), { file, type }, '');
      parts.push(`## ${name}\n\n\`trainscope ${args} --json\`\n\n${table(['member', 'kind', 'what it is'], rows)}`);
    }
    return { json: parts.join('\n\n'), runLog };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
