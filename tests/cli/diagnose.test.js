/** `trainscope diagnose`: the JSON, the report file, the budget, what it refuses. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assertRefused, CLI, makeFolder, runCli, runJson, spawnCli } from './helpers.js';

const SPIRAL = ['diagnose', '--dataset', 'spiral', '--samples', '300', '--steps', '100', '--eval-every', '20'];

test('the JSON has every member of the contract, with the settings of every run', async (t) => {
  const report = join(await makeFolder(t), 'report.html');
  const result = await runJson([...SPIRAL, '--jobs', '2', '--report', report], spawnCli);
  for (const key of [
    'lr_best',
    'lr_unstable',
    'verdict',
    'at_edge',
    'lr_sensitivity',
    'evidence',
    'remedies',
    'advice',
    'skipped',
  ]) {
    assert.ok(key in result, key);
  }
  assert.ok(['stable', 'early', 'mid'].includes(result.verdict));
  const { verdict, val, causes, fix } = result.yours;
  assert.ok(['stable', 'early', 'mid', 'diverged', 'slow', 'dead'].includes(verdict));
  assert.ok(Number.isFinite(val.loss) && val.accuracy > 0 && val.accuracy <= 1);
  assert.deepEqual(causes, ['rate_too_low']);
  assert.ok(fix.changes.lr > 0.02 && fix.val.accuracy > val.accuracy);
  assert.equal(typeof result.at_edge, 'boolean');
  assert.ok(result.advice.every((/** @type {unknown} */ sentence) => typeof sentence === 'string'));
  for (const { kind, says, numbers, thresholds, runs } of result.evidence) {
    assert.ok(says.length > 0 && numbers && thresholds && runs.length > 0, kind);
    for (const run of runs) assert.equal(typeof run.settings, 'string');
  }
  for (const { kind, changes, val, best, solved, tried } of result.remedies) {
    assert.ok(Object.keys(changes).length > 0, kind);
    assert.equal(typeof solved, 'boolean');
    assert.ok(val && best && tried[0].runs[0].settings, kind);
  }
  const html = await readFile(report, 'utf8');
  assert.match(html, /^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
  assert.doesNotMatch(html, /<script|src=|href=|https?:|url\(/i);
  assert.ok((html.match(/<svg/g) ?? []).length >= 4);
});

test('results do not depend on the number of jobs', async () => {
  const [one, three] = [await runJson([...SPIRAL, '--jobs', '1']), await runJson([...SPIRAL, '--jobs', '3'])];
  assert.deepEqual({ ...one, seconds: 0 }, { ...three, seconds: 0 });
});

test('a budget is kept, and the text says what was skipped', async () => {
  const result = await runJson([...SPIRAL, '--budget', '2000']);
  assert.ok(result.steps <= 2000, `${result.steps}`);
  assert.equal(result.budget, 2000);
  assert.ok(result.skipped.length > 0);
  const { code, stdout, stderr } = await runCli([...SPIRAL, '--budget', '2000']);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^verdict/);
  assert.match(stdout, /Advice[\s\S]*Not done/);
});

test('Ctrl-C before anything is known says how it goes on, as it does of a sweep', async (t) => {
  const out = join(await makeFolder(t), 'trainings.jsonl');
  const words = ['diagnose', '--dataset', 'spiral', '--steps', '200000', '--jobs', '2', '--out', out];
  const child = spawn(process.execPath, [CLI, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = text(child.stderr);
  const isOver = once(child, 'close');
  // The file is opened just before the first training begins.
  while (!existsSync(out) && child.exitCode === null) await delay(10);
  await delay(300);
  child.kill('SIGINT');
  assert.equal((await isOver)[0], 1);
  assert.equal(await said, `trainscope: interrupted after 0 runs; start it again to continue with ${out}\n`);
});

test('wrong usage is one line that names the flag', async (t) => {
  await assertRefused([...SPIRAL, '--budget', '99'], /--budget must be at least 100/);
  await assertRefused([...SPIRAL, '--budget', '0'], /--budget/);
  await assertRefused([...SPIRAL, '--budgets', '5'], /--budgets.*--budget/);
  await assertRefused([...SPIRAL, '--seeds', 'x'], /--seeds/);
  await assertRefused([...SPIRAL, '--model', 'linear(8) rleu'], /--model.*relu/);
  await assertRefused([...SPIRAL, '--model', 'conv(4,3)'], /--model/);
  await assertRefused(['diagnose', '--dataset', 'custom'], /--data/);
  const folder = await makeFolder(t);
  await assertRefused([...SPIRAL, '--report', join(folder, 'no', 'report.html')], /--report/);
});
