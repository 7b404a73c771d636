/** `trainscope ward`: the patients of tests/ward, which a checkout has and an installed package has not. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { nearestName } from '../../engine/config/names.js';
import { UsageError } from '../usage_error.js';

const WARD = new URL('../../../tests/ward/ward.js', import.meta.url);

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: unknown, text: string, complaint?: string }>}
 */
export async function ward(engine, { options }) {
  if (!existsSync(WARD)) {
    throw new Error('the ward is part of a checkout (tests/ward), not of the installed package');
  }
  const { quick, only, from, verify, jobs, out } = options;
  const { listWard, runWard, verifyWard } = await import(WARD.href);
  /** @type {{ id: string, isQuick: boolean }[]} */
  const all = listWard(engine, from);
  const cases = choose(
    all.filter(({ isQuick }) => !quick || isQuick),
    only,
  );
  const how = { cases, from, jobs: jobs ?? availableParallelism(), say };
  return verify ? verifyWard(engine, how) : runWard(engine, { ...how, out });
}

/** @param {{ id: string, isQuick: boolean }[]} cases @param {string | null} only */
function choose(cases, only) {
  if (only === null) return cases;
  const words = only.split(',').map((word) => word.trim());
  const ids = cases.map(({ id }) => id);
  for (const word of words) {
    if (word !== '' && ids.some((id) => id.includes(word))) continue;
    const parts = new Set([...ids, ...ids.flatMap((id) => id.split('/'))]);
    const nearest = nearestName(word, [...parts]);
    throw new UsageError(
      `--only does not know ${word || 'an empty name'}${nearest ? `; did you mean ${nearest}?` : ''}`,
    );
  }
  return cases.filter(({ id }) => words.some((word) => id.includes(word)));
}

/** Who is done, for whoever waits at a terminal. @param {string} text */
function say(text) {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}
