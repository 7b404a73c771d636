/** Links without a browser: what they ask for, and one sentence for each part that is wrong. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { changeSettings } from '../../web/engine/config/rules.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { PRESETS } from '../../web/presets.js';
import { isFirstLook } from '../../web/ui/opening/cards.js';
import { searchOf } from '../../web/ui/state/address.js';
import { Lab } from '../../web/ui/state/lab.js';
import { readLink } from '../../web/ui/state/links.js';

const [BARE] = PRESETS;
const settingsOf = (/** @type {typeof BARE} */ { config }) => changeSettings(defaultConfig(), config);

/** A page that was opened with a link, before anything is trained. @param {string} search */
async function open(search) {
  const client = { ready: Promise.resolve(), ask: async () => ({ totalSteps: 1, problem: null, fits: true }) };
  const lab = new Lab({
    client: /** @type {any} */ (client),
    schema: SCHEMA,
    series: /** @type {any} */ ({}),
    presets: PRESETS.map((preset) => ({ ...preset })),
  });
  await lab.links.open(search, BARE);
  return { lab, said: lab.draft.problems.map(({ message }) => message) };
}

test('a link that says nothing valid opens as the bare address does, at its pace, and says what counts instead', async () => {
  for (const [search, says] of /** @type {[string, RegExp][]} */ ([
    ['?foo=1', /^There is no setting "foo"\. It is left out\.$/],
    ['?lr=abc', /^lr must be between .+ not "abc"\. 0\.03 is used instead\.$/],
    ['?schedule=slow', /^schedule must be one of .+ not "slow"\..* Cosine is used instead\.$/],
    [
      '?clip=1.0',
      /^clip must be one of .+ not "1\.0"\. Did you mean clip=norm and clip_norm=1\.0\? Off is used instead\.$/,
    ],
    ['?changes=abc', /^changes: "abc" is not of the form .+ It is left out\.$/],
    ['?model=%E0%A4', /^The link is damaged at .+ It is left out\.$/],
    ['?preset=nope', /^There is no preset "nope"\. It is left out\.$/],
    ['?preset=%3Cb%3E', /^preset names a preset of the page, not "<b>"\. It is left out\.$/],
    ['?digest=12', /^digest is how a digest begins, 16 digits from 0 to f, not "12"\. It is left out\.$/],
    ['?version=new', /^version is a version such as 0\.1\.0, not "new"\. It is left out\.$/],
    ['?task=guess', /^Data cannot be read by "task=guess"\. It is left out\.$/],
  ])) {
    const { lab, said } = await open(search);
    assert.deepEqual(lab.draft.settings, settingsOf(BARE), search);
    assert.equal(said.length, 1, search);
    assert.match(said[0], says);
    assert.ok(isFirstLook(lab), `${search} is to be watched, as a bare address is`);
  }
});

test('beside what is valid, a setting that is not has its default, and that is said', async () => {
  const { lab, said } = await open('?dataset=moons&lr=abc&batch=-1&colour=red&lr=0.1');
  assert.equal(lab.draft.settings.dataset, 'moons');
  assert.deepEqual([lab.draft.settings.lr, lab.draft.settings.batch], [0.1, 64]);
  assert.match(said[0], /^lr is in the link more than once: "0\.1" counts, the last\.$/);
  assert.match(said[1], /^batch must be .+ not "-1"\. 64 is used instead\.$/);
  assert.match(said[2], /^There is no setting "colour"\. It is left out\.$/);
  assert.equal(said.length, 3);
  assert.equal(isFirstLook(lab), false);
  const twice = await open('?dataset=moons&lr=0.1&lr=abc');
  assert.equal(twice.said.length, 1, 'what is refused does not count, whatever it came after');
  assert.match(twice.said[0], /not "abc"\. 0\.02 is used instead/);
});

test('a preset alone opens its settings; beside settings it says what they began as', async () => {
  const sudden = PRESETS.find(({ id }) => id === 'sudden') ?? BARE;
  const alone = await open('?preset=sudden');
  assert.deepEqual(alone.lab.draft.settings, settingsOf(sudden));
  assert.deepEqual([alone.said, alone.lab.draft.preset], [[], 'sudden']);
  const beside = await open('?dataset=moons&preset=sudden');
  assert.deepEqual(beside.lab.draft.settings, { ...defaultConfig(), dataset: 'moons' });
  assert.equal(beside.lab.draft.preset, 'sudden');
  assert.deepEqual(
    readLink('?preset=sudden', PRESETS).config,
    settingsOf(sudden),
    'so does one that is pasted as text',
  );
  const twice = await open('?preset=sudden&preset=spiral');
  assert.match(twice.said[0], /^preset is in the link more than once: "sudden" counts, the first\.$/);
});

test('a lesson is alone with what is wrong beside it; a digest is not promised where a part was lost', async () => {
  const lesson = await open('?lesson=figure-7&lr=abc');
  assert.equal(lesson.lab.links.isLessonAlone, true);
  assert.equal(lesson.said.length, 1);
  const lost = await open('?dataset=moons&digest=0123456789abcdef&version=x');
  assert.equal(lost.lab.links.promise, null);
  const kept = await open('?dataset=moons&digest=0123456789abcdef&version=0.0.1');
  assert.deepEqual([kept.lab.links.promise?.version, kept.said], ['0.0.1', []]);
  assert.equal(searchOf({ search: '?dataset=moons', hash: '#view=range' }), '?dataset=moons');
});

test('a setting goes back to what its preset has, and to its default beside another update rule', async () => {
  const { lab } = await open('');
  const { draft } = lab;
  assert.equal(draft.isChanged('lr'), false);
  draft.set('lr', 0.2);
  assert.equal(draft.isChanged('lr'), true);
  assert.equal(draft.withDefault(lab.field('lr')).default, 0.03);
  draft.reset('lr');
  assert.equal(draft.settings.lr, 0.03);
  draft.set('optimizer', 'adam');
  assert.notEqual(draft.withDefault(lab.field('lr')).default, 0.03);
  const own = await open('?dataset=moons&lr=0.5');
  assert.equal(own.lab.draft.withDefault(lab.field('lr')).default, 0.02);
});
