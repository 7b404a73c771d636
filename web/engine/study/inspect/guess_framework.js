/** Which framework wrote a log, by what only one of them writes. */

/** @typedef {import('../../logs/settle.js').LogRun} LogRun */

/** What only one framework writes: how its files are called, or their columns. @type {[string, RegExp][]} */
const MARKS = [
  [
    'huggingface',
    /^Hugging Face|^text .*\bloss (grad_norm )?learning_rate( \S+)* epoch\b|\b(train_runtime|eval_runtime|train_samples_per_second|eval_samples_per_second)\b/,
  ],
  ['lightning', /\blr-[A-Z]\w+|\blightning_logs\b|\btrain\w*_(step|epoch)\b/],
  ['keras', /\b(val_)?(\w+_)?(accuracy|mae|acc) .*\bval_loss\b|(^| |\/)(epoch_loss|epoch_val_loss)\b|\bkeras\b/i],
  ['optax', /\b(optax|flax|jax)\b/i],
  ['tfjs', /\btfjs\b/i],
];

/** The framework that a log names by its format or its columns, PyTorch where it names none. @param {LogRun} run */
export function guessFramework({ source, name, names }) {
  const marks = [source, name, ...names].join(' ');
  return MARKS.find(([, mark]) => mark.test(marks))?.[0] ?? 'torch';
}
