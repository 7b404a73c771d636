/**
 * Asks the built wasm to describe itself and writes web/generated/schema.js. Called by ./build.sh after linking.
 *
 *     node src/wasm/write_generated.mjs
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { readSchema } from '../../web/engine/config/schema_text.js';
import { instantiateCore } from '../../web/engine/core/wasm.js';

const WASM = new URL('../../build/trainscope.wasm', import.meta.url);
const FOLDER = new URL('../../web/generated/', import.meta.url);

const core = await instantiateCore(await readFile(WASM));
const text = `/** Generated from the tables in include/trainscope by src/wasm/write_generated.mjs. Do not edit. */

export const SCHEMA = ${JSON.stringify(readSchema(core.schemaText), null, 2)};

/** As the binary says it: the engine compares the two, so that a stale build is one clear message. */
export const SCHEMA_TEXT = ${JSON.stringify(core.schemaText)};
`;
await mkdir(FOLDER, { recursive: true });
await writeFile(new URL('schema.js', FOLDER), text);
