/** How each bundler makes a site of app.js: with as little of a configuration as a beginner would write. */

import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The page shows what came of it where the test looks. @param {string} options  as code */
const entry = (options) => `import { tryAll } from './app.js';
tryAll(${options}).then((found) => { globalThis.found = found; }, (error) => { globalThis.found = { error: String(error.stack) }; });
`;

/** In a worker of the page, where two threads may train. */
const WORKER_ENTRY = `import { tryAll } from './app.js';
tryAll({ threads: 2 }).then((found) => postMessage(found), (error) => postMessage({ error: String(error.stack) }));
`;
const OPEN_WORKER = `
new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }).onmessage = ({ data }) => { globalThis.foundByTwo = data; };
`;

/** @param {string} head  of the page */
const page = (head) => `<!doctype html><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">${head}`;

/** A copy of the core that the page can fetch, for bundlers that do not see it. */
const WITH_CORE = "{ wasm: new URL('core.wasm', document.baseURI) }";

/**
 * @typedef {object} Bundler
 * @property {string} name
 * @property {string[]} tools  packages of npm
 * @property {boolean} hasThreads  it finds the workers that a library opens
 * @property {(folder: string) => Promise<string>} build  returns the folder of the site
 */

/** @param {string} folder @param {string} name @param {string[]} args */
const bin = (folder, name, args) => run(join(folder, 'node_modules/.bin', name), args, { cwd: folder });

/** @param {string} folder @param {string} script */
async function layOut(folder, script) {
  const site = join(folder, 'site');
  await mkdir(site, { recursive: true });
  await writeFile(join(site, 'index.html'), page(`<script type="module" src="${script}"></script>`));
  await cp(join(folder, 'node_modules/trainscope/build/trainscope.wasm'), join(site, 'core.wasm'));
  return site;
}

/** @type {Bundler[]} */
export const BUNDLERS = [
  {
    name: 'no bundler',
    tools: [],
    // A worker has no import map.
    hasThreads: false,
    async build(folder) {
      // Names of packages mean something in a browser where an import map says what.
      const imports = {
        trainscope: './node_modules/trainscope/web/platform/browser/index.js',
        'trainscope/': './node_modules/trainscope/web/library/',
        'trainscope/data': './node_modules/trainscope/web/library/data.js',
        'trainscope/study': './node_modules/trainscope/web/library/study.js',
        fflate: './node_modules/fflate/esm/browser.js',
        leven: './node_modules/leven/index.js',
      };
      const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
      await writeFile(join(folder, 'entry.js'), entry('{}'));
      await writeFile(join(folder, 'index.html'), page(`${map}<script type="module" src="entry.js"></script>`));
      return folder;
    },
  },
  {
    name: 'Vite',
    tools: ['vite@8.3.8'],
    hasThreads: true,
    async build(folder) {
      await writeFile(join(folder, 'worker.js'), WORKER_ENTRY);
      await writeFile(join(folder, 'entry.js'), entry('{}') + OPEN_WORKER);
      await writeFile(join(folder, 'index.html'), page('<script type="module" src="/entry.js"></script>'));
      await writeFile(join(folder, 'vite.config.js'), "export default { base: './', worker: { format: 'es' } };\n");
      await bin(folder, 'vite', ['build', '--logLevel', 'warn']);
      return join(folder, 'dist');
    },
  },
  {
    name: 'webpack',
    tools: ['webpack@5.113.0', 'webpack-cli@7.3.1'],
    hasThreads: true,
    async build(folder) {
      await writeFile(join(folder, 'worker.js'), WORKER_ENTRY);
      await writeFile(join(folder, 'entry.js'), entry('{}') + OPEN_WORKER);
      const site = await layOut(folder, 'main.js');
      await bin(folder, 'webpack', ['./entry.js', '--mode', 'production', '--output-path', site]);
      return site;
    },
  },
  {
    name: 'esbuild',
    tools: ['esbuild@0.28.2'],
    hasThreads: false,
    async build(folder) {
      await writeFile(join(folder, 'entry.js'), entry(WITH_CORE));
      const site = await layOut(folder, 'main.js');
      const args = ['entry.js', '--bundle', '--minify', '--format=esm', '--splitting', `--outdir=${site}`];
      await bin(folder, 'esbuild', [...args, '--entry-names=main']);
      return site;
    },
  },
  {
    name: 'Rollup',
    tools: ['rollup@4.68.8', '@rollup/plugin-node-resolve@16.0.3'],
    hasThreads: false,
    async build(folder) {
      await writeFile(join(folder, 'entry.js'), entry(WITH_CORE));
      const site = await layOut(folder, 'main.js');
      const args = ['entry.js', '--format', 'es', '--dir', site, '--entryFileNames', 'main.js'];
      await bin(folder, 'rollup', [...args, '--plugin', 'node-resolve={browser:true}']);
      return site;
    },
  },
];

/** @param {Bundler} bundler @param {string} folder @returns {Promise<string>} the folder of the site */
export async function buildWith(bundler, folder) {
  try {
    return await bundler.build(folder);
  } catch (error) {
    const { message, stdout = '', stderr = '' } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${bundler.name}: ${message}\n${stdout}\n${stderr}`);
  }
}
