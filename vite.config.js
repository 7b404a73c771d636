import { defineConfig } from 'vite';
import { embedScript } from './vite.embed.js';
import { thirdPartyNotices } from './vite.notices.js';
import { serviceWorker } from './vite.offline.js';

const notices = thirdPartyNotices();

/** The page as static files, for any server and any folder on it. */
export default defineConfig({
  root: 'web',
  base: './',
  assetsInclude: ['**/*.wasm'],
  plugins: [notices.collect, notices.write, embedScript(), serviceWorker()],
  worker: {
    format: 'es',
    plugins: () => [notices.collect],
    rolldownOptions: {
      output: {
        // An entry that a chunk imports from runs twice in WebKit: what both need is in a file of its own.
        codeSplitting: { groups: [{ name: 'core', test: /[\\/]web[\\/](engine|worker|generated)[\\/]/ }] },
      },
    },
  },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // The wasm stays a file of its own: the browser compiles it while it loads.
    assetsInlineLimit: 0,
    // Charts and page in kB: both are needed at once, so a second file would only be a second request.
    chunkSizeWarningLimit: 600,
  },
});
