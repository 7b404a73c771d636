/**
 * The one error of the library: what the user can act on, in one sentence.
 *
 * Codes: `setting` a value is out of range or contradicts another · `model` the model text is wrong at `position` ·
 * `data` arrays or files are malformed or do not fit · `memory` the run is larger than the memory · `argument` a
 * function was called wrongly · `disposed` the object was given up · `build` Trainscope is not built, or stale.
 * Callers may add codes of their own.
 */
export class TrainerError extends Error {
  /**
   * @param {string} code
   * @param {string | null} field  the setting or argument that is wrong, where there is one
   * @param {string} message  one sentence
   */
  constructor(code, field, message) {
    super(message);
    this.name = 'TrainerError';
    this.code = code;
    this.field = field;
    /** Index of the character in the model text, where code is `model`. @type {number | null} */
    this.position = null;
    /** Bytes that were asked for, where code is `memory`. @type {number | null} */
    this.bytes = null;
  }
}
