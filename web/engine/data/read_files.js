/** Reads data files by their format, which their names tell. */

import { readNpyFiles, readNpz } from './arrays/named_arrays.js';
import { transposeImages } from './arrays/samples.js';
import { chooseDataFiles, isTableName, NPZ, PNG } from './choose_files.js';
import { readCsv } from './csv.js';
import { dataError } from './data_error.js';
import { refuseForeignZip } from './foreign_files.js';
import { isIdxName, readIdxFiles } from './idx.js';
import { readImageFolder } from './images/image_folder.js';
import { peekGunzip } from './packed/inflate.js';
import { isGzip } from './packed/marks.js';
import { isZip, openZip } from './packed/zip.js';
import { streamBytes, unpackStream } from './streams.js';
import { dataOfText, isTextName, readProse } from './text_file.js';

/**
 * @typedef {import('./data_files.js').DataFiles} DataFiles
 * @typedef {import('./data_files.js').NamedFile} NamedFile
 * @typedef {import('./data_files.js').TableFile} TableFile
 * @typedef {import('./idx.js').IdxParser} IdxParser
 */

/**
 * @param {IdxParser} engine
 * @param {(NamedFile | TableFile)[]} given  of one data set, as chooseDataFiles chooses them, or a zip file with such
 * @param {string} [name]  what the data set is called; a file's name by default
 * @returns {Promise<DataFiles>}
 * @throws {TrainerError} naming the file that is wrong
 */
export async function readDataFiles(engine, given, name) {
  const [first] = given;
  if (!first) throw dataError('There is no file to read.');
  const files = given.filter((file) => 'bytes' in file);
  const archives = files.filter((file) => NPZ.test(file.name));
  const zip = files.find((file) => isZip(file.bytes) && !archives.includes(file));
  const table = given.find((file) => file !== zip && isTableName(file.name));
  const alone = zip ?? table ?? (archives.length < given.length ? archives[0] : undefined);
  if (alone && given.length > 1) {
    throw dataError(
      `${alone.name} must come alone: it is a whole data set, and ${otherThan(alone, given)} is another.`,
    );
  }
  const called = name ?? first.name;
  if (zip) return readZip(engine, zip, called);
  if (given.length === 1 && files[0]?.bytes.length === 0) throw dataError(`${first.name} is empty.`);
  const prose = given.length === 1 && files[0] && isTextName(files[0].name) ? await readProse(files[0]) : null;
  if (prose !== null) return dataOfText(called, prose);
  const unnamed = given.length === 1 && !table && (await isText(files[0])) ? files[0] : null;
  if (table ?? unnamed) return readTable(table ?? /** @type {NamedFile} */ (unnamed));
  const areImages = files.some((file) => PNG.test(file.name));
  const { target, task, ignore = [] } = first.reading ?? {};
  if (target || ignore.length > 0) {
    const asked = target ? `target ${target}` : `ignore ${ignore[0]}`;
    throw dataError(`${asked} is about the columns of a table, and ${first.name} is none.`);
  }
  // The labels of arrays may be numbers to be met; those of a folder are its folders.
  if (task === 'regression' && areImages) {
    throw dataError(`task regression needs numbers to learn, and the images of ${called} have folders of classes.`);
  }
  const broken = archives.find(({ bytes }) => !isZip(bytes));
  if (broken) throw dataError(`${broken.name} is no .npz file: it does not begin as a zip file does.`);
  if (archives.length > 0) return readNpz(archives, called);
  if (files.some((file) => /\.npy$/i.test(file.name))) return readNpyFiles(files, called);
  if (areImages) return readImageFolder(files, called);
  return readIdxFiles(engine, files, called);
}

/** Bytes of a file that tell text from others. */
const LOOKED_AT = 1024;

/** Whether a file that no name tells of is made of lines: what people call iris, adult.test or wine.dat is a table. @param {NamedFile} file */
async function isText(file) {
  if (isIdxName(file.name) || /\.(npy|npz|png)$/i.test(file.name)) return false;
  // What cannot be unpacked is complained about by whoever reads it.
  const whole = isGzip(file.bytes) ? await peekGunzip(file, LOOKED_AT).catch(() => file.bytes) : file.bytes;
  const head = whole.subarray(0, LOOKED_AT);
  return (head.includes(10) || head.includes(13)) && head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}

/** @param {NamedFile | TableFile} file @returns {Promise<DataFiles>} */
async function readTable(file) {
  const { name, reading } = file;
  const stream = 'stream' in file ? file.stream : streamBytes(file.bytes);
  const data = await readCsv({ name, stream: unpackStream(stream, name) }, reading);
  if (!reading?.transpose) return data;
  const { shape, validation } = data;
  if (shape.length !== 3) throw dataError(`${name} has no images to be transposed: its samples are rows of numbers.`);
  const [channels, height, width] = shape;
  return {
    ...data,
    images: transposeImages(data.images, shape),
    shape: [channels, width, height],
    validation: validation && { ...validation, images: transposeImages(validation.images, shape) },
  };
}

/** @param {NamedFile | TableFile} file @param {(NamedFile | TableFile)[]} files */
function otherThan(file, files) {
  return files.find((other) => other !== file)?.name;
}

/**
 * A zip file of arrays, which is what .npz is, or of a folder with data files.
 *
 * @param {IdxParser} engine
 * @param {NamedFile} file
 * @param {string} name
 * @returns {Promise<DataFiles>}
 */
async function readZip(engine, file, name) {
  const parts = openZip(file);
  refuseForeignZip(
    file.name,
    parts.map((part) => part.name),
  );
  if (parts.every((part) => part.name.endsWith('.npy'))) return readNpz([file], name);
  const chosen = new Set(
    chooseDataFiles(
      parts.map((part) => part.name),
      file.name,
    ),
  );
  const files = [];
  for (const part of parts.filter((found) => chosen.has(found.name))) {
    files.push({ name: part.name, bytes: await part.read(), reading: file.reading });
  }
  const inner = files.find((part) => isZip(part.bytes) && !NPZ.test(part.name));
  if (inner) throw dataError(`${file.name} holds ${inner.name}: unpack it first.`);
  return readDataFiles(engine, files, name);
}
