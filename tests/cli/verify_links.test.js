/** The recipe that checks homework: links that hold, differ, or are damaged. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configToSearch } from '../../web/engine/config/config_text.js';
import { createEngine } from '../../web/platform/node/index.js';

const RECIPE = fileURLToPath(new URL('../../recipes/verify_links.js', import.meta.url));

test('a link holds the digest of its settings and changes, and of no others', async () => {
  const engine = await createEngine();
  const { config } = engine.parseConfig({
    dataset: 'moons',
    lr: 0.3,
    steps: 60,
    changes: ['20:lr=0.1', '30:clip=norm'],
  });
  const trainer = engine.createTrainer(config);
  trainer.step(60);
  const search = configToSearch(config).replace(/^\?/, '');
  const promise = `version=${engine.version}&digest=${trainer.digest().slice(0, 16)}`;
  const links = [
    `https://lab.example.org/?${search}&${promise}#view=live`,
    `https://lab.example.org/?${search.replace('lr=0.3', 'lr=0.2')}&${promise}`,
    `https://lab.example.org/?${search}`,
    'https://lab.example.org/?learning_rte=0.3',
  ];
  const { stdout } = spawnSync(process.execPath, [RECIPE], { input: `${links.join('\n')}\n`, encoding: 'utf8' });
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  assert.deepEqual(told.map(([first]) => first).slice(0, 3), ['holds', 'differs', 'no digest']);
  assert.match(told[3][0], /learning_rte/);
  assert.equal(Number(told[0][1]), trainer.evaluate('val')?.loss);
});
