/**
 * What the ward's own search found, kept: whether each is what it is said to be, and the best result known for its
 * settings. An entry belongs to settings by their digest; where these change it is worth nothing, and is made again.
 *
 * known.json is in the repository, for the ward as it stands; what is found for other seeds lies in build/ward.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configToSearch } from '../../web/engine/config/config_text.js';
import { freshSeeds } from './verify.js';

/**
 * @typedef {import('./outcome.js').Outcome} Outcome
 * @typedef {import('./roll.js').Case} Case
 *
 * @typedef {object} Known
 * @property {string} key  of the settings
 * @property {string | null} doubt  why it is not what it is said to be; null where it is
 * @property {Outcome} own  what its settings achieve
 * @property {Outcome} best  the best known result
 * @property {number | null} by_rate  of patients: the share of what the illness costs that the best rate alone gives back
 * @property {string | null} rival  of patients: the change of another kind that gives back most, and how much
 */

const KEPT = new URL('./known.json', import.meta.url);

/** @param {number} from  by how much seeds are shifted */
export function knownPath(from) {
  return fileURLToPath(from === 0 ? KEPT : new URL(`../../build/ward/known-${from}.json`, import.meta.url));
}

/** @param {number} from @returns {Record<string, Known>} */
export function readKnown(from) {
  const path = knownPath(from);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** One line for each, in the order of their ids, so that a change is a line. @param {number} from @param {Record<string, Known>} known */
export function writeKnown(from, known) {
  const sorted = Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([id, entry]) => `${JSON.stringify(id)}: ${JSON.stringify(entry, round)}`);
  mkdirSync(dirname(knownPath(from)), { recursive: true });
  writeFileSync(knownPath(from), `{\n${lines.join(',\n')}\n}\n`);
}

/** Six digits are enough to compare with. @param {string} _ @param {unknown} value */
function round(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}

/** What an entry belongs to: the settings that are not at their defaults, and the seeds. @param {Case} one */
export function keyOf({ config, healthy, own }) {
  const text = JSON.stringify([configToSearch(config), configToSearch(healthy), own, freshSeeds(config)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
