/** What the numbers were measured on. */

import { cpus, loadavg, release, type } from 'node:os';

/** @param {{ browser?: string | null }[]} stages */
export function describeMachine(stages) {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${type()} ${release()}`,
    node: process.version,
    chromium: stages.find(({ browser }) => browser)?.browser ?? null,
  };
}

/** How busy the machine has been in the last minute, in cores. */
export function describeLoad() {
  return Number(loadavg()[0].toFixed(2));
}
