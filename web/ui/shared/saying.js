/** A few words that stand beside a control for a moment, such as that something was copied. */

/** How long they stand, in milliseconds. */
const SAID_MS = 2500;

/**
 * @typedef {import('lit').ReactiveController} ReactiveController
 * @implements {ReactiveController}
 */
export class Saying {
  #host;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** What is said, '' for nothing. */
  text = '';

  /** @param {import('lit').LitElement} host  is rendered again when it changes */
  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected() {
    this.hush();
  }

  /** @param {string} text @param {number} [times]  as long as usual */
  say(text, times = 1) {
    this.#show(text);
    this.#timer = setTimeout(() => this.#show(''), times * SAID_MS);
  }

  hush() {
    this.#show('');
  }

  /** Copies a text, or selects the one in the host's box where the page may not write the clipboard. @param {string} text */
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.say('Copied');
    } catch {
      this.#host.querySelector('textarea')?.select();
      this.say('Selected: copy it with the keyboard');
    }
  }

  /** @param {string} text */
  #show(text) {
    clearTimeout(this.#timer);
    this.text = text;
    this.#host.requestUpdate();
  }
}
