/** The page as a stranger uses it: opened, turned, broken, shared. Asserts what is said and what is recorded. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { readSafetensors } from '../../web/engine/run/safetensors.js';
import { SCHEMA } from '../../web/generated/schema.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeIdx, startStage } from './helpers.js';
import { read, waitForEnd, waitForStep, waitUntil } from './page_state.js';

/** @type {Awaited<ReturnType<typeof startStage>>} */
let stage;
before(async () => {
  stage = await startStage();
});
after(() => stage?.stop());

test('a bare address opens and trains within three seconds', async () => {
  const { page, check } = await stage.open('');
  await waitForStep(page);
  const since = Number(await page.evaluate('performance.now()'));
  assert.ok(since < 3000, `the first step came ${Math.round(since)} ms after the address was opened`);
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.getByText(/^step [\d,]+ \/ 1,050/).waitFor();
  await page.getByRole('img', { name: /^Loss\. After/ }).waitFor();
  assert.match(page.url(), /dataset=glyphs/);
  await check();
});

test('a slider changes the running training, which is recorded and marked', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000&model=linear(64)+tanh+linear(64)+tanh');
  await waitForStep(page, 20);
  const slider = page.getByRole('slider', { name: 'Learning rate', exact: true }).first();
  await slider.focus();
  await page.keyboard.press('PageDown');
  await waitUntil(page, ({ active }) => active.changes.length === 1);
  const [change] = await read(page, ({ active }) => active.changes);
  assert.equal(change.field, 'lr');
  assert.equal(change.value, 0.002);
  assert.ok(change.step > 0);
  await page.getByText('Learning rate η 0.02 → 0.002').first().waitFor();
  // The mark on the chart, as the chart describes it to its plugin; it is drawn in a frame of its own.
  await waitUntil(page, ({ scene }) => scene().verticals?.some(({ label }) => label === 'η 0.002'));
  // The rate in force follows, at the step that was recorded.
  await waitUntil(
    page,
    ({ active }, step) => active.step > step && Math.abs(active.rateAt(step) - 0.002) < 1e-6,
    change.step,
  );
  await page.waitForURL(/changes=\d+:lr=0\.002/);
  await check();
});

test('a rate typed with a decimal comma is that rate, and what is no number changes nothing', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000');
  await waitForStep(page, 20);
  const box = page.getByRole('textbox', { name: 'Learning rate, value' }).first();
  await box.fill('0,05');
  await box.press('Enter');
  await waitUntil(page, ({ active }) => active.changes.length === 1);
  assert.equal(await read(page, ({ active }) => active.changes[0].value), 0.05);
  assert.equal(await box.inputValue(), '0.05');
  await box.fill('0x10');
  await box.press('Enter');
  await page.getByText('Learning rate must be between 0 and 1000000, not "0x10".').first().waitFor();
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  assert.equal(await read(page, ({ draft }) => draft.lr), 0.05);
  await check();
});

test('what cannot change live asks for a restart and never loses the run on screen', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=400');
  await waitForEnd(page);
  const box = page.getByRole('textbox', { name: 'Batch size, value' });
  await box.fill('16');
  await box.press('Enter');
  await page.getByRole('region', { name: 'Changes that need a new run' }).waitFor();
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  const rows = page.getByRole('table').getByRole('row');
  assert.equal(await rows.count(), 3);
  await page.getByRole('cell', { name: 'batch size 64 → 16' }).waitFor();
  assert.equal(await read(page, ({ overlays }) => overlays.length), 1);
  await check();
});

test('the page’s digest of a short run is Node’s', async () => {
  const { page, check } = await stage.open(
    '?dataset=moons&steps=300&warmup_steps=20&clip=norm&clip_norm=0.5&changes=150:lr=0.05',
  );
  await waitForEnd(page);
  const digest = await read(page, ({ active }) => active.digest);
  const engine = await createEngine();
  const { config } = engine.parseConfig({
    dataset: 'moons',
    steps: 300,
    warmup_steps: 20,
    clip: 'norm',
    clip_norm: 0.5,
    changes: [{ step: 150, field: 'lr', value: 0.05 }],
  });
  const trainer = engine.createTrainer(config);
  trainer.step(320);
  assert.equal(digest, trainer.digest());
  trainer.dispose();
  await check();
});

test('divergence is a mark and a sentence with remedies', async () => {
  const { page, check } = await stage.open('?dataset=plane&model=linear(32)+relu&lr=50&steps=500');
  await waitUntil(page, ({ active }) => active.status === 'diverged');
  await page.getByText(/^Diverged at step \d+: the loss is no longer a finite number/).waitFor();
  await page.getByRole('cell', { name: /✕ diverged at \d+/ }).waitFor();
  await waitUntil(page, ({ scene }) => scene().marks?.length);
  const [mark] = await read(page, ({ scene }) => scene().marks ?? []);
  assert.equal(mark.kind, 'cross');
  assert.ok(Number.isFinite(mark.y), 'at the last finite loss');
  const entry = page.getByRole('listitem').filter({ hasText: 'Diverged at step' });
  const buttons = await entry.getByRole('button').allTextContents();
  const offered = buttons.map((text) => text.trim());
  assert.match(offered[0], /^Warm up over/);
  assert.match(offered[offered.length - 1], /^Lower η to/, 'the last resort comes last');
  const text = await page.locator('train-scope').textContent();
  assert.doesNotMatch(text ?? '', /NaN|undefined|Infinity/);
  await entry.getByRole('button', { name: /^Lower η to/ }).click();
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0);
  await check();
});

test('a rate turned up too far is named as the cause, and a fork from just before goes on without it', async () => {
  const { page, check } = await stage.open('?dataset=glyphs&steps=3000');
  await waitForStep(page, 60);
  await page.getByRole('slider', { name: 'Learning rate' }).press('End');
  await waitUntil(page, ({ active }) => active.status === 'diverged');
  const entry = page.getByRole('listitem').filter({ hasText: 'Diverged at step' });
  await entry.getByText(/, after you set η to 10 at step \d+: the loss is no longer a finite number/).waitFor();
  const button = entry.getByRole('button').first();
  const at = Number(/^Put η back to 0\.02 and fork at (\d+)$/.exec((await button.textContent()) ?? '')?.[1]);
  const [{ step }] = await read(page, ({ active }) => active.changes);
  assert.ok(at <= step && at > step - 10, `${at} is just before ${step}`);
  await button.click();
  await waitUntil(page, ({ runs, active }, from) => runs.length === 2 && active.step > from + 20, at);
  assert.equal(await read(page, ({ active }) => active.inForce.lr), 0.02);
  assert.equal(await read(page, ({ active }) => active.status), 'running');
  await check();
});

test('the range test suggests a rate, its button uses it, and the training is not touched', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30000&eval_every=0');
  await waitForStep(page, 100);
  await page.getByRole('button', { name: 'Pause' }).click();
  await waitUntil(page, ({ active }) => active.status === 'paused');
  const step = await read(page, ({ active }) => active.step);
  await page.getByRole('tab', { name: 'LR range test' }).click();
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByRole('heading', { name: 'What the rules read off it' }).waitFor();
  await page.getByText(/It took [\d.]+ m?s\. The training on the Live view was not touched\./).waitFor();
  assert.equal(await read(page, ({ active }) => active.step), step);
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForEnd(page);
  const engine = await createEngine();
  const { config } = engine.parseConfig({ dataset: 'moons', steps: 30000, eval_every: 0 });
  const trainer = engine.createTrainer(config);
  for (let i = 0; i < 30; i++) trainer.step(1000);
  assert.equal(await read(page, ({ active }) => active.digest), trainer.digest());
  trainer.dispose();

  await page.getByRole('tab', { name: 'LR range test' }).click();
  const use = page.getByRole('button', { name: /^Use [\d.e-]+ \(Steepest descent\)$/ });
  const rate = Number(/Use ([\d.e-]+)/.exec((await use.getAttribute('aria-label')) ?? '')?.[1]);
  await use.click();
  assert.equal(await page.getByRole('tab', { name: 'Live' }).getAttribute('aria-selected'), 'true');
  assert.equal(await read(page, ({ draft }) => draft.lr), rate);
  await check();
});

test('several seeds are a band with their median, and the spread of what they suggest', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30#view=range');
  const seeds = page.getByRole('textbox', { name: 'Seeds, value' });
  await seeds.fill('3');
  await seeds.press('Enter');
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByText('median of 3 seeds', { exact: true }).waitFor();
  await page.getByText('middle half of the seeds', { exact: true }).waitFor();
  const rules = page.locator('.range-rules');
  assert.match(
    await rules.innerText(),
    /Median of 3 seeds; the middle half [\d.e-]+ … [\d.e-]+, all [\d.e-]+ … [\d.e-]+\./,
  );
  assert.match(await rules.innerText(), /halfway the sharpest downward slope/);
  const layers = await read(page, ({ scene }) =>
    scene(null, 'range-view').layers.map(({ kind, label }) => kind ?? label),
  );
  assert.deepEqual(layers, ['band', 'one seed', 'one seed', 'one seed', 'median of 3 seeds']);
  await check();
});

test('a chart without a curve has no scale, and says what is to come', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30#view=range');
  const hint = page.getByText('The loss appears here as the rate rises.');
  await hint.waitFor();
  const countTicks = () => read(page, ({ drawn }) => drawn(null, 'range-view').ticks);
  assert.equal(await countTicks(), 0);
  await page.getByRole('button', { name: 'Run the range test' }).click();
  await page.getByRole('heading', { name: 'What the rules read off it' }).waitFor();
  await hint.waitFor({ state: 'detached' });
  assert.ok((await countTicks()) > 2);
  await check();
});

test('test, then train: a new run at the suggested rate, without asking', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=30#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Test, then train with it' }).click();
  await waitUntil(
    page,
    ({ view, runs, active }) => view === 'live' && runs.length === 2 && active.status === 'complete',
  );
  const suggested = await read(page, ({ suggestion }) => Number(suggestion.steepest));
  assert.equal(await read(page, ({ active }) => active.config.lr), Number(suggested.toPrecision(3)));
  await check();
});

test('a suggestion that its own check refutes is not used: the valley is, after asking', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=800&lr=0.1#view=range');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Test, then train with it' }).click();
  await page.getByText(/^\s*Nothing was started: the loss has no clear single slope/).waitFor();
  assert.equal(await read(page, ({ runs }) => runs.length), 1);
  const [valley, steepest] = await read(page, ({ suggestion }) => [
    Number(suggestion.valley),
    Number(suggestion.steepest),
  ]);
  const rate = Number(valley.toPrecision(3));
  const rules = page.locator('.range-rules');
  const [headline, first, ...others] = await rules.getByRole('listitem').allInnerTexts();
  assert.match(headline, /^No clear single slope/);
  assert.match(headline, /off by more than a factor of 2/);
  assert.match(first, /^Steepest descent/, 'it stays listed');
  assert.match(others[others.length - 1], /^Halfway/);
  assert.deepEqual(await rules.locator('button.primary').allInnerTexts(), [`Use ${rate}, the valley`]);
  const marks = await read(page, ({ rateMarks }) => rateMarks.filter(({ label }) => label === 'range test'));
  assert.deepEqual(
    marks.map(({ value }) => value),
    [rate],
  );
  assert.ok(steepest > 4 * valley);
  await page.getByText('Learning rate η', { exact: true }).last().waitFor();
  await page.getByRole('button', { name: `Train with ${rate}, the valley` }).click();
  await waitUntil(
    page,
    ({ view, runs, active }, lr) => view === 'live' && runs.length === 2 && active.config.lr === lr,
    rate,
  );
  await page.getByText(`Trains with η ${rate}, the range test’s valley.`).waitFor();

  await page.getByRole('tab', { name: 'LR range test' }).click();
  await rules.getByRole('button', { name: 'Run 5 seeds' }).click();
  await page.getByText('median of 5 seeds', { exact: true }).waitFor();
  await check();
});

test('a block’s normalization can be put where either edition of the playbook wants it', async () => {
  const model = 'linear(8) residual(linear(8) relu linear(8))*2 relu';
  const { page, check } = await stage.open(`?dataset=moons&steps=30&lr=0.001&model=${encodeURIComponent(model)}`);
  const blocks = page.getByRole('combobox', { name: 'Blocks' });
  await blocks.selectOption('first');
  assert.equal(
    await read(page, ({ draft }) => draft.model),
    'linear(8) residual(layernorm linear(8) relu linear(8))*2 relu',
  );
  await page.getByText(/text on GitHub recommends/).waitFor();
  await blocks.selectOption('after');
  await page.getByText(/warn that it can cause issues/).waitFor();
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  await check();
});

test('another batch size comes with the playbook’s advice and the steps for it', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&batch=64');
  await waitForEnd(page);
  const box = page.getByRole('textbox', { name: 'Batch size, value' });
  await box.fill('32');
  await box.press('Enter');
  await page.getByText(/noise regularizes/).waitFor();
  await page.getByRole('button', { name: 'As many samples as before: 80 steps' }).click();
  assert.equal(await read(page, ({ draft }) => draft.steps), 80);
  await page.getByRole('button', { name: 'What is Warmup?' }).click();
  await page.getByText(/prepended to the schedule/).waitFor();
  await check();
});

test('a name in a legend switches its curve off, and on again', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&eval_every=10');
  await waitForEnd(page);
  const chart = page.locator('line-chart').first();
  await waitUntil(page, ({ drawn }) => drawn().curves >= 3);
  const all = await read(page, ({ drawn }) => drawn().curves);
  const name = chart.getByRole('button', { name: 'training', exact: true });
  await name.click();
  assert.equal(await name.getAttribute('aria-pressed'), 'false');
  await waitUntil(page, ({ drawn }, count) => drawn().curves === count, all - 2);
  await name.click();
  await waitUntil(page, ({ drawn }, count) => drawn().curves === count, all);
  await check();
});

test('a run’s weights are saved as safetensors of its parameters', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=20&model=linear(8)+tanh');
  await waitForEnd(page);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: /^More for / }).click();
  await page.getByRole('button', { name: /^Save the weights of / }).click();
  const download = await waiting;
  assert.match(download.suggestedFilename(), /^[\w-]+-step-20\.safetensors$/);
  const { tensors } = readSafetensors(new Uint8Array(await readFile(await download.path())), 'saved');
  const engine = await createEngine();
  const { config } = engine.parseConfig({ dataset: 'moons', steps: 20, model: 'linear(8) tanh' });
  const trainer = engine.createTrainer(config);
  trainer.step(20);
  const expected = trainer.tensors();
  assert.deepEqual(tensors.map(({ name }) => name).sort(), expected.map(({ name }) => name).sort());
  for (const { name, data } of expected)
    assert.deepEqual([...(tensors.find((other) => other.name === name)?.data ?? [])], [...data], name);
  trainer.dispose();
  await check();
});

test('the data sets show some of their samples', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=20');
  await page.waitForFunction(`document.querySelectorAll('data-picker .tile canvas').length === 7`);
  const inked = await page.evaluate(`[...document.querySelectorAll('data-picker .tile canvas')].map((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part > 0))`);
  assert.deepEqual(inked, Array(7).fill(true));
  await check();
});

test('dropped IDX files are trained on', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60');
  await waitForStep(page);
  const count = 200;
  const pixels = new Uint8Array(count * 64);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 4;
    for (let p = 0; p < 16; p++) pixels[i * 64 + labels[i] * 16 + p] = 200 + (i % 40);
  }
  const files = [
    { name: 'train-images-idx3-ubyte', bytes: [...makeIdx([count, 8, 8], pixels)] },
    { name: 'train-labels-idx1-ubyte', bytes: [...makeIdx([count], labels)] },
  ];
  // LeNet does not fit 8 × 8 pixels.
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(16) relu');
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, bytes } of given) transfer.items.add(new File([new Uint8Array(bytes)], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, files);
  await waitUntil(page, ({ active }) => active.config.dataset === 'custom' && active.status === 'complete');
  assert.deepEqual(await read(page, ({ active }) => active.shape), [1, 8, 8]);
  assert.equal(await read(page, ({ active }) => active.trainCount), 160);
  await page
    .getByText(/160 training and 40 validation samples/)
    .first()
    .waitFor();
  await check();
});

test('files that are no data are refused in a sentence, and the page goes on', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60');
  await waitForStep(page);
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'train-images-idx3-ubyte',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('<b>nonsense</b>'),
  });
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Reset: start again from step 0' }).click();
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0);
  await check();
});

test('a link restores every control', async () => {
  const search =
    '?dataset=xor&noise=0.3&optimizer=adam&lr=0.005&beta1=0.8&schedule=cosine&warmup_steps=40&clip=norm&clip_norm=2.5&batch=32&steps=200&seed=7';
  const { page, check } = await stage.open(search);
  await waitForStep(page);
  assert.ok(await page.getByRole('radio', { name: 'XOR' }).isChecked());
  assert.ok(await page.getByRole('radio', { name: 'Adam', exact: true }).isChecked());
  assert.ok(await page.getByRole('radio', { name: 'Norm', exact: true }).isChecked());
  assert.equal(await page.getByRole('textbox', { name: 'Learning rate, value' }).first().inputValue(), '0.005');
  assert.equal(await page.getByRole('textbox', { name: 'First moment, value' }).inputValue(), '0.8');
  assert.equal(await page.getByRole('textbox', { name: 'Threshold, value' }).inputValue(), '2.5');
  assert.equal(await page.getByRole('combobox', { name: 'Schedule' }).inputValue(), 'cosine');
  assert.equal(await page.getByRole('textbox', { name: 'Seed, value', exact: true }).inputValue(), '7');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByText(/Link copied|Link is in the address bar/).waitFor();
  const address = await read(page, ({ permalink }) => permalink);
  for (const part of search.slice(1).split('&')) assert.ok(address.includes(part), `${part} in ${address}`);
  await check();
});

test('a link to a run that has ended says whether the same bits came out', async () => {
  const first = await stage.open('?dataset=moons&steps=60&lr=0.1&changes=20:lr%3D0.2');
  await waitForEnd(first.page);
  const link = await read(first.page, ({ link }) => link);
  assert.match(link, /&digest=[0-9a-f]{16}$/);
  await first.check();

  const second = await stage.open(link);
  await second.page.getByText(/The same bits as in the link/).waitFor();
  await second.check();

  const third = await stage.open(link.replace(/digest=./, (said) => `digest=${said.endsWith('0') ? '1' : '0'}`));
  await third.page.getByText(/Other bits than the link says/).waitFor();
  await third.check();
});

test('a click in a chart rewinds: a fork that waits, with the parent’s weights, for what should be different', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=300&lr=0.1');
  await waitForEnd(page);
  const chart = page.locator('line-chart .plot').first();
  const box = /** @type {{ width: number, height: number }} */ (await chart.boundingBox());
  await chart.click({ position: { x: box.width / 2, y: box.height / 2 } });
  const slider = page.getByRole('slider', { name: /^Rewind to step/ });
  assert.ok(await slider.evaluate((input) => input === document.activeElement));
  await page.keyboard.press('ArrowLeft');
  const step = Number(await slider.inputValue());
  assert.ok(step > 60 && step < 240, `${step}`);
  assert.ok(await page.locator('line-chart .crosshair').first().isVisible(), 'the crosshair stands there');
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ active }, from) => active.status === 'paused' && active.startStep === from, step);
  assert.equal(await slider.count(), 0);

  await page.getByRole('textbox', { name: 'Learning rate, value' }).first().fill('0.3');
  await page.keyboard.press('Enter');
  await waitUntil(page, ({ active }) => active.changes.length === 1);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForEnd(page);
  const config = await read(page, ({ active }) => active.config);
  assert.deepEqual(config.changes, [{ step, field: 'lr', value: 0.3 }]);
  const digest = await read(page, ({ active }) => active.digest);
  const engine = await createEngine();
  const trainer = engine.createTrainer(config);
  trainer.step(300);
  assert.equal(digest, trainer.digest());

  // Also without a pointer, and one may think better of it.
  await page.getByRole('button', { name: /^Rewind to an earlier step/ }).click();
  await slider.waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await slider.count(), 0);
  await check();
});

test('a bad link shows its problems and the page works', async () => {
  const { page, check } = await stage.open(
    '?dataset=spirral&lr=banana&steps=120&nonsense=%3Cimg%20src=x%20onerror=alert(1)%3E&model=%3Cscript%3E&__proto__=1&%E0%A4%A',
  );
  const alert = page.getByRole('alert');
  await alert.waitFor();
  const text = await alert.textContent();
  assert.match(text ?? '', /spiral/, 'the nearest name');
  assert.match(text ?? '', /Learning rate must be between/);
  assert.doesNotMatch(text ?? '', /\blr\b/, 'a setting is called what the panel calls it, once');
  assert.match(text ?? '', /nonsense/);
  assert.equal(await page.locator('train-scope img').count(), 0);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) tanh');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitForStep(page);
  await check();
});

test('the labels of the charts say how a run ended, however short it was', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=150');
  await waitForEnd(page);
  for (const name of [
    /^Histogram of 150 unclipped gradient norms .+ 90th percentile [\d.]+\.$/,
    /^Loss\. After 150 of 150 steps/,
    /^Accuracy\. After 150 of 150 steps/,
  ])
    await page.getByRole('img', { name }).waitFor();
  await check();
});

test('the model field lists every layer; one that is chosen is written at the caret, its arguments to be filled in', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=50');
  await waitForLab(page, 'lab.active?.step > 0');
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8)');
  await page.getByText('what the text can be made of').click();
  const listed = await page.locator('unit-list code').allTextContents();
  assert.deepEqual(
    listed.map((text) => text.match(/^\w+/)?.[0]),
    SCHEMA.units.map(({ name }) => name),
  );
  const choose = (/** @type {RegExp} */ name) => page.locator('unit-list').getByRole('button', { name }).click();
  await choose(/^tanh/);
  await choose(/^residual/);
  await choose(/^linear/);
  assert.equal(await readLab(page, 'lab.draft.model'), 'linear(8) tanh residual(linear(n))');
  await page.keyboard.type('5');
  assert.equal(await readLab(page, 'lab.draft.model'), 'linear(8) tanh residual(linear(5))');
  await check();
});

test('a mistake in the model is pointed at', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=50');
  await waitForStep(page);
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) tahn linear(8)');
  await page.getByText(/tanh/).first().waitFor();
  const wrong = page.locator('model-field .wrong');
  await wrong.first().waitFor();
  assert.equal(await wrong.first().textContent(), 'tahn');
  await page.getByRole('button', { name: /^Show character/ }).click();
  const start = await page
    .locator('textarea#model')
    .evaluate((area) => /** @type {HTMLTextAreaElement} */ (area).selectionStart);
  assert.equal(start, 10);
  await check();
});

test('letters of more than one byte before a mistake do not move its mark', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=50');
  await waitForStep(page);
  const wrong = page.locator('model-field .wrong');
  // A word that no layer has, and a layer that the data have no use for.
  for (const [model, word] of [
    ['# größe über\nlinear(8) tahn', 'tahn'],
    ['# größe über\nlinear(8) conv(3,9)', 'conv'],
  ]) {
    await page.getByRole('textbox', { name: 'Model' }).fill(model);
    await wrong.filter({ hasText: word }).first().waitFor();
    await page.getByRole('button', { name: `Show character ${model.indexOf(word) + 1}`, exact: true }).waitFor();
  }
  await check();
});

test('everything is within reach of the keyboard', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000&model=linear(64)+tanh+linear(64)+tanh');
  await waitForStep(page);
  await page.keyboard.press('Space');
  await waitUntil(page, ({ active }) => active.status === 'paused');
  const step = await read(page, ({ active }) => active.step);
  await page.keyboard.press('s');
  await waitUntil(page, ({ active }, next) => active.step === next, step + 1);
  await page.keyboard.press('Space');
  await waitUntil(page, ({ active }) => active.status === 'running');
  await page.keyboard.press('r');
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0);
  await page.getByRole('tab', { name: 'Live' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Run the range test' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  // λ on the histogram: its slider listens to the arrow keys and turns clipping on.
  await waitUntil(page, ({ active }) => Number(active.summary?.norm_suggested) > 0 && active.step > 50);
  const threshold = page.getByRole('slider', { name: 'Clipping threshold λ on the histogram' });
  await threshold.focus();
  await page.keyboard.press('ArrowLeft');
  await waitUntil(page, ({ active }) => active.inForce.clip === 'norm');
  await waitUntil(page, ({ active }) => Number(active.summary?.clipped_steps) > 0);
  // The charts read single steps.
  await waitForStep(page, 6000);
  await page.getByRole('group', { name: 'Loss: chart' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('line-chart .readout').first().waitFor();
  const readout = await page.locator('line-chart .reading').first().textContent();
  assert.match(readout ?? '', /step [\d,]+\s*training [\d.e-]+/);
  // Typing in a box is typing.
  const runs = await read(page, ({ runs }) => runs.length);
  await page.getByRole('textbox', { name: 'Model' }).focus();
  await page.keyboard.type(' rs ');
  assert.equal(await read(page, ({ runs }) => runs.length), runs);
  await check();
});

test('100,000 steps leave the page responsive', async () => {
  const { page, check } = await stage.open(
    '?dataset=blobs&steps=100000&model=linear(32)+tanh&batch=8&eval_every=10000',
  );
  // What opening the page costs is another matter.
  await waitForStep(page, 1000);
  await page.evaluate(`
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
    }).observe({ type: 'longtask' });
  `);
  await waitUntil(page, ({ active }) => active.status === 'complete', undefined, { timeout: 60_000 });
  assert.equal(await read(page, ({ active }) => active.lossLength), 100_000);
  const longest = /** @type {number} */ (await page.evaluate('window.longest'));
  assert.ok(longest < 150, `the longest task took ${longest} ms`);
  await check();
});

test('an engine that cannot be loaded is one sentence, and nothing that cannot work is offered', async () => {
  const { page } = await stage.open('?dataset=spiral');
  await waitUntil(page, ({ ready }) => ready);
  // From here on the network fails, which the browser itself writes to the console.
  await page.route('**/*.wasm', (route) => route.abort());
  await page.reload();
  const alert = page.getByRole('alert').filter({ hasText: 'The engine could not be loaded: ' });
  await alert.waitFor();
  assert.doesNotMatch((await page.locator('train-scope').textContent()) ?? '', /loading the engine|Something broke/);
  for (const name of ['Run', 'Single step']) {
    assert.equal(await page.getByRole('button', { name, exact: true }).isEnabled(), false, name);
  }
  await page.keyboard.press('Space');
  assert.equal(await read(page, ({ runs }) => runs.length), 0);
  await page.unroute('**/*.wasm');
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await waitForStep(page);
  await page.context().close();
});

test('on a phone the rate and the run are in reach, and the controls are a sheet', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=100000', {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  await waitForStep(page);
  const width = await page.evaluate('document.documentElement.scrollWidth');
  assert.ok(width <= 360, `${width} pixels wide`);
  // The speed is read in full: the box is as wide as it would like to be.
  const [given, wanted] = await page.getByRole('combobox', { name: 'Speed limit' }).evaluate((box) => {
    const free = /** @type {HTMLElement} */ (box.cloneNode(true));
    free.style.cssText = 'flex: none; position: absolute';
    box.after(free);
    const widths = [/** @type {HTMLElement} */ (box).offsetWidth, free.offsetWidth];
    free.remove();
    return widths;
  });
  assert.ok(given >= wanted, `${given} of ${wanted} pixels`);
  await page.getByRole('button', { name: 'Controls' }).tap();
  await page.getByRole('complementary', { name: 'Settings' }).waitFor();
  await page.getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('button', { name: 'Pause' }).tap();
  await waitUntil(page, ({ active }) => active.status === 'paused');
  await check();
});

test('a model that was left out is no change that waits for a new run', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=200');
  await waitForEnd(page);
  assert.deepEqual(await read(page, ({ pending }) => pending), []);
  assert.equal(await page.getByRole('region', { name: 'Changes that need a new run' }).count(), 0);
  await check();
});

test('a picture of the charts has all of them drawn, with their legends', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40', { viewport: { width: 1024, height: 768 } });
  await waitForEnd(page);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'PNG' }).click();
  const bytes = [...(await readFile(await (await waiting).path()))];
  // The colour of the rate: its chart is out of sight at first, its legend stands beside its heading.
  const painted = await page.evaluate(async (file) => {
    const charts = [...document.querySelectorAll('live-view :is(line-chart, norm-histogram)')];
    const boxes = charts.map((chart) => chart.getBoundingClientRect());
    const rate = boxes[charts.findIndex((chart) => /** @type {any} */ (chart).heading === 'Learning rate')];
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const picture = await createImageBitmap(new Blob([new Uint8Array(file)], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
    context.drawImage(picture, 0, 0);
    const inked = (/** @type {number} */ from, /** @type {number} */ to) => {
      const { data } = context.getImageData(
        2 * (rate.left - left),
        2 * (rate.top - top + from),
        2 * rate.width,
        2 * (to - from),
      );
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += Number(data[i] - data[i + 2] > 90);
      return count;
    };
    return { legend: inked(0, 30), curve: inked(40, rate.height) };
  }, bytes);
  assert.ok(painted.legend > 20, `the stroke in the legend, in pixels: ${painted.legend}`);
  assert.ok(painted.curve > 100, `the curve, in pixels: ${painted.curve}`);
  await check();
});

test('the browser’s Back goes to the view before, and the runs stay', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40');
  await waitForEnd(page);
  await page.getByRole('tab', { name: 'Lessons' }).click();
  await page
    .getByRole('link', { name: /^All|edge of stability/i })
    .first()
    .click();
  await waitUntil(page, ({ view, item }) => view === 'lessons' && item !== '');
  const lesson = await read(page, ({ item }) => item);
  await page.getByRole('tab', { name: 'Optimizers' }).click();
  // Settings of a view are no places: they take no step back each.
  await read(page, ({ racetrack }) => racetrack.change({ start: [1, 1] }));
  await page.waitForURL(/#view=optimizers\/./);
  await page.goBack();
  await waitUntil(page, ({ view, item }, id) => view === 'lessons' && item === id, lesson);
  await page.goBack();
  await waitUntil(page, ({ view, item }) => view === 'lessons' && item === '');
  await page.goBack();
  await waitUntil(page, ({ view }) => view === 'live');
  assert.equal(await read(page, ({ runs }) => runs.length), 1, 'the same page all along');
  await page.goForward();
  await waitUntil(page, ({ view }) => view === 'lessons');
  assert.equal(await page.getByRole('tab', { name: 'Lessons' }).getAttribute('aria-selected'), 'true');
  await check();
});

test('leaving asks where the address does not bring back what is on the page', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40');
  await waitForEnd(page);
  let asked = 0;
  page.on('dialog', (dialog) => {
    asked += 1;
    dialog.accept();
  });
  await page.getByRole('button', { name: 'What is Warmup?' }).click();
  await page.reload();
  await waitForEnd(page);
  assert.equal(asked, 0, 'one run is in the address');
  await page.getByRole('button', { name: 'Reset: start again from step 0' }).click();
  await waitForEnd(page, 2);
  await page.reload();
  assert.equal(asked, 1);
  await check();
});

test('a restart that is refused leaves the run on screen going', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=1000000&model=linear(64)+tanh+linear(64)+tanh');
  await waitForStep(page, 20);
  const name = await read(page, ({ active }) => active.name);
  const restart = page.getByRole('button', { name: 'Restart with changes' });
  // At once, before the preview knows of it.
  await read(page, ({ set, reset }) => {
    set({ model: '(linear(2000) relu)*40' });
    reset();
  });
  await page
    .getByText(/brings the model above/)
    .first()
    .waitFor();
  await waitUntil(page, ({ runs, active }, same) => runs.length === 1 && active.name === same, name);
  const step = await read(page, ({ active }) => active.step);
  await waitUntil(page, ({ active }, before) => active.status === 'running' && active.step > before, step);
  assert.equal(await restart.isDisabled(), true, 'nothing to start with');
  await page.getByRole('textbox', { name: 'Model' }).fill('linear(8) tanh');
  await restart.click();
  await waitUntil(page, ({ runs, active }) => runs.length === 2 && active.step > 0 && runs[0].status === 'stopped');
  await check();
});

test('a bad model in a link: Run leads to it, other views say it and lead to it', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=60&model=linear(8)+tahn#view=sweep');
  await page
    .getByRole('alert')
    .filter({ hasText: /Model.+tanh/ })
    .waitFor();
  await page.getByRole('button', { name: 'Correct it in Live' }).click();
  const box = page.getByRole('textbox', { name: 'Model' });
  await page.waitForFunction(`document.activeElement.id === 'model'`);
  assert.equal(
    await page
      .getByText(/did you mean tanh|tanh/)
      .filter({ visible: true })
      .count(),
    1,
    'said once',
  );
  await page.getByRole('slider', { name: 'Learning rate', exact: true }).first().focus();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(`document.activeElement.id === 'model'`);
  await page.waitForFunction(`document.querySelector('textarea#model').getBoundingClientRect().bottom < innerHeight`);
  await box.fill('linear(8) tanh');
  await page.waitForFunction(`!document.querySelector('train-scope [role=alert]')`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await waitUntil(page, ({ active, problems }) => active.status === 'complete' && problems.length === 0);
  await check();
});

test('a problem goes when its setting is edited, or when another run has started', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40&lr=banana&clip_norm=-3');
  const alert = page.getByRole('alert');
  await alert.getByText(/must be between .+banana/).waitFor();
  await waitForEnd(page);
  await alert.getByRole('button', { name: 'Learning rate' }).click();
  await page.waitForFunction(`document.activeElement.id === 'lr'`);
  await page.keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'Learning rate, value' }).first();
  await box.fill('0.01');
  await box.press('Enter');
  await waitUntil(page, ({ problems }) => problems.length === 1);
  await page.getByRole('button', { name: 'Run with changes' }).click();
  await waitForEnd(page, 2);
  assert.equal(await alert.count(), 0);
  await check();
});

test('a place that there is not is said, and another is opened', async () => {
  const { page, check } = await stage.open('?dataset=moons&steps=40#view=lessons/does-not-exist');
  await page.getByRole('alert').getByText('There is no lesson “does-not-exist”').waitFor();
  await page.evaluate(`location.hash = '#view=nonsense'`);
  await page.getByText('The address names a view “nonsense”, which there is not. This is Live.').waitFor();
  assert.equal(await page.getByRole('tab', { name: 'Live' }).getAttribute('aria-selected'), 'true');
  assert.equal(await page.getByText('“nonsense”').count(), 1, 'said once');
  await check();
});

test('the link to a run on dropped files says what its reader needs', async () => {
  const { page, check } = await stage.open('?dataset=spiral&steps=40');
  await waitForStep(page);
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * i) % 11},${i % 2}`);
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'good.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`a,b,label\n${rows.join('\n')}\n`),
  });
  await waitUntil(page, ({ active }) => active.config.dataset === 'custom' && active.step > 0);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByText(/^Link (copied|is in the address bar)\. Its reader needs good\.csv too\.$/).waitFor();
  await check();
});

test('where the training stands is said at any width, and tabs beyond the edge are hinted at', async () => {
  for (const width of [1440, 1024, 768, 390]) {
    const { page, check } = await stage.open('?dataset=moons&steps=40', { viewport: { width, height: 800 } });
    await waitForEnd(page);
    await page.getByText(/^step 40 \/ 40/).waitFor();
    const fits = await page.locator('.tabs').evaluate((tabs) => tabs.scrollWidth <= tabs.clientWidth + 2);
    const hinted = await page.locator('.tabs').evaluate((tabs) => tabs.classList.contains('more-right'));
    assert.equal(hinted, !fits, `at ${width} px`);
    await check();
  }
});
