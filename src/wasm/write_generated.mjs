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
const schema = readSchema(core.schemaText);
const text = `/** Generated from the tables in include/trainscope by src/wasm/write_generated.mjs. Do not edit. */

${describeFields('Settings', 'The settings of a run, every one of them.', schema.fields)}

${describeFields('RangeOptions', 'The options of an LR range test, every one of them.', schema.range_test)}

export const SCHEMA = ${JSON.stringify(schema, null, 2)};

/** As the binary says it: the engine compares the two, so that a stale build is one clear message. */
export const SCHEMA_TEXT = ${JSON.stringify(core.schemaText)};
`;
await mkdir(FOLDER, { recursive: true });
await writeFile(new URL('schema.js', FOLDER), text);

/**
 * A type with a member for each row of a table.
 *
 * @param {string} name
 * @param {string} sentence
 * @param {import('../../web/engine/config/schema_text.js').Field[]} fields
 */
function describeFields(name, sentence, fields) {
  const members = fields.map((field) => ` * @property {${typeOf(field)}} ${field.name}  ${field.help}`);
  return ['/**', ` * ${sentence}`, ' *', ` * @typedef {object} ${name}`, ...members, ' */'].join('\n');
}

/**
 * What a setting's value may be, as JSDoc says it.
 *
 * @param {import('../../web/engine/config/schema_text.js').Field} field
 */
function typeOf({ kind, options }) {
  if (kind === 'flag') return 'boolean';
  if (kind === 'enum') return options.map(({ name }) => (typeof name === 'string' ? `'${name}'` : name)).join(' | ');
  return kind === 'text' ? 'string | null' : 'number';
}
