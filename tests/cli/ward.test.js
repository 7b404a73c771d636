/** The ward: who is in it, that what is known of them is known of these settings, and how a diagnosis is counted. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withStudyPool } from '../../web/cli/study/study_pool.js';
import { CAUSES } from '../../web/engine/study/judge/causes.js';
import { createEngine } from '../../web/platform/node/index.js';
import { keyOf, readKnown } from '../ward/known.js';
import { explained, measure, recovered, sharesReached } from '../ward/outcome.js';
import { writeOwnData } from '../ward/own_data.js';
import { listWard, WELL } from '../ward/roll.js';
import { CURED, confusionOf, countTotals, isAlarm, judgeFigure } from '../ward/score.js';
import { freshSeeds } from '../ward/verify.js';
import { assertRefused, runJson } from './helpers.js';

const engine = await createEngine();
const ward = listWard(engine, 0);
const healthy = ward.filter(({ disease }) => disease === WELL);
const patients = ward.filter(({ disease }) => disease !== WELL);

test('60 patients with every disease, 40 healthy with every rule, data set and way to read a sequence, from one sample a step to all', () => {
  assert.equal(new Set(ward.map(({ id }) => id)).size, ward.length);
  assert.ok(patients.length >= 60, `${patients.length} patients`);
  assert.ok(healthy.length >= 40, `${healthy.length} healthy`);
  const causes = CAUSES.map(({ id }) => String(id)).filter((id) => id !== WELL);
  for (const cause of causes) {
    const count = patients.filter(({ disease }) => disease === cause).length;
    assert.ok(count >= 3, `${cause}: ${count}`);
  }
  assert.deepEqual([...new Set(patients.map(({ disease }) => disease))].sort(), causes.sort());
  for (const name of /** @type {const} */ (['optimizer', 'dataset'])) {
    const options = engine.schema.fields.find((field) => field.name === name)?.options ?? [];
    const there = new Set(healthy.map(({ config }) => `${config[name]}`));
    assert.ok(options.length > 0);
    for (const option of options) assert.ok(there.has(`${option}`), `no healthy one with ${name} ${option}`);
  }
  for (const unit of ['attention', 'rnn', 'gru', 'lstm', 'patches']) {
    const has = (/** @type {(typeof ward)[number]} */ { config }) => config.model?.includes(`${unit}(`) ?? false;
    assert.ok(healthy.some(has), `no healthy one with ${unit}`);
    assert.ok(patients.some(has), `no patient with ${unit}`);
  }
  const batches = new Set(healthy.map(({ config }) => config.batch));
  for (const batch of [0, 1, 2, 4, 8, 16, 32, 64, 128]) assert.ok(batches.has(batch), `batch ${batch}`);
});

test('a patient is a healthy setting to which one thing was done', () => {
  for (const { id, config, healthy: well } of patients) {
    const names = /** @type {(keyof typeof config)[]} */ (Object.keys(config));
    const changed = names.filter((name) => JSON.stringify(config[name]) !== JSON.stringify(well[name]));
    assert.ok(changed.length === 1 || changed.length === 2, `${id}: ${changed}`);
  }
});

test('what is known belongs to these settings, and nobody is doubtful', () => {
  const known = readKnown(0);
  assert.deepEqual(Object.keys(known).sort(), ward.map(({ id }) => id).sort());
  for (const one of ward) {
    assert.equal(
      known[one.id].key,
      keyOf(one),
      `${one.id} has changed: node web/cli.js ward --verify --only ${one.id}`,
    );
    assert.equal(known[one.id].doubt, null, one.id);
  }
});

test('what is known comes out again', async () => {
  const known = readKnown(0);
  const quick = ward.filter(({ isQuick }) => isQuick);
  assert.ok(quick.length >= 4 && quick.some(({ disease }) => disease === WELL));
  await withStudyPool({ jobs: 1, data: null }, async (runner) => {
    for (const { id, config } of quick.slice(0, 3)) {
      const { loss } = await measure(runner, config, freshSeeds(config));
      assert.ok(Math.abs(loss / known[id].own.loss - 1) < 1e-5, `${id}: ${loss}, known ${known[id].own.loss}`);
    }
  });
});

test('another ward has other seeds and other data, and the same one has the same', async () => {
  const other = listWard(engine, 7);
  for (const [i, { config, own }] of other.entries()) {
    assert.equal(config.seed, ward[i].config.seed + 7);
    assert.equal(config.data_seed, ward[i].config.data_seed + 7);
    const before = ward[i].own;
    assert.equal(own?.seed ?? null, before && before.seed + 7);
  }
  const texts = await Promise.all([1, 2].map(async (seed) => readFile(await writeOwnData('readings', seed), 'utf8')));
  const again = await readFile(await writeOwnData('readings', 1), 'utf8');
  assert.equal(again, texts[0]);
  assert.notEqual(texts[0], texts[1]);
});

/** @param {number} loss @param {number | null} accuracy */
const outcome = (loss, accuracy) => ({ loss, low: loss, high: loss, accuracy, baseline: 2, train: loss });

test('a result is the share of the loss of guessing that is gone, and the accuracy where there is one', () => {
  assert.equal(explained(outcome(0.5, null)), 0.75);
  assert.equal(explained(outcome(3, null)), 0);
  const regression = sharesReached(outcome(1, null), outcome(0.5, null));
  assert.deepEqual(regression, { loss: 0.5 / 0.75, accuracy: 0.5 / 0.75, lower: 0.5 / 0.75 });
  assert.deepEqual(sharesReached(outcome(0.5, 0.6), outcome(0.5, 0.8)), {
    loss: 1,
    accuracy: 0.6 / 0.8,
    lower: 0.6 / 0.8,
  });
  assert.equal(sharesReached(outcome(1, 0.9), outcome(0.5, 0.8)).lower, 0.5 / 0.75);
  assert.equal(recovered(outcome(1, null), { ill: outcome(1.5, null), well: outcome(0.5, null) }), 0.5);
});

test('what a diagnosis says is counted against what is known', () => {
  const row = { id: 'x', key: '', done: '', fix: null, broken: null, before: 1, after: 1, best: 1, seconds: 2 };
  /** @param {string} disease @param {string[]} causes @param {number} share @param {string} [verdict] */
  const say = (disease, causes, share, verdict = 'stable') => ({
    ...row,
    disease,
    causes,
    first: causes[0] ?? WELL,
    share,
    share_accuracy: 1,
    verdict,
  });
  const rows = [
    say('momentum', ['momentum'], 1),
    say('momentum', ['rate_too_high', 'momentum'], CURED),
    say('epsilon', [], 0.5),
    say(WELL, ['none'], 1),
    say(WELL, [], 1, 'recovered'),
    say(WELL, ['none'], 1, 'slow'),
    say(WELL, ['schedule'], 1),
  ];
  assert.deepEqual(rows.slice(3).map(isAlarm), [false, false, true, true]);
  const { patients, right, named, cured, cured_accuracy: byAccuracy, healthy, alarms } = countTotals(rows);
  assert.deepEqual(
    { patients, right, named, cured, byAccuracy },
    { patients: 3, right: 1, named: 2, cured: 2, byAccuracy: 3 },
  );
  assert.deepEqual({ healthy, alarms }, { healthy: 4, alarms: 2 });
  assert.deepEqual(Object.fromEntries(confusionOf(rows).get('momentum') ?? []), { momentum: 1, rate_too_high: 1 });
  const fix = { changes: {}, val: { loss: 0.4, accuracy: null } };
  assert.equal(judgeFigure(fix, 0.4), null);
  assert.match(judgeFigure(fix, 0.5) ?? '', /0\.4.*0\.5/);
  assert.equal(judgeFigure(null, null), null);
});

test('--quick: a few are diagnosed by the program, rightly, and their fixes are what they say', async () => {
  const { totals, rows, left_out } = await runJson(['ward', '--quick']);
  assert.deepEqual(left_out, []);
  assert.equal(rows.length, ward.filter(({ isQuick }) => isQuick).length);
  const { patients: ill, right, cured, healthy: well, alarms, broken } = totals;
  assert.ok(ill >= 4 && well >= 2);
  assert.deepEqual({ right, cured, alarms, broken }, { right: ill, cured: ill, alarms: 0, broken: 0 });
});

test('--only names what there is, --from is a number', async () => {
  await assertRefused(['ward', '--only', 'momentun'], /--only does not know momentun; did you mean momentum\?/);
  await assertRefused(['ward', '--from', 'x'], /--from/);
});
