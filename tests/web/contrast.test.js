/** The colours that text is written in, against all that it is written on: 4.5 : 1, as WCAG asks at AA. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const GROUNDS = ['paper', 'desk', 'hover'];

/** What draws lines and surfaces only. */
const NOT_TEXT = [...GROUNDS, 'line', 'edge', 'grid'];

/** How much of its own colour a notice's ground holds at most. */
const TINT = 0.09;

const sheet = await readFile(new URL('../../web/styles.css', import.meta.url), 'utf8');

for (const theme of ['light', 'dark']) {
  test(`text stands out from its ground in the ${theme} theme`, () => {
    const colors = readTheme(theme);
    for (const [name, color] of colors) {
      if (NOT_TEXT.includes(name)) continue;
      const grounds = GROUNDS.map((ground) => known(colors.get(ground)));
      for (const ground of [...grounds, mix(color, grounds[0], TINT)]) {
        const ratio = contrast(color, ground);
        assert.ok(ratio >= 4.5, `--${name} ${color} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });
}

/** The colours of all blocks that belong to a theme. @param {string} theme @returns {Map<string, string>} */
function readTheme(theme) {
  const blocks = [...sheet.matchAll(/\{\s*color-scheme: (\w+);([^}]*)\}/g)].filter(([, scheme]) => scheme === theme);
  const all = blocks.map(([, , body]) => [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)]);
  assert.ok(all.length > 0 && all.every((block) => block.length > 10), `no colours of the ${theme} theme are found`);
  // The system's dark and the chosen one are the same.
  for (const block of all) assert.deepEqual(block.map(String), all[0].map(String));
  return new Map(all[0].map(([, name, color]) => [name, color]));
}

/** @template T @param {T | undefined} value @returns {T} */
function known(value) {
  assert.ok(value);
  return value;
}

/** @param {string} color @returns {number[]} from 0 to 1 */
function channels(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
}

/** As `color-mix(in srgb, …)` does it. @param {string} color @param {string} ground @param {number} share */
function mix(color, ground, share) {
  const behind = channels(ground);
  const mixed = channels(color).map((value, i) => Math.round(255 * (share * value + (1 - share) * behind[i])));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance. @param {string} color */
function luminance(color) {
  const [red, green, blue] = channels(color).map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
