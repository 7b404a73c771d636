/**
 * For the build: the notices of the packages that are bundled into the page, as THIRD-PARTY.txt beside it. Which those are
 * is read off the bundle itself, the workers' included.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ name: string, version: string, license: string, text: string }} Notice */

/** How packages call the file with their licence. */
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The folder of the package that a module is from; a package in a package's folder counts as itself. */
const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** Two plugins of Vite: what is bundled is collected before it is written down. */
export function thirdPartyNotices() {
  /** @type {Set<string>} */
  const folders = new Set();
  const collect = {
    name: 'third-party-modules',
    /** @param {unknown} _ @param {Record<string, { type: string, moduleIds?: string[] }>} bundle */
    generateBundle(_, bundle) {
      for (const { moduleIds = [] } of Object.values(bundle)) {
        for (const id of moduleIds) {
          const [folder] = PACKAGE.exec(id.replace(/^\0/, '')) ?? [];
          if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
        }
      }
    },
  };
  const write = {
    name: 'third-party-notices',
    /** @this {{ emitFile: (file: { type: 'asset', fileName: string, source: string }) => void }} */
    generateBundle() {
      const notices = [...folders].map(readNotice).sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source: formatNotices(notices) });
    },
  };
  return { collect, write };
}

/** @param {string} folder @returns {Notice} */
function readNotice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .sort();
  if (texts.length === 0) throw new Error(`${name} is bundled into the page, and has no licence to hand on`);
  return {
    name,
    version,
    license,
    text: texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n'),
  };
}

/** @param {Notice[]} notices */
function formatNotices(notices) {
  const parts = notices.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`);
  return `${['The page contains these packages, each under the licence that follows its name.', ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
