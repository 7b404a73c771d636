/**
 * What the page opens with, when its address says nothing else: one run, of settings known since the build. It is
 * computed by a core that holds what that run calls and nothing else, and so is there sooner; the whole core takes its
 * place as soon as the run has begun, or at once where something else is asked for. A run is the same calls wherever it
 * is computed, so what the build has seen it call is all that it ever does.
 */

import { TrainerError } from '../engine/core/errors.js';
import { digestOfText } from '../engine/core/text_digest.js';

/** What the page may say to a run, or ask of it, that needs nothing else; for settings, they must be the opening's. */
export const OPENING_MESSAGES = [
  'preview',
  'start',
  'taken',
  'speed',
  'pause',
  'resume',
  'step',
  'look',
  'sizeUnits',
  'snapshot',
  'writeSnapshot',
];

/** Of a complete config. @param {object} config */
export function digestOfConfig(config) {
  return digestOfText(JSON.stringify(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** How long after the page has drawn the first steps the rest is fetched, in milliseconds. */
const SETTLED_MS = 500;

export class Opening {
  #digest;
  #complete;
  /** @type {Promise<void> | null} */
  #completed = null;
  #isSoon = false;

  /**
   * @param {string} digest  of the opening's config
   * @param {() => Promise<void>} complete  puts the whole core in the place of the one that only begins
   */
  constructor(digest, complete) {
    this.#digest = digest;
    this.#complete = complete;
  }

  /**
   * @param {import('./messages.js').PageMessage} message
   * @returns {Promise<void> | null}  null where the message can be followed at once
   */
  fetchFor(message) {
    return this.#covers(message) ? null : this.complete();
  }

  /**
   * @returns {Promise<void>}
   * @throws {TrainerError} where the rest cannot be fetched; it is asked for again the next time
   */
  complete() {
    this.#completed ??= this.#complete().catch((error) => {
      this.#completed = null;
      if (!(error instanceof TypeError)) throw error;
      throw new TrainerError(
        'build',
        null,
        'The rest of the page could not be loaded. Try again once the network is back.',
      );
    });
    return this.#completed;
  }

  /** The page has drawn steps. Where the rest cannot be had now, whoever needs it will hear why. */
  completeSoon() {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setTimeout(() => this.complete().catch(() => {}), SETTLED_MS);
  }

  /** @param {import('./messages.js').PageMessage} message */
  #covers(message) {
    if (!OPENING_MESSAGES.includes(message.type)) return false;
    if (message.type === 'start' && (message.weights || message.past)) return false;
    if (message.type === 'look' && message.surface) return false;
    if (message.type === 'sizeUnits' && message.steps) return false;
    return !('config' in message) || digestOfConfig(Object(message.config)) === this.#digest;
  }
}
