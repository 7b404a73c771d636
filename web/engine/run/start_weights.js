/**
 * Weights of a file for a model: whatever is certain is mapped and said, whatever is not is refused, with everything
 * that does not fit in one sentence.
 */

import { plainText } from '../config/names.js';
import { TrainerError } from '../core/errors.js';
import { count } from '../words/numbers.js';
import { agree, list, plural } from '../words/sentences.js';
import { quote } from './safetensors_header.js';
import { nameSome, sayNonFinite } from './weight_faults.js';
import {
  agreeOn,
  LAYOUTS,
  layoutOf,
  listFlattened,
  PYTORCH,
  putChannelsFirst,
  TENSORFLOW,
  turnNumbers,
  turnShape,
} from './weight_layouts.js';
import { isKernelName, isRunning, matchNames, plainName } from './weight_names.js';

/**
 * @typedef {import('./tensors.js').Tensor} Tensor
 * @typedef {import('./safetensors.js').Weights} Weights
 * @typedef {import('./safetensors.js').StoredTensor} StoredTensor
 * @typedef {import('./weight_layouts.js').Layout} Layout
 * @typedef {{ name: string, shape: number[] }} Shaped
 *
 * @typedef {object} Reading  of a file in one layout
 * @property {Layout} layout
 * @property {import('./weight_names.js').Match} match
 * @property {string[]} faults  what does not fit, as parts of a sentence; none where all does
 *
 * @typedef {object} Fitted
 * @property {Tensor[]} tensors
 * @property {string[]} says  what was read, in sentences
 * @property {string[]} notes  likewise, where it is more than that a file of our own kind was read
 */

/** What the metadata calls the order in which an image becomes a vector. */
const FLATTEN = 'flatten';

/**
 * Starts a run from a file's weights.
 *
 * @param {import('./trainer.js').Trainer} trainer
 * @param {Weights} weights
 * @param {string} fileName  for sentences
 * @returns {Fitted}  what was written into the run
 * @throws {TrainerError} where it is not certain that they are weights of this model; then nothing is written
 */
export function startFromWeights(trainer, weights, fileName) {
  const fitted = fitWeights({ own: trainer.tensors(), inputShape: trainer.inputShape }, weights, fileName);
  trainer.setTensors(fitted.tensors);
  return fitted;
}

/**
 * @param {{ own: Shaped[], inputShape: number[] }} model
 * @param {Weights} weights
 * @param {string} fileName
 * @returns {Fitted}
 */
export function fitWeights(model, weights, fileName) {
  const file = plainText(fileName);
  const fail = (/** @type {string} */ what) => new TrainerError('data', 'weights', `${file} ${what}.`);
  const { given, notes } = nameAlike(weights, fail);
  const { reading, note } = chooseReading(model.own, given, weights, fail);
  if (note) notes.push(note);
  const { layout, match } = reading;
  const byName = new Map(given.map((tensor) => [tensor.plain, tensor]));
  const tensors = match.pairs.map(({ from, to }) => {
    const tensor = /** @type {Given} */ (byName.get(from));
    return { name: to, shape: turnShape(layout, tensor.shape), data: turnNumbers(layout, tensor) };
  });
  const spread = unflatten({ ...model, tensors }, layout, weights.metadata[FLATTEN], fail);
  judgeNumbers(tensors, fail);
  if (spread) notes.push(spread);
  const found = new Set(tensors.map(({ name }) => name));
  const missing = model.own.filter(({ name }) => !found.has(name));
  if (layout === TENSORFLOW && model.own.some(({ name }) => /norm\.weight$/.test(name))) {
    notes.push('Keras’ norms add 0.001 to the variance unless told otherwise and so more than is added here.');
  }
  if (missing.length > 0) {
    notes.push(
      `It lacks ${nameSome(missing.map(({ name }) => name))}: an evaluation begins with those of a fresh network.`,
    );
  }
  const how = sayHow(given, reading);
  const says = [`Read ${count(tensors.length)} tensors of ${file}${how ? `: ${how}` : ''}.`, ...notes];
  return { tensors, says, notes: how ? says : notes };
}

/** @typedef {StoredTensor & { plain: string }} Given  plain: its name without what wrappers put there */

/**
 * The file's tensors by plain names, those included that it stores once for two names.
 *
 * @param {Weights} weights
 * @param {(what: string) => Error} fail
 */
function nameAlike({ tensors, metadata }, fail) {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  // Libraries that store tied weights once say in the metadata whose they are.
  const tied = Object.entries(metadata).flatMap(([name, of]) => {
    const tensor = byName.get(of);
    return tensor && !byName.has(name) ? [{ ...tensor, name }] : [];
  });
  const given = [...tensors, ...tied].map((tensor) => ({ ...tensor, plain: plainName(tensor.name) }));
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const { name, plain } of given) {
    const other = seen.get(plain);
    if (other !== undefined) throw fail(`holds ${quote(plain)} twice, as ${quote(other)} and as ${quote(name)}`);
    seen.set(plain, name);
  }
  const notes = tied.map(
    ({ name }) =>
      `${quote(name)} begins as ${quote(metadata[name])}, to which it is tied; here each is trained by itself.`,
  );
  return { given, notes };
}

/**
 * In which layout the file is read.
 *
 * @param {Shaped[]} own
 * @param {Given[]} given
 * @param {Weights} weights
 * @param {(what: string) => Error} fail
 * @returns {{ reading: Reading, note: string | null }}
 */
function chooseReading(own, given, { metadata }, fail) {
  const said = layoutOf(metadata.format) ?? (given.some(({ name }) => isKernelName(name)) ? TENSORFLOW : null);
  const [plain, ...others] = [said ?? PYTORCH, ...LAYOUTS.filter((other) => other !== (said ?? PYTORCH))].map(
    (layout) => read(own, given, layout),
  );
  const rivals = others
    .filter(({ faults }) => faults.length === 0)
    .filter((other) => listMoved(other, plain, given).length > 0);
  if (plain.faults.length === 0) {
    const isClear = said !== null || rivals.length === 0;
    return { reading: plain, note: isClear ? null : sayUnclear(rivals, plain, given) };
  }
  if (said === null && rivals.length === 1) {
    const [rival] = rivals;
    const square = listMoved(rival, plain, given).filter(
      ({ shape }) => turnShape(rival.layout, shape).join() === shape.join(),
    );
    if (square.length === 0) {
      return { reading: rival, note: `Its shapes are those of ${rival.layout.name}’s layout, and were turned.` };
    }
    const names = nameSome(square.map(({ name }) => name));
    throw fail(
      `has shapes of ${rival.layout.name}’s layout, but those of ${names} would be the same in PyTorch’s: save it with the metadata format=${rival.layout.formats[0]}`,
    );
  }
  const hint =
    rivals.length > 0
      ? `; the shapes are those of ${rivals[0].layout.name}’s layout, but its metadata says format=${quote(String(metadata.format))}`
      : '';
  throw fail(`does not fit the model: ${plain.faults.join('; ')}${hint}`);
}

/** Tensors that two layouts read otherwise. @param {Reading} one @param {Reading} other @param {Given[]} given */
function listMoved(one, other, given) {
  return given.filter(({ shape }) => !agreeOn(one.layout, other.layout, shape));
}

/** @param {Reading[]} rivals @param {Reading} plain @param {Given[]} given */
function sayUnclear(rivals, plain, given) {
  const names = nameSome(listMoved(rivals[0], plain, given).map(({ name }) => name));
  const layouts = list(rivals.map(({ layout }) => `${layout.name}’s`));
  return `It does not say whose layout it has, and the shape of ${names} would be the same in ${layouts}: read as PyTorch’s.`;
}

/** @param {Shaped[]} own @param {Given[]} given @param {Layout} layout @returns {Reading} */
function read(own, given, layout) {
  const shaped = given.map(({ plain, shape }) => ({ name: plain, shape: turnShape(layout, shape) }));
  const match = matchNames(own, shaped);
  return { layout, match, faults: listFaults(own, given, layout, match) };
}

/**
 * @param {Shaped[]} own
 * @param {Given[]} given
 * @param {Layout} layout
 * @param {import('./weight_names.js').Match} match
 */
function listFaults(own, given, layout, { pairs, unclear }) {
  if (unclear.length > 0) return [`nothing tells the layers ${nameSome(unclear)} apart, which have the same shapes`];
  const ours = new Map(own.map((tensor) => [tensor.name, tensor.shape]));
  const theirs = new Map(given.map((tensor) => [tensor.plain, turnShape(layout, tensor.shape)]));
  const found = new Set(pairs.map(({ to }) => to));
  const paired = new Set(pairs.map(({ from }) => from));
  const missing = own.filter(({ name }) => !found.has(name) && !isRunning(name));
  const unknown = given.filter(({ plain }) => !paired.has(plain));
  const misshapen = pairs.flatMap(({ from, to }) => {
    const is = sizes(theirs.get(from));
    const wanted = sizes(ours.get(to));
    return is === wanted ? [] : [`${quote(to)} is ${is}, not ${wanted}`];
  });
  return [
    ...(missing.length > 0 ? [`it lacks ${nameSome(missing.map(({ name }) => name))}`] : []),
    ...(unknown.length > 0 ? [`it has ${nameSome(unknown.map(({ name }) => name))}, which the model has not`] : []),
    ...misshapen.slice(0, 3),
    ...(misshapen.length > 3
      ? [`${plural(misshapen.length - 3, 'more shape')} ${agree(misshapen.length - 3, 'differs', 'differ')}`]
      : []),
  ];
}

/** @param {number[]} [shape] */
function sizes(shape) {
  return (shape ?? []).slice(0, 8).join(' × ');
}

/**
 * Turns the weights that take a flattened image, where the file's images have their channels last.
 *
 * @param {{ own: Shaped[], inputShape: number[], tensors: Tensor[] }} model  tensors: changed in place
 * @param {Layout} layout
 * @param {string | undefined} said  by the metadata
 * @param {(what: string) => Error} fail
 * @returns {string | null}  what was done
 */
function unflatten({ own, inputShape, tensors }, layout, said, fail) {
  const images = listFlattened(own, inputShape);
  if (images.size === 0) return null;
  const names = nameSome([...images.keys()]);
  const flattens = said ?? layout.flattens;
  if (flattens === 'hwc') {
    for (const tensor of tensors) {
      const image = images.get(tensor.name);
      if (image) tensor.data = putChannelsFirst(tensor.data, image);
    }
    return `The columns of ${names} were put in the order channel, row, column.`;
  }
  if (flattens === 'chw') return null;
  if (layout === TENSORFLOW || said !== undefined) {
    throw fail(
      `does not say in which order images become the vectors of ${names}: save it with the metadata ${FLATTEN}=hwc (channels last, as ${layout.name}’s networks do) or ${FLATTEN}=chw (as PyTorch’s do)`,
    );
  }
  return `Convolutions were turned from ${layout.name}’s layout, ${names} taken as PyTorch flattens images, channel by channel; a network that flattened them with channels last needs the metadata ${FLATTEN}=hwc.`;
}

/** @param {Tensor[]} tensors @param {(what: string) => Error} fail */
function judgeNumbers(tensors, fail) {
  const nonFinite = sayNonFinite(tensors);
  if (nonFinite) throw fail(`cannot be trained on: ${nonFinite}`);
  const negative = tensors.filter(({ name, data }) => name.endsWith('running_var') && data.some((value) => value < 0));
  if (negative.length > 0) throw fail(`has variances below 0 in ${nameSome(negative.map(({ name }) => name))}`);
}

/** What of a file was not as ours are. @param {Given[]} given @param {Reading} reading */
function sayHow(given, { match, layout }) {
  const parts = [];
  const byPlain = new Map(given.map(({ name, plain }) => [plain, name]));
  const renamed = match.pairs
    .map(({ from, to }) => ({ from: byPlain.get(from) ?? from, to }))
    .filter(({ from, to }) => from !== to);
  const prefix = sayPrefix(renamed, match.pairs.length);
  if (prefix) parts.push(`prefix ${quote(prefix)} left out`);
  else if (renamed.length > 0 && match.by === 'names') parts.push(`${quote(renamed[0].from)} is ${renamed[0].to}`);
  if (match.by !== 'names') {
    const how = match.by === 'order' ? 'in order' : 'by their shapes';
    const pairs = renamed.filter(({ to }) => to.endsWith('weight'));
    const shown = pairs.slice(0, 3).map(({ from, to }) => `${quote(from)} is ${to}`);
    parts.push(`layers taken ${how} (${shown.join(', ')}${pairs.length > 3 ? ' …' : ''})`);
  }
  const dtypes = [...new Set(given.map(({ dtype }) => dtype))].filter((dtype) => dtype !== 'F32');
  if (dtypes.length > 0) parts.push(`${list(dtypes)} as 32-bit floats`);
  if (layout !== PYTORCH) parts.push(`in ${layout.name}’s layout`);
  return parts.join('; ');
}

/** What stood before each of the names, '' where it is not the same of all. @param {import('./weight_names.js').Pair[]} renamed @param {number} of  tensors */
function sayPrefix(renamed, of) {
  if (renamed.length < of || of === 0) return '';
  const [{ from, to }] = renamed;
  const prefix = from.slice(0, from.length - to.length);
  return renamed.every((pair) => pair.from === `${prefix}${pair.to}`) ? prefix : '';
}
