/** `train --out RUN.tfevents`: read back by a reader that shares nothing with the writer, and by our own of foreign logs. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEventFile } from '../../web/engine/logs/event_file.js';
import { readRunLog } from '../../web/engine/run/run_log.js';
import { makeFolder, runCli, runJson } from './helpers.js';

/** CRC-32C bit by bit, as RFC 3720 defines it. @param {Uint8Array} bytes */
function checksum(bytes) {
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= BigInt(byte);
    for (let i = 0; i < 8; i++) rest = rest & 1n ? (rest >> 1n) ^ 0x82f63b78n : rest >> 1n;
  }
  return rest ^ 0xffffffffn;
}

/** @param {Uint8Array} bytes */
function masked(bytes) {
  const crc = checksum(bytes);
  return Number(((((crc >> 15n) | (crc << 17n)) & 0xffffffffn) + 0xa282ead8n) & 0xffffffffn);
}

test('the reader of these tests has the checksum of the standard', () => {
  assert.equal(checksum(new TextEncoder().encode('123456789')), 0xe3069283n);
});

/** The records of a file, each with both of its checksums right. @param {Buffer} file */
function readRecords(file) {
  const records = [];
  let at = 0;
  while (at < file.length) {
    const length = Number(file.readBigUInt64LE(at));
    assert.equal(file.readUInt32LE(at + 8), masked(file.subarray(at, at + 8)), `length at ${at}`);
    const data = file.subarray(at + 12, at + 12 + length);
    assert.equal(file.readUInt32LE(at + 12 + length), masked(data), `data at ${at}`);
    records.push(data);
    at += 16 + length;
  }
  assert.equal(at, file.length);
  return records;
}

/** The fields of a message of Protocol Buffers: [number, value], whatever they mean. @param {Buffer} message @returns {[number, number | Buffer][]} */
function readFields(message) {
  /** @type {[number, number | Buffer][]} */
  const fields = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(message[at++]);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return Number(value);
    }
  };
  while (at < message.length) {
    const key = varint();
    const [field, kind] = [key >> 3, key & 7];
    if (kind === 0) fields.push([field, varint()]);
    else {
      const size = kind === 1 ? 8 : kind === 5 ? 4 : varint();
      fields.push([field, message.subarray(at, at + size)]);
      at += size;
    }
  }
  return fields;
}

const RUN = [
  'train',
  '--dataset',
  'moons',
  '--samples',
  '80',
  '--steps',
  '30',
  '--eval-every',
  '10',
  '--clip',
  'norm',
  '--sharpness-every',
  '15',
];

test('an event file holds the figures of RUN.jsonl, under names that readers of logs know', async (t) => {
  const folder = await makeFolder(t);
  const [events, lines] = [join(folder, 'run.tfevents'), join(folder, 'run.jsonl')];
  const { digest } = await runJson([...RUN, '--out', events]);
  assert.equal((await runJson([...RUN, '--out', lines])).digest, digest);
  const file = await readFile(events);
  /** @type {Record<string, Map<number, number>>} */
  const scalars = {};
  const texts = [];
  for (const [i, record] of readRecords(file).entries()) {
    const event = readFields(record);
    const time = /** @type {Buffer} */ (event[0][1]).readDoubleLE();
    assert.ok(event[0][0] === 1 && Math.abs(time - Date.now() / 1000) < 600, 'the time');
    if (i === 0) assert.deepEqual(event[2], [3, Buffer.from('brain.Event:2')]);
    const step = Number(event.find(([field]) => field === 2)?.[1]);
    for (const [, summary] of event.filter(([field]) => field === 5)) {
      for (const [, value] of readFields(/** @type {Buffer} */ (summary))) {
        const parts = new Map(readFields(/** @type {Buffer} */ (value)));
        const tag = String(parts.get(1));
        const simple = /** @type {Buffer | undefined} */ (parts.get(2));
        scalars[tag] ??= new Map();
        if (simple) scalars[tag].set(step, simple.readFloatLE());
        else texts.push([tag, String(new Map(readFields(/** @type {Buffer} */ (parts.get(8)))).get(8))]);
      }
    }
  }
  assert.equal(texts.length, 1);
  assert.match(texts[0][1], /trainscope train .*--dataset moons/s);
  const log = readRunLog(await readFile(lines, 'utf8'), 'run.jsonl');
  for (const name of ['loss', 'grad_norm', 'lr', 'clip_scale']) {
    const expected = log.steps.map(({ step, [name]: value }) => [step, Math.fround(Number(value))]);
    assert.deepEqual([...scalars[`train/${name}`]], expected, name);
  }
  const evaluations = log.evaluations.map(({ step, val_loss }) => [step, Math.fround(Number(val_loss))]);
  assert.deepEqual([...scalars['val/loss']], evaluations);
  assert.equal(scalars['val/accuracy'].size, 3);
  assert.deepEqual([...scalars['train/sharpness'].keys()], [15, 30]);
  const { columns } = readEventFile('run.tfevents', new Uint8Array(file));
  const ours = columns.find(({ name }) => name === 'train/loss');
  assert.deepEqual(Array.from(ours?.value ?? []), [...scalars['train/loss'].values()]);
  assert.ok(columns.some(({ name }) => name === 'val/loss'));
});

test('a run that diverges has its last loss in the file, and steps without evaluations are no obstacle', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'events.out.tfevents.1');
  const words = ['train', '--dataset', 'plane', '--lr', '100', '--steps', '200', '--val-fraction', '0', '--out', path];
  const { code } = await runCli(words);
  assert.equal(code, 0);
  const records = readRecords(await readFile(path));
  const last = readFields(records[records.length - 1]);
  const [, summary] = last.find(([field]) => field === 5) ?? [];
  assert.ok(summary);
});
