/** The parts of code in Python that are the same in every framework: constants, schedule, clipping, files, batches. */

import { SCHEMA } from '../config/schema.js';
import { constantOf, labelOf, movingMomentum } from './experiment.js';
import { toPython } from './formula.js';
import { listParameters, listStatistics } from './network.js';
import { rateFormula, saySchedule } from './schedules.js';
import { comment, indent, lines, listInLines, pythonText, toBase64 } from './text.js';

/**
 * @typedef {import('./experiment.js').Experiment} Experiment
 * @typedef {Pick<Experiment, 'config' | 'rule' | 'names'>} Steps  what a step is made of
 */

/** A value as a literal. @param {unknown} value */
function literal(value) {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? pythonText(value) : String(value);
}

/** A constant for each setting that the code names. @param {Steps} steps @param {string[]} [more]  names of settings */
export function constants({ config, names }, more = []) {
  const all = SCHEMA.fields.map(({ name }) => name).filter((name) => names.includes(name) || more.includes(name));
  const rows = all.map((name) => ({ text: `${constantOf(name)} = ${literal(config[name])}`, name }));
  const width = Math.max(...rows.map(({ text }) => text.length));
  return rows.map(({ text, name }) => `${text.padEnd(width)}  # ${labelOf(name)}`).join('\n');
}

/** Cases of a formula, as returns. @param {import('./schedules.js').Formula} formula */
function returns({ locals, cases }) {
  return lines(
    ...locals.map(({ name, is }) => `${name} = ${toPython(is)}`),
    ...cases.map(({ when, is }) => (when ? `if ${when}:\n    return ${toPython(is)}` : `return ${toPython(is)}`)),
  );
}

/** The learning rate, and momentum or β₁ where it moves, as functions of the step. @param {Steps} steps */
export function schedule({ config, rule }) {
  const formula = rateFormula(config);
  const hasWarmup = config.warmup_steps > 0;
  const usesTime = /\bt\b/.test(JSON.stringify([formula.locals, formula.cases]));
  const rate = `def rate(step):
    """The learning rate of a step, counted from 0: ${saySchedule(config)}."""
${indent(
  lines(
    hasWarmup && 'if step < WARMUP_STEPS:\n    return rate(WARMUP_STEPS) * ((step + 1) / WARMUP_STEPS)',
    usesTime && (hasWarmup ? 't = step - WARMUP_STEPS' : 't = step'),
    returns(formula),
  ),
)}`;
  const moving = movingMomentum(config, rule);
  if (!moving) return rate;
  const name = constantOf(moving.name);
  return `${rate}


def momentum_at(step):
    """${moving.name === 'momentum' ? 'Momentum' : 'β₁'}, low where the rate is high."""
    t = step - WARMUP_STEPS
    if t < 0:
        return ${name}
${indent(returns(moving.formula))}`;
}

/** Whether this step's threshold depends on the step or on norms. @param {Steps} steps */
export function clips({ config }) {
  return config.clip !== 'off';
}

/** The threshold in force at a step. @param {Steps} steps */
export function threshold({ config }) {
  if (config.clip === 'off') return '';
  const inWarmup = !config.clip_in_warmup && config.warmup_steps > 0;
  const spared = inWarmup && 'if step < WARMUP_STEPS:\n    return math.inf';
  if (config.clip !== 'adaptive') {
    return lines(
      'def threshold(step):',
      `    """The largest norm that passes unchanged${inWarmup ? '; any does during warmup' : ''}."""`,
      spared && indent(spared),
      '    return CLIP_NORM',
    );
  }
  return `class Norms:
    """All norms so far, each as the middle of its bin, 64 to a decade: what a long run can keep."""

    def __init__(self):
        self.sorted = []

    def add(self, norm):
        place = (math.log10(norm) + 12) * 64 if norm > 0 else 0
        middle = 10 ** (-12 + (min(max(math.floor(place), 0), 1535) + 0.5) / 64)
        bisect.insort(self.sorted, middle)

    def percentile(self, percent):
        at = (len(self.sorted) - 1) * percent / 100
        low = self.sorted[math.floor(at)]
        return low + (at % 1) * (self.sorted[math.ceil(at)] - low)

    def threshold(self, step):
        """A percentile of the norms, this step's among them, once there are ${SCHEMA.definitions.adaptive_norms} of them."""
${indent(
  lines(
    spared,
    `if len(self.sorted) < ${SCHEMA.definitions.adaptive_norms}:\n    return math.inf`,
    'return self.percentile(CLIP_PERCENTILE)',
  ),
  8,
)}`;
}

/** Reads what the engine writes: named float32 tensors. */
export const SAFETENSORS = `def read_safetensors(path):
    """Named arrays of float32: eight bytes of the header's length, the header as JSON, the numbers."""
    data = Path(path).read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    arrays = {}
    for name, entry in json.loads(data[8:begin]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            numbers = np.frombuffer(data[begin + first : begin + last], "<f4")
            arrays[name] = numbers.reshape(entry["shape"])
    return arrays`;

/**
 * The function read_data, which gives inputs and targets of both splits as arrays.
 *
 * @param {Experiment} experiment
 */
export function reading({ config, data, source }) {
  const kind = data.classes > 0 ? 'np.int64' : 'np.float32';
  const splits = data.val > 0 ? /** @type {const} */ (['train', 'val']) : /** @type {const} */ (['train']);
  if (data.tokens) return readingTokens(data, data.tokens, source.kind === 'embedded');
  if (source.kind !== 'idx') {
    const from = source.kind === 'embedded' ? 'embedded()' : 'arrays';
    return `def read_data(${source.kind === 'embedded' ? '' : 'arrays'}):
    """Inputs as the network is given them, and targets, of ${splits.length > 1 ? 'training and validation' : 'training'}."""
    tensors = ${from}
    return [(tensors[f"{split}.inputs"], tensors[f"{split}.targets"].astype(${kind})) for split in ${listInLines(splits.map(pythonText))}]`;
  }
  const limit = (/** @type {number} */ count) => (count > 0 ? `[:${count}]` : '');
  const k = config.downsample;
  return `def read_idx(folder, name):
    """An array of bytes from a file of MNIST's format, plain or compressed."""
    path = Path(folder) / name
    data = path.read_bytes() if path.exists() else gzip.decompress(Path(f"{path}.gz").read_bytes())
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def read_data(folder):
    """Images [count, 1, height, width], and labels, of training and validation."""
    images = [read_idx(folder, f"{split}-images-idx3-ubyte") for split in ("train", "t10k")]
    labels = [read_idx(folder, f"{split}-labels-idx1-ubyte") for split in ("train", "t10k")]
${indent(
  lines(
    config.standardize && 'mean, deviation = images[0].mean(), images[0].std()',
    'inputs = [np.float32(part[:, None]) for part in images]',
    config.standardize && 'inputs = [np.float32((part - mean) / deviation) for part in inputs]',
    Number(k) > 1 &&
      lines(
        'count, channels, height, width = -1, 1, *images[0].shape[1:]',
        `inputs = [part[:, :, : height // ${k} * ${k}, : width // ${k} * ${k}] for part in inputs]`,
        `inputs = [part.reshape(count, channels, height // ${k}, ${k}, width // ${k}, ${k}).mean((3, 5)) for part in inputs]`,
      ),
    `train = inputs[0]${limit(config.samples)}, np.int64(labels[0]${limit(config.samples)})`,
    `val = inputs[1]${limit(config.val_samples)}, np.int64(labels[1]${limit(config.val_samples)})`,
    'return [train, val]',
  ),
)}`;
}

/**
 * The same of samples that are ids.
 *
 * @param {import('./experiment.js').DataFacts} data
 * @param {NonNullable<import('./experiment.js').DataFacts['tokens']>} tokens
 * @param {boolean} isEmbedded
 */
function readingTokens({ train, val }, { length, scoredFrom }, isEmbedded) {
  const counts = `("train", ${train})${val > 0 ? `, ("val", ${val})` : ','}`;
  return `def read_data(${isEmbedded ? '' : 'arrays'}):
    """Of every window of ids all but the last, and the targets${scoredFrom > 0 ? ' that are scored' : ''}: each the id behind an input."""
    tensors = ${isEmbedded ? 'embedded()' : 'arrays'}
    sets = []
    for split, count in (${counts}):
        ids = tensors[f"{split}.ids"].astype(np.int64)
        windows = np.lib.stride_tricks.sliding_window_view(ids, ${length + 1})
        apart = max(1, (len(windows) - 1) // max(1, count - 1))
        sets.append((windows[::apart, :-1], windows[::apart, ${scoredFrom + 1}:]))
    return sets`;
}

/** Samples in the code itself, for its end. @param {Experiment} experiment */
export function embedded({ source }) {
  if (source.kind !== 'embedded') return '';
  const rows = source.tensors.map(({ name, shape, data }) => {
    const text = toBase64(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const chunks = text.match(/.{1,96}/g) ?? [];
    const body = chunks.map((chunk) => `        "${chunk}"`).join('\n');
    return `    ${pythonText(name)}: (\n        ${listInLines(shape.map(String))},\n${body},\n    ),`;
  });
  return `def embedded():
    """The samples themselves, which Trainscope made: float32 in base64."""
    arrays = {}
    for name, (shape, text) in EMBEDDED.items():
        arrays[name] = np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)
    return arrays


EMBEDDED = {
${rows.join('\n')}
}`;
}

/** Which samples each step takes. @param {Experiment} experiment */
export function batches({ config, data }) {
  if (config.batch === 0 || config.batch >= data.train) {
    return `def batches(count, order):
    """Every step takes all samples."""
    while True:
        yield np.arange(count)`;
  }
  return `def batches(count, order):
    """Fresh permutations end to end, so that every batch is full; or the order of Trainscope's run."""
    if order is not None:
        yield from order.astype(np.int64)
        return
    generator = np.random.default_rng(SEED)
    waiting = np.empty(0, np.int64)
    while True:
        while len(waiting) < BATCH:
            waiting = np.concatenate([waiting, generator.permutation(count)])
        yield waiting[:BATCH]
        waiting = waiting[BATCH:]`;
}

/**
 * The loop of the steps: gradient and norm, an end where they are not finite, the step, what is noted and said.
 *
 * @param {Experiment} experiment
 * @param {object} own  of a framework, code in lines
 * @param {(string | false)[]} own.gradient  up to `norm`, the unclipped one
 * @param {string} own.loss  an expression: the batch's loss as a float
 * @param {(string | false)[]} own.step  up to `scale`
 * @param {(string | false)[]} own.report  says how far it is
 */
export function stepLoop({ config }, { gradient, loss, step, report }) {
  return lines(
    config.clip === 'adaptive' && 'norms = Norms()',
    'for step, samples in zip(range(WARMUP_STEPS + STEPS), batches(len(inputs), order)):',
    indent(
      lines(
        ...gradient,
        `if not math.isfinite(${loss}) or not math.isfinite(norm):`,
        `    note(step=step, lr=rate(step), loss=${loss}, grad_norm=norm, clip_scale=1.0)`,
        '    print(f"diverged at step {step}")',
        '    return',
        ...step,
        `note(step=step, lr=rate(step), loss=${loss}, grad_norm=norm, clip_scale=scale)`,
        config.eval_every > 0
          ? 'if (step + 1) % EVAL_EVERY == 0 or step + 1 == WARMUP_STEPS + STEPS:'
          : 'if step + 1 == WARMUP_STEPS + STEPS:',
        indent(lines(...report)),
      ),
    ),
  );
}

/** The names of the weights in a file. @param {Experiment} experiment */
export function parameterNames({ layers }) {
  const statistics = listStatistics(layers);
  return lines(
    '# The names of the weights in a file, in the order of the model.',
    `PARAMETERS = ${listInLines(listParameters(layers).map(pythonText))}`,
    statistics.length > 0 && `STATISTICS = ${listInLines(statistics.map(pythonText))}`,
  );
}

/** What stands above everything. @param {string} what @param {string} text  the command */
export function heading(what, text) {
  return comment('#', `${what}\n\n${text}`);
}

/** The function note, which writes a line of JSON, as in a RUN.jsonl, where the program is asked to. */
export const LOG = `log = open(options.out, "w") if options.out else None

def note(**values):
    # JSON has no NaN and no infinity: these are texts.
    words = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    line = {key: words.get(str(value), value) for key, value in values.items()}
    if log:
        log.write(json.dumps(line) + "\\n")
`;

/** The arguments of the program. @param {Experiment} experiment */
export function argumentsOf({ source }) {
  const material = source.kind === 'material';
  return lines(
    'parser = argparse.ArgumentParser()',
    source.kind === 'idx' &&
      `parser.add_argument("--data", default=${pythonText(source.folder)}, help="folder of the four IDX files")`,
    material && source.path !== null
      ? `parser.add_argument("--material", default=${pythonText(source.path)}, help="samples, first weights and order, as trainscope export --material writes them")`
      : `parser.add_argument("--material", ${material ? 'required=True, ' : ''}help="${material ? 'samples, ' : ''}first weights and order, as trainscope export --material writes them")`,
    'parser.add_argument("--weights", help="first weights, as trainscope train --save writes them")',
    'parser.add_argument("--out", help="write every step as a line of JSON")',
    'options = parser.parse_args()',
    'arrays = read_safetensors(options.material) if options.material else {}',
    `train_data, *val_data = read_data(${source.kind === 'idx' ? 'options.data' : material ? 'arrays' : ''})`,
    'weights = read_safetensors(options.weights) if options.weights else arrays',
  );
}

/** The modules of Python that the parts above use. @param {Experiment} experiment */
export function standardImports({ config, source }) {
  return [
    'argparse',
    ...(source.kind === 'embedded' ? ['base64'] : []),
    ...(config.clip === 'adaptive' ? ['bisect'] : []),
    ...(source.kind === 'idx' ? ['gzip'] : []),
    'json',
    'math',
  ]
    .map((name) => `import ${name}`)
    .join('\n');
}
