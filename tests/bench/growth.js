/**
 * How the cost grows with the work: one size at a time, over a wide range, and the exponent of its growth where the
 * sizes are large. 1 is linear, 2 quadratic, 0 is no growth. Written as a picture too: growth.svg.
 */

import { StepSeries } from '../../web/charts/series.js';

/**
 * @typedef {import('../../web/engine/engine.js').Engine} Engine
 *
 * @typedef {object} Growth
 * @property {string} id
 * @property {string} title
 * @property {string} unit  of the sizes
 * @property {string} cost  what the milliseconds are of
 * @property {string} expected  in words, and why
 * @property {number} most  the largest exponent that is no surprise
 * @property {number[]} sizes
 * @property {number[]} ms  of the fastest run: whatever else the machine does can only slow it down
 * @property {number} exponent  of the upper half of the sizes, by least squares of the logarithms
 */

const ROUNDS = 9;
const SLICE_MS = 60;

const LENET = 'conv(6,5,pad=2) relu maxpool(2) conv(16,5) relu maxpool(2) linear(120) relu linear(84) relu';

/**
 * @typedef {Omit<Growth, 'ms' | 'exponent'> & { prepare: (engine: Engine, size: number) => { run: () => void, dispose: () => void } }} Question
 * @type {Question[]}
 */
const QUESTIONS = [
  {
    id: 'batch',
    title: 'Batch size',
    unit: 'samples',
    cost: 'a step of LeNet',
    expected: 'linear: every sample costs the same',
    most: 1.15,
    sizes: [4, 8, 16, 32, 64, 128, 256, 512],
    prepare: (engine, batch) => prepareSteps(engine, { model: LENET, batch, samples: 2048 }),
  },
  {
    id: 'width',
    title: 'Width',
    unit: 'units per layer',
    cost: 'a step of two hidden layers, batch 64',
    expected: 'quadratic by nature: a layer has width × width weights; below that while the inputs dominate',
    most: 2.2,
    sizes: [32, 64, 128, 256, 512, 1024, 2048],
    prepare: (engine, width) =>
      prepareSteps(engine, { model: `linear(${width}) relu linear(${width}) relu`, batch: 64, samples: 1024 }),
  },
  {
    id: 'depth',
    title: 'Depth',
    unit: 'layers',
    cost: 'a step of layers 128 wide, batch 64',
    expected: 'linear: every layer costs the same',
    most: 1.15,
    sizes: [1, 2, 4, 8, 16, 32, 64],
    prepare: (engine, depth) =>
      prepareSteps(engine, { model: `linear(128) relu (linear(128) relu)*${depth}`, batch: 64, samples: 1024 }),
  },
  {
    id: 'data',
    title: 'Training data',
    unit: 'images',
    cost: 'a step of LeNet, batch 64',
    expected: 'constant, but for caches: a step reads its batch and nothing else',
    most: 0.15,
    sizes: [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000],
    prepare: (engine, samples) => prepareSteps(engine, { model: LENET, batch: 64, samples }),
  },
  {
    id: 'keep',
    title: 'Keeping a chart',
    unit: 'steps',
    cost: 'keeping all of them',
    expected: 'linear: each value is merged into a bounded number of buckets',
    most: 1.15,
    sizes: [1000, 4000, 16_000, 64_000, 256_000, 1_000_000],
    prepare: (_, steps) => ({ run: () => void fillSeries(steps), dispose: () => {} }),
  },
  {
    id: 'draw',
    title: 'Drawing a chart',
    unit: 'steps so far',
    cost: 'reducing all to 600 pixel columns',
    expected: 'linear up to some steps per pixel, then bounded',
    most: 0.3,
    sizes: [1000, 4000, 16_000, 64_000, 256_000, 1_000_000],
    prepare: (_, steps) => {
      const series = fillSeries(steps);
      return { run: () => void series.reduce({ from: 0, to: steps - 1, columns: 600 }), dispose: () => {} };
    },
  },
];

/** @param {Engine} engine @param {(text: string) => void} say @returns {Growth[]} */
export function measureGrowth(engine, say) {
  return QUESTIONS.map(({ prepare, ...question }) => {
    say(`Growth: ${question.title}`);
    // All sizes at once and in turns, so that a busy minute does not bend the curve.
    const candidates = question.sizes.map((size) => prepare(engine, size));
    const ms = question.sizes.map(() => Infinity);
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, { run }] of candidates.entries()) {
        const taken = timeFastest(run);
        if (round > 0) ms[i] = Math.min(ms[i], taken);
      }
    }
    for (const { dispose } of candidates) dispose();
    return { ...question, ms, exponent: fitExponent(question.sizes, ms) };
  });
}

/**
 * @param {Engine} engine
 * @param {{ model: string, batch: number, samples: number }} plan
 */
function prepareSteps(engine, { model, batch, samples }) {
  const size = 28 * 28;
  const images = new Uint8Array(samples * size);
  // What is learned does not matter; that it is no constant does.
  for (let i = 0; i < images.length; i++) images[i] = (i * 2654435761) >>> 24;
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 10);
  const dataset = engine.createDataset({ images, labels, shape: [1, 28, 28], classes: 10 });
  const settings = { dataset: 'custom', model, batch, lr: 1e-4, steps: 1_000_000 };
  const trainer = engine.createTrainer(settings, dataset);
  return {
    run: () => void trainer.step(1),
    dispose: () => {
      trainer.dispose();
      dataset.dispose();
    },
  };
}

/** @param {number} steps */
function fillSeries(steps) {
  const series = new StepSeries();
  for (let i = 0; i < steps; i++) series.append(1 + ((i * 37) % 101) / 101);
  return series;
}

/**
 * Milliseconds of the fastest run in a slice, of the processor's time: a busy machine lengthens the clock's.
 *
 * @param {() => void} run
 */
function timeFastest(run) {
  let fastest = Infinity;
  const end = performance.now() + SLICE_MS;
  do {
    const begun = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begun);
    fastest = Math.min(fastest, (user + system) / 1000);
  } while (performance.now() < end);
  return fastest;
}

/** @param {number[]} sizes @param {number[]} ms */
export function fitExponent(sizes, ms) {
  const from = Math.floor(sizes.length / 2);
  const x = sizes.slice(from).map(Math.log);
  const y = ms.slice(from).map(Math.log);
  const [meanX, meanY] = [x, y].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const products = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i] - meanY), 0);
  return products / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

/** Without a minus before zeros. @param {number} exponent */
export function formatExponent(exponent) {
  return (Math.round(exponent * 100) / 100 || 0).toFixed(2);
}

/** @param {Growth[]} growths */
export function formatGrowth(growths) {
  return growths
    .flatMap(({ title, unit, cost, expected, sizes, ms, exponent, most }) => [
      `${title}: time of ${cost} grows with exponent ${formatExponent(exponent)}${exponent <= most ? '' : ' (MORE THAN EXPECTED)'}`,
      `  expected ${expected}`,
      `  ${sizes.map((size, i) => `${size.toLocaleString('en')}: ${ms[i].toPrecision(3)} ms`).join(', ')} (${unit})`,
    ])
    .join('\n');
}
