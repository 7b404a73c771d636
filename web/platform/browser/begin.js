/** Runs before the page: its worker starts while the page's own code is still read, and needs the thread no more. */

import { defaultThreads } from '../../engine/core/team.js';
import { prepareWorker } from './worker_port.js';

prepareWorker({
  threads: defaultThreads(navigator.hardwareConcurrency),
  // An address that says more asks for another run.
  opens: location.search === '' && location.hash === '',
});
