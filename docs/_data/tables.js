/** What pages insert as {{ tables.name }}: all of it made from the tables, declarations and results of the program itself. */

import { createEngine } from '../../web/platform/node/index.js';
import { headersOfC } from '../tables/c_headers.js';
import { commandsText } from '../tables/commands.js';
import { libraryText } from '../tables/library.js';
import { headersText, lessonsText, partsText } from '../tables/page.js';
import { resultTexts } from '../tables/results.js';
import { layersText, metricsText, optionsText, rulesText, settingsText } from '../tables/settings.js';

export default async function readTables() {
  const engine = await createEngine();
  const { schema, version } = engine;
  const results = await resultTexts();
  const headers = headersText();
  return {
    version,
    settings: settingsText(schema),
    options: optionsText(schema),
    layers: layersText(schema),
    rules: rulesText(schema),
    metrics: metricsText(schema),
    commands: commandsText(),
    json: results.json,
    runLog: results.runLog,
    library: libraryText(),
    c: headersOfC(),
    lessons: lessonsText(),
    parts: partsText(),
    headers: headers.table,
    nginx: headers.nginx,
  };
}
