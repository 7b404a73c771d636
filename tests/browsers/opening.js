/** How long the page takes from its address to the first step of training. */

/** Rounds in which each browser opens the page again. */
const ROUNDS = 5;

/** Runs in the page, as text: resolves with the milliseconds since the navigation began, once a step is taken. */
const FIRST_STEP = `new Promise((resolve, reject) => {
  const look = () => {
    if (performance.now() > 60000) reject(new Error('no step in a minute'));
    else if (document.querySelector('train-scope')?.lab?.active?.step > 0) resolve(performance.now());
    else setTimeout(look, 4);
  };
  look();
})`;

/**
 * A table of seconds, browsers beside each other: the first visit, with nothing kept, and those after it. In turns, so that
 * what else the machine does is shared by all.
 *
 * @param {Map<string, import('./driven.js').DrivenBrowser>} browsers
 * @param {string} address
 */
export async function measureOpening(browsers, address) {
  /** @type {Map<string, number[]>} */
  const seconds = new Map();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, browser] of browsers) {
      const page = await browser.open();
      await page.goto(address);
      seconds.set(name, [...(seconds.get(name) ?? []), (await page.evaluate(FIRST_STEP)) / 1000]);
      await page.close();
    }
  }
  const rows = [...seconds].map(([name, [first, ...later]]) => {
    const sorted = later.sort((a, b) => a - b);
    const said = [first, sorted[sorted.length >> 1], sorted[0], sorted[sorted.length - 1]].map((x) => x.toFixed(2));
    return `| ${name} | ${said[0]} | ${said[1]} | ${said[2]} … ${said[3]} |`;
  });
  return [
    'Seconds from the bare address to the first step of training:',
    '| browser | first visit | later, median | from … to |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}
