/**
 * The commands of the command line, a row each; their options stand in option_fields.js and in the engine's tables.
 */

/**
 * @typedef {object} CommandField
 * @property {string} name
 * @property {string} summary
 * @property {string} [usage]  what follows the name in the help's first line
 * @property {string} [argument]  name of the positional argument, where there is one
 * @property {string} [subject]  name of a second one after it
 * @property {boolean} [paths]  whether it takes any number of paths instead
 * @property {boolean} settings  whether the settings of a run are options too
 * @property {'range_test' | 'slice'} [table]  schema table whose rows are options too, and win over settings of the same name
 */

/** @type {CommandField[]} */
export const COMMAND_FIELDS = [
  {
    name: 'train',
    summary: 'Train one run and report how it went',
    usage: '[--setting value …]',
    settings: true,
  },
  {
    name: 'lr-find',
    summary: 'LR range test: raise the learning rate in a short run and suggest one',
    usage: '[--setting value …]',
    settings: true,
    table: 'range_test',
  },
  {
    name: 'sweep',
    summary: 'Train a grid of settings with several seeds, and say which is best',
    usage: '--over lr=1e-4:1:9 [--over warmup_steps=0,100] [--setting value …], or --merge FILE…',
    settings: true,
  },
  {
    name: 'diagnose',
    summary: 'Find instability, name it, and try the playbook’s remedies',
    usage: '[--budget STEPS] [--report FILE.html] [--setting value …]',
    settings: true,
  },
  {
    name: 'probe',
    summary: 'Look for an early instability: 500 steps at twice the best rate, evaluated after every step',
    usage: '[--best-lr X] [--report FILE.html] [--setting value …]',
    settings: true,
  },
  {
    name: 'warmup',
    summary: 'Find the shortest warmup that carries training far beyond the unstable rate, and prepend it',
    usage: '[--unstable-lr X] [--multiple 10] [--report FILE.html] [--setting value …]',
    settings: true,
  },
  {
    name: 'clip',
    summary: 'Read a clipping threshold off the unclipped gradient norms, and try it and other ways to clip',
    usage: '[--thresholds X,X] [--variants off] [--report FILE.html] [--setting value …]',
    settings: true,
  },
  {
    name: 'compare',
    summary: 'Compare cyclical rates with fixed ones, or batch sizes before and after tuning, on any settings',
    usage: 'cyclical|batch [--range X,X] [--batches N,N] [--report FILE.html] [--setting value …]',
    argument: 'what to compare',
    settings: true,
  },
  {
    name: 'slice',
    summary: 'Train a run, then compute the loss around it, over a plane through the space of its weights',
    usage: '[--plane random] [--step N] [--setting value …]',
    settings: true,
    table: 'slice',
  },
  {
    name: 'export',
    summary: 'Print the settings as code for another framework, ready to run',
    usage:
      'torch|keras|optax|tfjs|lightning|huggingface [--part steps] [--material OUT.safetensors] [--setting value …]',
    argument: 'the framework',
    settings: true,
  },
  {
    name: 'inspect',
    summary: 'Read the log of a training by any program, and say what the playbook would say',
    usage: 'PATH… [--role loss=NAME …] [--classes N] [--for FRAMEWORK] [--report FILE.html]',
    paths: true,
    settings: false,
  },
  { name: 'layers', summary: 'List what a model text can be made of, with arguments', settings: false },
  { name: 'schema', summary: 'Print the tables of settings and measurements as JSON', settings: false },
  {
    name: 'data',
    summary: 'Get and verify a data set',
    usage: 'fashion-mnist',
    argument: 'the data set',
    settings: false,
  },
  {
    name: 'gallery',
    summary: 'Show, run and check the gallery: phenomena of training as small experiments',
    usage: '[list | run ID | check [ID]]',
    argument: 'what to do',
    subject: 'the entry',
    settings: false,
  },
  {
    name: 'bench',
    summary: 'Measure Trainscope’s speed and that of others at the same works',
    usage: '[--quick] [--peers LIST]',
    settings: false,
  },
  {
    name: 'ward',
    summary: 'Diagnose settings of which is known what is wrong with them, and say how often the diagnosis is right',
    usage: '[--quick] [--only LIST] [--from N] [--out FILE.jsonl]',
    settings: false,
  },
  { name: 'serve', summary: 'Serve the page, with the headers that threads need', settings: false },
];

/** The playbook's procedures: the whole, and its parts on their own. */
export const PROCEDURES = ['diagnose', 'probe', 'warmup', 'clip', 'compare'];

/** Commands that train many runs, on several threads. The ward's diagnoses are programs of their own. */
export const STUDIES = ['sweep', ...PROCEDURES, 'gallery'];
