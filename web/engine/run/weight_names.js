/**
 * Tensors of other programs under our names, where it is certain which is which.
 *
 * 1. By name: what wrappers put before or between is left out (`_orig_mod.0.conv.weight`, `model.0.conv.weight`), and
 *    what other frameworks call a weight or a running mean is renamed (`kernel`, `gamma`, `moving_mean`).
 * 2. In order: layers that are numbered, as those of nn.Sequential are (`0.weight`, `2.weight`), follow each other as
 *    the model's do.
 * 3. By shape: a layer whose shapes only one of the model's has (`conv1`, `fc1`); several of one shape, where their
 *    names differ in a number alone.
 */

/**
 * @typedef {{ name: string, shape: number[] }} Shaped
 * @typedef {{ prefix: string, tensors: Map<string, Shaped> }} Module  tensors: by their last names
 * @typedef {{ from: string, to: string }} Pair  names: in the file, and ours
 *
 * @typedef {object} Match
 * @property {Pair[]} pairs
 * @property {string} prefix  what stood before every name and was left out
 * @property {'names' | 'order' | 'shapes'} by
 * @property {string[]} unclear  of the file's layers, those of one shape that nothing tells apart
 */

/** What a framework puts around a module without changing it, anywhere in a name. */
const WRAPPERS = new Set(['_orig_mod', 'module', '_fsdp_wrapped_module', '_checkpoint_wrapped_module']);

/** What others call the last part of a name. Keras adds `:0`. */
const SYNONYMS = new Map([
  ['kernel', 'weight'],
  ['gamma', 'weight'],
  ['scale', 'weight'],
  ['beta', 'bias'],
  ['moving_mean', 'running_mean'],
  ['mean', 'running_mean'],
  ['moving_variance', 'running_var'],
  ['var', 'running_var'],
  // What PyTorch's MultiheadAttention keeps beside out_proj.weight.
  ['in_proj_weight', 'in_proj.weight'],
  ['in_proj_bias', 'in_proj.bias'],
]);

/** PyTorch numbers the layers of nn.RNN, nn.GRU and nn.LSTM, where there is one too. */
const FIRST_RECURRENT = /^((?:weight|bias)_(?:ih|hh))_l0$/;

/** Flax keeps what is trained and what is counted apart. */
const COLLECTIONS = /^(params|batch_stats)\./;

/** A name without wrappers and as PyTorch would have it. @param {string} name */
export function plainName(name) {
  const parts = name.replace(/:0$/, '').replaceAll('/', '.').replace(COLLECTIONS, '').split('.');
  const last = /** @type {string} */ (parts.pop()).replace(FIRST_RECURRENT, '$1');
  return [...parts.filter((part) => !WRAPPERS.has(part)), SYNONYMS.get(last) ?? last].join('.');
}

/** Whether a name is one that only TensorFlow, Keras and Flax give. @param {string} name */
export function isKernelName(name) {
  return /(^|[./])kernel(:0)?$/.test(name);
}

/** Whether a tensor is one of the statistics that batchnorm keeps beside what is trained. @param {string} name */
export function isRunning(name) {
  return /(^|\.)running_(mean|var)$/.test(name);
}

/**
 * @param {Shaped[]} own  the model's, in its order
 * @param {Shaped[]} given  the file's, by plain names; shapes in PyTorch's layout
 * @returns {Match}  as much as is certain; tensors that no pair names are missing or too many
 */
export function matchNames(own, given) {
  const byName = matchByName(own, given);
  if (byName.pairs.length === given.length && lacksOnlyStatistics(own, byName.pairs)) return byName;
  const ours = listModules(own);
  const theirs = listModules(given);
  if (ours.length !== theirs.length) return byName;
  const numbered = sortByNumber(theirs);
  if (numbered?.every((module, i) => signatureOf(module) === signatureOf(ours[i]))) {
    return { pairs: numbered.flatMap((module, i) => pairUp(module, ours[i])), prefix: '', by: 'order', unclear: [] };
  }
  return matchByShape(ours, theirs) ?? byName;
}

/** @param {Shaped[]} own @param {Pair[]} pairs */
function lacksOnlyStatistics(own, pairs) {
  const found = new Set(pairs.map(({ to }) => to));
  return own.every(({ name }) => found.has(name) || isRunning(name));
}

/** @param {Shaped[]} own @param {Shaped[]} given @returns {Match} */
function matchByName(own, given) {
  const known = new Set(own.map(({ name }) => name));
  const prefix = commonPrefix(known, given);
  const pairs = given
    .filter(({ name }) => name.startsWith(prefix) && known.has(name.slice(prefix.length)))
    .map(({ name }) => ({ from: name, to: name.slice(prefix.length) }));
  return { pairs, prefix: pairs.length > 0 ? prefix : '', by: 'names', unclear: [] };
}

/** What stands before most of the names that end as ours do. @param {Set<string>} known @param {Shaped[]} given */
function commonPrefix(known, given) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { name } of given) {
    for (let at = 0; at >= 0; ) {
      if (known.has(name.slice(at))) counts.set(name.slice(0, at), (counts.get(name.slice(0, at)) ?? 0) + 1);
      const dot = name.indexOf('.', at);
      at = dot < 0 ? -1 : dot + 1;
    }
  }
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || a.length - b.length);
  return most?.[0] ?? '';
}

/** Tensors by what stands before their last name, in the order in which those come first. @param {Shaped[]} tensors @returns {Module[]} */
function listModules(tensors) {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  for (const tensor of tensors) {
    const dot = tensor.name.lastIndexOf('.');
    const prefix = tensor.name.slice(0, Math.max(0, dot));
    const module = modules.get(prefix) ?? { prefix, tensors: new Map() };
    module.tensors.set(tensor.name.slice(dot + 1), tensor);
    modules.set(prefix, module);
  }
  return [...modules.values()];
}

/** What must be the same of two layers. @param {Module} module */
function signatureOf({ tensors }) {
  return [...tensors]
    .map(([name, { shape }]) => `${name} ${shape.join('×')}`)
    .sort()
    .join('; ');
}

/** @param {Module} theirs @param {Module} ours  of the same signature @returns {Pair[]} */
function pairUp(theirs, ours) {
  return [...theirs.tensors].map(([last, { name }]) => ({
    from: name,
    to: /** @type {Shaped} */ (ours.tensors.get(last)).name,
  }));
}

/**
 * Modules whose names differ in numbers alone, in the order of those; null where they are not of that kind.
 *
 * @param {Module[]} modules
 * @returns {Module[] | null}
 */
function sortByNumber(modules) {
  // Keras counts dense, dense_1, dense_2.
  const isKeras = modules.some(({ prefix }) => /_\d+$/.test(prefix));
  const numbered = modules.map((module) => {
    const name = isKeras && !/\d$/.test(module.prefix) ? `${module.prefix}_0` : module.prefix;
    return { module, pattern: name.replace(/\d+/g, '#'), numbers: (name.match(/\d+/g) ?? []).map(Number) };
  });
  const [{ pattern }] = numbered;
  if (numbered.some((other) => other.pattern !== pattern)) return null;
  numbered.sort((a, b) => compareNumbers(a.numbers, b.numbers));
  const isSure = numbered.every(({ numbers }, i) => i === 0 || compareNumbers(numbered[i - 1].numbers, numbers) < 0);
  return isSure ? numbered.map(({ module }) => module) : null;
}

/** @param {number[]} a @param {number[]} b  of the same length */
function compareNumbers(a, b) {
  const i = a.findIndex((number, at) => number !== b[at]);
  return i < 0 ? 0 : a[i] - b[i];
}

/** @param {Module[]} ours @param {Module[]} theirs @returns {Match | null}  null where shapes are not the same */
function matchByShape(ours, theirs) {
  const own = groupBySignature(ours);
  const given = groupBySignature(theirs);
  /** @type {Match} */
  const match = { pairs: [], prefix: '', by: 'shapes', unclear: [] };
  for (const [signature, modules] of own) {
    const alike = given.get(signature);
    if (alike?.length !== modules.length) return null;
    const sorted = sortByNumber(alike);
    if (sorted) match.pairs.push(...sorted.flatMap((module, i) => pairUp(module, modules[i])));
    else match.unclear.push(...alike.map(({ prefix }) => prefix));
  }
  return match;
}

/** @param {Module[]} modules @returns {Map<string, Module[]>} */
function groupBySignature(modules) {
  /** @type {Map<string, Module[]>} */
  const groups = new Map();
  for (const module of modules) {
    const signature = signatureOf(module);
    const group = groups.get(signature);
    if (group) group.push(module);
    else groups.set(signature, [module]);
  }
  return groups;
}
