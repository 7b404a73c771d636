/**
 * The options of the command line that are not settings of a run; its commands stand in command_fields.js.
 *
 * Settings (`--lr`, `--model` …) and the options of lr-find are not here: they come from the engine's own tables, as
 * they do for the page. Parsing and `--help` read these rows; an option is one row plus the code that uses it.
 */

import { defaultReading, READING_FIELDS } from '../engine/config/reading_fields.js';
import { FIELD_BY_NAME } from '../engine/config/schema.js';
import { THREADS_USEFUL } from '../engine/core/team.js';
import { SEEDS, WARMUP_MULTIPLE } from '../engine/study/judge/playbook.js';
import { PROCEDURES } from './command_fields.js';

/**
 * @typedef {'flag' | 'choice' | 'word' | 'int' | 'real' | 'reals' | 'text' | 'texts' | 'columns' | 'path' | 'change'} OptionKind
 *
 * @typedef {object} OptionField
 * @property {string[]} commands  where it is understood
 * @property {OptionKind} kind  choice: one of words, the first where it stands alone; word: one of words; real: above 0; reals: several of them, with commas; change: STEP:FIELD=VALUE; it and
 *   texts may be given several times; columns: likewise, and several words may follow one flag
 * @property {string} name  as in the options object; `auto_lr` is written --auto-lr
 * @property {string} [placeholder]  what stands for the value in the help
 * @property {any} default
 * @property {string[]} [words]  of a choice
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} help
 */

/** At once, of whatever a command has many of. @type {{ kind: 'int', name: string, placeholder: string, default: null, min: number, max: number }} */
const JOBS = { kind: 'int', name: 'jobs', placeholder: 'N', default: null, min: 1, max: 256 };

/** Of the settings: the gallery's entries have their own, but for this one. */
const ARITHMETIC = /** @type {import('../engine/config/schema_text.js').Field} */ (FIELD_BY_NAME.get('arithmetic'));

const RUNS = ['train', 'lr-find', 'sweep', 'slice', ...PROCEDURES];

/** @type {OptionField[]} */
export const OPTION_FIELDS = [
  {
    commands: RUNS,
    kind: 'path',
    name: 'data',
    placeholder: 'PATH',
    default: null,
    help: 'A folder with IDX files (plain or .gz), .npy arrays or PNG images in a folder for each class; or an .npz, .zip or CSV file; implies --dataset custom',
  },
  ...READING_FIELDS.map(({ label, ...field }) => ({
    ...field,
    commands: RUNS,
    default: defaultReading()[field.name],
  })),
  {
    commands: RUNS,
    kind: 'path',
    name: 'config',
    placeholder: 'FILE',
    default: null,
    help: 'Start from the settings of a RUN.jsonl or of a JSON file; flags win over it',
  },
  {
    commands: RUNS,
    kind: 'change',
    name: 'change',
    placeholder: 'STEP:FIELD=VALUE',
    default: [],
    help: 'Change a live setting before that step, as on the page; may be given several times',
  },
  {
    commands: ['train'],
    kind: 'choice',
    name: 'auto_lr',
    placeholder: 'on|tried|force',
    default: 'off',
    words: ['on', 'tried', 'force', 'off'],
    help: 'Run an LR range test first, try what it suggests in short runs, and train with its steepest descent, or with the rate that the tries find where they refute it; it refuses where the test is not clear or no rate learns. tried: train with what the tries find, clear or not. force: train with the steepest descent unchecked',
  },
  {
    commands: ['lr-find'],
    kind: 'flag',
    name: 'try',
    default: false,
    help: 'Train a short run with each suggestion and with neighbours of the best, and say what each costs against the lowest loss',
  },
  {
    commands: ['slice'],
    kind: 'int',
    name: 'step',
    placeholder: 'N',
    default: null,
    min: 0,
    max: 2 ** 31 - 1,
    help: 'Stop after so many steps, and look there; at the end of the run when left out',
  },
  {
    commands: ['train', 'lr-find', 'slice'],
    kind: 'path',
    name: 'weights',
    placeholder: 'IN.safetensors',
    default: null,
    help: 'Start from these weights instead of random ones',
  },
  {
    commands: ['train'],
    kind: 'path',
    name: 'save',
    placeholder: 'OUT.safetensors',
    default: null,
    help: 'Write the weights at the end',
  },
  {
    commands: ['train'],
    kind: 'path',
    name: 'out',
    placeholder: 'RUN.jsonl',
    default: null,
    help: 'Write every step, evaluation and event as a line of JSON',
  },
  {
    commands: ['sweep'],
    kind: 'texts',
    name: 'over',
    placeholder: 'SETTING=VALUES',
    default: [],
    help: 'What to vary: from:to:count is a logarithmic grid, a list with commas takes any values; may be given several times',
  },
  {
    commands: ['sweep'],
    kind: 'int',
    name: 'seeds',
    placeholder: 'N',
    default: SEEDS,
    min: 1,
    max: 1000,
    help: 'Train every point with seed, seed + 1, …',
  },
  {
    commands: PROCEDURES,
    kind: 'int',
    name: 'seeds',
    placeholder: 'N',
    default: SEEDS,
    min: 1,
    max: 100,
    help: 'Train everything with seed, seed + 1, …; medians and majorities decide',
  },
  {
    commands: PROCEDURES,
    kind: 'int',
    name: 'budget',
    placeholder: 'STEPS',
    default: null,
    min: 1,
    max: 1_000_000_000,
    help: 'Steps of training that the whole procedure may take; it says what it skips. As many as it needs when left out',
  },
  {
    commands: ['diagnose', 'warmup'],
    kind: 'int',
    name: 'multiple',
    placeholder: 'N',
    default: WARMUP_MULTIPLE,
    min: 1,
    max: 1000,
    help: 'The rate that warmup is to make stable, as a multiple of the unstable one: 10 or, as the playbook allows, 100',
  },
  {
    commands: ['probe'],
    kind: 'real',
    name: 'best_lr',
    placeholder: 'X',
    default: null,
    help: 'lr*, the best learning rate, where it is known; a sweep finds it when left out',
  },
  {
    commands: ['warmup'],
    kind: 'real',
    name: 'unstable_lr',
    placeholder: 'X',
    default: null,
    help: 'The lowest learning rate at which training is unstable, where it is known; a sweep finds it when left out',
  },
  {
    commands: ['warmup'],
    kind: 'reals',
    name: 'lengths',
    placeholder: 'N,N',
    default: [],
    help: 'Lengths of warmup to try, in steps; 10, 100, 1,000 … up to a tenth of the run when left out',
  },
  {
    commands: ['clip'],
    kind: 'reals',
    name: 'thresholds',
    placeholder: 'X,X',
    default: [],
    help: 'Thresholds to try; by default the percentile --clip-percentile of the unclipped norms, a third and a tenth of it',
  },
  {
    commands: ['clip'],
    kind: 'flag',
    name: 'variants',
    placeholder: 'on|off',
    default: true,
    help: 'Try adaptive clipping, clipping the update, and clipping outside of warmup only as well [on]',
  },
  {
    commands: ['compare'],
    kind: 'reals',
    name: 'range',
    placeholder: 'X,X',
    default: [],
    help: 'cyclical: the lowest and the highest rate, where they are known; a range test finds them when left out',
  },
  {
    commands: ['compare'],
    kind: 'reals',
    name: 'batches',
    placeholder: 'N,N',
    default: [],
    help: "batch: the sizes; a quarter of the settings' own, itself, 4 × and 16 × when left out",
  },
  {
    commands: PROCEDURES,
    kind: 'path',
    name: 'report',
    placeholder: 'FILE.html',
    default: null,
    help: 'Write a page that needs nothing else: what happened, with charts and the settings of every run',
  },
  {
    ...JOBS,
    commands: ['sweep', ...PROCEDURES, 'gallery'],
    help: 'Trials at once; as many as there are processor cores when left out',
  },
  {
    commands: ['train', 'lr-find', 'slice'],
    kind: 'int',
    name: 'threads',
    placeholder: 'N',
    default: null,
    min: 1,
    max: 256,
    help: `Threads that train together, which changes the speed and no bit; one a core, at most ${THREADS_USEFUL}, when left out`,
  },
  {
    commands: ['gallery'],
    kind: 'word',
    name: ARITHMETIC.name,
    placeholder: ARITHMETIC.options.map(({ name }) => name).join('|'),
    default: null,
    words: ARITHMETIC.options.map(({ name }) => String(name)),
    help: `Of all trainings: ${ARITHMETIC.help[0].toLowerCase()}${ARITHMETIC.help.slice(1)}`,
  },
  {
    commands: ['gallery'],
    kind: 'path',
    name: 'data',
    placeholder: 'PATH',
    default: null,
    help: 'The folder of Fashion-MNIST, for the entries that need it; with run, any entry is trained on these data',
  },
  {
    commands: ['gallery'],
    kind: 'int',
    name: 'seeds',
    placeholder: 'N',
    default: null,
    min: 1,
    max: 1000,
    help: 'How many seeds each cell is trained with; as many as the entry wants when left out',
  },
  {
    commands: ['gallery'],
    kind: 'flag',
    name: 'quick',
    default: false,
    help: 'The deciding cells only, and as few seeds as they allow',
  },
  {
    commands: ['bench'],
    kind: 'flag',
    name: 'quick',
    default: false,
    help: 'Fewer and shorter rounds, without a browser and without long training: about a minute',
  },
  {
    commands: ['bench'],
    kind: 'flag',
    name: 'growth',
    default: false,
    help: 'Instead, how the time of a step grows with batch, width, depth and data; draws tests/bench/growth.svg',
  },
  {
    commands: ['bench'],
    kind: 'text',
    name: 'peers',
    placeholder: 'LIST',
    default: 'tfjs,jax,torch,autograd',
    help: 'Whom to compare with, separated by commas; none measures Trainscope alone',
  },
  {
    commands: ['bench'],
    kind: 'text',
    name: 'works',
    placeholder: 'LIST',
    default: null,
    help: 'Which works, such as W1-adam,W3; all when left out',
  },
  {
    commands: ['bench'],
    kind: 'path',
    name: 'data',
    placeholder: 'PATH',
    default: null,
    help: 'The folder of Fashion-MNIST; drawn glyphs take its place where there is none',
  },
  {
    commands: ['ward'],
    kind: 'flag',
    name: 'quick',
    default: false,
    help: 'A few of them, which take seconds',
  },
  {
    commands: ['ward'],
    kind: 'text',
    name: 'only',
    placeholder: 'LIST',
    default: null,
    help: 'Those whose id has one of these words in it, such as rate_too_low,moons; all when left out',
  },
  {
    commands: ['ward'],
    kind: 'int',
    name: 'from',
    placeholder: 'N',
    default: 0,
    min: 0,
    max: 1_000_000_000,
    help: 'Add N to every seed and data seed: another ward of the same kind, which is verified first',
  },
  {
    ...JOBS,
    commands: ['ward'],
    help: 'How many are diagnosed at once, each on one core; as many as there are cores when left out',
  },
  {
    commands: ['ward'],
    kind: 'flag',
    name: 'verify',
    default: false,
    help: 'Only find out again, by a search around each, whether all are what they are said to be; keeps what it finds',
  },
  {
    commands: ['sweep'],
    kind: 'text',
    name: 'shard',
    placeholder: 'I/N',
    default: null,
    help: 'Only the I-th of N parts of the grid, for one machine of several; join their files with cat',
  },
  {
    commands: ['sweep'],
    kind: 'path',
    name: 'out',
    placeholder: 'FILE.jsonl',
    default: null,
    help: 'Append every finished trial as a line of JSON; trials that are in the file already are not repeated',
  },
  {
    commands: ['ward'],
    kind: 'path',
    name: 'out',
    placeholder: 'FILE.jsonl',
    default: null,
    help: 'Append everybody who is done as a line of JSON; who is in the file already is not diagnosed again',
  },
  {
    commands: ['data'],
    kind: 'text',
    name: 'from',
    placeholder: 'URL_OR_DIR',
    default: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
    help: 'Where the four files are: an address to download from, or a folder to copy from',
  },
  {
    commands: ['data'],
    kind: 'path',
    name: 'to',
    placeholder: 'DIR',
    default: null,
    help: "Where to put them; the project's own data folder when left out",
  },
  {
    commands: ['serve'],
    kind: 'int',
    name: 'port',
    placeholder: 'N',
    default: 8080,
    min: 0,
    max: 65535,
    help: 'The port to listen on; 0 picks a free one',
  },
  {
    commands: ['serve'],
    kind: 'text',
    name: 'allow_host',
    placeholder: 'NAME',
    default: null,
    help: 'Answer to this name too (several: with commas), where a proxy leads to this server; else to localhost only',
  },
  {
    commands: ['serve'],
    kind: 'text',
    name: 'frame_ancestors',
    placeholder: 'ORIGIN',
    default: null,
    help: 'Pages that may show this one in a frame, such as https://course.example.org (several: with commas); else none',
  },
  {
    commands: [...RUNS, 'gallery', 'layers', 'schema', 'data', 'bench', 'ward'],
    kind: 'flag',
    name: 'json',
    default: false,
    help: 'Print exactly one JSON object on standard output',
  },
  {
    commands: [...RUNS, 'gallery', 'layers', 'schema', 'data', 'bench', 'ward', 'serve'],
    kind: 'flag',
    name: 'help',
    default: false,
    help: 'Print this help',
  },
];
