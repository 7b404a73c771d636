/** What --data points at: a file or a folder, read as data of one's own. */

import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chooseDataFiles, isTableName } from '../../engine/data/choose_files.js';
import { readDataFiles } from '../../engine/data/read_files.js';
import { fileAccessError } from '../file_access.js';
import { UsageError } from '../usage_error.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 * @typedef {import('../../engine/data/data_files.js').DataFiles} DataFiles
 * @typedef {import('../../engine/data/data_files.js').NamedFile} NamedFile
 * @typedef {import('../../engine/data/data_files.js').TableFile} TableFile
 */

/**
 * What --data points at, in the memory that the engine shares where it does.
 *
 * @param {Engine} engine
 * @param {string} path  a folder or a file with data
 * @param {import('../../engine/config/reading_fields.js').Reading} [reading]
 * @returns {Promise<DataFiles>}
 * @throws {UsageError} or a TrainerError about the data
 */
export async function readDataPath(engine, path, reading) {
  const files = await readFiles(path);
  const read = await readDataFiles(
    engine,
    reading ? files.map((file) => ({ ...file, reading })) : files,
    basename(path),
  );
  const shared = engine.shareData(read);
  if (shared) for (const file of files) if ('bytes' in file) releaseBytes(file.bytes);
  return shared ?? read;
}

/** Gives back the memory of what was read, which else waits for an old generation to be collected. @param {Uint8Array} bytes */
function releaseBytes({ buffer, byteLength }) {
  // A small file lies in a buffer of Node's, beside others.
  if (byteLength === buffer.byteLength) structuredClone(buffer, { transfer: [buffer] });
}

/** Bytes of a file that are read at once. */
const CHUNK_BYTES = 1 << 18;

/** So deep are the files of a folder looked for. */
const DEPTH_MAX = 5;

/** More than any data set has, and than is waited for where a folder was named by mistake. */
const FILES_MAX = 1e6;

/** Files that are read at the same time. */
const READ_AT_ONCE = 64;

/** @param {string} path  a folder or a file with data @returns {Promise<(NamedFile | TableFile)[]>} */
async function readFiles(path) {
  const facts = await stat(path).catch(refuseAccess(path));
  if (!facts.isDirectory()) {
    // What is no plain file comes only once, so it is kept for whatever must be looked at again.
    return [isTableName(path) && facts.isFile() ? streamFile(path) : { name: path, bytes: await readBytes(path) }];
  }
  /** @type {string[]} */
  const names = [];
  await listFolder(path, '', names);
  const chosen = chooseDataFiles(names.sort(), `--data: the folder ${path}`);
  if (chosen.length === 1 && isTableName(chosen[0])) return [{ ...streamFile(join(path, chosen[0])), name: chosen[0] }];
  /** @type {NamedFile[]} */
  const files = [];
  for (let i = 0; i < chosen.length; i += READ_AT_ONCE) {
    const some = chosen.slice(i, i + READ_AT_ONCE);
    files.push(...(await Promise.all(some.map(async (name) => ({ name, bytes: await readBytes(join(path, name)) })))));
  }
  return files;
}

/**
 * @param {string} root
 * @param {string} inside  a folder in it, with a "/" at its end, or ''
 * @param {string[]} names  where to put the paths of the files, from root on
 */
async function listFolder(root, inside, names) {
  const folder = join(root, inside);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(refuseAccess(folder))) {
    const name = `${inside}${entry.name}`;
    const target = entry.isSymbolicLink() ? await stat(join(root, name)).catch(() => null) : entry;
    if (target?.isFile()) names.push(name);
    const isDeep = name.split('/').length >= DEPTH_MAX;
    if (target?.isDirectory() && !isDeep && !entry.name.startsWith('.')) await listFolder(root, `${name}/`, names);
    if (names.length > FILES_MAX) throw new UsageError(`--data ${root}: this folder has more than a million files`);
  }
}

/** A table, whose bytes are read as they are asked for. @param {string} path @returns {TableFile} */
function streamFile(path) {
  const stream = async function* () {
    try {
      yield* createReadStream(path, { highWaterMark: CHUNK_BYTES });
    } catch (error) {
      throw fileAccessError('--data', path, error);
    }
  };
  return { name: path, stream };
}

/** The most bytes that Node reads at once: to be asked for more ends the process. */
const READ_MAX = 2 ** 31 - 1;

/**
 * A file at its place in memory: Node's own way is by pieces that it then joins, twice the memory.
 *
 * @param {string} path @returns {Promise<Uint8Array>}
 */
async function readBytes(path) {
  const file = await open(path).catch(refuseAccess(path));
  try {
    const facts = await file.stat();
    // Of what is no plain file, nobody knows how long it is; what is too long is refused there.
    if (!facts.isFile() || facts.size === 0 || facts.size > READ_MAX) return await file.readFile();
    const bytes = new Uint8Array(facts.size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) break; // Somebody has made it shorter meanwhile.
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } catch (error) {
    throw fileAccessError('--data', path, error);
  } finally {
    await file.close();
  }
}

/** @param {string} path @returns {(error: unknown) => never} */
function refuseAccess(path) {
  return (error) => {
    throw fileAccessError('--data', path, error);
  };
}
