/**
 * Bad input by the thousand, and one sentence for each:
 *
 *     node tests/faults/inputs.js [--list]
 *
 * Settings and options of every command, model texts, files of settings, tables, arrays, images and weights, each wrong
 * in ways that are made here from the tables and from whole files. The command must end with 2, say one line and print
 * no result. What happens to be good input is counted apart, and so is what was changed but is still right. --list says
 * every sentence. Ends with 1 where anything else came of one.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { COMMAND_FIELDS } from '../../web/cli/command_fields.js';
import { runCommandLine } from '../../web/cli/main.js';
import { OPTION_FIELDS } from '../../web/cli/option_fields.js';
import { flagOf } from '../../web/engine/config/config_text.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { writeSafetensors } from '../../web/engine/run/safetensors.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeImageFiles } from '../cli/helpers.js';
import { writeGrey, writeIdx, writeNpy, writeZip } from '../engine/data_writers.js';

const isListing = process.argv.includes('--list');

/** @typedef {{ kind: string, words: string[] }} Input */

const folder = await mkdtemp(join(tmpdir(), 'trainscope-inputs-'));

/** @type {Map<string, { refused: number, right: number }>} */
const counts = new Map();
/** @type {string[]} */
const faults = [];

try {
  for (const input of [...settings(), ...options(), ...models(), ...sweeps()]) await judge(input);
  for await (const input of files()) await judge(input);
} finally {
  await rm(folder, { recursive: true, force: true });
}
let refused = 0;
for (const [kind, count] of counts) {
  refused += count.refused;
  console.log(
    `${kind.padEnd(28)} ${String(count.refused).padStart(5)} refused in one sentence, ${count.right} were right`,
  );
}
console.log(`${refused} bad inputs, one sentence each; ${faults.length} otherwise.`);
for (const fault of faults) console.log(`FAULT  ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);

/** @param {Input} input */
async function judge({ kind, words }) {
  const [out, err] = [collect(), collect()];
  const code = await runCommandLine(words, { stdout: out.stream, stderr: err.stream });
  const count = counts.get(kind) ?? { refused: 0, right: 0 };
  counts.set(kind, count);
  const told = err.text();
  const lines = told.split('\n').filter((line) => line !== '');
  const says = `${words
    .map((word) => JSON.stringify(word))
    .join(' ')
    .slice(0, 300)}: exit ${code}, ${JSON.stringify(told.slice(0, 400))}`;
  if (code === 0) count.right++;
  else if (
    code === 2 &&
    lines.length === 1 &&
    out.text() === '' &&
    !/\n {4}at |undefined|\[object|NaN is not/.test(told)
  ) {
    count.refused++;
    if (isListing) console.log(`${kind}: ${lines[0]}`);
  } else faults.push(says);
}

/** A stream that keeps what is written. */
function collect() {
  /** @type {string[]} */
  const parts = [];
  const stream = new Writable({
    write(chunk, _, done) {
      parts.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => parts.join('') };
}

/** A short run, so that what is right after all costs little. */
function train(/** @type {string[]} */ ...words) {
  return ['train', '--dataset', 'moons', '--steps', '1', '--samples', '40', ...words];
}

/** Every setting with values that it cannot have. @returns {Input[]} */
function settings() {
  return SCHEMA.fields.flatMap((field) => {
    const values = ['', ' ', 'x', '--', '1,2', '0x10', 'NaN', 'null', '1e999', '-1e999', '{}', '٣'];
    if (field.kind === 'real' || field.kind === 'int') {
      const { min, max } = /** @type {{ min: number, max: number }} */ (/** @type {unknown} */ (field));
      values.push(String(min - 1), String(max * 2 + 1), '1.5.2', '+-1', '1 2');
    } else if (field.kind === 'text') values.splice(0, values.length, '('.repeat(3000), '\u0000', 'linear(');
    else values.push('yes!', '2.5', 'On off');
    return values.map((value) => ({ kind: 'settings', words: train(`${flagOf(field.name)}=${value}`) }));
  });
}

/** Flags with a letter too few, one turned round, without a value, or with a wrong one. @returns {Input[]} */
function options() {
  return COMMAND_FIELDS.flatMap((command) => {
    const own = OPTION_FIELDS.filter(({ commands }) => commands.includes(command.name));
    const flags = [
      ...own.map(({ name }) => flagOf(name)),
      ...(command.settings ? ['--lr', '--optimizer', '--model'] : []),
    ];
    const misspelled = flags.flatMap((flag) => [
      `${flag.slice(0, -1)}`,
      `${flag}${flag.slice(-1)}`,
      flag.replace('--', '-'),
    ]);
    const known = new Set(flags);
    return [
      ...misspelled.filter((flag) => !known.has(flag) && flag.length > 4).map((flag) => [command.name, flag, '1']),
      ...own
        .filter(({ kind }) => ['int', 'real', 'word', 'change'].includes(kind))
        .flatMap(({ name }) => ['', 'x', '-5', '1.5x'].map((value) => [command.name, `${flagOf(name)}=${value}`])),
      [command.name, '--no-such-flag'],
      [`${command.name}x`],
    ].map((words) => ({ kind: 'flags and commands', words }));
  });
}

/** A right text with a piece lost, doubled or put in. @returns {Input[]} */
function models() {
  const right = 'residual(linear(16) relu layernorm)*2 linear(12) dropout(0.2) gelu';
  const pieces = [')', '(', '*', ',', '=', ';', '-1', 'foo', 'linear()', 'conv(3', 'relu(2)', 'π', '0x1', '**', '(,)'];
  const texts = pieces.flatMap((piece) =>
    [0, 9, 16, 23, 38, right.length].map((at) => right.slice(0, at) + piece + right.slice(at)),
  );
  const units = SCHEMA.units.flatMap(({ name }) => [
    `${name}(`,
    `${name}(1,2,3,4,5,6)`,
    `${name}(-1)`,
    `${name}(x)`,
    `${name}(1e9)`,
  ]);
  return [...texts, ...units].map((text) => ({ kind: 'model texts', words: train('--model', text) }));
}

/** @returns {Input[]} */
function sweeps() {
  const axes = [
    'lr',
    'lr=',
    'lr=:',
    'lr=1:',
    'lr=1:0:3',
    'lr=0:1:3',
    'lr=1:2:0',
    'lr=1:2:3:4',
    'lr=a,b',
    'nothing=1,2',
    'lr=1,1',
  ];
  const changes = [
    'x:lr=1',
    '5:lr',
    '5:=1',
    ':lr=1',
    '-1:lr=1',
    '5:optimizer=adam',
    '5:lr=x',
    '5:clip=y',
    '1e9:lr=1',
    '5:nothing=1',
    '5',
  ];
  const shards = ['0/2', '3/2', 'a/b', '1', '1/0', '1/2/3', '-1/2'];
  return [
    ...axes.map((axis) => ['sweep', '--dataset', 'moons', '--steps', '1', '--over', axis]),
    ...changes.map((change) => train('--change', change)),
    ...shards.map((shard) => ['sweep', '--dataset', 'moons', '--steps', '1', '--over', 'lr=1,2', '--shard', shard]),
  ].map((words) => ({ kind: 'axes, changes, shards', words }));
}

/** Whole files, each damaged in many ways. @returns {AsyncGenerator<Input>} */
async function* files() {
  const engine = await createEngine();
  const trainer = engine.createTrainer({ dataset: 'moons', steps: 1, model: 'linear(4) tanh' });
  const images = makeImageFiles(6);
  const [pictures, labels] = Object.values(images).map((bytes) => Buffer.from(bytes));
  const table = Buffer.from(
    ['a,b,label', ...Array.from({ length: 30 }, (_, i) => `${i},${i % 4},${i % 2}`)].join('\n'),
  );
  const grey = writeGrey(4, 4, (i) => 9 * i);
  const numbers = writeNpy('<f4', [6, 2], new Uint8Array(48));
  const kinds = /** @type {const} */ ([
    ['tables', 'data.csv', table, (/** @type {string} */ path) => dataWords(path)],
    [
      'npz archives',
      'data.npz',
      writeZip({ 'x_train.npy': numbers, 'y_train.npy': writeNpy('|u1', [6], new Uint8Array([0, 1, 0, 1, 0, 1])) }),
      (/** @type {string} */ path) => dataWords(path),
    ],
    [
      'folders of PNG, zipped',
      'data.zip',
      writeZip({ 'a/1.png': grey, 'a/2.png': grey, 'b/1.png': grey, 'b/2.png': grey }),
      (/** @type {string} */ path) => dataWords(path),
    ],
    [
      'weights',
      'w.safetensors',
      Buffer.from(writeSafetensors(trainer.tensors())),
      (/** @type {string} */ path) => train('--model', 'linear(4) tanh', '--weights', path),
    ],
    [
      'files of settings',
      'run.json',
      Buffer.from(JSON.stringify({ lr: 0.1, steps: 1, dataset: 'moons', changes: [] })),
      (/** @type {string} */ path) => ['train', '--config', path],
    ],
  ]);
  for (const [kind, name, bytes, words] of kinds) {
    let number = 0;
    for (const damaged of damage(Buffer.from(bytes), 60)) {
      const path = join(folder, `${number++}-${name}`);
      await writeFile(path, damaged);
      yield { kind, words: words(path) };
    }
  }
  for (const damaged of damage(pictures, 60)) {
    const place = await mkdtemp(join(folder, 'idx-'));
    const [first, second] = Object.keys(images);
    await writeFile(join(place, first), damaged);
    await writeFile(join(place, second), labels);
    yield { kind: 'IDX images', words: dataWords(place) };
  }
  yield { kind: 'IDX images', words: dataWords(join(folder, 'nowhere')) };
  const lone = await mkdtemp(join(folder, 'lone-'));
  await writeFile(join(lone, 'train-images-idx3-ubyte'), writeIdx(8, [2, 3, 3], new Uint8Array(18)));
  yield { kind: 'IDX images', words: dataWords(lone) };
}

/** @param {string} path */
function dataWords(path) {
  return ['train', '--data', path, '--steps', '1', '--batch', '4', '--model', 'linear(3) relu'];
}

/** Cut short, emptied, turned to other bytes, and with single bytes changed, most of them near the beginning. @param {Buffer} bytes @param {number} count */
function* damage(bytes, count) {
  yield Buffer.alloc(0);
  yield Buffer.alloc(bytes.length);
  yield Buffer.from('<!DOCTYPE html><html><body>404</body></html>');
  yield Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n');
  for (let i = 1; i <= 20; i++) yield bytes.subarray(0, Math.floor((bytes.length * i) / 21));
  for (let i = 0; i < count - 24; i++) {
    const changed = Buffer.from(bytes);
    const at = Math.floor((((i * 7919) % 1000) ** 2 / 1e6) * changed.length);
    changed[at] ^= 1 << (i % 8);
    changed[Math.min(at + 3, changed.length - 1)] = (i * 37) & 255;
    yield changed;
  }
}
