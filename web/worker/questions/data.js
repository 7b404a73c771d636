/** Questions about data of the user's own. */

import { isTableName } from '../../engine/data/choose_files.js';
import { createFileDataset } from '../../engine/data/data_files.js';
import { readDataFiles } from '../../engine/data/read_files.js';
import { streamBlob } from '../../engine/data/streams.js';
import { completeConfig } from '../complete_config.js';

/**
 * A table is read as it streams in; what else there is is read whole.
 *
 * @param {import('../protocol.js').DataFile} file
 */
async function openFile({ name, blob, reading }) {
  if (isTableName(name)) return { name, stream: streamBlob(blob), reading };
  return { name, bytes: new Uint8Array(await blob.arrayBuffer()), reading };
}

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const dataQuestions = {
  async loadData({ dataId, files, config }, { engine, data: kept }) {
    const named = await Promise.all(files.map(openFile));
    const read = await readDataFiles(engine, named);
    const shared = engine.shareData(read);
    const data = shared ?? read;
    const dataset = createFileDataset(engine, data, completeConfig(engine, { ...config, dataset: 'custom' }));
    const { trainCount, valCount, notes } = dataset;
    dataset.dispose();
    kept.keepFiles(dataId, data);
    const { name, shape, classes, classNames, target, columns } = data;
    return { dataId, name, shape, classes, classNames, target, columns, notes, trainCount, valCount, shared };
  },
};
