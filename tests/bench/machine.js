/** What the numbers were measured on. */

import { cpus, loadavg, release, type } from 'node:os';

/** @param {any[]} stages */
export async function describeMachine(stages) {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${type()} ${release()}`,
    node: process.version,
    chromium: stages.find(({ browser }) => browser)?.browser ?? null,
    load: Number(loadavg()[0].toFixed(2)),
  };
}
