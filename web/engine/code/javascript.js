/** The parts of code in JavaScript that stand in any framework: constants, schedule, clipping, files, batches. */

import { SCHEMA } from '../config/schema.js';
import { constantOf, labelOf, movingMomentum } from './experiment.js';
import { toJavaScript } from './formula.js';
import { listParameters, listStatistics } from './network.js';
import { rateFormula, saySchedule } from './schedules.js';
import { indent, javaScriptText, lines, listInLines, toBase64 } from './text.js';

/**
 * @typedef {import('./experiment.js').Experiment} Experiment
 * @typedef {import('./python.js').Steps} Steps
 */

/** A value as a literal. @param {unknown} value */
function literal(value) {
  return typeof value === 'string' ? javaScriptText(value) : String(value);
}

/** A constant for each setting that the code names. @param {Steps} steps @param {string[]} [more]  names of settings */
export function constants({ config, names }, more = []) {
  const all = SCHEMA.fields.map(({ name }) => name).filter((name) => names.includes(name) || more.includes(name));
  const rows = all.map((name) => ({ text: `const ${constantOf(name)} = ${literal(config[name])};`, name }));
  const width = Math.max(...rows.map(({ text }) => text.length));
  return rows.map(({ text, name }) => `${text.padEnd(width)} // ${labelOf(name)}`).join('\n');
}

/** Cases of a formula, as returns. @param {import('./schedules.js').Formula} formula */
function returns({ locals, cases }) {
  return lines(
    ...locals.map(({ name, is }) => `const ${name} = ${toJavaScript(is)};`),
    ...cases.map(({ when, is }) => `${when ? `if (${when}) ` : ''}return ${toJavaScript(is)};`),
  );
}

/** The learning rate, and momentum or β₁ where it moves, as functions of the step. @param {Steps} steps */
export function schedule({ config, rule }) {
  const formula = rateFormula(config);
  const hasWarmup = config.warmup_steps > 0;
  const usesTime = /\bt\b/.test(JSON.stringify([formula.locals, formula.cases]));
  const rate = `/** The learning rate of a step, counted from 0: ${saySchedule(config)}. */
function rate(step) {
${indent(
  lines(
    hasWarmup && 'if (step < WARMUP_STEPS) return rate(WARMUP_STEPS) * ((step + 1) / WARMUP_STEPS);',
    usesTime && `const t = ${hasWarmup ? 'step - WARMUP_STEPS' : 'step'};`,
    returns(formula),
  ),
  2,
)}
}`;
  const moving = movingMomentum(config, rule);
  if (!moving) return rate;
  return `${rate}

/** ${moving.name === 'momentum' ? 'Momentum' : 'β₁'}, low where the rate is high. */
function momentumAt(step) {
  const t = step - WARMUP_STEPS;
  if (t < 0) return ${constantOf(moving.name)};
${indent(returns(moving.formula), 2)}
}`;
}

/** The threshold in force at a step. @param {Steps} steps */
export function threshold({ config }) {
  if (config.clip === 'off') return '';
  const inWarmup = !config.clip_in_warmup && config.warmup_steps > 0;
  const spared = inWarmup && 'if (step < WARMUP_STEPS) return Infinity;';
  if (config.clip !== 'adaptive') {
    return `/** The largest norm that passes unchanged${inWarmup ? '; any does during warmup' : ''}. */
function threshold(step) {
${indent(lines(spared, 'return CLIP_NORM;'), 2)}
}`;
  }
  return `/** All norms so far, each as the middle of its bin, 64 to a decade: what a long run can keep. */
const norms = [];

function addNorm(norm) {
  const place = norm > 0 ? (Math.log10(norm) + 12) * 64 : 0;
  const middle = 10 ** (-12 + (Math.min(Math.max(Math.floor(place), 0), 1535) + 0.5) / 64);
  const above = norms.findIndex((other) => other > middle);
  norms.splice(above < 0 ? norms.length : above, 0, middle);
}

/** A percentile of the norms, this step's among them, once there are ${SCHEMA.definitions.adaptive_norms} of them. */
function threshold(step) {
${indent(
  lines(
    spared,
    `if (norms.length < ${SCHEMA.definitions.adaptive_norms}) return Infinity;`,
    'const at = ((norms.length - 1) * CLIP_PERCENTILE) / 100;',
    'const low = norms[Math.floor(at)];',
    'return low + (at % 1) * (norms[Math.ceil(at)] - low);',
  ),
  2,
)}
}`;
}

/** Reads what the engine writes: named float32 tensors. */
export const SAFETENSORS = `/** Named float32 tensors: eight bytes of the header's length, the header as JSON, the numbers. */
function readSafetensors(path) {
  const file = readFileSync(path);
  const begin = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, begin).toString());
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { shape, data_offsets: [from, to] } = entry;
    tensors[name] = { shape, data: new Float32Array(new Uint8Array(file.subarray(begin + from, begin + to)).buffer) };
  }
  return tensors;
}`;

/**
 * The function readData, which gives inputs and targets of the splits by their names.
 *
 * @param {Experiment} experiment
 */
export function reading({ config, data, source }) {
  if (source.kind === 'material') return '';
  if (source.kind === 'embedded') {
    return `/** The samples themselves, which Trainscope made: float32 in base64. */
function readData() {
  const tensors = {};
  for (const [name, [shape, text]] of Object.entries(EMBEDDED)) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    tensors[name] = { shape, data: new Float32Array(bytes.buffer) };
  }
  return tensors;
}`;
  }
  const k = Number(config.downsample);
  const [, height, width] = data.shape;
  const standardized = config.standardize ? '(byte - mean) / deviation' : 'byte';
  return `/** The bytes of a file of MNIST's format, plain or compressed. */
function readIdx(folder, name) {
  const path = \`\${folder}/\${name}\`;
  const file = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(\`\${path}.gz\`));
  const shape = Array.from({ length: file[3] }, (_, i) => file.readUInt32BE(4 + 4 * i));
  return { shape, bytes: file.subarray(4 + 4 * file[3]) };
}

/** Images and labels of training and validation. */
function readData(folder) {
  const tensors = {};
${indent(
  lines(
    config.standardize &&
      lines(
        "const { bytes: all } = readIdx(folder, 'train-images-idx3-ubyte');",
        'const mean = all.reduce((sum, byte) => sum + byte, 0) / all.length;',
        'const deviation = Math.sqrt(all.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / all.length);',
      ),
    `for (const [split, prefix, limit] of [['train', 'train', ${config.samples}], ['val', 't10k', ${config.val_samples}]]) {`,
    '  const images = readIdx(folder, prefix + "-images-idx3-ubyte");',
    '  const labels = readIdx(folder, prefix + "-labels-idx1-ubyte");',
    '  const count = limit > 0 ? Math.min(limit, images.shape[0]) : images.shape[0];',
    k === 1
      ? lines(
          '  const pixels = images.shape[1] * images.shape[2];',
          `  const data = Float32Array.from(images.bytes.subarray(0, count * pixels), (byte) => ${standardized});`,
        )
      : lines(
          `  const data = new Float32Array(count * ${height * width});`,
          '  const [, rows, columns] = images.shape;',
          '  for (let i = 0; i < data.length; i++) {',
          `    const n = Math.floor(i / ${height * width}), y = Math.floor(i / ${width}) % ${height}, x = i % ${width};`,
          '    let sum = 0;',
          `    for (let part = 0; part < ${k * k}; part++) {`,
          `      const at = (n * rows + ${k} * y + Math.floor(part / ${k})) * columns + ${k} * x + (part % ${k});`,
          '      const byte = images.bytes[at];',
          `      sum += ${standardized};`,
          '    }',
          `    data[i] = sum / ${k * k};`,
          '  }',
        ),
    `  tensors[split + ".inputs"] = { shape: [count, ${data.shape.join(', ')}], data };`,
    '  tensors[split + ".targets"] = { shape: [count], data: Float32Array.from(labels.bytes.subarray(0, count)) };',
    '}',
    'return tensors;',
  ),
  2,
)}
}`;
}

/** Samples in the code itself, for its end. @param {Experiment} experiment */
export function embedded({ source }) {
  if (source.kind !== 'embedded') return '';
  const rows = source.tensors.map(({ name, shape, data }) => {
    const text = toBase64(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const chunks = (text.match(/.{1,96}/g) ?? []).map((chunk) => `'${chunk}'`).join(' +\n      ');
    return `  ${javaScriptText(name)}: [\n    [${shape.join(', ')}],\n    ${chunks},\n  ],`;
  });
  return `const EMBEDDED = {\n${rows.join('\n')}\n};`;
}

/** Which samples each step takes. @param {Experiment} experiment */
export function batches({ config, data }) {
  if (config.batch === 0 || config.batch >= data.train) {
    return `/** Every step takes all samples. */
function* batches(count) {
  for (;;) yield Array.from({ length: count }, (_, i) => i);
}`;
  }
  return `/** Fresh permutations end to end, so that every batch is full; or the order of Trainscope's run. */
function* batches(count, order) {
  for (let at = 0; order && at < order.data.length; at += BATCH) yield Array.from(order.data.subarray(at, at + BATCH));
  for (let waiting = []; !order; waiting = waiting.slice(BATCH)) {
    while (waiting.length < BATCH) waiting = [...waiting, ...tf.util.createShuffledIndices(count)];
    yield waiting.slice(0, BATCH);
  }
}`;
}

/** The names of the weights in a file. @param {Experiment} experiment */
export function parameterNames({ layers }) {
  const statistics = listStatistics(layers);
  return lines(
    '// The names of the weights in a file, in the order of the model.',
    `const PARAMETERS = ${listInLines(listParameters(layers).map(javaScriptText), 2)};`,
    statistics.length > 0 && `const STATISTICS = ${listInLines(statistics.map(javaScriptText), 2)};`,
  );
}

/** The arguments of the program. @param {Experiment} experiment */
export function argumentsOf({ source }) {
  const material = source.kind === 'material';
  return `const { values: options } = parseArgs({
  options: {
${indent(
  lines(
    source.kind === 'idx' &&
      `data: { type: 'string', default: ${javaScriptText(source.folder)} }, // folder of the four IDX files`,
    `material: { type: 'string'${material && source.path !== null ? `, default: ${javaScriptText(source.path)}` : ''} }, // ${material ? 'samples, ' : ''}first weights and order, of trainscope export --material`,
    "weights: { type: 'string' }, // first weights, of trainscope train --save",
    "out: { type: 'string' }, // write every step as a line of JSON",
  ),
  4,
)}
  },
});
const material = options.material ? readSafetensors(options.material) : {};
const tensors = ${material ? 'material' : source.kind === 'idx' ? 'readData(options.data)' : 'readData()'};
const weights = options.weights ? readSafetensors(options.weights) : material;`;
}
