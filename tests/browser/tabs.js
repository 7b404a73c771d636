/** The tabs of the page's bar, as they stand at a width: each is in sight as a whole, or comes out as one of the folded. */

import { untilDrawn } from './page_state.js';

/** Runs in the page, as text: which tabs are in sight, cut, or under something, and what else is wrong. */
const LOOK = `(() => {
  const box = document.querySelector('.tabs').getBoundingClientRect();
  const tabs = [...document.querySelectorAll('.tabs [role=tab]')].map((tab) => {
    const { left, right, top, bottom } = tab.getBoundingClientRect();
    const isAcross = left > box.left - 1 && right < Math.min(box.right, innerWidth) + 1;
    const isSeen = isAcross && top > box.top - 1 && bottom < box.bottom + 1;
    const isCut = !isSeen && top < box.bottom - 1 && bottom > box.top + 1;
    const isCovered = isSeen && !tab.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    return { name: tab.textContent.trim(), isOpen: tab.ariaSelected === 'true', isSeen, isCut, isCovered };
  });
  const wide = document.documentElement.scrollWidth - innerWidth;
  return {
    folded: tabs.filter(({ isSeen }) => !isSeen).length,
    faults: [
      ...tabs.filter(({ isCut }) => isCut).map(({ name }) => name + ' is cut'),
      ...tabs.filter(({ isCovered }) => isCovered).map(({ name }) => name + ' is covered'),
      ...tabs.filter(({ isOpen, isSeen }) => isOpen && !isSeen).map(({ name }) => name + ' is open and out of sight'),
      ...(wide > 0 ? ['the page is ' + wide + ' px too wide'] : []),
    ],
  };
})()`;

/** @param {import('playwright-core').Page} page @returns {Promise<{ folded: number, faults: string[] }>} */
async function look(page) {
  await untilDrawn(page);
  return page.evaluate(LOOK);
}

/** What is wrong with the tabs at the width that the page has. @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export async function faultsOfTabs(page) {
  const { folded, faults } = await look(page);
  if (folded === 0) return faults;
  await page.getByRole('button', { name: /^More( ▾)?$/ }).click();
  const all = await look(page);
  await page.getByRole('button', { name: /^Fewer( ▴)?$/ }).click();
  return [...faults, ...all.faults, ...(all.folded > 0 ? [`${all.folded} stay folded`] : [])];
}
