/** `trainscope probe`, `warmup`, `clip` and `compare`: the JSON, the text, the report file, the budget, what they refuse. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, makeFolder, runJson, spawnCli } from './helpers.js';

const SPIRAL = ['--dataset', 'spiral', '--samples', '300', '--steps', '100', '--eval-every', '20', '--seeds', '2'];

/** What each finds of its own, and the steps of evidence that it ends with. */
const COMMANDS = {
  probe: { members: ['probes', 'early', 'hidden'], last: 'probe' },
  warmup: {
    members: ['base_lr', 'multiple', 'warmup_steps', 'search', 'compared', 'needs_more_steps'],
    last: 'search',
  },
  clip: { members: ['measured', 'compared', 'aggressive'], last: 'compared' },
  'compare cyclical': { members: ['range', 'compared', 'cyclical_wins'], last: 'compared' },
  'compare batch': { members: ['unfair', 'fair', 'gap', 'closed'], last: 'fair' },
};

for (const [command, { members, last }] of Object.entries(COMMANDS)) {
  test(`${command}: one JSON object, the same for any number of jobs, and a report`, async (t) => {
    const report = join(await makeFolder(t), 'report.html');
    const result = await runJson([...command.split(' '), ...SPIRAL, '--jobs', '2', '--report', report]);
    assert.equal(result.procedure, command.split(' ').at(-1));
    for (const member of [
      ...members,
      'config',
      'settings',
      'seeds',
      'lr_best',
      'lr_unstable',
      'lr_first_unstable',
      'skipped',
      'steps',
    ])
      assert.ok(member in result, member);
    assert.ok(result.says.length > 0);
    assert.equal(result.evidence.at(-1).kind, last);
    for (const { says, runs, kind } of result.evidence) assert.ok(says.length > 0 && runs.length > 0, kind);
    assert.deepEqual(
      { ...(await runJson([...command.split(' '), ...SPIRAL, '--jobs', '1'])), seconds: 0 },
      { ...result, seconds: 0 },
    );
    const html = await readFile(report, 'utf8');
    assert.match(html, /^<!DOCTYPE html>[\s\S]*<svg[\s\S]*<\/html>\n$/);
    assert.doesNotMatch(html, /<script|src=|href=|https?:|url\(/i);
  });

  test(`${command}: the text says what was found, the thresholds and what was left out`, async () => {
    const { code, stdout, stderr } = await spawnCli([...command.split(' '), ...SPIRAL, '--budget', '1300']);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(stdout, /\neffort +\d+ runs, [\d,]+ steps of a budget of 1,300 steps/);
    assert.match(stdout, /^[^\n]+\n {2}[A-Z][^\n]+\.\n/, 'a title, and sentences');
    assert.match(stdout, /Thresholds: /);
    assert.match(stdout, /\nNot done\n/);
    assert.doesNotMatch(stdout, /undefined|NaN|\[object/);
  });
}

test('what is known already is not looked for', async () => {
  const { evidence: probe } = await runJson(['probe', ...SPIRAL, '--best-lr', '0.1']);
  assert.deepEqual(
    probe.map((/** @type {any} */ { kind }) => kind),
    ['probe'],
  );
  assert.equal(probe[0].numbers.lr, 0.2);
  const { evidence: warmup, search } = await runJson(['warmup', ...SPIRAL, '--unstable-lr', '0.5', '--multiple', '2']);
  assert.equal(warmup[0].kind, 'search');
  assert.equal(search.tried[0].base_lr, 1);
  const { compared } = await runJson(['clip', ...SPIRAL, '--thresholds', '2,0.5', '--variants', 'off']);
  assert.deepEqual(compared.map((/** @type {any} */ { id }) => id).slice(0, 3), ['none', 'clip-2', 'clip-0.5']);
});

test('a warmup in the settings makes clipping in and out of it two ways', async () => {
  const { compared } = await runJson(['clip', ...SPIRAL, '--warmup-steps', '20']);
  const variant = compared.find((/** @type {any} */ { id }) => id === 'not-in-warmup');
  assert.equal(variant.changes.clip_in_warmup, false);
});

test('wrong usage is one line that names the flag', async (t) => {
  await assertRefused(['warmup', ...SPIRAL, '--unstable-lr', '0'], /--unstable-lr must be a number above 0/);
  await assertRefused(['warmup', ...SPIRAL, '--best-lr', '1'], /--best-lr/);
  await assertRefused(['warmup', ...SPIRAL, '--lengths', '10,2.5'], /--lengths must be whole numbers of steps/);
  await assertRefused(['warmup', ...SPIRAL, '--lengths', '0'], /--lengths must be/);
  await assertRefused(['probe', ...SPIRAL, '--best-lr', 'high'], /--best-lr/);
  await assertRefused(['clip', ...SPIRAL, '--thresholds', '1,,2'], /--thresholds/);
  await assertRefused(['clip', ...SPIRAL, '--budget', '99'], /--budget must be at least 100/);
  await assertRefused(['clip', ...SPIRAL, '--model', 'linear(8) rleu'], /--model.*relu/);
  await assertRefused(['probe', '--dataset', 'custom'], /--data/);
  await assertRefused(['compare'], /cyclical or batch/);
  await assertRefused(['compare', 'cyclic', ...SPIRAL], /cyclical or batch, not "cyclic"/);
  await assertRefused(['compare', 'cyclical', ...SPIRAL, '--range', '0.1'], /--range/);
  await assertRefused(['compare', 'cyclical', ...SPIRAL, '--batches', '1,2'], /--batches/);
  await assertRefused(['compare', 'batch', ...SPIRAL, '--batch', '0'], /--batch must be/);
  const folder = await makeFolder(t);
  await assertRefused(['warmup', ...SPIRAL, '--report', join(folder, 'no', 'report.html')], /--report/);
});
