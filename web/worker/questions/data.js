/** Questions about data of the user's own. */

import { createFileDataset } from '../../engine/data/data_files.js';
import { readDataFiles } from '../../engine/data/read_files.js';
import { completeConfig } from '../complete_config.js';

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const dataQuestions = {
  async loadData({ dataId, files, config }, { engine, data: kept }) {
    const named = await Promise.all(
      files.map(async ({ blob, ...file }) => ({ ...file, bytes: new Uint8Array(await blob.arrayBuffer()) })),
    );
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
