/** `trainscope bench`: the works of tests/bench, which a checkout has and an installed package has not. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nearestName } from '../../engine/config/names.js';
import { readDataPath } from '../files/data_path.js';
import { UsageError } from '../usage_error.js';
import { findFashionMnist } from './data.js';

const BENCH = new URL('../../../tests/bench/bench.js', import.meta.url);

/** Of any checkout: what createEngine is imported from. */
const LIBRARY = 'web/platform/node/index.js';

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @param {import('../arguments.js').Arguments} args
 * @returns {Promise<{ result: unknown, text: string, complaint?: string }>}
 */
export async function bench(engine, { options }) {
  if (!existsSync(BENCH)) {
    throw new Error('the bench is part of a checkout (tests/bench), not of the installed package');
  }
  const { quick, growth, peers, works, before, data } = options;
  const { listPeers, listWorkNames, runBench, runGrowth } = await import(BENCH.href);
  if (before !== null && !existsSync(join(before, LIBRARY))) {
    throw new UsageError(`--before ${before}: no checkout of Trainscope, which has ${LIBRARY}`);
  }
  if (growth) return runGrowth(engine, say);
  const chosen = {
    peers: peers === 'none' ? [] : readList('--peers', peers, listPeers()),
    works: works === null ? [] : readList('--works', works, listWorkNames()),
  };
  const folder = data ?? findFashionMnist();
  const fashionMnist = folder === null ? null : { folder, files: await readDataPath(engine, folder) };
  return runBench(engine, { quick, ...chosen, before, fashionMnist, say });
}

/** @param {string} flag @param {string} text @param {string[]} known */
function readList(flag, text, known) {
  return text.split(',').map((word) => {
    const name = word.trim();
    if (known.includes(name)) return name;
    const nearest = nearestName(name, known);
    const advice = nearest ? `did you mean ${nearest}?` : `there are ${known.join(', ')}`;
    throw new UsageError(`${flag} does not know ${name || 'an empty name'}; ${advice}`);
  });
}

/** What is being done, for whoever waits at a terminal. @param {string} text */
function say(text) {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}
