/** For the build: the script that pages of others load, under a name that stays. */

import { readFileSync } from 'node:fs';

const SOURCE = new URL('web/embed/embed.js', import.meta.url);

/** A plugin of Vite, before the one that lists all files. */
export function embedScript() {
  return {
    name: 'embed-script',
    /** @this {{ emitFile: (file: { type: 'asset', fileName: string, source: string }) => void }} */
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'embed.js', source: readFileSync(SOURCE, 'utf8') });
    },
  };
}
