/** The Web Worker of a team, for a bundler that finds it by its address; the page's own is worker.js, which can do both. */

import { serveTeamFrom } from './team_service.js';

/** The first message is the port, by which the task comes. */
self.onmessage = ({ data: port }) => serveTeamFrom(port);
