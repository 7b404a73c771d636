/** `trainscope data fashion-mnist`: four files, from an address or a folder, verified before they are kept. */

import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestName } from '../../engine/config/names.js';
import { TrainerError } from '../../engine/core/errors.js';
import { readIdx } from '../../engine/data/idx.js';
import { count } from '../../engine/words/numbers.js';
import { fileAccessError } from '../file_access.js';
import { writeOutput } from '../files/output_file.js';
import { startProgress } from '../progress.js';
import { UsageError } from '../usage_error.js';

/**
 * @typedef {import('../../engine/engine.js').Engine} Engine
 *
 * @typedef {object} DataReport  as JSON
 * @property {string[]} files  where each was put
 * @property {number} images  to train with and to validate on
 * @property {number} classes
 */

/** Whether this is a checkout, and not the installed package. */
const IS_CHECKOUT = existsSync(new URL('../../../build.sh', import.meta.url));

/**
 * Where tests, gallery and `serve` look for data: the checkout's own folder, or `data` where an installed program is called.
 * What lies in node_modules is not the user's, and goes with the next version.
 */
export const DATA_FOLDER = IS_CHECKOUT ? fileURLToPath(new URL('../../../data/', import.meta.url)) : resolve('data');

/** The folder of Fashion-MNIST where it is usually kept, or null. @returns {string | null} */
export function findFashionMnist() {
  const places = [process.env.TRAINSCOPE_FASHION_MNIST, join(DATA_FOLDER, 'fashion-mnist')];
  return places.find((place) => place && existsSync(place)) ?? null;
}

/**
 * What each file must hold. Every class is equally frequent in both sets, which MNIST's are not, and the mean pixel
 * of the training images, as published with the data set, tells the other look-alikes apart.
 *
 * @typedef {{ name: string, shape: number[], perClass?: number, mean?: number }} Part
 * @type {Part[]}
 */
const FASHION_MNIST = [
  { name: 'train-images-idx3-ubyte', shape: [60000, 28, 28], mean: 0.286 },
  { name: 'train-labels-idx1-ubyte', shape: [60000], perClass: 6000 },
  { name: 't10k-images-idx3-ubyte', shape: [10000, 28, 28] },
  { name: 't10k-labels-idx1-ubyte', shape: [10000], perClass: 1000 },
];

const CLASSES = 10;

/**
 * @param {Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: DataReport, text: string }>}
 */
export async function getData(engine, { options, argument }) {
  if (argument === null) throw new UsageError('name the data set: trainscope data fashion-mnist');
  if (argument !== 'fashion-mnist') {
    const nearest = nearestName(argument, ['fashion-mnist']);
    throw new UsageError(
      `unknown data set ${argument}${nearest ? `; did you mean ${nearest}?` : '; there is fashion-mnist'}`,
    );
  }
  const to = options.to ?? join(DATA_FOLDER, 'fashion-mnist');
  const isAddress = /^https?:\/\//i.test(options.from);
  if (!isAddress) await checkFolder(options.from);
  await makeFolder(to);

  const progress = startProgress('Fashion-MNIST', FASHION_MNIST.length);
  /** @type {string[]} */
  const files = [];
  try {
    for (const part of FASHION_MNIST) {
      progress.update(files.length, part.name);
      const { fileName, bytes } = isAddress
        ? await download(options.from, part.name)
        : await readFromFolder(options.from, part.name);
      await verify(engine, part, fileName, bytes);
      files.push(await keep(to, fileName, bytes));
    }
  } finally {
    progress.stop();
  }
  const images = FASHION_MNIST.filter(({ shape }) => shape.length === 3).reduce((sum, { shape }) => sum + shape[0], 0);
  const result = { files, images, classes: CLASSES };
  return { result, text: `${count(images)} images in ${CLASSES} classes, verified, in ${to}` };
}

/** @param {string} folder */
async function checkFolder(folder) {
  const facts = await stat(folder).catch(() => null);
  if (!facts?.isDirectory()) throw new UsageError(`--from: there is no folder ${folder}`);
}

/** @param {string} folder */
async function makeFolder(folder) {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw fileAccessError('--to', folder, error);
  });
}

/** @param {string} folder @param {string} name */
async function readFromFolder(folder, name) {
  for (const fileName of [`${name}.gz`, name]) {
    const bytes = await readFile(join(folder, fileName)).catch((error) => {
      if (error.code === 'ENOENT') return null;
      throw fileAccessError('--from', join(folder, fileName), error);
    });
    if (bytes) return { fileName, bytes };
  }
  throw new UsageError(`--from: the folder ${folder} has no file ${name}.gz or ${name}`);
}

/** @param {string} address @param {string} name */
async function download(address, name) {
  const fileName = `${name}.gz`;
  const url = `${address.replace(/\/+$/, '')}/${fileName}`;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return { fileName, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    const { message, cause } = /** @type {Error} */ (error);
    const reason = cause instanceof Error ? cause.message : message;
    throw new Error(`${url} could not be downloaded: ${reason}. A folder with the files does as well: --from DIR`);
  }
}

/**
 * @param {Engine} engine
 * @param {Part} part
 * @param {string} fileName
 * @param {Uint8Array} bytes
 */
async function verify(engine, part, fileName, bytes) {
  const { shape, type, bytes: data } = await readIdx(engine, { name: fileName, bytes });
  if (String(shape) !== String(part.shape) || type.size !== 1) {
    throw notFashionMnist(fileName, `holds ${shape.join('×')} bytes instead of ${part.shape.join('×')}`);
  }
  if (part.perClass !== undefined) {
    const counts = new Array(256).fill(0);
    for (const label of data) counts[label]++;
    const isBalanced = counts.every((count, label) => count === (label < CLASSES ? part.perClass : 0));
    if (!isBalanced) throw notFashionMnist(fileName, `does not have ${part.perClass} labels of each class`);
  }
  if (part.mean !== undefined) {
    let sum = 0;
    for (const pixel of data) sum += pixel;
    const mean = sum / data.length / 255;
    if (Math.abs(mean - part.mean) > 0.0005) {
      throw notFashionMnist(fileName, `has the mean pixel ${mean.toFixed(4)} instead of ${part.mean}`);
    }
  }
}

/** Writes a file whole or not at all. @param {string} folder @param {string} fileName @param {Uint8Array} bytes */
async function keep(folder, fileName, bytes) {
  const path = join(folder, fileName);
  await writeOutput('--to', path, bytes);
  return path;
}

/** @param {string} fileName @param {string} what */
function notFashionMnist(fileName, what) {
  return new TrainerError('data', 'from', `${fileName} is not Fashion-MNIST’s: it ${what}.`);
}
