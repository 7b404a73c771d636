import { createStage } from './helpers.js';

/** The stage of all tests of a process that ask nothing else. */
export const stage = createStage();
