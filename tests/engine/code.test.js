/** Settings as code for other frameworks: its formulas against the core, its networks, and what it refuses. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readDataPath } from '../../web/cli/files/data_path.js';
import {
  dataFactsOf,
  FRAMEWORKS,
  findFramework,
  planExperiment,
  planSteps,
  writeProgram,
  writeSteps,
} from '../../web/engine/code/code.js';
import { rename, toJavaScript, toTensorMethods } from '../../web/engine/code/formula.js';
import { reading, SAFETENSORS } from '../../web/engine/code/javascript.js';
import { flattenLayers, listParameters, listStatistics, traceNetwork } from '../../web/engine/code/network.js';
import { RULE_FORMULAS } from '../../web/engine/code/rules.js';
import { momentumFormula, rateFormula } from '../../web/engine/code/schedules.js';
import { javaScriptText, pythonText } from '../../web/engine/code/text.js';
import { createFileDataset } from '../../web/engine/data/data_files.js';
import { writeSafetensors } from '../../web/engine/run/safetensors.js';
import { createEngine } from '../../web/platform/node/index.js';
import { makeFolder, makeImageFiles } from '../cli/helpers.js';
import { listCells } from '../export/cells.js';
import { SEQUENCES } from '../export/sequences.js';
import { GOLDEN_RUNS } from '../fixtures/golden_runs.js';

/**
 * @typedef {import('../../web/engine/config/config.js').Config} Config
 * @typedef {import('../../web/engine/code/experiment.js').DataFacts} DataFacts
 */

const engine = await createEngine();

/** @param {import('../../web/engine/config/config.js').GivenConfig} settings */
function configOf(settings) {
  const { config, problems } = engine.parseConfig(settings);
  assert.deepEqual(problems, []);
  return config;
}

/** A formula as a function of t. @param {import('../../web/engine/code/schedules.js').Formula} formula @param {Config} config */
function compile({ locals, cases }, config) {
  const settings = Object.fromEntries(Object.entries(config).map(([name, value]) => [name.toUpperCase(), value]));
  const body = [
    ...locals.map(({ name, is }) => `const ${name} = ${toJavaScript(is)};`),
    ...cases.map(({ when, is }) => `${when ? `if (${when}) ` : ''}return ${toJavaScript(is)};`),
  ].join('\n');
  const make = new Function(...Object.keys(settings), `return (t) => {\n${body}\n};`);
  return /** @type {(t: number) => number} */ (make(...Object.values(settings)));
}

// ---- formulas --------------------------------------------------------------------------------------------------------

test('every schedule, and what 1cycle moves, is the formula that the core computes', () => {
  const schedules = engine.schema.fields.find(({ name }) => name === 'schedule')?.options ?? [];
  assert.ok(schedules.length > 10);
  for (const schedule of schedules) {
    for (const warmup_steps of [0, 7]) {
      const shape = { lr_min: 0.003, cycle_steps: 16, cycle_gamma: 0.97, decay_steps: 12, decay_rate: 0.4 };
      const config = configOf({ schedule: String(schedule), lr: 0.3, steps: 90, warmup_steps, ...shape });
      const rate = compile(rateFormula(config), config);
      const expected = engine.learningRates(config);
      for (const [step, value] of expected.entries()) {
        const own = step < warmup_steps ? (rate(0) * (step + 1)) / warmup_steps : rate(step - warmup_steps);
        assert.ok(Math.abs(own - value) <= 1e-6 * value, `${schedule}, step ${step}: ${own}, not ${value}`);
      }
    }
  }
  const config = configOf({ dataset: 'xor', samples: 64, schedule: 'onecycle', cycle_momentum: true, steps: 40 });
  const formula = momentumFormula(config, 'momentum');
  assert.ok(formula);
  const momentum = compile(formula, config);
  const trainer = engine.createTrainer(config, engine.generateDataset(config));
  for (const row of trainer.step(40)) assert.ok(Math.abs(momentum(row.step) - row.momentum) < 1e-6);
  trainer.dispose();
});

test('every update rule takes the steps that the core takes', () => {
  for (const { name, settings: uses } of engine.schema.rules.filter((row) => !row.moves_matrices)) {
    const formula = RULE_FORMULAS[name];
    assert.ok(formula, `${name} has a formula`);
    const settings = { momentum: 0.8, rho: 0.7, beta1: 0.6, beta2: 0.9, epsilon: 1e-3, adamw_ratio: 0.015 };
    const n = 8;
    const optimizer = engine.createOptimizer(name, settings, n);
    const theta = Float32Array.from({ length: n }, (_, i) => i - 1.5);
    const own = Array.from(theta, (value) => ({
      theta: value,
      ...Object.fromEntries(formula.keeps.map(({ name: kept, start }) => [kept, start])),
    }));
    const body = [...formula.numbers, ...formula.steps].map(
      ({ name: to, is }) => `s.${to} = ${rename(is, words(formula))};`,
    );
    const step = new Function('s', 'g', 'lr', 't', ...uses, body.join('\n'));
    for (let t = 0; t < 12; t++) {
      const gradient = Float32Array.from({ length: n }, (_, i) => Math.sin(3 * i + t) * 2 ** (i % 5));
      optimizer.step(theta, gradient, 0.1);
      for (const [i, state] of own.entries()) {
        const values = uses.map((setting) => settings[/** @type {keyof typeof settings} */ (setting)]);
        step(state, gradient[i], Math.fround(0.1), t + 1, ...values);
        assert.ok(Math.abs(state.theta - theta[i]) <= 2e-6 * (1 + Math.abs(theta[i])), `${name}, step ${t}, ${i}`);
      }
    }
    optimizer.dispose();
  }
});

/** What a rule's formula is written with, as members of s, or of Math. @param {import('../../web/engine/code/rules.js').RuleFormula} formula */
function words({ keeps, numbers, steps }) {
  const own = [
    'theta',
    ...keeps.map(({ name }) => name),
    ...numbers.map(({ name }) => name),
    ...steps.map(({ name }) => name),
  ];
  const functions = ['sqrt', 'sign'].map((name) => [name, `Math.${name}`]);
  return { ...Object.fromEntries(own.map((name) => [name, `s.${name}`])), ...Object.fromEntries(functions) };
}

test('a run of warmup alone has its rates, too', () => {
  const schedules = engine.schema.fields.find(({ name }) => name === 'schedule')?.options ?? [];
  for (const schedule of schedules) {
    const config = configOf({ schedule: String(schedule), lr: 0.3, lr_min: 0.1, steps: 0, warmup_steps: 5 });
    const rate = compile(rateFormula(config), config);
    const expected = engine.learningRates(config);
    for (let step = 0; step < 5; step++)
      assert.ok(Math.abs((rate(0) * (step + 1)) / 5 - expected[step]) < 1e-6, `${schedule}`);
  }
});

test('code in JavaScript reads the files that it is given', async (t) => {
  const folder = await makeFolder(t, { ...makeImageFiles(12), ...makeImageFiles(4, 't10k') });
  const data = await readDataPath(engine, folder);
  const config = configOf({ dataset: 'custom', downsample: 2, samples: 9, model: 'linear(3)', steps: 4, batch: 5 });
  const trainer = engine.createTrainer(config, createFileDataset(engine, data, config));
  const tensors = [...trainer.tensors(), ...trainer.material(['train', 'val'])];
  const path = `${folder}/m.safetensors`;
  await writeFile(path, writeSafetensors(tensors, { format: 'pt' }));
  const facts = { shape: trainer.inputShape, classes: 2, outputs: 2, tokens: null, train: 9, val: 4 };
  const source = /** @type {const} */ ({ kind: 'idx', folder });
  const plan = planExperiment(config, facts, { source, command: '' });
  const code = `${SAFETENSORS}\n${reading(plan)}\nreturn { readSafetensors, readData };`;
  const make = new Function('readFileSync', 'existsSync', 'gunzipSync', code);
  const { readSafetensors, readData } = make(readFileSync, existsSync, gunzipSync);
  const read = readSafetensors(path);
  for (const { name, shape, data: values } of tensors) assert.deepEqual(read[name], { shape, data: values });
  const samples = readData(folder);
  for (const name of ['train.inputs', 'train.targets', 'val.inputs', 'val.targets']) {
    assert.deepEqual(samples[name].shape, read[name].shape, name);
    for (const [i, value] of samples[name].data.entries())
      assert.ok(Math.abs(value - read[name].data[i]) < 1e-5, `${name} ${i}`);
  }
});

test('a formula becomes methods where there are no operators for tensors', () => {
  const tensors = ['theta', 'g', 'v', 'm'];
  assert.equal(toTensorMethods('v = 0'.slice(4), tensors), '0');
  assert.equal(toTensorMethods('rho * v + (1 - rho) * g * g', tensors), 'v.mul(rho).add(g.mul(1 - rho).mul(g))');
  assert.equal(
    toTensorMethods('theta - lr * correction * m / (sqrt(v) + epsilon)', tensors),
    'theta.sub(m.mul(lr * correction).div(v.sqrt().add(epsilon)))',
  );
  assert.throws(() => toTensorMethods('1 / v', tensors), /no tensor before it/);
});

// ---- networks --------------------------------------------------------------------------------------------------------

/** @type {[string | null, number[]][]} */
const MODELS = [
  [
    'conv(4,3,stride=2) batchnorm relu residual(conv(8,3,stride=2,pad=1) layernorm relu) rezero(conv(8,3,pad=1)) maxpool(2) linear(7) layernorm residual(linear(5)) (linear(3) tanh)*2',
    [1, 14, 14],
  ],
  ['avgpool(3,2) conv(2, k=3, pad=1, gain=0.5) leakyrelu(0.2) residual(linear(6) gelu)', [3, 9, 12]],
  ['residual(linear(4) sigmoid dropout(0.2))*3 # and no more', [5]],
  ['', [2]],
];

/**
 * Layers read off a model text are those that the engine trains: their tensors in its order, their sizes those of its weights.
 *
 * @param {ReturnType<typeof traceNetwork>} layers
 * @param {import('../../web/engine/run/trainer.js').Trainer} trainer
 * @param {string} label
 */
function assertTraced(layers, trainer, label) {
  const names = trainer.tensors().map(({ name }) => name);
  assert.deepEqual(
    listParameters(layers),
    names.filter((name) => !name.includes('running')),
    label,
  );
  assert.deepEqual(
    listStatistics(layers),
    names.filter((name) => name.includes('running')),
    label,
  );
  for (const { unit, parameters, to } of flattenLayers(layers)) {
    const weight = trainer.parameters.find(({ name }) => name === parameters[0]);
    if (unit === 'linear') assert.equal(weight?.shape[0], to[to.length - 1], parameters[0]);
    if (unit === 'conv') assert.equal(weight?.shape[0], to[0], parameters[0]);
    if (unit === 'position') assert.deepEqual(weight?.shape, to, parameters[0]);
    if (unit === 'embed') assert.equal(weight?.shape[1], to[1], parameters[0]);
  }
}

test('a model text gives the layers, names and shapes that the engine has', () => {
  const runs = GOLDEN_RUNS.filter(
    // Of ids there are others below.
    ({ settings: { model } }) => model !== undefined && !/^embed/.test(String(model)),
  ).map(
    ({ settings: { model } }) =>
      /** @type {[string, number[]]} */ ([String(model), /conv|pool|patches/.test(String(model)) ? [1, 28, 28] : [2]]),
  );
  for (const [text, shape] of [...MODELS, ...runs]) {
    const elements = shape.reduce((product, side) => product * side, 1);
    const dataset = engine.createDataset({
      images: Float32Array.from({ length: 8 * elements }, (_, i) => i % 5),
      labels: Uint8Array.from({ length: 8 }, (_, i) => i % 3),
      shape,
      classes: 3,
    });
    const trainer = engine.createTrainer(configOf({ dataset: 'custom', model: text, steps: 1, batch: 4 }), dataset);
    const layers = traceNetwork(String(text), { shape, outputs: 3, tokens: null });
    assertTraced(layers, trainer, String(text));
    trainer.dispose();
    dataset.dispose();
  }
});

test('so does one of a network that reads sequences, which begins with an embed where its text has none', () => {
  for (const { name, settings } of SEQUENCES) {
    const { config } = engine.parseConfig(settings);
    const dataset = engine.generateDataset(config);
    const trainer = engine.createTrainer(config, dataset);
    const layers = traceNetwork(String(settings.model), dataFactsOf(trainer));
    assertTraced(layers, trainer, name);
    trainer.dispose();
    dataset.dispose();
  }
});

// ---- material --------------------------------------------------------------------------------------------------------

test('the material of a run is what it trains on: its samples, wrong labels and outliers among them, in its order', () => {
  const config = configOf({ dataset: 'moons', samples: 90, steps: 9, batch: 40, label_noise: 0.3, outliers: 0.1 });
  const trainer = engine.createTrainer(config, engine.generateDataset(config));
  const [inputs, targets, , , order] = trainer.material(['train', 'val']);
  assert.deepEqual([inputs.shape, targets.shape, order.shape], [[90, 2], [90], [9, 40]]);
  const copy = engine.createDataset({
    images: inputs.data,
    labels: Uint8Array.from(targets.data),
    shape: [2],
    classes: 2,
  });
  const there = engine.createTrainer({ ...config, dataset: 'custom', label_noise: 0, outliers: 0 }, copy);
  there.setParameters(trainer.parameters);
  for (let step = 0; step < 9; step++) {
    const batch = Array.from(order.data.subarray(40 * step, 40 * (step + 1)));
    const { loss } = there.lossAndGradient(batch);
    const [row] = trainer.step(1);
    assert.ok(Math.abs(loss - row.loss) < 1e-6, `step ${step}`);
    there.setParameters(trainer.parameters);
  }
});

test('of tokens the material has ids: of a task sample after sample, of a text the text', () => {
  for (const data of [
    { tokens: Uint8Array.from({ length: 24 }, (_, i) => i % 5), length: 3, vocabulary: 5, scoredFrom: 1 },
    { text: 'to be or not to be', context: 3, validation: { text: 'be to or not' } },
  ]) {
    const dataset = engine.createDataset(data);
    const trainer = engine.createTrainer({ model: 'embed(2)', steps: 4, batch: 3 }, dataset);
    const material = trainer.material(['train', 'val']);
    const [ids] = material;
    assert.deepEqual([ids.name, ids.shape], ['train.ids', [ids.data.length]]);
    const { trainCount, valCount } = trainer;
    for (const [i, split] of /** @type {const} */ (['train', 'val']).entries()) {
      const count = split === 'train' ? trainCount : valCount;
      if (count === 0) continue;
      const own = material[i].data;
      const apart = Math.max(1, Math.floor((own.length - 4) / Math.max(1, count - 1)));
      for (let k = 0; k < count; k++) {
        const { ids: sample = [] } = trainer.readSamples(split, [k]);
        assert.deepEqual([...own.subarray(k * apart, k * apart + 4)], [...sample], `${split} ${k}`);
      }
    }
    assert.deepEqual(material[material.length - 1].shape, [4, 3]);
    trainer.dispose();
    dataset.dispose();
  }
});

test('images come as channels, rows and columns', () => {
  const shape = [2, 4, 6];
  const images = Float32Array.from({ length: 20 * 48 }, (_, i) => i);
  const targets = Float32Array.from({ length: 40 }, (_, i) => i / 40);
  const dataset = engine.createDataset({ images, targets, shape });
  const config = configOf({ dataset: 'custom', downsample: 2, steps: 1, batch: 5, model: 'linear(3)' });
  const trainer = engine.createTrainer(config, dataset);
  const [inputs, given] = trainer.material(['train']);
  assert.deepEqual(
    [inputs.shape, given.shape],
    [
      [20, 2, 2, 3],
      [20, 2],
    ],
  );
  assert.deepEqual(given.data, targets);
  const at = (/** @type {number[]} */ [n, c, y, x]) => images[((n * 2 + c) * 4 + y) * 6 + x];
  const mean = (at([7, 1, 2, 4]) + at([7, 1, 2, 5]) + at([7, 1, 3, 4]) + at([7, 1, 3, 5])) / 4;
  assert.equal(inputs.data[((7 * 2 + 1) * 2 + 1) * 3 + 2], mean);
});

// ---- code ------------------------------------------------------------------------------------------------------------

/** @type {DataFacts} */
const IMAGES = { shape: [1, 28, 28], classes: 10, outputs: 10, tokens: null, train: 2000, val: 200 };

/** @param {string} framework @param {Config} config @param {Partial<DataFacts>} [data] @param {string} [path] @param {string} [part] */
function write(framework, config, data = {}, path = 'run.safetensors', part = 'all') {
  const found = findFramework(framework);
  const how = { source: /** @type {const} */ ({ kind: 'material', path }), command: 'trainscope train' };
  return found.program && part === 'all'
    ? writeProgram(found, planExperiment(config, { ...IMAGES, ...data }, how))
    : writeSteps(found, planSteps(config));
}

/** @param {import('../export/sequences.js').SequenceCell} cell @param {string} init */
function writeSequence({ settings }, init) {
  const { config } = engine.parseConfig({ ...settings, init, init_gain: init === 'torch' ? 1 : 0.9 });
  const dataset = engine.generateDataset(config);
  const trainer = engine.createTrainer(config, dataset);
  const how = {
    source: /** @type {const} */ ({ kind: 'material', path: 'run.safetensors' }),
    command: 'trainscope train',
  };
  const code = writeProgram(findFramework('torch'), planExperiment(config, dataFactsOf(trainer), how));
  trainer.dispose();
  dataset.dispose();
  return code;
}

/** Every rule, schedule and way of clipping, but not each with each. */
const ALL_CELLS = listCells();
const [first] = ALL_CELLS;
const CELLS = ALL_CELLS.filter(
  ({ rule, schedule, clip }) =>
    [rule === first.rule, schedule === first.schedule, clip === first.clip].filter(Boolean).length >= 2,
);

/** What one sentence refuses, in the tests below. @param {string} framework @param {import('../export/cells.js').Cell} cell */
function isWritten(framework, { rule, clip }) {
  if (framework === 'huggingface' && clip === 'update') return false;
  return rule !== 'muon' || !['keras', 'optax', 'tfjs'].includes(framework);
}

const PYTHON = spawnSync('python3', ['-c', 'import ast']).status === 0;

test('code in Python can be parsed, whatever it is made of', { skip: PYTHON ? false : 'no python3' }, () => {
  const programs = FRAMEWORKS.filter(({ suffix }) => suffix === 'py').flatMap(({ name }) => [
    ...CELLS.filter((cell) => isWritten(name, cell)).flatMap(({ settings }) => [
      write(name, configOf(settings)),
      write(name, configOf(settings), {}, '', 'steps'),
    ]),
    ...MODELS.map(([model, shape]) => write(name, configOf({ model, init: 'xavier', init_gain: 2 }), { shape })),
    write(name, configOf({ dataset: 'plane', batch: 0, eval_every: 0, init: 'torch' }), {
      shape: [2],
      classes: 0,
      outputs: 1,
      val: 0,
    }),
    write(name, configOf({ label_smoothing: 0.1, z_loss: 1e-4 })),
    ...(name === 'torch'
      ? ['he', 'xavier', 'torch'].flatMap((init) => SEQUENCES.map((cell) => writeSequence(cell, init)))
      : []),
    write(name, configOf({ loss: 'squared_error' }), {}, '"""\\\n\u2028\u202e\0\u{1f600}'),
  ]);
  const script = 'import ast, json, sys\nfor text in json.load(sys.stdin): compile(text, "code", "exec")';
  const { status, stderr } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify(programs),
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.ok(programs.length > 30);
});

const NUMPY = ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', 'import numpy']).status === 0);

test('the steps of code for JAX and Keras are the core’s, with NumPy in their place', {
  skip: NUMPY ? false : 'no NumPy',
}, () => {
  const works = ['optax', 'keras'].flatMap((framework) =>
    CELLS.filter(({ rule }) => !engine.schema.rules.find(({ name }) => name === rule)?.moves_matrices).map(
      ({ settings }) => {
        // Momentum that moves is not what bare optimizers have; the formula is judged above.
        const config = configOf({
          ...settings,
          cycle_momentum: false,
          weight_decay: 0.01,
          lr: 0.05,
          lr_min: 0.01,
          clip_norm: 0.3,
        });
        const theta = Array.from({ length: 8 }, (_, i) => i / 4 - 0.9);
        const gradients = Array.from({ length: 40 }, (_, t) =>
          theta.map((_, i) => Math.sin(5 * t + 2 * i) * (1 + (t % 3)) * 0.3),
        );
        return { framework, code: write(framework, config, {}, '', 'steps'), theta, shape: [2, 4], gradients, config };
      },
    ),
  );
  const run = fileURLToPath(new URL('../export/run_steps.py', import.meta.url));
  const { stdout, stderr } = spawnSync(NUMPY ?? '', [run], { input: JSON.stringify(works), encoding: 'utf8' });
  assert.equal(stderr, '');
  for (const [w, seen] of JSON.parse(stdout).entries()) {
    const { framework, config, theta, gradients } = works[w];
    for (const [step, expected] of stepsHere(config, theta, gradients).entries()) {
      for (const [i, value] of expected.entries()) {
        const said = `${framework} ${config.optimizer} ${config.schedule} ${config.clip}, step ${step}, ${i}`;
        assert.ok(Math.abs(seen[step][i] - value) < 2e-5, `${said}: ${seen[step][i]}, not ${value}`);
      }
    }
  }
});

/** The same steps by the core. @param {Config} config @param {number[]} theta @param {number[][]} gradients */
function stepsHere(config, theta, gradients) {
  const { momentum, rho, beta1, beta2, epsilon, weight_decay } = config;
  const optimizer = engine.createOptimizer(config.optimizer, { momentum, rho, beta1, beta2, epsilon, weight_decay }, 8);
  const rates = engine.learningRates(config);
  const at = Float32Array.from(theta);
  /** @type {number[]} */
  const norms = [];
  return gradients.map((gradient, step) => {
    const norm = Math.hypot(...gradient);
    const isOpen = step < config.warmup_steps && !config.clip_in_warmup;
    norms.push(10 ** (-12 + (Math.floor((Math.log10(norm) + 12) * 64) + 0.5) / 64));
    const adaptive =
      norms.length < 20
        ? Infinity
        : (engine.gradientNormStats(norms, { percentile: config.clip_percentile }).threshold ?? Infinity);
    const limit = isOpen || config.clip === 'off' ? Infinity : config.clip === 'adaptive' ? adaptive : config.clip_norm;
    const before = at.slice();
    const scale = config.clip !== 'update' && norm > limit ? limit / norm : 1;
    optimizer.step(
      at,
      Float32Array.from(gradient, (g) => g * scale),
      rates[step],
    );
    const length = Math.hypot(...at.map((value, i) => value - before[i]));
    if (config.clip === 'update' && length > limit) {
      for (const [i, old] of before.entries()) at[i] = old + ((at[i] - old) * limit) / length;
    }
    return Array.from(at);
  });
}

test('PyTorch’s own SGD is not asked to lower momentum to exactly 0, where it would keep its velocity', () => {
  const cycled = { schedule: 'onecycle', cycle_momentum: true, steps: 20 };
  const own = /return torch\.optim\.SGD\(/;
  assert.match(write('torch', configOf(cycled), {}, '', 'steps'), own);
  const low = write('torch', configOf({ ...cycled, momentum_low: 0 }), {}, '', 'steps');
  assert.doesNotMatch(low, own);
  assert.match(low, /class Momentum\(torch\.optim\.Optimizer\)/);
});

test('texts of a user stay within their quotes', () => {
  const texts = [
    '"; import os; "',
    '\'\'\'"""',
    'a\nb\rc\u2028d',
    '\\',
    '\\"',
    '\0\u202e\u{e0001}',
    'größe 数据 \u{1f600}',
    '$`',
  ];
  for (const text of texts) {
    assert.equal(new Function(`return ${javaScriptText(text)}`)(), text);
    const literal = pythonText(text);
    assert.match(literal, /^"(?:[^"\\\p{C}\p{Zl}\p{Zp}]|\\.)*"$/u);
  }
  if (PYTHON) {
    const script = 'import ast, json, sys\nprint(json.dumps([ast.literal_eval(t) for t in json.load(sys.stdin)]))';
    const { stdout } = spawnSync('python3', ['-c', script], {
      input: JSON.stringify(texts.map(pythonText)),
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(stdout), texts);
  }
});

test('what cannot be exported is one sentence that names the setting', () => {
  /** @type {[import('../../web/engine/config/config.js').GivenConfig, RegExp][]} */
  const refused = [
    [{ optimizer: 'adam', mistake: 'adam_multiplies' }, /^mistake adam_multiplies cannot be exported: /],
    [{ changes: ['10:lr=0.1'] }, /^changes cannot be exported: /],
  ];
  for (const { name } of FRAMEWORKS) {
    for (const [settings, says] of refused) {
      assert.throws(
        () => write(name, configOf(settings)),
        (/** @type {Error & { field?: string }} */ error) => {
          assert.match(error.message, says);
          assert.equal(error.message.split('\n').length, 1);
          return error.field !== undefined;
        },
      );
    }
  }
  assert.throws(
    () => write('huggingface', configOf({ clip: 'update' })),
    /^TrainerError: clip update cannot be exported to Hugging Face/,
  );
  assert.throws(() => write('keras', configOf({ optimizer: 'muon' })), /optimizer muon cannot be exported to Keras/);
  assert.throws(
    () => write('keras', configOf({}), { shape: [8, 3] }),
    /^TrainerError: dataset \w+ cannot be exported to Keras yet: its samples are sequences, .*: --part steps\.$/,
  );
  assert.throws(
    () => write('optax', configOf({ model: 'patches(7) residual(rmsnorm attention(7)) mean' })),
    /^TrainerError: model: the layer patches cannot be exported to JAX and Optax yet: .*: --part steps\.$/,
  );
  assert.throws(() => findFramework('tensorflow'), /unknown framework tensorflow: there are torch/);
});
