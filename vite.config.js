import { defineConfig } from 'vite';
import { chunkGroups, workersBesidePage } from './vite.chunks.js';
import { leanCores } from './vite.cores.js';
import { embedScript } from './vite.embed.js';
import { thirdPartyNotices } from './vite.notices.js';
import { serviceWorker } from './vite.offline.js';

const notices = thirdPartyNotices();

/** The page as static files, for any server and any folder on it. */
export default defineConfig({
  root: 'web',
  base: './',
  assetsInclude: ['**/*.wasm'],
  plugins: [workersBesidePage(), notices.collect, notices.write, leanCores(), embedScript(), serviceWorker()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // The wasm stays a file of its own: the browser compiles it while it loads.
    assetsInlineLimit: 0,
    // What it would preload it asks the document about, which a worker has not; the few files are in the page's head.
    modulePreload: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: chunkGroups() } },
      // The library asks for its parts when it needs them; the page's workers have them at hand.
      // How long plugins take would be said on machines that are slow, and is nothing to act upon.
      checks: { ineffectiveDynamicImport: false, bundlerTimings: false },
    },
  },
});
