/** The machine's own speed limit, measured in the same run as everything else. See peak.c. */

import { readFile } from 'node:fs/promises';

const WASM = new URL('../../build/bench_peak.wasm', import.meta.url);

/** @returns {Promise<((ms: number) => number) | null>}  measures GFLOP/s for so long; null where it is not built */
export async function openPeak() {
  const bytes = await readFile(WASM).catch(() => null);
  if (!bytes) return null;
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { bench_peak_run: run, bench_peak_flops: flops } = /** @type {any} */ (instance.exports);
  run(20_000); // the optimizing compiler takes over
  return (ms) => {
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
