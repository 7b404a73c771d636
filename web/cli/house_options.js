/** The options of the commands that look after the house: its phenomena, its speed, its patients, data and the page. */

import '../engine/config/help.js';
import { FIELD_BY_NAME } from '../engine/config/schema.js';
import { JOBS } from './option_field.js';

/** @typedef {import('./option_field.js').OptionField} OptionField */

/** Of the settings: the gallery's entries have their own, but for this one. */
const ARITHMETIC = /** @type {import('../engine/config/schema_text.js').Field} */ (FIELD_BY_NAME.get('arithmetic'));

/** @type {OptionField[]} */
export const HOUSE_OPTIONS = [
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
];
