/**
 * Networks that read sequences over 50 steps, here and by code for PyTorch, from the same weights and with the same batches.
 *
 *     node tests/export/sequence_table.js
 *
 * PyTorch is $TRAINSCOPE_PYTHON's, or /usr/bin/python3's (Debian's python3-torch and libopenblas0).
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../web/platform/node/index.js';
import { compareExperiment, startTorch } from './compare.js';
import { SEQUENCES } from './sequences.js';

/** What the losses may differ by. */
const ALLOWED = 1e-4;

const engine = await createEngine();
const folder = await mkdtemp(join(tmpdir(), 'trainscope-export-'));
const host = startTorch(process.env.TRAINSCOPE_PYTHON ?? '/usr/bin/python3');
let beyond = 0;
try {
  for (const { name, settings } of SEQUENCES) {
    const dataset = engine.generateDataset(engine.parseConfig(settings).config);
    const there = { framework: 'torch', host, folder, name };
    const { loss, norm, rate } = await compareExperiment(engine, dataset, settings, there);
    dataset.dispose();
    if (!(loss <= ALLOWED)) beyond++;
    console.log(
      `${loss <= ALLOWED ? ' ' : '✕'} ${name}: loss ${loss.toExponential(1)}, norm ${norm.toExponential(1)}, rate ${rate.toExponential(1)}`,
    );
  }
} finally {
  host.end();
  await rm(folder, { recursive: true, force: true });
}
console.log(`${SEQUENCES.length} networks, ${beyond} beyond ${ALLOWED}`);
process.exitCode = beyond > 0 ? 1 : 0;
