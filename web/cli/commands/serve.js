/** `trainscope serve`: the built page and the data folder over HTTP, for this machine only. */

import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileServer } from '../server/file_server.js';
import { readAncestors, readHosts } from '../server/policy.js';
import { UsageError } from '../usage_error.js';
import { DATA_FOLDER } from './data.js';

const PAGE_FOLDER = fileURLToPath(new URL('../../../dist/', import.meta.url));

/**
 * Serves until the process ends.
 *
 * @param {Pick<import('../arguments.js').Arguments, 'options'>} args
 * @param {Map<string, string>} [dataFolders]  by name, what the page may ask for; what there is when left out
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function servePage({ options }, dataFolders) {
  if (!(await isFile(join(PAGE_FOLDER, 'index.html')))) {
    throw new Error('the page is not built yet: run ./build.sh build');
  }
  const server = createFileServer({
    page: PAGE_FOLDER,
    dataFolders: dataFolders ?? (await findDataFolders()),
    hosts: readHosts(options.allow_host ?? null),
    ancestors: readAncestors(options.frame_ancestors ?? null),
  });
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

/** @param {string} path */
async function isFile(path) {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
