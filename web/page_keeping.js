/** Keeps runs and the page itself beyond the tab: fetched after the first step, which it must not delay. */

import { keepOffline } from './platform/browser/offline.js';
import { openRunStore } from './platform/browser/run_store.js';
import { openTabSession } from './platform/browser/tab_session.js';
import { Keeper } from './ui/state/kept/keeper.js';

/** @param {import('./ui/state/lab.js').Lab} lab */
export async function keepAll(lab) {
  keepOffline((open) => lab.offerUpdate(open));
  // WebKit may never open a database that a page before was left with.
  const store = await openRunStore();
  lab.keeper = new Keeper(lab);
  await lab.keeper.open(store, openTabSession);
}
