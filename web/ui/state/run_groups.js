/** Which runs repeat each other: the same settings, the same data and weights, another seed. */

/** @typedef {import('./run.js').Run} Run */

/** @param {Run[]} runs @returns {{ key: string, runs: Run[] }[]} in the order of their first runs */
export function memberGroups(runs) {
  /** @type {Map<string, Run[]>} */
  const groups = new Map();
  for (const run of runs) {
    const key = keyOf(run);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups].map(([key, members]) => ({ key, runs: members }));
}

/** What runs of a group have in common. @param {Run} run */
function keyOf({ config, dataId, weights, startStep }) {
  const { seed: _, ...settings } = config;
  const names = Object.keys(settings).sort();
  return JSON.stringify([names.map((name) => [name, settings[name]]), dataId, weights?.name ?? null, startStep]);
}
