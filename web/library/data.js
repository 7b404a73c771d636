/**
 * `trainscope/data`: the readers and writers of files, from bytes to arrays and back; none knows a disk or a page.
 *
 *     import { createEngine } from 'trainscope';
 *     import { createFileDataset, readDataFiles } from 'trainscope/data';
 *
 *     const engine = await createEngine();
 *     const data = await readDataFiles(engine, [{ name: 'iris.csv', bytes }], 'iris.csv');
 *     const { config } = engine.parseConfig({ dataset: 'custom', steps: 200 });
 *     const trainer = engine.createTrainer(config, createFileDataset(engine, data, config));
 */

export { readCsv } from '../engine/data/csv.js';
export { createFileDataset, reportData } from '../engine/data/data_files.js';
export { readDataFiles } from '../engine/data/read_files.js';
export { streamBlob, streamBytes, unpackStream } from '../engine/data/streams.js';
export { readLogs } from '../engine/logs/read_logs.js';
export { parseRoles } from '../engine/logs/roles.js';
export { settleRun } from '../engine/logs/settle.js';
export {
  configLine,
  decodeJson,
  encodeJson,
  evaluationLine,
  eventLine,
  readRunLog,
  stepLine,
  summaryLine,
} from '../engine/run/run_log.js';
export { readSafetensors, writeSafetensors } from '../engine/run/safetensors.js';
export { fitWeights, startFromWeights } from '../engine/run/start_weights.js';
