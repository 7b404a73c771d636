/**
 * Firefox and WebKit on a short journey; the rest of the tests drives Chromium. `./build.sh test-browsers` takes all three
 * on the whole tour.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servePage } from '../../web/cli/commands/serve.js';
import { findBrowser } from './browsers.js';
import { SHORT_JOURNEY } from './journeys.js';

for (const name of ['Firefox', 'WebKit']) {
  const found = findBrowser(name);
  test(`${name}: ${SHORT_JOURNEY.title}`, { skip: found ? false : `skipped: no ${name}` }, async (t) => {
    const server = await servePage({ options: { port: 0 } });
    t.after(() => server.close());
    const browser = await /** @type {NonNullable<typeof found>} */ (found).open();
    t.after(() => browser.stop());
    const page = await browser.open();
    await SHORT_JOURNEY.run({ page, address: server.address });
    assert.deepEqual(page.complaints, [], 'the console is silent');
  });
}
