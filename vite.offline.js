/** For the build: the service worker, with the names of all files that the page is made of and a version that is theirs. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const SOURCE = new URL('web/offline/sw.js', import.meta.url);

/** A plugin of Vite, after those that add files. */
export function serviceWorker() {
  return {
    name: 'service-worker',
    enforce: /** @type {const} */ ('post'),
    generateBundle: {
      order: /** @type {const} */ ('post'),
      /**
       * @this {{ emitFile: (file: { type: 'asset', fileName: string, source: string }) => void }}
       * @param {unknown} _ @param {Record<string, { code?: string, source?: string | Uint8Array }>} bundle
       */
      handler(_, bundle) {
        const files = Object.keys(bundle).sort();
        const code = readFileSync(SOURCE, 'utf8');
        const hash = createHash('sha256').update(code);
        for (const file of files) hash.update(file).update(bundle[file].code ?? bundle[file].source ?? '');
        const version = hash.digest('hex').slice(0, 16);
        const head = `self.trainscope = ${JSON.stringify({ version, files })};\n`;
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: head + code });
      },
    },
  };
}
