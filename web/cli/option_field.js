/** What a row of the options of the command line is. */

/**
 * @typedef {'flag' | 'choice' | 'word' | 'int' | 'real' | 'reals' | 'text' | 'texts' | 'columns' | 'path' | 'paths' | 'change'} OptionKind
 *
 * @typedef {object} OptionField
 * @property {string[]} commands  where it is understood
 * @property {OptionKind} kind  choice: one of words, the first where it stands alone; word: one of words; real: above 0; reals: several of them, with commas; change: STEP:FIELD=VALUE; it and
 *   texts may be given several times; columns and paths: likewise, and several words may follow one flag
 * @property {string} name  as in the options object; `auto_lr` is written --auto-lr
 * @property {string} [placeholder]  what stands for the value in the help
 * @property {any} default
 * @property {string[]} [words]  of a choice
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} help
 */

/** At once, of whatever a command has many of. @type {{ kind: 'int', name: string, placeholder: string, default: null, min: number, max: number }} */
export const JOBS = { kind: 'int', name: 'jobs', placeholder: 'N', default: null, min: 1, max: 256 };
