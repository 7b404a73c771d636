/** What axe-core finds wrong for people who hear the page, or use it by keyboard. */

import { readFile } from 'node:fs/promises';

const SOURCE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);

/** What WCAG 2.2 asks for at AA, and what axe's authors hold to beyond it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Violations that are listed of one kind: the others are like them. */
const SHOWN = 4;

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}  each violation as a line: the rule, the element, what is wrong with it
 */
export async function findViolations(page) {
  // By the browser's own tools: the page's policy lets no script of others in.
  if (!(await page.evaluate('!!window.axe'))) await page.evaluate(await readFile(SOURCE, 'utf8'));
  const found = /** @type {import('axe-core').AxeResults} */ (
    await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })`)
  );
  return found.violations.flatMap(({ id, nodes }) => [
    ...nodes.slice(0, SHOWN).map(({ html, failureSummary }) => {
      const why = (failureSummary ?? '').replace(/\s+/g, ' ').replace(/^Fix (any|all) of the following: /, '');
      return `${id}: ${html.replace(/\s+/g, ' ').slice(0, 160)} — ${why}`;
    }),
    ...(nodes.length > SHOWN ? [`${id}: and ${nodes.length - SHOWN} more`] : []),
  ]);
}
