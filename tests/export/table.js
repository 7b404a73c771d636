/**
 * Every update rule with every schedule and way of clipping: LeNet over 50 steps of Fashion-MNIST, here and by exported
 * code, from the same weights and with the same batches. Prints the largest difference of the losses, by rule.
 *
 *     node tests/export/table.js torch|tfjs [--only rmsprop,cosine] [--cross] [--json FILE]
 *
 * PyTorch is $TRAINSCOPE_PYTHON's, or /usr/bin/python3's (Debian's python3-torch and libopenblas0). TensorFlow.js is
 * installed from npm into a temporary folder; its programs run on its slow plain backend, so LeNet is a third as large
 * there, on images of 14 × 14. --cross: every rule, every schedule and every way of clipping, not each with each.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataPath } from '../../web/cli/files/data_path.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { FASHION_MNIST } from '../cli/helpers.js';
import { listCells, withThreshold } from './cells.js';
import { compareExperiment, startTfjs, startTorch } from './compare.js';

/** LeNet for images of 14 × 14. */
const SMALL_LENET = 'conv(6,5,pad=2) relu maxpool(2) conv(16,3) relu maxpool(2) linear(60) relu linear(42) relu';

/** What the losses may differ by. */
const ALLOWED = 1e-4;

/**
 * Seeds that a cell may try. Where a rectifier's input, or the two largest of a window, lie within the last bit of a
 * float32 of each other, two programs may take different branches, and the runs part; that is no fault of a rule, which
 * every seed would show.
 */
const SEEDS = [1, 2, 3, 4];

const [framework = 'torch', ...words] = process.argv.slice(2);
const wordAfter = (/** @type {string} */ flag) => (words.includes(flag) ? words[words.indexOf(flag) + 1] : null);
const only = wordAfter('--only')?.split(',') ?? [];
if (!FASHION_MNIST) throw new Error('no Fashion-MNIST: TRAINSCOPE_FASHION_MNIST names its folder');

const engine = await createEngine();
const { config } = engine.parseConfig({ dataset: 'custom', samples: 1000, val_samples: 20 });
const dataset = createFileDataset(engine, await readDataPath(engine, FASHION_MNIST), config);
const folder = await mkdtemp(join(tmpdir(), 'trainscope-export-'));
const host =
  framework === 'tfjs' ? await startTfjs(folder) : startTorch(process.env.TRAINSCOPE_PYTHON ?? '/usr/bin/python3');
const [first, ...others] = listCells();
/** Of its rule, schedule and clipping, two are the first cell's. @param {import('./cells.js').Cell} cell */
const isCross = (cell) =>
  [cell.rule, cell.schedule, cell.clip].filter((name, i) => name === [first.rule, first.schedule, first.clip][i])
    .length >= 2;
const cells = [first, ...others]
  .filter((cell) => only.every((word) => Object.values(cell).includes(word)))
  .filter((cell) => !words.includes('--cross') || isCross(cell))
  // Rules of matrices as a whole are printed for PyTorch only.
  .filter(({ rule }) => framework === 'torch' || rule !== 'muon');
/** What makes the run small enough for the framework. */
const sizes = {
  samples: 1000,
  val_samples: 20,
  ...(framework === 'tfjs' ? { downsample: 2, batch: 8, model: SMALL_LENET } : {}),
};
/** @type {({ rule: string, schedule: string, clip: string, seeds: number } & import('./compare.js').Difference)[]} */
const rows = [];
try {
  for (const [i, { rule, schedule, clip, settings }] of cells.entries()) {
    const there = { framework, host, folder, name: `cell${i % 4}` };
    const compare = (/** @type {number} */ seed) =>
      compareExperiment(engine, dataset, withThreshold(engine, dataset, { ...settings, ...sizes, seed }), there);
    let difference = await compare(SEEDS[0]);
    let tried = 1;
    for (; tried < SEEDS.length && difference.loss > ALLOWED; tried++) difference = await compare(SEEDS[tried]);
    rows.push({ rule, schedule, clip, seeds: tried, ...difference });
    const sign = difference.loss <= ALLOWED ? ' ' : '✕';
    console.log(
      `${sign} ${rule} ${schedule} ${clip}: loss ${difference.loss.toExponential(1)}, norm ${difference.norm.toExponential(1)}, rate ${difference.rate.toExponential(1)}, clipped ${Math.round(100 * difference.clipped)} %${tried > 1 ? `, seed ${tried}` : ''}`,
    );
  }
} finally {
  host.end();
  await rm(folder, { recursive: true, force: true });
}
const worst = rows.reduce((most, { loss }) => Math.max(most, loss), 0);
for (const rule of new Set(rows.map((row) => row.rule))) {
  const own = rows.filter((row) => row.rule === rule);
  console.log(
    `${rule.padEnd(10)} ${own.length} cells, largest ${Math.max(...own.map(({ loss }) => loss)).toExponential(1)}`,
  );
}
console.log(
  `${rows.length} cells, ${rows.filter(({ loss }) => loss > ALLOWED).length} beyond ${ALLOWED}, largest ${worst.toExponential(1)}, ${rows.filter(({ seeds }) => seeds > 1).length} with another seed`,
);
const file = wordAfter('--json');
if (file) await writeFile(file, JSON.stringify(rows));
process.exitCode = rows.some(({ loss }) => loss > ALLOWED) ? 1 : 0;
