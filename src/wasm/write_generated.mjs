/**
 * Asks the built wasm to describe itself and writes web/generated/schema.js, and what its rows mean, which a page needs
 * later than the rest, to web/generated/help.js. Called by ./build.sh after linking.
 *
 *     node src/wasm/write_generated.mjs
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { helpedRows, readSchema } from '../../web/engine/config/schema_text.js';
import { digestOfText } from '../../web/engine/core/text_digest.js';
import { instantiateCore } from '../../web/engine/core/wasm.js';

const WASM = new URL('../../build/trainscope.wasm', import.meta.url);
const FOLDER = new URL('../../web/generated/', import.meta.url);

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const core = await instantiateCore(await readFile(WASM));
const schema = readSchema(core.schemaText);
const HEAD = '/** Generated from the tables in include/trainscope by src/wasm/write_generated.mjs. Do not edit. */';
const text = `${HEAD}

${describeFields('Settings', 'The settings of a run, every one of them.', schema.fields)}

${describeFields('RangeOptions', 'The options of an LR range test, every one of them.', schema.range_test)}

${describeFields('SurfaceOptions', 'The options of a surface on which update rules race, every one of them.', schema.surface)}

${describeFields('SliceOptions', 'The options of a slice through the loss surface, every one of them.', schema.slice)}

${describeNumbers('MetricsRow', "One step's measurements.", schema.metrics)}

${Object.entries(schema.records).map(describeRecord).join('\n\n')}

/** Every record by its name. @typedef {{ ${Object.keys(schema.records).map(sayMember).join(', ')} }} Records */

/** Of the package. */
export const VERSION = ${JSON.stringify(version)};

/** Its help is empty until engine/config/help.js is loaded. */
export const SCHEMA = ${JSON.stringify(schema, (key, value) => (key === 'help' ? '' : value), 2)};

/** Of the text as the binary says it: the engine compares the two, so that a stale build is one clear message. */
export const SCHEMA_DIGEST = ${JSON.stringify(digestOfText(core.schemaText))};

/** The text itself. */
export const SCHEMA_TEXT = ${JSON.stringify(core.schemaText)};
`;
await mkdir(FOLDER, { recursive: true });
const help = helpedRows(schema).map((row) => row.help);
await writeFile(
  new URL('help.js', FOLDER),
  `${HEAD}

/** In the order of helpedRows(). */
export const HELP = ${JSON.stringify(help, null, 2)};
`,
);
// Last, since build.sh goes by its age.
await writeFile(new URL('schema.js', FOLDER), text);

/**
 * A type with a member for each row of a table of settings or options.
 *
 * @param {string} name
 * @param {string} sentence
 * @param {import('../../web/engine/config/schema_text.js').Field[]} fields
 */
function describeFields(name, sentence, fields) {
  return describeType(
    name,
    sentence,
    fields.map((field) => ({ type: typeOf(field), ...field })),
  );
}

/**
 * The same of a table whose rows are numbers, or text where they say `chars`.
 *
 * @param {string} name
 * @param {string} sentence
 * @param {{ kind: string, name: string, help: string }[]} rows
 */
function describeNumbers(name, sentence, rows) {
  return describeType(
    name,
    sentence,
    rows.map((row) => ({ type: row.kind === 'chars' ? 'string' : 'number', ...row })),
  );
}

/** @param {[string, import('../../web/engine/config/schema_text.js').Member[]]} record */
function describeRecord([name, members]) {
  return describeNumbers(typeOfRecord(name), `The record ${name}.`, members);
}

/** run_size is a RunSizeRecord. @param {string} name */
function typeOfRecord(name) {
  const words = name.split('_').map((word) => word[0].toUpperCase() + word.slice(1));
  return `${words.join('')}Record`;
}

/** @param {string} name */
function sayMember(name) {
  return `${name}: ${typeOfRecord(name)}`;
}

/** @param {string} name @param {string} sentence @param {{ type: string, name: string, help: string }[]} members */
function describeType(name, sentence, members) {
  const lines = members.map((member) => ` * @property {${member.type}} ${member.name}  ${member.help}`.trimEnd());
  return ['/**', ` * ${sentence}`, ' *', ` * @typedef {object} ${name}`, ...lines, ' */'].join('\n');
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
