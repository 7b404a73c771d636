/** `layers`: what a model text can be made of. */

import { describeArguments, signatureOf } from '../../engine/model_text/units.js';

/**
 * @param {import('../../engine/engine.js').Engine} engine
 * @returns {{ result: unknown, text: string }}
 */
export function listLayers({ schema: { units } }) {
  const width = Math.max(...units.map((unit) => signatureOf(unit).length));
  const roleWidth = Math.max(...units.map(({ role }) => role.length));
  const lines = units.map((unit) => {
    const own = describeArguments(unit);
    return `${signatureOf(unit).padEnd(width)}  ${unit.role.padEnd(roleWidth)}  ${unit.help}${own ? ` (${own})` : ''}`;
  });
  return { result: { units }, text: lines.join('\n') };
}
