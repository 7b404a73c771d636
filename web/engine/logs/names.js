/**
 * What a name in a log stands for, by the words it is made of. Frameworks call one thing `train/loss`, `loss`,
 * `training_loss_step`, `lm loss` or `trl`.
 */

/**
 * @typedef {'step' | 'epoch' | 'loss' | 'lr' | 'grad_norm' | 'perplexity' | 'reward' | 'accuracy' | 'time'} Kind
 *
 * @typedef {object} Classified
 * @property {Kind | null} kind
 * @property {'train' | 'val' | null} split  what it was measured on, where the name says it
 * @property {number} rank  among names of its kind and split the lower is the likelier, 0 first
 */

const STEPS = [
  'trainer global step',
  'train global step',
  'global step',
  'num updates',
  'update steps',
  'optimizer step',
  'train step',
  'current step',
  'current steps',
  'completed step',
  'completed steps',
  'step',
  'steps',
  'iteration',
  'iterations',
  'iter',
  'iters',
  'iter num',
  'it',
  'update',
  'updates',
  's',
  'i',
  'time total timesteps',
  'total timesteps',
  'timesteps',
  'num timesteps',
  'batch idx',
  'batch',
];

const EPOCHS = ['epoch', 'epochs', 'epoch id', 'epoch num', 'current epoch', 'train epoch', 'trainer epoch', 'ep'];

const VALIDATION = new Set([
  'val',
  'valid',
  'validation',
  'eval',
  'evaluation',
  'test',
  'testing',
  'dev',
  'holdout',
  'heldout',
  'tel',
  'vl',
]);
const TRAINING = new Set(['train', 'training', 'trl', 'tr']);

/** Words for a loss; the first are the loss itself, the later a part of it. */
const LOSSES = new Set([
  'loss',
  'losses',
  'trl',
  'tel',
  'lm',
  'nll',
  'xent',
  'ce',
  'crossentropyloss',
  'crossentropy',
  'mse',
  'objective',
  'cost',
  'elbo',
  'vloss',
  'tloss',
  'bpc',
  'bpb',
  'bpd',
]);

const RATES = /^(learning rate|lr|lrs)$/;

/** What is of a loss, but no loss: of its scaling, its time, a count. */
const NOT_A_LOSS =
  /\b(scale|scaler|scaling|time|tokens|count|weight|ratio|coef|gap|diff|std|var|min|max|best|lowest|improvement)\b/;

/** @type {Map<string, Classified>} */
const known = new Map();

/** @param {string} name @returns {Classified} */
export function classify(name) {
  let found = known.get(name);
  if (!found) {
    found = readName(name);
    if (known.size > 10_000) known.clear();
    known.set(name, found);
  }
  return found;
}

/** The words of a name, in small letters. @param {string} name */
export function wordsOf(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** Whether words speak of validation. @param {string} text */
export function isValidation(text) {
  return wordsOf(text).some((word) => VALIDATION.has(word));
}

/** "valid" behind "LOSS train 0.5" names the same, measured on other data. @param {string} name @param {string} before */
export function isSplitOf(name, before) {
  return VALIDATION.has(name.toLowerCase()) && classify(before).split === 'train';
}

/** Of a loss: bits per character, byte, dimension. @param {string} name */
export function isInBits(name) {
  return /\b(bpc|bpb|bpd|bits per \w)/.test(wordsOf(name).join(' '));
}

/** @param {string} name @returns {Classified} */
function readName(name) {
  const words = wordsOf(name);
  const split = words.some((word) => VALIDATION.has(word))
    ? 'val'
    : words.some((word) => TRAINING.has(word))
      ? 'train'
      : null;
  const text = words.join(' ');
  const bare = words.filter((word) => !VALIDATION.has(word) && !TRAINING.has(word)).join(' ');
  // MMEngine's.
  const counted = /^(?:iter|epoch)\(train\)$/i.test(name) ? bare : text;
  const step = STEPS.indexOf(counted);
  if (step >= 0) return { kind: 'step', split, rank: step };
  const epoch = EPOCHS.indexOf(counted);
  if (epoch >= 0) return { kind: 'epoch', split, rank: epoch };
  // Paddle's lr(CosineAnnealingDecay).
  const rate = /^lr\s*\(/i.test(name) ? 1 : rankRate(words, bare, name);
  if (rate >= 0) return { kind: 'lr', split, rank: rate };
  const norm = rankNorm(words, text);
  if (norm >= 0) return { kind: 'grad_norm', split, rank: norm };
  if (/\b(ppl|perplexity|perplex)\b/.test(text)) return { kind: 'perplexity', split, rank: 0 };
  const loss = rankLoss(words, text, bare);
  if (loss >= 0) return { kind: 'loss', split, rank: loss };
  if (/\b(reward|rewards|return|returns|rew)\b/.test(text) && !/\bstd\b/.test(text)) {
    return { kind: 'reward', split, rank: words.length };
  }
  if (/\b(acc|accuracy|top1|map|f1|bleu|miou|iou)\b/.test(text)) return { kind: 'accuracy', split, rank: words.length };
  if (/\b(time|wall|seconds|eta|runtime|elapsed|timestamp)\b/.test(text)) return { kind: 'time', split, rank: 0 };
  return { kind: null, split, rank: 0 };
}

/** @param {string[]} words @param {string} bare @param {string} name */
function rankRate(words, bare, name) {
  if (words.includes('loss')) return -1;
  if (RATES.test(bare)) return bare === 'learning rate' ? 0 : 1;
  if (/\blearning rate\b/.test(bare)) return 2;
  // Lightning's lr-AdamW and lr-AdamW/pg1, Ultralytics' lr/pg0, YOLOv5's x/lr0, whose settings have an lr0.
  const isNamed = words.includes('lr') || /^x\/lr\d$/.test(name);
  if (!isNamed || /\b(scale|mult|factor|decay|ratio|min|max)\b/.test(bare)) return -1;
  return 3 + words.length;
}

/** @param {string[]} words @param {string} text */
function rankNorm(words, text) {
  if (/^(grad norm|gradient norm|global grad norm|total grad norm|gnorm|gradnorm|grad norm total)$/.test(text))
    return 0;
  if (/\b(grad|gradient|grads|gradients)\b.*\bnorm\b/.test(text)) return 1 + words.length;
  if (/\bnorm\b.*\b(grad|gradient|grads|gradients)\b/.test(text)) return 2 + words.length;
  if (/\b(gnorm|gradnorm|gradientnorm)\b/.test(text)) return 1 + words.length;
  if (text === 'norm' || text === 'train norm') return 4;
  return text === 'grad' || text === 'grads' ? 9 : -1;
}

/** The likelier words for the loss of a whole batch. @type {[RegExp, number][]} */
const WHOLE = [
  [/^(loss|losses|trl|tel|tloss|vloss)$/, 0],
  [/^(total loss|loss total|losses total|total)$/, 1],
  [
    /^(epoch loss|loss epoch|global avg loss|global average loss|avg loss|average loss|loss avg|avr loss|mean loss|loss mean|global loss)$/,
    2,
  ],
  [
    /^(bpc|bpb|bpd|bits per (?:char|character|byte|dim|token)|lm loss|lm|lm loss value|cross entropy loss|crossentropyloss|cross entropy|nll loss|nll|mse loss|mse|ce loss|ce|xent|loss value)$/,
    3,
  ],
  [/^(loss step|batch loss|loss batch|step loss|loss vs iterations|minibatch loss|iter loss)$/, 4],
];

/** @param {string[]} words @param {string} text @param {string} bare */
function rankLoss(words, text, bare) {
  const isLoss =
    words.some((word) => LOSSES.has(word) || word.endsWith('loss')) || /\bcross entropy\b|\bbits per \w/.test(text);
  if (!isLoss) return -1;
  if (NOT_A_LOSS.test(text)) return -1;
  for (const [pattern, rank] of WHOLE) if (pattern.test(bare)) return rank;
  // A part of it, or something else's.
  return 10 + words.length;
}

/**
 * @typedef {object} Lead  what stands before a number
 * @property {string | null} name  the number's, where it has one
 * @property {boolean | null} validation  what the words before say, null where nothing
 * @property {'inner' | 'total' | null} place  without a name: within brackets behind an epoch, or behind a slash
 */

// ---- what stands before a number -----------------------------------------------------------------------------------

/** What Python writes before a number that is none of its own: "loss: np.float32(0.5)". */
const CALLED = /(?:\b\w+\.)?\b(?:tensor|array|float\d+|int\d+|Decimal)\(["']?$/i;
const ENDS = /["']?\s*[:=]*\s*["']?[[(]?\s*[<~]?$/;
const PARTS = /[,|;\t{}[\]<>]|\s-\s|:|=\s|\s{2,}(?=\S)/;
/** @param {Kind | null} kind */
export const isCounting = (kind) => kind === 'step' || kind === 'epoch';

/** A last word behind "at", or behind what a logger puts in front: a level, a module, glog's letter and date. */
const LED = /^(.*\b[Aa][Tt]|(?:[A-Z]{2,}|[A-Z]?\d+|\w+(?:\.\w+)+)(?: (?:[A-Z]{2,}|\w+(?:\.\w+)+))*) (\w+)$/;

/** A date, with its time or without, and a time: they are no part of the name behind them. */
const TIMES = /\b\d{4}[-/.]\d\d[-/.]\d\d(?:T[\d:.,]+Z?)?|\b\d{1,2}(?::\d\d){1,2}(?:[.,]\d+)?\b/g;

/** @param {string} given @returns {Lead} */
export function readLead(given) {
  // "2ms/step" measures by steps, and names none.
  const text = given
    .replace(/^\/[A-Za-z]+/, '')
    .replace(TIMES, ' ')
    .replace(CALLED, '');
  if (!/[A-Za-z]/.test(text)) {
    if (/^\s*\/\s*$/.test(text)) return { name: null, validation: null, place: 'total' };
    return { name: null, validation: null, place: /^\]?\s*[[(]\s*$/.test(text) ? 'inner' : null };
  }
  const isNamed = /["']?\s*[:=\s([]$/.test(text) || /[:=]\s*["']?[[(]?\s*$/.test(text);
  const body = text.replace(ENDS, '');
  const parts = body.split(PARTS).map((part) => part.replace(/^[\s"'`*>#:=()\]-]+|[\s"'`*]+$/g, ''));
  const key = parts.pop() ?? '';
  const lead = parts.join(' ');
  const [, where, last] = LED.exec(key) ?? [];
  const counter = last !== undefined && isCounting(classify(last).kind) ? last : null;
  const words = counter ? `${lead} ${where}` : lead;
  const { kind, split } = classify(key);
  const validation = isValidation(kind === null && split === 'val' ? `${words} ${key}` : words)
    ? true
    : /\btrain(ing)?\b/i.test(words)
      ? false
      : null;
  const name = counter ?? key;
  const isName = isNamed && /[A-Za-z]/.test(name) && name.length <= 60 && name.split(/\s+/).length <= 6;
  return { name: isName ? name : null, validation, place: null };
}
