/** The same runs by everything that computes them: native C of two compilers, Node, and browsers. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { configToSearch } from '../../web/engine/config/config_text.js';
import { ROOT, runJson } from '../cli/helpers.js';
import { commandWords, GOLDEN_RUNS, nameRun, nativeWords } from '../fixtures/golden_runs.js';
import { trainInPage } from './journeys.js';

/** @typedef {import('../fixtures/golden_runs.js').GoldenRun} GoldenRun */

/** Native programs by their compiler, where they have been built. */
const NATIVE = {
  'native, cc': 'build/native/trainscope-native',
  'native, clang': 'build/native-clang/trainscope-native',
};

/** Digits that the table shows. All are compared. */
const DIGITS = 8;

/** @param {string} program @param {GoldenRun} run @returns {Promise<string>} */
async function trainNatively(program, run) {
  const { stdout } = await promisify(execFile)(program, nativeWords(run));
  return JSON.parse(stdout).digest;
}

/**
 * A Markdown table with a row a run, and the runs that did not come to the same bits everywhere, or that something could
 * not compute.
 *
 * @param {Map<string, import('./driven.js').DrivenBrowser>} browsers
 * @param {string} address
 * @returns {Promise<{ table: string, disagreeing: string[] }>}
 */
export async function compareDigests(browsers, address) {
  /** @type {Map<string, (run: GoldenRun, search: string) => Promise<string>>} */
  const ways = new Map();
  for (const [compiler, program] of Object.entries(NATIVE)) {
    const path = join(ROOT, program);
    ways.set(compiler, (run) => (existsSync(path) ? trainNatively(path, run) : Promise.resolve('not built')));
  }
  for (const threads of ['1', '2']) {
    ways.set(
      `Node, ${threads}`,
      async (run) => (await runJson(['train', ...commandWords(run), '--threads', threads])).digest,
    );
  }
  for (const [name, browser] of browsers) {
    ways.set(name, async (_, search) => {
      const page = await browser.open();
      const digest = await trainInPage({ page, address }, search);
      await page.close();
      return digest ?? 'none';
    });
  }
  const names = [...ways.keys()];
  const lines = [`| run | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`];
  const disagreeing = [];
  for (const run of GOLDEN_RUNS) {
    const { config } = await runJson(['train', ...commandWords(run)]);
    /** @type {string[]} */
    const digests = [];
    for (const train of ways.values()) {
      digests.push(await train(run, `?${configToSearch(config)}`).catch((error) => String(error)));
    }
    const title = nameRun(run);
    lines.push(`| ${title} | ${digests.map((digest) => digest.slice(0, DIGITS)).join(' | ')} |`);
    if (!digests.every((digest) => /^[0-9a-f]{64}$/.test(digest) && digest === digests[0])) disagreeing.push(title);
  }
  return { table: lines.join('\n'), disagreeing };
}
