/** Data of one's own, as a user has them: CSV files that the ward writes, drawn from a seed. */

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../build/ward/', import.meta.url);

/**
 * Four measurements of three kinds of thing, in units of very different size, as a table of a laboratory has them.
 * The kinds overlap: the best possible loss is not 0.
 *
 * @param {Draw} draw
 */
function makeSpecimens(draw) {
  const kinds = ['amber', 'basalt', 'chalk'];
  const rows = ['length_mm,mass_g,age_s,density,label'];
  for (let i = 0; i < 900; i++) {
    const kind = Math.floor(draw.uniform() * kinds.length);
    const [a, b, c, d] = Array.from({ length: 4 }, () => draw.normal());
    const cells = [
      250 + 40 * (kind === 0 ? 1.2 : -0.4) + 60 * a,
      0.02 + 0.004 * (kind === 1 ? 1.5 : 0) + 0.005 * b,
      50_000 + 9000 * (kind === 2 ? -1 : 0.5) + 12_000 * c,
      2.5 + 0.3 * (a * b > 0 ? 1 : -1) + 0.3 * d,
    ];
    rows.push(`${cells.map((cell) => cell.toPrecision(6)).join(',')},${kinds[kind]}`);
  }
  return rows;
}

/**
 * Eight readings of which three decide between two answers, one by its square.
 *
 * @param {Draw} draw
 */
function makeReadings(draw) {
  const rows = [`${Array.from({ length: 8 }, (_, i) => `reading_${i + 1}`).join(',')},answer`];
  for (let i = 0; i < 800; i++) {
    const x = Array.from({ length: 8 }, () => draw.normal());
    const score = 1.5 * (x[0] * x[0] - 1) + 1.5 * x[1] * x[2];
    const isYes = draw.uniform() < 1 / (1 + Math.exp(-2 * score));
    rows.push(`${x.map((value) => value.toFixed(4)).join(',')},${isYes ? 'yes' : 'no'}`);
  }
  return rows;
}

/** @type {Record<string, (draw: Draw) => string[]>} */
const MAKERS = { specimens: makeSpecimens, readings: makeReadings };

/**
 * Writes a file of the ward and says where it lies.
 *
 * @param {string} name  one of those above
 * @param {number} seed
 */
export async function writeOwnData(name, seed) {
  const path = fileURLToPath(new URL(`${name}-${seed}.csv`, FOLDER));
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path, `${MAKERS[name](makeDraw(seed)).join('\n')}\n`);
  return path;
}

/**
 * @typedef {{ uniform: () => number, normal: () => number }} Draw
 *
 * @param {number} seed
 * @returns {Draw}
 */
function makeDraw(seed) {
  // mulberry32
  let state = (seed * 0x9e3779b9) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
