/**
 * What the table's conditions say of data of one's own beside the settings: what a sample is, and what its targets are.
 * Of generated data the setting dataset says it all.
 */

/** Kinds of samples, by the numbers that their shapes have; a text has no shape before windows are taken of it. */
const KINDS = ['tokens', 'vector', 'sequence', 'image'];

/** The facts that a condition may name, with what they may be. @type {Record<string, string[]>} */
export const DATA_FACTS = { kind: KINDS, targets: ['classes', 'numbers'] };

/**
 * @param {number[]} shape  of a sample; empty for tokens
 * @param {number} classes  0 where targets are numbers; of a text they are its characters, which nobody has counted yet
 */
export function dataFactsOf(shape, classes) {
  return { kind: KINDS[shape.length], targets: classes || shape.length === 0 ? 'classes' : 'numbers' };
}
