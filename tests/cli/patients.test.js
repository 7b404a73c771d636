/**
 * The prepared patients are diagnosed for what they suffer from, and the cure is the one that cures them: with two seeds,
 * the fewest that can differ.
 */

import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { test } from 'node:test';
import { PATIENTS } from '../../web/engine/study/procedure/patients.js';
import { runJson } from './helpers.js';

for (const { id, config, verdict, cure, no_cure } of PATIENTS) {
  test(`${id}: ${verdict}, ${cure ? `cured by ${cure}` : 'nothing to cure'}`, async () => {
    const flags = Object.entries(config).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const found = await runJson(['diagnose', ...flags, '--seeds', '2', '--jobs', `${cpus().length}`]);
    assert.equal(found.verdict, verdict);
    assert.equal(found.recommended, cure);
    for (const { kind, solved } of found.remedies) if (no_cure.includes(kind)) assert.equal(solved, false, kind);
  });
}
