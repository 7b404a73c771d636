/** The Web Worker: the service on a page's channel. */

import { createEngine } from '../browser.js';
import { serve } from './service.js';

serve(
  {
    send: (message, transfer = []) => self.postMessage(message, { transfer }),
    listen: (receive) => {
      self.onmessage = ({ data }) => receive(data);
    },
  },
  createEngine,
);
