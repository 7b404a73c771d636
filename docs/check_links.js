/**
 * Whether every link of the rendered site leads somewhere: to a file that is there, and to a heading in it. Addresses
 * elsewhere are listed and not asked. `node docs/check_links.js FOLDER`
 */

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const folder = process.argv[2] ?? 'build/docs';
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const names = entries
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
/** @type {Map<string, { ids: Set<string>, links: string[] }>} */
const pages = new Map();
for (const name of names.filter((one) => one.endsWith('.html'))) {
  const text = await readFile(join(folder, name), 'utf8');
  const all = (/** @type {RegExp} */ pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
  pages.set(name, { ids: new Set(all(/\sid="([^"]+)"/g)), links: all(/\s(?:href|src)="([^"]+)"/g) });
}

const dead = [];
const elsewhere = new Set();
let count = 0;
for (const [name, { links }] of pages) {
  for (const link of links) {
    if (link.startsWith('data:')) continue;
    if (/^[a-z]+:/.test(link)) {
      elsewhere.add(link);
      continue;
    }
    count++;
    const { pathname, hash } = new URL(link, `http://here/${name}`);
    const path = decodeURIComponent(pathname).slice(1);
    const target = path === '' || path.endsWith('/') ? `${path}index.html` : path;
    if (!names.includes(target)) dead.push(`${name}: ${link} leads to no file`);
    else if (hash && !pages.get(target)?.ids.has(decodeURIComponent(hash.slice(1))))
      dead.push(`${name}: ${link} leads to no heading`);
  }
}
for (const line of dead) process.stderr.write(`${line}\n`);
process.stdout.write(
  `${pages.size} pages, ${count} links, ${dead.length} dead; elsewhere: ${[...elsewhere].join(' ')}\n`,
);
process.exitCode = dead.length > 0 || pages.size === 0 ? 1 : 0;
