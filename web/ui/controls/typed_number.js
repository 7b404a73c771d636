/** A number as a hand types it into a setting's box. */
import { judgeValue } from '../../engine/config/config.js';

/** @typedef {import('../state/lab.js').Field} Field */

/** Thousands with commas between them: 1,000 or 1,234.5. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

/** One comma, where the decimal point would be. */
const DECIMAL_COMMA = /^[+-]?\d*,\d*(e[+-]?\d+)?$/i;

/** What may be either: 1,500. */
const EITHER = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * Judges what was typed by the table, as the command line does, after the liberties that hands take.
 *
 * @param {Field} field  a number's
 * @param {string} typed
 * @returns {{ value: number } | { complaint: string }}  complaint: a whole sentence
 */
export function judgeTyped(field, typed) {
  const text = typed.replace(/[\s_]/g, '');
  if (field.kind === 'real' && EITHER.test(text)) {
    const [thousands, decimal] = [text.replace(',', ''), Number(text.replace(',', '.'))];
    return { complaint: `"${text}" may be ${thousands} or ${decimal}: type it without the comma.` };
  }
  const judged = judgeValue(field, withoutCommas(text));
  return 'complaint' in judged ? { complaint: `${field.label} ${judged.complaint}` } : { value: Number(judged.value) };
}

/** Commas as no text at all or as a point, whichever they are; any other text stays as it was typed. @param {string} text */
function withoutCommas(text) {
  if (GROUPED.test(text)) return text.replaceAll(',', '');
  return DECIMAL_COMMA.test(text) ? text.replace(',', '.') : text;
}
