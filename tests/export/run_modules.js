/**
 * Runs modules in one process that has what they import: a copy of each lies beside the packages, so that their names
 * are found. One request per line of standard input, {"program": path, "words": […]}; one answer per line of output.
 */

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder] = process.argv.slice(2);
const print = process.stdout.write.bind(process.stdout);
// What a program leaves behind in the library, the next must not meet.
await writeFile(join(folder, 'library.mjs'), "export { disposeVariables } from '@tensorflow/tfjs';\n");
const { disposeVariables } = await import(pathToFileURL(join(folder, 'library.mjs')).href);
let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { program, words } = JSON.parse(line);
  const copy = join(folder, `program${count++}.mjs`);
  process.argv = [process.argv[0], copy, ...words];
  let said = '';
  console.log = console.warn = (...parts) => {
    said += `${parts.join(' ')}\n`;
  };
  /** @type {{ said?: string, error?: string }} */
  let answer;
  try {
    await copyFile(program, copy);
    await import(pathToFileURL(copy).href);
    disposeVariables();
    answer = { said };
  } catch (error) {
    answer = { error: error instanceof Error ? String(error.stack) : String(error) };
  }
  print(`${JSON.stringify(answer)}\n`);
}
