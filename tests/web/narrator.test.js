/** What the event log says of runs made by hand: whom it blames, what it offers, and what it does not say. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../web/engine/config/config.js';
import { SCHEMA } from '../../web/engine/config/schema.js';
import { deathInWords, divergenceInWords, episodeInWords } from '../../web/ui/events/instability_words.js';
import { troubleInWords } from '../../web/ui/events/learning.js';
import { tellEnd, tellProgress } from '../../web/ui/events/narrator.js';
import { offersFor, offersForEpisode, suggestedClip } from '../../web/ui/events/offers.js';
import { sceneOf } from '../../web/ui/live/chart_scene.js';
import { completeChart } from '../../web/ui/live/charts.js';
import { Run } from '../../web/ui/state/run.js';

const MODEL = 'linear(32) tanh linear(32) tanh';
const [EARLY, MID, DEAD] = ['early', 'mid', 'dead'].map((name) =>
  SCHEMA.verdicts.findIndex((verdict) => verdict.name === name),
);
/** The sentence, and what stands behind it. @param {import('../../web/ui/state/log.js').Told} told */
const inFull = ({ text, numbers }) => `${text} ${numbers}`;
const points = () => /** @type {any} */ ({ append() {}, at: () => null });

/** @param {Record<string, any>} [config] @param {Partial<Run>} [members] */
function makeRun(config = {}, members = {}) {
  const run = new Run({
    id: 1,
    name: 'test',
    color: '',
    config: { ...defaultConfig(), dataset: 'glyphs', steps: 3000, ...config },
    dataId: null,
    series: /** @type {any} */ ({ createSteps: points, createPoints: points }),
  });
  run.totalSteps = Number(run.config.steps);
  // Where a test says nothing else, the batches lose what they lose when smoothed.
  return Object.assign(run, { latestLosses: [members.summary?.smoothed_loss ?? Number.NaN] }, members);
}

/** @param {Record<string, number>} [members] */
function makeSummary(members = {}) {
  return {
    steps: 106,
    diverged_at: -1,
    infeasible: 0,
    baseline_loss: 2.3,
    smoothed_loss: 0.5,
    verdict: EARLY,
    typical_count: 86,
    norm_suggested: 3.85,
    clippable_steps: 0,
    clipped_fraction: 0,
    best_step: -1,
    ...members,
  };
}

/** @param {Record<string, number>} [members] */
function makeEpisode(members = {}) {
  return /** @type {any} */ ({
    begin: 86,
    detected_at: 88,
    peak: 90,
    kind: EARLY,
    recovered_at: -1,
    loss_before: 0.76,
    loss_peak: 5e24,
    norm_peak: 3e33,
    norm_typical: 3.85,
    ...members,
  });
}

/** The parts of the lab that are spoken to. */
function makeLab() {
  /** @type {any} */
  const lab = { log: { entries: [] }, modelText: () => MODEL };
  lab.log.note = (
    /** @type {any} */ _run,
    /** @type {string} */ tone,
    /** @type {any} */ told,
    /** @type {any[]} */ actions = [],
  ) =>
    lab.log.entries.push({
      tone,
      ...(typeof told === 'string' ? { text: told } : told),
      labels: actions.map(({ label }) => label),
    });
  return lab;
}

test('what is said is one sentence without an endless number, however far the loss went', () => {
  const run = makeRun({}, { step: 95, summary: makeSummary() });
  for (const [loss_peak, said] of /** @type {[number, RegExp][]} */ ([
    [1.2, /rose by 58 %/],
    [20, /rose 26-fold/],
    [5e24, /grew more than a million times/],
    [Number.POSITIVE_INFINITY, /grew beyond what a float holds/],
  ])) {
    const { text, numbers } = episodeInWords(run, makeEpisode({ loss_peak }));
    assert.match(text, said);
    assert.ok(text.length < 120 && !/\d[eE]\d|∞|\. /.test(text), text);
    assert.match(numbers, /from 0\.76 to /);
    assert.match(numbers, /reached more than a million times its 90th percentile/);
  }
  const none = episodeInWords(run, makeEpisode({ loss_peak: Number.NaN })).numbers;
  assert.match(none, /from 0\.76 to NaN\./, 'which is not infinite');
  const atOnce = episodeInWords(run, makeEpisode({ loss_before: Number.NaN, loss_peak: Number.NaN }));
  assert.match(
    `${atOnce.text} ${atOnce.numbers}`,
    /: the loss became NaN\. .* The loss was NaN\./,
    'and left no minimum',
  );
});

test('an instability that follows a live change is that change’s, and goes away with it', () => {
  const run = makeRun(
    { changes: [{ step: 84, field: 'lr', value: 10 }] },
    {
      step: 95,
      status: 'diverged',
      episodes: [makeEpisode()],
      summary: makeSummary({ diverged_at: 94, infeasible: 1 }),
      lastFinite: /** @type {Run['lastFinite']} */ ({ step: 93, loss: 21.4, grad_norm: 3e33 }),
    },
  );
  assert.match(
    inFull(episodeInWords(run, run.episodes[0])),
    /^Early instability after you set η to 10 at step 84: the loss grew more than a million times within 4 steps\. It began at 86/,
  );
  const said = inFull(divergenceInWords(run));
  assert.match(said, /^Diverged at step 94, after you set η to 10 at step 84:/);
  assert.doesNotMatch(said, /first steps|21\.4/, 'neither the start nor a single batch is told');
  assert.match(said, /loss had reached 5e24 at step 90/);
  for (const remedies of [offersFor(run, MODEL), offersForEpisode(run, run.episodes[0], MODEL)]) {
    assert.deepEqual(
      remedies.map(({ label }) => label),
      ['Put η back to 0.02 and fork at 80', 'Keep η 10, clip at 3.85, fork at 80'],
    );
    assert.deepEqual(remedies[0].changes, { lr: 0.02 });
    assert.equal(remedies[0].forkAt, 80);
  }
});

test('a rate turned up in several pulls goes back to where it was before the first', () => {
  const changes = [
    { step: 71, field: 'lr', value: 0.5 },
    { step: 84, field: 'lr', value: 10 },
  ];
  const run = makeRun({ changes }, { step: 95, episodes: [makeEpisode()], summary: makeSummary() });
  assert.match(inFull(episodeInWords(run, run.episodes[0])), /after you set η to 10 at step 84/);
  assert.equal(offersForEpisode(run, run.episodes[0], MODEL)[0].label, 'Put η back to 0.02 and fork at 70');
});

test('neither an old change nor one that shortens the steps is to blame; clipping switched off is', () => {
  const blame = (/** @type {any[]} */ changes, config = {}) => {
    const run = makeRun({ ...config, changes }, { step: 95, episodes: [makeEpisode()], summary: makeSummary() });
    return / after you set (.*?) at step/.exec(inFull(episodeInWords(run, run.episodes[0])))?.[1];
  };
  assert.equal(blame([{ step: 20, field: 'lr', value: 10 }]), undefined);
  assert.equal(blame([{ step: 84, field: 'lr', value: 0.01 }]), undefined);
  assert.equal(blame([{ step: 84, field: 'weight_decay', value: 0.01 }]), undefined);
  assert.equal(blame([{ step: 84, field: 'clip_norm', value: 10 }]), undefined, 'nothing is clipped');
  assert.equal(blame([{ step: 90, field: 'lr', value: 10 }]), undefined, 'it came after');
  assert.equal(blame([{ step: 84, field: 'clip', value: 'off' }], { clip: 'norm' }), 'clipping to off');
  assert.equal(blame([{ step: 84, field: 'clip_norm', value: 10 }], { clip: 'norm' }), 'λ to 10');
  assert.equal(blame([{ step: 84, field: 'momentum', value: 0.99 }]), 'γ to 0.99');
});

test('an episode is told with its begin, and is sudden only where it was quick', () => {
  const run = makeRun({}, { step: 1300, summary: makeSummary() });
  const slow = makeEpisode({ kind: MID, begin: 693, detected_at: 1245, peak: 1487, loss_before: 0.1, loss_peak: 0.3 });
  assert.equal(
    inFull(episodeInWords(run, { ...slow, norm_peak: 1 })),
    'Mid-training instability, a slow rise: the loss tripled within 794 steps. It began at 693, noticed at 1,245, after a steady decline. The loss went from 0.1 to 0.3.',
  );
  assert.match(
    inFull(episodeInWords(run, { ...slow, detected_at: 700 })),
    /^Mid-training instability: .*began at 693, noticed at 700,/,
  );
});

test('an episode that a live change brought about begins no earlier than the change, wherever it is shown', () => {
  // The loss had its minimum at 60, hovered, and left when the rate was turned up at 84.
  const episode = makeEpisode({ kind: MID, begin: 60, detected_at: 88, peak: 90, recovered_at: 120, loss_peak: 2.3 });
  const run = makeRun(
    { changes: [{ step: 84, field: 'lr', value: 10 }] },
    { step: 130, totalSteps: 200, status: 'running', episodes: [episode], summary: makeSummary() },
  );
  assert.match(
    inFull(episodeInWords(run, episode)),
    /after you set η to 10 at step 84: the loss tripled within 6 steps\. It began at 84, noticed at 88,/,
  );
  const lab = makeLab();
  tellProgress(lab, run);
  assert.ok(lab.log.entries.some((/** @type {any} */ { text }) => text.endsWith('minimum, 36 steps later.')));
  const field = (/** @type {string} */ name) => SCHEMA.fields.find((one) => one.name === name);
  Object.assign(lab, { field, focus: run, runs: { list: [run], overlays: [] } });
  const chart = completeChart({ id: 'new', series: 'loss', quantity: 'loss' });
  const { regions } = sceneOf(chart, { lab, held: null, classifies: true });
  assert.deepEqual(
    regions?.filter(({ color }) => color === 'instability').map(({ from, to }) => [from, to]),
    [[84, 120]],
  );

  // Whom nobody is to blame for began where the loss left its minimum; so did one that the hand only met on its way.
  const alone = makeRun({}, { step: 130, episodes: [episode], summary: makeSummary() });
  assert.match(inFull(episodeInWords(alone, episode)), /within 30 steps\. It began at 60, noticed at 88/);
  const lowered = makeRun(
    { changes: [{ step: 84, field: 'lr', value: 0.01 }] },
    { step: 130, episodes: [episode], summary: makeSummary() },
  );
  assert.match(inFull(episodeInWords(lowered, episode)), /began at 60, noticed at 88/);
  const before = makeRun(
    { changes: [{ step: 50, field: 'lr', value: 10 }] },
    { step: 130, episodes: [episode], summary: makeSummary() },
  );
  assert.match(inFull(episodeInWords(before, episode)), /after you set η to 10 at step 50: .*began at 60,/);
});

test('a run that fell to the loss of guessing has not recovered', () => {
  const episode = makeEpisode({ begin: 2, detected_at: 3, recovered_at: 60, loss_before: 2.6 });
  const run = makeRun({ steps: 600 }, { step: 61, episodes: [episode], summary: makeSummary(), latestLosses: [2.4] });
  const lab = makeLab();
  const told = () => lab.log.entries.filter((/** @type {any} */ { tone }) => tone !== 'bad');
  tellProgress(lab, run);
  assert.deepEqual(told(), [], 'too early to say');
  Object.assign(run, { step: 161, latestLosses: [2.29] });
  tellProgress(lab, run);
  tellProgress(lab, run);
  assert.equal(told().length, 1);
  assert.equal(told()[0].tone, 'quiet');
  assert.match(told()[0].text, /^The loss came down to that of guessing, 2\.3, and stays there/);
  run.latestLosses = [2, 1.9, 2.1];
  tellProgress(lab, run);
  assert.equal(told()[1].text, 'Recovered: the loss is back at its old minimum, 58 steps later.');
  assert.equal(told()[1].tone, 'good');
});

test('what was over before a run forked is not told of it again, and what it had to recover from is', () => {
  const over = makeEpisode({ begin: 26, detected_at: 32, recovered_at: 58 });
  const open = makeEpisode({ begin: 700, detected_at: 710 });
  // It waits for its first step: no batch has a loss yet.
  const fork = makeRun({}, { startStep: 750, step: 750, episodes: [over], summary: makeSummary(), latestLosses: [] });
  const lab = makeLab();
  tellProgress(lab, fork);
  assert.deepEqual(lab.log.entries, []);
  Object.assign(fork, { step: 900, episodes: [over, { ...open, recovered_at: 800 }], latestLosses: [0.5] });
  tellProgress(lab, fork);
  assert.equal(lab.log.entries.length, 2);
  assert.match(lab.log.entries[1].text, /^Recovered: /);
});

test('an old recovery is not judged again by what a later episode does to the loss', () => {
  const over = makeEpisode({ begin: 1, detected_at: 2, recovered_at: 8 });
  const open = makeEpisode({ begin: 6422, detected_at: 6423 });
  const run = makeRun(
    { steps: 10_000 },
    { step: 6425, episodes: [over, open], summary: makeSummary(), latestLosses: [5e9] },
  );
  const lab = makeLab();
  tellProgress(lab, run);
  const texts = lab.log.entries.map((/** @type {any} */ { text }) => text).join(' ');
  assert.doesNotMatch(texts, /came down to that of guessing|Recovered/);
});

test('a run of no steps is said to be that; one that a change ruined is not said to have learned nothing', () => {
  const lab = makeLab();
  const members = { smoothed_loss: Number.NaN, infeasible: 1 };
  tellEnd(lab, makeRun({ steps: 0 }, { status: 'complete', summary: makeSummary(members) }));
  assert.deepEqual(lab.log.entries.pop(), { tone: 'quiet', text: 'No steps were asked for.', labels: [] });
  const summary = makeSummary({ smoothed_loss: 2.31, infeasible: 1 });
  tellEnd(lab, makeRun({}, { status: 'complete', step: 3000, summary }));
  assert.match(lab.log.entries.pop().text, /^Done, but it learned next to nothing: the training loss is 2\.31/);
  const changes = [{ step: 84, field: 'lr', value: 1 }];
  tellEnd(lab, makeRun({ changes }, { status: 'complete', step: 3000, episodes: [makeEpisode()], summary }));
  assert.match(lab.log.entries[0].text, /^Done, but what it had learned is lost since you set η to 1 at step 84: /);
  assert.equal(lab.log.entries[0].labels[0], 'Put η back to 0.02 and fork at 80');
  // Sure of a few samples, and wrong: what it has right is not lost.
  const evaluations = [{ step: 3000, train_loss: 2.31, val_loss: 2.4, val_accuracy: 0.931 }];
  const right = { changes, dataset: 'moons' };
  tellEnd(lab, makeRun(right, { status: 'complete', step: 3000, episodes: [makeEpisode()], evaluations, summary }));
  assert.match(
    lab.log.entries[1].text,
    /^Done, but 93\.1 % of the validation data is right, yet its loss is no lower than that of guessing: the training/,
  );
});

test('a threshold is read off the norms of a network that learns, and of no other', () => {
  const members = (/** @type {any} */ more, summary = {}) => ({ step: 600, summary: makeSummary(summary), ...more });
  assert.equal(suggestedClip(makeRun({}, members({ status: 'running' }))), 3.85);
  assert.equal(suggestedClip(makeRun({}, members({ status: 'running' }, { smoothed_loss: 2.29 }))), null);
  const dead = makeRun(
    {},
    members({ status: 'complete' }, { smoothed_loss: 2.31, infeasible: 1, verdict: DEAD, dead_at: 90 }),
  );
  assert.equal(suggestedClip(dead), null);
  assert.ok(offersFor(dead, MODEL).some(({ label, why }) => label === 'Clip at 1' && why.startsWith('a guess')));
  // What was never unstable takes steps that are too short: no remedy against long ones.
  const calm = makeRun({ lr: 1e-5 }, members({ status: 'complete' }, { smoothed_loss: 2.29, infeasible: 1 }));
  assert.equal(offersFor(calm, MODEL)[0].label, 'Raise η to 1e-4');
  // Whose gradient is gone where it guesses took steps that were too long, as the Post-LN transformer of the lessons.
  const norms = (/** @type {number} */ last) => ({
    ...calm.series,
    grad_norm: { at: (/** @type {number} */ step) => (step ? last : 5.33) },
  });
  Object.assign(calm, { series: norms(0.579) });
  assert.match(offersFor(calm, MODEL)[0].label, /^Warm up over/);
  Object.assign(calm, { series: norms(4) });
  assert.equal(offersFor(calm, MODEL)[0].label, 'Raise η to 1e-4');
  assert.ok(offersFor(calm, MODEL).every(({ label }) => !/Clip|Warm up|Lower/.test(label)));
  // It had learned before it broke: what was typical then still is.
  const collapsed = members({
    status: 'complete',
    episodes: [makeEpisode({ kind: MID, begin: 500, detected_at: 505 })],
  });
  const broken = makeRun({}, { ...collapsed, summary: makeSummary({ smoothed_loss: 2.31, infeasible: 1 }) });
  assert.equal(suggestedClip(broken), 3.85);
  assert.ok(offersFor(broken, MODEL).some(({ label }) => label === 'Clip at 3.85'));
  assert.equal(suggestedClip(makeRun({}, { ...collapsed, status: 'running' })), 3.85);
});

test('a dead network is said to be dead, once, in red, shaded to the end, with a way back only', () => {
  const episode = makeEpisode({ begin: 86, detected_at: 88, peak: 90, loss_peak: 9 });
  // The smoothed loss has not come down from the blow-up yet: the batches' own counts.
  const summary = makeSummary({ verdict: DEAD, dead_at: 130, infeasible: 1, smoothed_loss: 2e8 });
  const latestLosses = [2.29, 2.33, 2.31];
  const run = makeRun(
    {},
    { step: 400, totalSteps: 1000, status: 'running', episodes: [episode], summary, latestLosses },
  );
  const lab = makeLab();
  tellProgress(lab, run);
  tellProgress(lab, run);
  const [, ...more] = lab.log.entries;
  assert.equal(more.length, 1);
  assert.equal(more[0].tone, 'bad');
  assert.match(inFull(more[0]), /^Dead since step 130: .*Guessing costs 2\.3, the loss is 2\.31/);
  // A dead network's norm need not be small: it is said how large it is, and what it moves.
  const shaken = deathInWords(Object.assign(run, { lastFinite: { step: 400, loss: 2.3, grad_norm: 4.7 } }));
  assert.match(
    inFull(shaken),
    /hardly any of its gradient reaches .* The gradient norm is 4\.7: it moves that one answer/,
  );
  assert.doesNotMatch(inFull(shaken), /hardly a gradient/);
  assert.ok(
    more[0].labels.every((/** @type {string} */ label) => label.startsWith('Rewind')),
    `${more[0].labels}`,
  );
  assert.equal(troubleInWords(run), 'dead');

  const field = (/** @type {string} */ name) => SCHEMA.fields.find((one) => one.name === name);
  Object.assign(lab, { field, focus: run, runs: { list: [run], overlays: [] } });
  const chart = completeChart({ id: 'new', series: 'loss', quantity: 'loss', names: ['episodes'] });
  const { regions = [] } = sceneOf(chart, { lab, held: null, classifies: true });
  assert.deepEqual(
    regions.map(({ from, to, color, label }) => [from, to, color, label]),
    [
      [86, 400, 'instability', ''],
      [130, 400, 'instability', 'dead'],
    ],
    'labels that would lie upon each other are one',
  );
});

test('a bump is red while it lasts, and quiet once it is over', () => {
  const RECOVERED = SCHEMA.verdicts.findIndex((verdict) => verdict.name === 'recovered');
  const episode = makeEpisode({ kind: MID, begin: 5000, detected_at: 5004, peak: 5006, loss_peak: 0.84 });
  const run = makeRun({}, { step: 5010, totalSteps: 20000, status: 'running', episodes: [episode] });
  run.summary = /** @type {any} */ (makeSummary({ verdict: MID }));
  const lab = makeLab();
  lab.log.note = (
    /** @type {any} */ _run,
    /** @type {string} */ tone,
    /** @type {string} */ text,
    /** @type {any[]} */ _a = [],
    _s = null,
    /** @type {string} */ key = '',
  ) => lab.log.entries.push({ tone, text, key });
  tellProgress(lab, run);
  assert.equal(lab.log.entries[0].tone, 'bad');
  assert.equal(troubleInWords(run), 'unstable');

  episode.recovered_at = 5015;
  run.summary = /** @type {any} */ (makeSummary({ verdict: RECOVERED }));
  Object.assign(run, { step: 5020, latestLosses: [0.5] });
  tellProgress(lab, run);
  assert.deepEqual(
    lab.log.entries.map((/** @type {any} */ { tone }) => tone),
    ['quiet', 'good'],
  );
  assert.equal(troubleInWords(run), '');
  const field = (/** @type {string} */ name) => SCHEMA.fields.find((one) => one.name === name);
  Object.assign(lab, { field, focus: run, runs: { list: [run], overlays: [] } });
  const chart = completeChart({ id: 'new', series: 'loss', quantity: 'loss', names: ['episodes'] });
  const { regions = [] } = sceneOf(chart, { lab, held: null, classifies: true });
  assert.deepEqual(
    regions.map(({ color, label }) => [color, label]),
    [['soft', 'recovered']],
  );
});
