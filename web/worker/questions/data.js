/** Questions about data of the user's own. */

import { chooseDataFiles, isTableName } from '../../engine/data/choose_files.js';
import { createFileDataset } from '../../engine/data/data_files.js';
import { readDataFiles } from '../../engine/data/read_files.js';
import { streamBlob } from '../../engine/data/streams.js';
import { completeConfig } from './complete_config.js';

/**
 * @typedef {import('../protocol.js').DataFile} DataFile
 * @typedef {import('../../engine/data/data_files.js').NamedFile | import('../../engine/data/data_files.js').TableFile} Opened
 */

/** Files that are read at the same time. */
const READ_AT_ONCE = 64;

/**
 * A table is read as it streams in; what else there is is read whole.
 *
 * @param {DataFile} file
 * @returns {Promise<Opened>}
 */
async function openFile({ name, blob, reading }) {
  if (isTableName(name)) return { name, stream: streamBlob(blob), reading };
  return { name, bytes: new Uint8Array(await blob.arrayBuffer()), reading };
}

/** What is data of what was dropped: a folder may hold all sorts of files, but single files are meant. @param {DataFile[]} files */
function chooseFiles(files) {
  if (files.every(({ name }) => !name.includes('/'))) return files;
  const names = new Set(chooseDataFiles(files.map(({ name }) => name).sort(), 'What was dropped'));
  return files.filter(({ name }) => names.has(name));
}

/** The folder that all lie in, if there is one. @param {DataFile[]} files @returns {string | undefined} */
function nameFolder(files) {
  const folder = files[0]?.name.match(/^[^/]+(?=\/)/)?.[0];
  return files.every(({ name }) => name.startsWith(`${folder}/`)) ? folder : undefined;
}

/** @satisfies {Partial<import('../handlers.js').QuestionHandlers>} */
export const dataQuestions = {
  async loadData({ dataId, files, config }, { engine, data: kept }) {
    const chosen = chooseFiles(files);
    /** @type {Opened[]} */
    const opened = [];
    for (let i = 0; i < chosen.length; i += READ_AT_ONCE) {
      opened.push(...(await Promise.all(chosen.slice(i, i + READ_AT_ONCE).map(openFile))));
    }
    const read = await readDataFiles(engine, opened, nameFolder(chosen));
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
