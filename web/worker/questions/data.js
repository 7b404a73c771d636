/** Questions about data of the user's own. */

import { createFileDataset } from '../../engine/data/data_files.js';
import { readDataFiles } from '../../engine/data/read_files.js';
import { completeConfig } from '../complete_config.js';

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const dataQuestions = {
  async loadData({ dataId, files, config }, { engine, data: kept }) {
    const named = files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
    const read = await readDataFiles(engine, named);
    const shared = engine.shareData(read);
    const data = shared ?? read;
    const dataset = createFileDataset(engine, data, completeConfig(engine, { ...config, dataset: 'custom' }));
    const { trainCount, valCount } = dataset;
    dataset.dispose();
    kept.keepFiles(dataId, data);
    const { name, shape, classes, classNames } = data;
    return { dataId, name, shape, classes, classNames, trainCount, valCount, shared };
  },
};
