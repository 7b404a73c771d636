#!/usr/bin/env node
/**
 * Homework by link: reads links of runs that have ended, one a line, trains each, and says whether it holds its digest.
 *
 *     node recipes/verify_links.js < links.txt
 *
 * A line for each: holds, differs, no digest, or what is wrong with it; the loss and accuracy on the validation data; the link.
 */

import { text } from 'node:stream/consumers';
import { createEngine } from 'trainscope';

const engine = await createEngine();

/** @param {string} link */
function verify(link) {
  const query = new URLSearchParams(link.split('#')[0].split('?')[1] ?? '');
  const { digest, version, ...given } = Object.fromEntries(query);
  const { config, problems } = engine.parseConfig(given);
  if (problems.length > 0) return [problems[0].message];
  const trainer = engine.createTrainer(config);
  trainer.step(config.warmup_steps + config.steps);
  const found = trainer.digest();
  const { loss, accuracy } = trainer.evaluate('val') ?? trainer.evaluate('train') ?? {};
  trainer.dispose();
  const isSame = digest && found.startsWith(digest);
  const other = version && version !== engine.version ? ` (made by version ${version}, this is ${engine.version})` : '';
  return [isSame ? 'holds' : digest ? `differs${other}` : 'no digest', loss, accuracy];
}

for (const link of (await text(process.stdin)).split('\n').filter((line) => line.trim() !== '')) {
  let told;
  try {
    told = verify(link.trim());
  } catch (error) {
    told = [error.message];
  }
  process.stdout.write(`${[...told, link.trim()].join('\t')}\n`);
}
