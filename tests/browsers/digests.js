/** The same runs by everything that computes them: native C of two compilers, Node, and browsers. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { configToSearch } from '../../web/engine/config/config_text.js';
import { read } from '../browser/page_state.js';
import { ROOT, runJson } from '../cli/helpers.js';
import { commandWords, nameRun, nativeWords } from '../fixtures/golden_runs.js';
import { trainInPage } from './journeys.js';

/**
 * @typedef {import('../fixtures/golden_runs.js').GoldenRun} GoldenRun
 * @typedef {import('../../web/engine/core/arithmetic.js').Arithmetic} Arithmetic
 */

/** Native programs by their compiler, where they have been built, and what the folder's name begins with. */
const NATIVE = { 'native, cc': 'native', 'native, clang': 'native-clang' };

/** What is added to a folder's name for an arithmetic. @type {Record<Arithmetic, string>} */
const SUFFIX = { plain: '', fused: '-fused' };

/** Instead of a digest, of a browser that trained plain where fused was asked for. */
const NOT_HERE = 'plain';

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
 * @param {{ runs: GoldenRun[], arithmetic: Arithmetic }} what  a browser without fused arithmetic says so, and is no
 *   witness of it
 * @returns {Promise<{ table: string, disagreeing: string[] }>}
 */
export async function compareDigests(browsers, address, { runs, arithmetic }) {
  /** @type {Map<string, (run: GoldenRun, search: string) => Promise<string>>} */
  const ways = new Map();
  for (const [compiler, program] of Object.entries(NATIVE)) {
    const path = join(ROOT, 'build', `${program}${SUFFIX[arithmetic]}`, 'trainscope-native');
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
      const trained = await read(page, ({ active }) => active.config.arithmetic);
      await page.close();
      return trained === arithmetic ? (digest ?? 'none') : NOT_HERE;
    });
  }
  const names = [...ways.keys()];
  const lines = [`| run | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`];
  const disagreeing = [];
  for (const given of runs) {
    const run = { ...given, settings: { ...given.settings, arithmetic } };
    const { config } = await runJson(['train', ...commandWords(run)]);
    /** @type {string[]} */
    const digests = [];
    for (const train of ways.values()) {
      digests.push(await train(run, `?${configToSearch(config)}`).catch((error) => String(error)));
    }
    const title = nameRun(run);
    lines.push(`| ${title} | ${digests.map((digest) => digest.slice(0, DIGITS)).join(' | ')} |`);
    const witnesses = digests.filter((digest) => digest !== NOT_HERE);
    if (!witnesses.every((digest) => /^[0-9a-f]{64}$/.test(digest) && digest === witnesses[0])) disagreeing.push(title);
  }
  return { table: lines.join('\n'), disagreeing };
}
