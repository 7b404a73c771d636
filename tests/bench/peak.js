/** The machine's own speed limit, measured in the same run as everything else. See peak.c. */

import { readFile } from 'node:fs/promises';
import { knowsRelaxedSimd } from '../../web/platform/node/relaxed_simd.js';

/** Built by ./build.sh bench. @type {['plain' | 'fused', URL][]} */
const FILES = [
  ['plain', new URL('../../build/bench_peak.wasm', import.meta.url)],
  ['fused', new URL('../../build/bench_peak_fused.wasm', import.meta.url)],
];

/** @returns {Promise<Map<'plain' | 'fused', (ms: number) => number>>}  each measures GFLOP/s for so long; those that are built, and that this Node knows */
export async function openPeaks() {
  /** @type {Map<'plain' | 'fused', (ms: number) => number>} */
  const peaks = new Map();
  for (const [arithmetic, file] of FILES) {
    const bytes = await readFile(file).catch(() => null);
    if (bytes && knowsRelaxedSimd(bytes)) peaks.set(arithmetic, await openPeak(bytes));
  }
  return peaks;
}

/** @param {BufferSource} bytes */
async function openPeak(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { bench_peak_run: run, bench_peak_flops: flops } = /** @type {any} */ (instance.exports);
  run(20_000); // the optimizing compiler takes over
  return (/** @type {number} */ ms) => {
    let repeats = 0;
    const begun = performance.now();
    let elapsed = 0;
    while (elapsed < ms) {
      run(2000);
      repeats += 2000;
      elapsed = performance.now() - begun;
    }
    return (repeats * flops()) / elapsed / 1e6;
  };
}
