/**
 * Valid data files, damaged at random: each is read, or refused in one sentence, and takes no memory that it does not
 * fill. TRAINSCOPE_MUTATIONS says how many are tried.
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { readDataFiles } from '../../web/engine/data/read_files.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeRandom } from '../fixtures/random.js';
import { sealPng, writeGrey, writeIdx, writeNpy, writePng, writeZip } from './data_writers.js';

const TRIES = Number(process.env.TRAINSCOPE_MUTATIONS ?? 1000);

/** What a file of a kilobyte may make the process grow by, with all that is not collected yet, in bytes. */
const GROWTH_MAX = 3e8;

const engine = await createEngine();
const { config } = engine.parseConfig({ dataset: 'custom', samples: 3 });
const FIXTURES = JSON.parse(await readFile(new URL('../fixtures/data_files.json', import.meta.url), 'utf8'));

const ramp = (/** @type {number} */ length) => Uint8Array.from({ length }, (_, i) => (37 * i) % 256);
const LABELS = Uint8Array.from({ length: 12 }, (_, i) => i % 3);
const IMAGES = writeIdx(8, [12, 3, 3], ramp(108));
const X = writeNpy('|u1', [12, 3, 3], ramp(108));
const Y = writeNpy('<i8', [12], new Uint8Array(BigInt64Array.from(LABELS, BigInt).buffer));
const PALETTE = /** @type {[string, Uint8Array][]} */ ([
  ['PLTE', ramp(12)],
  ['tRNS', ramp(4)],
]);
const INDEXED = writePng({
  width: 5,
  height: 3,
  depth: 2,
  type: 3,
  lines: Uint8Array.of(0, 27, 64, 0, 228, 0, 0, 9, 128),
  extra: PALETTE,
});

/** @param {string} text */
const decode = (text) => new Uint8Array(Buffer.from(text, 'base64'));

/**
 * Sets of files, of which the first is damaged, and what is done to it afterwards so that the damage is looked at and not
 * only its checksum.
 *
 * @type {{ name: string, files: Record<string, Uint8Array>, repack?: (bytes: Uint8Array) => Uint8Array }[]}
 */
const KINDS = [
  {
    name: 'IDX images',
    files: { 'train-images-idx3-ubyte': IMAGES, 'train-labels-idx1-ubyte': writeIdx(8, [12], LABELS) },
  },
  {
    name: 'IDX labels',
    files: { 'train-labels-idx1-ubyte': writeIdx(8, [12], LABELS), 'train-images-idx3-ubyte': IMAGES },
  },
  {
    name: 'IDX, packed afterwards',
    files: { 'train-images-idx3-ubyte.gz': IMAGES, 'train-labels-idx1-ubyte': writeIdx(8, [12], LABELS) },
    repack: (bytes) => new Uint8Array(gzipSync(bytes, { level: 1 })),
  },
  {
    name: 'gzip',
    files: {
      'train-images-idx3-ubyte.gz': new Uint8Array(gzipSync(IMAGES)),
      'train-labels-idx1-ubyte': writeIdx(8, [12], LABELS),
    },
  },
  { name: 'npy images', files: { 'x.npy': X, 'y.npy': Y } },
  { name: 'npy labels', files: { 'y.npy': Y, 'x.npy': X } },
  { name: 'stored npz', files: { 'a.npz': decode(FIXTURES.keras.file) } },
  { name: 'deflated npz', files: { 'a.npz': decode(FIXTURES.med.file) } },
  {
    name: 'npz, packed afterwards',
    files: { 'a.npz': X },
    repack: (bytes) => writeZip({ 'x.npy': bytes, 'y.npy': Y }),
  },
  {
    name: 'zip',
    files: {
      'a.zip': writeZip({
        'd/train-images-idx3-ubyte': IMAGES,
        'd/train-labels-idx1-ubyte': writeIdx(8, [12], LABELS),
      }),
    },
  },
  ...Object.entries(FIXTURES.images).map(([name, { file }]) => ({
    name: `PNG ${name}`,
    files: { 'a/1.png': decode(file), 'b/1.png': decode(file) },
    repack: sealPng,
  })),
  { name: 'PNG of a palette', files: { 'a/1.png': INDEXED, 'b/1.png': INDEXED }, repack: sealPng },
  {
    name: 'PNG with wrong sums',
    files: { 'a/1.png': writeGrey(4, 4, (i) => i), 'b/1.png': writeGrey(4, 4, (i) => i) },
  },
];

const draw = makeRandom(1);

/** @param {Uint8Array} whole */
function damage(whole) {
  let bytes = Uint8Array.from(whole);
  for (let times = 1 + draw(3); times > 0; times--) {
    const at = draw(bytes.length);
    switch (draw(7)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        bytes = Uint8Array.from([...bytes, ...bytes.subarray(at, at + draw(40))]);
        break;
      case 2:
        bytes.set(bytes.slice(at, at + 4), Math.min(draw(bytes.length), Math.max(0, bytes.length - 4)));
        break;
      case 3:
        bytes.fill([0, 0x7f, 0xff][draw(3)], at, at + 1 + draw(4));
        break;
      case 4:
        // Where headers are.
        bytes[draw(Math.min(64, bytes.length))] = draw(256);
        break;
      default:
        bytes[at] = draw(256);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

test('damaged files are read, or refused in a sentence', { timeout: 600_000 }, async () => {
  const before = process.resourceUsage().maxRSS;
  const ends = { read: 0, refused: 0 };
  for (let i = 0; i < TRIES; i++) {
    const { name, files, repack } = KINDS[i % KINDS.length];
    const damaged = Object.entries(files).map(([file, bytes], part) => {
      if (part > 0) return { name: file, bytes };
      const broken = damage(bytes);
      return { name: file, bytes: repack ? repack(broken) : broken };
    });
    const said = () => `${name}, try ${i}: ${Buffer.from(damaged[0].bytes).toString('base64')}`;
    try {
      const data = await readDataFiles(engine, damaged, 'set');
      createFileDataset(engine, data, config).dispose();
      ends.read++;
    } catch (error) {
      const { name: kind, code, message } = /** @type {any} */ (error);
      assert.equal(kind, 'TrainerError', `${said()} → ${/** @type {any} */ (error).stack}`);
      assert.ok(code === 'data' || code === 'memory', said());
      assert.match(message, /^[^\p{Cc}]{10,300}\.$/u, said());
      ends.refused++;
    }
  }
  assert.ok(ends.read > TRIES / 50 && ends.refused > TRIES / 2, JSON.stringify(ends));
  const growth = 1024 * (process.resourceUsage().maxRSS - before);
  assert.ok(growth < GROWTH_MAX, `${growth} bytes`);
});
