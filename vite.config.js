import { defineConfig } from 'vite';

/** The page as static files, for any server and any folder on it. */
export default defineConfig({
  root: 'web',
  base: './',
  assetsInclude: ['**/*.wasm'],
  worker: { format: 'es' },
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
