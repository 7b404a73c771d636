/**
 * `trainscope serve`: the built page and the data folder over HTTP, for this machine only.
 *
 * The headers isolate the page from other origins: only then do browsers give it shared memory, and so threads.
 * /data/index.json lists the data sets that are there, so that the page can offer them.
 */

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseDataFiles, PNG } from '../../engine/data/choose_files.js';
import { UsageError } from '../usage_error.js';
import { DATA_FOLDER } from './data.js';

const PAGE_FOLDER = fileURLToPath(new URL('../../../dist/', import.meta.url));

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.map', 'application/json; charset=utf-8'],
  ['.wasm', 'application/wasm'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.csv', 'text/csv; charset=utf-8'],
]);

/** Bytes of a request's head: an address with thousands of live changes is longer than Node's 16 KB. Browsers end at 2 MB. */
const ADDRESS_MAX = 4 * 2 ** 20;

/**
 * Serves until the process ends.
 *
 * @param {Pick<import('../arguments.js').Arguments, 'options'>} args
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function servePage({ options }) {
  if (!(await isFile(join(PAGE_FOLDER, 'index.html')))) {
    throw new Error('the page is not built yet: run ./build.sh build');
  }
  const server = createFileServer({ page: PAGE_FOLDER, dataFolders: await findDataFolders() });
  const port = await listen(server, options.port);
  return { address: `http://localhost:${port}/`, close: () => server.close() };
}

/**
 * The data sets there are, by name: the folders in the project's data folder, and Fashion-MNIST where the
 * environment says.
 *
 * @returns {Promise<Map<string, string>>}
 */
async function findDataFolders() {
  const names = await readdir(DATA_FOLDER, { withFileTypes: true }).catch(() => []);
  const folders = new Map(
    names.filter((entry) => entry.isDirectory()).map(({ name }) => [name, join(DATA_FOLDER, name)]),
  );
  const fashion = process.env.TRAINSCOPE_FASHION_MNIST;
  if (fashion && (await stat(fashion).catch(() => null))?.isDirectory()) {
    folders.set('fashion-mnist', resolve(fashion));
  }
  return folders;
}

/**
 * @param {object} folders
 * @param {string} folders.page
 * @param {Map<string, string>} folders.dataFolders  by the name under /data/
 */
export function createFileServer({ page, dataFolders }) {
  return createServer({ maxHeaderSize: ADDRESS_MAX }, async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'Only GET and HEAD are understood.');
    }
    const path = readPath(request.url ?? '/');
    if (path === null) return answer(response, 400, 'This is not a path.');
    if (path === '/data/index.json') {
      const index = JSON.stringify(await listData(dataFolders));
      response.writeHead(200, { ...HEADERS, 'Content-Type': 'application/json; charset=utf-8' });
      return response.end(index);
    }
    const file = locate(path, page, dataFolders);
    const facts = file === null ? null : await stat(file).catch(() => null);
    if (file === null || !facts?.isFile()) return answer(response, 404, 'There is no such file.');
    response.writeHead(200, {
      ...HEADERS,
      'Content-Type': TYPES.get(extname(file)) ?? 'application/octet-stream',
      'Content-Length': facts.size,
    });
    if (request.method === 'HEAD') return response.end();
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
  });
}

/** The path of a request, decoded; null where it is malformed. @param {string} url */
function readPath(url) {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
    return path.startsWith('/') && !path.includes('\0') ? path : null;
  } catch {
    return null;
  }
}

/**
 * The file behind a path, or null where the path leads out of its folder.
 *
 * @param {string} path
 * @param {string} page
 * @param {Map<string, string>} dataFolders
 */
function locate(path, page, dataFolders) {
  const [, inData, rest] = /^\/data\/([^/\\]+)\/(.+)$/.exec(path) ?? [];
  const folder = inData === undefined ? page : dataFolders.get(inData);
  if (folder === undefined) return null;
  const root = resolve(folder);
  const file = normalize(join(root, inData === undefined ? (path.endsWith('/') ? `${path}index.html` : path) : rest));
  return file.startsWith(root + sep) ? file : null;
}

/**
 * What a run can be trained on: the IDX files of a folder, or one CSV file.
 *
 * @param {Map<string, string>} dataFolders
 * @returns {Promise<{ name: string, files: string[] }[]>}
 */
async function listData(dataFolders) {
  const sets = await Promise.all(
    [...dataFolders].map(async ([name, folder]) => {
      const names = await readdir(folder).catch(() => []);
      return { name, files: chooseOffered(names.sort()) };
    }),
  );
  return sets.filter(({ files }) => files.length > 0);
}

/** What of a folder can be fetched as a data set; nothing where it holds none, or several. @param {string[]} names */
function chooseOffered(names) {
  try {
    return chooseDataFiles(names, '').filter((name) => !PNG.test(name));
  } catch {
    return [];
  }
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port  0: any free one
 * @returns {Promise<number>}
 */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
      const reason = code === 'EADDRINUSE' ? 'another program uses it; --port 0 picks a free one' : message;
      reject(new UsageError(`--port ${port}: ${reason}`));
    });
    server.listen(port, 'localhost', () => {
      const address = server.address();
      resolve(address && typeof address === 'object' ? address.port : port);
    });
  });
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} sentence
 */
function answer(response, status, sentence) {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}

/** @param {string} path */
async function isFile(path) {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
