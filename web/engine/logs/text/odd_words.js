/**
 * Words in a line of text that stand where other lines have a number: `loss: oops`, `'loss': None`. Lines of one program
 * differ in their numbers only, so what stood before such a number, and behind it, shows where the word is.
 */

/** @typedef {{ name: string, held: string }} OddWord */

/** Places of numbers that are known, and texts behind each: more are of free text. */
const SPOTS_MAX = 64;
const HEADS_MAX = 4;

/** Of a word, or a few. */
const WORD_MAX = 40;

/** A place where lines have a number that plays a role. */
export class Spot {
  /** The number's, as its column is called. */
  name = '';
  /** What stands behind the number, as far as the next one; a line's end is a break. @type {Set<string>} */
  heads = new Set();
  /** What was last seen to follow. @type {string | null} */
  #between = null;
  /** @type {string | null} */
  #tail = null;

  /** @param {string} lead  what stands before the number @param {'start' | 'number' | 'digit'} behind  and before that */
  constructor(lead, behind) {
    this.lead = lead;
    this.behind = behind;
  }

  /** @param {string} text  from the number to the next one */
  follow(text) {
    if (text === this.#between) return;
    this.#between = text;
    this.#addHead(text);
  }

  /** @param {string} text  from the number to the line's end */
  end(text) {
    if (text === this.#tail) return;
    this.#tail = text;
    this.#addHead(`${text}\n`);
  }

  /** @param {string} text */
  #addHead(text) {
    if (this.heads.size < HEADS_MAX) this.heads.add(collapse(withoutDigits(text)));
  }

  /** Where in a text the number should begin; -1 where nowhere. @param {string} text @param {boolean} isStart */
  find(text, isStart) {
    if (this.behind !== 'digit')
      return isStart === (this.behind === 'start') && text.startsWith(this.lead) ? this.lead.length : -1;
    const at = text.search(/\d(?=\D*$)/) + 1;
    return at > 0 && text.startsWith(this.lead, at) ? at + this.lead.length : -1;
  }
}

export class OddWords {
  /** @type {Map<string, Spot>} */
  #spots = new Map();

  /**
   * The place of a number that plays a role.
   *
   * @param {string} text  before it @param {boolean} isStart  the line begins so
   * @returns {{ spot: Spot | null, isNew: boolean }}
   */
  spotOf(text, isStart) {
    const lead = collapse(text.replace(/^.*\d/, ''));
    const behind = /\d/.test(text) ? 'digit' : isStart ? 'start' : 'number';
    const key = `${behind} ${lead}`;
    const known = this.#spots.get(key);
    if (known || this.#spots.size >= SPOTS_MAX || !/[A-Za-z]/.test(lead)) return { spot: known ?? null, isNew: false };
    const spot = new Spot(lead, behind);
    this.#spots.set(key, spot);
    return { spot, isNew: true };
  }

  /**
   * Words in what stands before a number, or before a line's end.
   *
   * @param {string} text @param {{ isStart: boolean, isEnd: boolean }} where
   * @returns {{ words: OddWord[], rest: string } | null}  rest: what is left before the number
   */
  find(text, { isStart, isEnd }) {
    /** @type {OddWord[]} */
    const words = [];
    let rest = collapse(isEnd ? `${text}\n` : text);
    for (let found = this.#findOne(rest, isStart); found; found = this.#findOne(rest, false)) {
      words.push({ name: found.name, held: found.held });
      rest = found.rest;
    }
    return words.length > 0 ? { words, rest } : null;
  }

  /** @param {string} text @param {boolean} isStart */
  #findOne(text, isStart) {
    for (const spot of this.#spots.values()) {
      const at = spot.find(text, isStart);
      if (at < 0) continue;
      const behind = text.slice(at).replace(/^ /, '');
      for (const head of spot.heads) {
        // Where nothing is there, the blank before it is that behind it.
        const end = behind.startsWith(head.replace(/^ /, '')) && /\S/.test(head) ? 0 : behind.indexOf(head);
        const held = end < 0 ? '' : behind.slice(0, end).trim();
        const isWord = end >= 0 && held.length <= WORD_MAX && !/[:=]/.test(held);
        if (isWord && (/\S/.test(head) || behind.slice(end) === head))
          return { name: spot.name, held: held.replace(/^["']|["']$/g, ''), rest: behind.slice(end) };
      }
    }
    return null;
  }
}

/** @param {string} text */
function withoutDigits(text) {
  return text.replace(/\d.*$/s, '');
}

/** With one blank where there are several; a break stays. @param {string} text */
function collapse(text) {
  return text.replace(/[^\S\n]+/g, ' ');
}
