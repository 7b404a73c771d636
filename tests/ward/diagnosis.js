/** A diagnosis as a user gets it: the program itself, started with the settings as flags. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SEEDS } from '../../web/engine/study/judge/playbook.js';
import { writeOwnData } from './own_data.js';

/**
 * @typedef {import('./roll.js').Case} Case
 * @typedef {import('../../web/engine/config/config.js').SomeSettings} SomeSettings
 *
 * @typedef {{ loss: number, accuracy: number | null }} Score
 *
 * @typedef {object} Yours  what a diagnosis says of the settings given: the contract's words
 * @property {string} verdict
 * @property {Score | null} val  at the end
 * @property {string[]} causes  most important first
 * @property {{ changes: SomeSettings, val: Score | null } | null} fix
 */

const PROGRAM = fileURLToPath(new URL('../../web/cli.js', import.meta.url));

/** The verdict of a diagnosis that came to none. */
export const FAILED = 'failed';

/**
 * @param {Case} one
 * @returns {Promise<{ yours: Yours, seconds: number, failure: string | null }>}  failure: why there is no diagnosis; the
 *   others can be diagnosed nevertheless
 */
export async function diagnoseCase(one) {
  const words = ['diagnose', ...(await flagsOf(one)), '--seeds', `${SEEDS}`, '--jobs', '1', '--json'];
  const begun = performance.now();
  const { code, stdout, stderr } = await runProgram(words);
  const seconds = (performance.now() - begun) / 1000;
  const yours = code === 0 ? JSON.parse(stdout).yours : null;
  if (yours) return { yours, seconds, failure: null };
  const failure = code === 0 ? 'nothing is said of the settings given (no "yours")' : stderr.trim();
  return { yours: { verdict: FAILED, val: null, causes: [FAILED], fix: null }, seconds, failure };
}

/** All settings, written out. @param {Case} one */
async function flagsOf({ config, own }) {
  const { changes: _, dataset, ...settings } = config;
  const data = own ? ['--data', await writeOwnData(own.name, own.seed)] : ['--dataset', dataset];
  const flags = Object.entries(settings)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `--${name}=${value}`);
  return [...data, ...flags];
}

/** @param {string[]} words @returns {Promise<{ code: number | null, stdout: string, stderr: string }>} */
function runProgram(words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}
