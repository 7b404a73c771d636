/**
 * For the build: the page's cores without the text of their tables. A core describes itself, 60 kB of it help; the page has
 * that in generated/schema.js already, and asks a core only whether it is of the same build: a digest of the text answers
 * as well. What is left of its place is zeros, which cost a line nothing.
 */

/** A plugin of Vite, before the one that lists all files. */
export function leanCores() {
  return {
    name: 'lean-cores',
    /**
     * @this {{ error: (message: string) => never }}
     * @param {unknown} _ @param {Record<string, { source?: string | Uint8Array }>} bundle
     */
    async generateBundle(_, bundle) {
      const { SCHEMA_DIGEST, SCHEMA_TEXT } = await import('./web/generated/schema.js');
      const text = Buffer.from(`${SCHEMA_TEXT}\0`);
      for (const [file, asset] of Object.entries(bundle)) {
        if (!file.endsWith('.wasm')) continue;
        const bytes = Buffer.from(/** @type {Uint8Array} */ (asset.source));
        const at = bytes.indexOf(text);
        if (at < 0) this.error(`${file} does not hold the text of web/generated/schema.js: run ./build.sh build.`);
        bytes.fill(0, at, at + text.length);
        bytes.write(SCHEMA_DIGEST, at);
        asset.source = bytes;
      }
    },
  };
}
