/**
 * For the build: which files the page is made of. Page and workers are one graph, so that what both need is fetched once:
 *
 * - `core`: what the workers are made of, and what begins before the page
 * - `page`: the rest of what the page opens with
 * - all else: by whoever asks for it first
 *
 * An entry that a chunk imports from runs twice in WebKit: workers' entries hold nothing but their own few lines.
 */

import { fileURLToPath } from 'node:url';

const PLATFORM = fileURLToPath(new URL('web/platform/browser/', import.meta.url));
const PAGE = fileURLToPath(new URL('web/main.js', import.meta.url));

/** What runs in a thread of its own. */
const WORKERS = ['worker', 'team_worker'].map((name) => ({ name, id: `${PLATFORM}${name}.js` }));
/** What runs before the page. */
const BEGIN = { name: 'begin', id: `${PLATFORM}begin.js` };
const ENTRIES = new Set([...WORKERS, BEGIN].map(({ id }) => id));

/**
 * @typedef {{ importers: string[], dynamicImporters: string[] } | null} ModuleInfo
 * @typedef {{ getModuleInfo: (id: string) => ModuleInfo }} Graph
 * @typedef {{ type: string, fileName: string, name?: string, imports?: string[], facadeModuleId?: string | null }} Chunk
 */

/** The groups of chunks, as the bundler asks for them. */
export function chunkGroups() {
  const isWorker = (/** @type {string} */ id) => WORKERS.some((worker) => worker.id === id);
  const atOnce = (/** @type {ModuleInfo} */ info) => info?.importers ?? [];
  const everSoon = (/** @type {ModuleInfo} */ info) => [...(info?.importers ?? []), ...(info?.dynamicImporters ?? [])];
  const ofCore = reachedFrom((id) => isWorker(id) || id === BEGIN.id, atOnce);
  const ofWorkers = reachedFrom(isWorker, everSoon);
  const ofPage = reachedFrom((id) => id === PAGE, atOnce);
  return [
    {
      debugName: 'core and page',
      name: (/** @type {string} */ id, /** @type {Graph} */ graph) => {
        if (ENTRIES.has(id) || id.endsWith('.css') || id.endsWith('.html')) return null;
        if (ofCore(id, graph)) return 'core';
        if (!ofPage(id, graph)) return null;
        // What a worker asks for later must not bring the page along.
        return ofWorkers(id, graph) ? 'core' : 'page';
      },
    },
  ];
}

/**
 * Whether a module is there because one of some others is.
 *
 * @param {(id: string) => boolean} isOne
 * @param {(info: ModuleInfo) => string[]} importersOf
 */
function reachedFrom(isOne, importersOf) {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  /** @param {string} id @param {Graph} graph @returns {boolean} */
  return (id, graph) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const seen = new Set([id]);
    // Grows while it is gone through.
    for (const one of seen) for (const importer of importersOf(graph.getModuleInfo(one))) seen.add(importer);
    const isReached = [...seen].some(isOne);
    known.set(id, isReached);
    return isReached;
  };
}

/** A plugin of Vite, before its own: workers are entries of the same build, and the page's worker is opened before the page. */
export function workersBesidePage() {
  /** @type {Map<string, string>} */
  const references = new Map();
  return {
    name: 'workers-beside-page',
    apply: /** @type {const} */ ('build'),
    enforce: /** @type {const} */ ('pre'),
    /** @this {{ emitFile: (file: { type: 'chunk', id: string, name: string }) => string }} */
    buildStart() {
      for (const { name, id } of [...WORKERS, BEGIN]) references.set(name, this.emitFile({ type: 'chunk', id, name }));
    },
    /** @param {string} code @param {string} id */
    transform(code, id) {
      // Where a file cannot be fetched, the page is told; a worker is no window, and has its own way to say so.
      if (id.includes('vite/preload-helper')) return code.replaceAll('window.', 'globalThis.');
      if (!id.startsWith(PLATFORM)) return null;
      return code.replace(/new URL\('\.\/(\w+)\.js', import\.meta\.url\)/g, (all, /** @type {string} */ name) =>
        references.has(name) ? `import.meta.ROLLUP_FILE_URL_${references.get(name)}` : all,
      );
    },
    transformIndexHtml: {
      order: /** @type {const} */ ('post'),
      /** @param {string} _ @param {{ bundle?: Record<string, Chunk> }} context */
      handler(_, { bundle = {} }) {
        const begin = Object.values(bundle).find(
          ({ type, facadeModuleId }) => type === 'chunk' && facadeModuleId === BEGIN.id,
        );
        if (!begin) throw new Error('The build has no begin.js.');
        const page = Object.values(bundle).find(({ type, name }) => type === 'chunk' && name === 'page');
        return [
          ...[...(begin.imports ?? []), ...(page ? [page.fileName] : [])].map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` },
            injectTo: /** @type {const} */ ('head-prepend'),
          })),
          {
            tag: 'script',
            attrs: { type: 'module', crossorigin: true, src: `./${begin.fileName}` },
            injectTo: /** @type {const} */ ('head-prepend'),
          },
        ];
      },
    },
  };
}
