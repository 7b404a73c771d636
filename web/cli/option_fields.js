/**
 * The tables of the command line: its commands, and the options that are not settings of a run.
 *
 * Settings (`--lr`, `--model` …) and the options of lr-find are not here: they come from the engine's own tables, as
 * they do for the page. Parsing and `--help` read these rows; an option is one row plus the code that uses it.
 */

/**
 * @typedef {'flag' | 'int' | 'text' | 'path' | 'change'} OptionKind
 *
 * @typedef {object} OptionField
 * @property {string[]} commands  where it is understood
 * @property {OptionKind} kind  change: STEP:FIELD=VALUE, may be given several times
 * @property {string} name  as in the options object; `auto_lr` is written --auto-lr
 * @property {string} [placeholder]  what stands for the value in the help
 * @property {any} default
 * @property {number} [min]
 * @property {number} [max]
 * @property {string} help
 *
 * @typedef {object} CommandField
 * @property {string} name
 * @property {string} summary
 * @property {string} [usage]  what follows the name in the help's first line
 * @property {string} [argument]  name of the one positional argument, where there is one
 * @property {boolean} settings  whether the settings of a run are options too
 * @property {'range_test'} [table]  schema table whose rows are options too, and win over settings of the same name
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
  { name: 'schema', summary: 'Print the tables of settings and measurements as JSON', settings: false },
  {
    name: 'data',
    summary: 'Get and verify a data set',
    usage: 'fashion-mnist',
    argument: 'the data set',
    settings: false,
  },
  { name: 'serve', summary: 'Serve the page, with the headers that threads need', settings: false },
];

const RUNS = ['train', 'lr-find'];

/** @type {OptionField[]} */
export const OPTION_FIELDS = [
  {
    commands: RUNS,
    kind: 'path',
    name: 'data',
    placeholder: 'PATH',
    default: null,
    help: 'A folder with IDX files (plain or .gz), or a CSV file; implies --dataset custom',
  },
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
    kind: 'flag',
    name: 'auto_lr',
    default: false,
    help: 'Run an LR range test first, and train with the rate of its steepest descent',
  },
  {
    commands: ['train'],
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
    commands: ['train', 'lr-find', 'schema', 'data'],
    kind: 'flag',
    name: 'json',
    default: false,
    help: 'Print exactly one JSON object on standard output',
  },
  {
    commands: ['train', 'lr-find', 'schema', 'data', 'serve'],
    kind: 'flag',
    name: 'help',
    default: false,
    help: 'Print this help',
  },
];
