/**
 * What the rows of the tables mean, in words. Whoever reads a `help` loads this file, which writes them into the tables:
 * they are half of the tables' bytes, and a page trains before anybody asks.
 */

import { HELP } from '../../generated/help.js';
import { SCHEMA } from './schema.js';
import { helpedRows } from './schema_text.js';

helpedRows(SCHEMA).forEach((row, i) => {
  row.help = HELP[i];
});
