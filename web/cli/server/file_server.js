/**
 * The built page and the data folder over HTTP. /data/index.json lists the data sets that are there, so that the page can
 * offer them.
 */

import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { chooseDataFiles, PNG } from '../../engine/data/choose_files.js';
import { CompressedFiles, chooseEncoding, isCompressible } from './compression.js';
import { isMeant, pageHeaders, readAncestors, readHosts } from './policy.js';

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

/** The build names these by a hash of their content: another content has another name. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Kept, but asked for whether it is still the same. */
const ASK_AGAIN = 'no-cache';

/**
 * @typedef {{ page: string, dataFolders: Map<string, string>, hosts?: Set<string>, ancestors?: string }} Served
 *   dataFolders: by the name under /data/; hosts: the names it answers to; ancestors: who may show it in a frame
 */

/** @param {Served} served */
export function createFileServer({ page, dataFolders, hosts = readHosts(null), ancestors = readAncestors(null) }) {
  const headers = pageHeaders(ancestors);
  const compressed = new CompressedFiles();
  return createServer({ maxHeaderSize: ADDRESS_MAX }, async (request, response) => {
    const answer = (/** @type {number} */ status, /** @type {string} */ sentence) => {
      response.writeHead(status, { ...headers, 'Cache-Control': 'no-store', 'Content-Type': TYPES.get('.txt') });
      response.end(`${sentence}\n`);
    };
    if (!isMeant(request.headers.host, hosts)) {
      return answer(
        403,
        'This server answers to localhost only; trainscope serve --allow-host NAME lets it answer to more.',
      );
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Only GET and HEAD are understood.');
    const path = readPath(request.url ?? '/');
    if (path === null) return answer(400, 'This is not a path.');
    if (path === '/data/index.json') {
      const index = JSON.stringify(await listData(dataFolders));
      response.writeHead(200, { ...headers, 'Cache-Control': ASK_AGAIN, 'Content-Type': TYPES.get('.json') });
      return response.end(index);
    }
    const file = await locate(path, page, dataFolders);
    const facts = file === null ? null : await stat(file).catch(() => null);
    if (file === null || !facts?.isFile()) return answer(404, 'There is no such file.');
    const type = TYPES.get(extname(file)) ?? 'application/octet-stream';
    // Data are large, and read once; a table is sent as it is.
    const isText = !path.startsWith('/data/') && isCompressible(type, facts.size);
    const encoding = isText ? chooseEncoding(request.headers['accept-encoding']) : null;
    const key = `${facts.size.toString(36)}-${Math.round(facts.mtimeMs).toString(36)}`;
    const tag = `"${key}${encoding ? `-${encoding.name}` : ''}"`;
    const about = {
      ...headers,
      'Cache-Control': HASHED.test(path) ? FOR_GOOD : ASK_AGAIN,
      ETag: tag,
      ...(isText ? { Vary: 'Accept-Encoding' } : {}),
    };
    if (hasTag(request.headers['if-none-match'], tag)) {
      response.writeHead(304, about);
      return response.end();
    }
    const bytes = encoding
      ? await compressed.find(`${file} ${key}`, encoding, () => readFile(file)).catch(() => null)
      : undefined;
    if (bytes === null) return answer(404, 'There is no such file.');
    response.writeHead(200, {
      ...about,
      'Content-Type': type,
      'Content-Length': bytes?.length ?? facts.size,
      ...(encoding ? { 'Content-Encoding': encoding.name } : {}),
    });
    if (request.method === 'HEAD') return response.end();
    if (bytes) return response.end(bytes);
    if (facts.size === 0) return response.end();
    // The file may grow or shrink meanwhile: no more is sent than was said, and a reader learns that he got less.
    const content = createReadStream(file, { end: facts.size - 1 });
    content.on('error', () => response.destroy());
    content.on('end', () => content.bytesRead < facts.size && response.destroy());
    content.pipe(response);
  });
}

/** @param {string | undefined} known  what the reader has @param {string} tag */
function hasTag(known, tag) {
  return known?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) ?? false;
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
async function locate(path, page, dataFolders) {
  const [, inData, rest] = /^\/data\/([^/\\]+)\/(.+)$/.exec(path) ?? [];
  const folder = inData === undefined ? page : dataFolders.get(inData);
  if (folder === undefined) return null;
  return locateInside(folder, inData === undefined ? (path.endsWith('/') ? `${path}index.html` : path) : rest);
}

/**
 * Where a path in a folder ends, links followed; null where that is nowhere, or outside of the folder.
 *
 * @param {string} folder
 * @param {string} path
 */
async function locateInside(folder, path) {
  const root = resolve(folder);
  const file = normalize(join(root, path));
  if (!file.startsWith(root + sep)) return null;
  const [realRoot, real] = await Promise.all([realpath(root), realpath(file)]).catch(() => ['', '']);
  return real.startsWith(realRoot + sep) ? real : null;
}

/**
 * What a run can be trained on: what of a folder is one set of data.
 *
 * @param {Map<string, string>} dataFolders
 * @returns {Promise<{ name: string, files: string[] }[]>}
 */
async function listData(dataFolders) {
  const sets = await Promise.all(
    [...dataFolders].map(async ([name, folder]) => {
      const all = (await readdir(folder).catch(() => [])).sort();
      const places = await Promise.all(all.map((file) => locateInside(folder, file)));
      return { name, files: chooseOffered(all.filter((_, i) => places[i] !== null)) };
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
