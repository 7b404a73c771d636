/** What is trained, in a phrase: the data and the network, as they are. */

import { hasUnit, parseModel } from '../../engine/model_text/model_text.js';
import { count } from '../../engine/words/numbers.js';
import { plural } from '../../engine/words/sentences.js';

/**
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/run.js').Run} Run
 */

const NUMERALS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** What there is to learn of the generated sets whose label alone does not say it. @type {Record<string, (run: Run) => string>} */
const TASKS = {
  spiral: () => 'to tell two spirals apart',
  circle: () => 'to tell a disc from the ring around it',
  xor: () => 'to tell opposite corners from the others',
  blobs: ({ classes }) => `to tell ${numeral(classes)} clouds of points apart`,
  moons: () => 'to tell two moons apart',
  plane: () => 'to predict a number from two others',
  glyphs: ({ classes }) => `${numeral(classes)} shapes`,
  sort: ({ inForce }) => `to sort ${plural(Number(inForce.length), 'symbol')}`,
  reverse: ({ inForce }) => `to write ${plural(Number(inForce.length), 'symbol')} backwards`,
  addition: ({ inForce }) => `to add two numbers of ${plural(Number(inForce.length), 'digit')}`,
  recall: ({ inForce }) => `to recall five symbols after ${plural(Number(inForce.delay), 'blank')}`,
  sentences: () => 'small sentences, letter by letter',
};

/** Up to ten in letters. @param {number} amount */
function numeral(amount) {
  return NUMERALS[amount] ?? count(amount);
}

/** "ten shapes", "to tell two spirals apart", "the ten classes of Fashion-MNIST", "to predict “price” from 12 numbers". @param {Lab} lab @param {Run} run */
export function taskOf(lab, run) {
  const { dataset } = run.inForce;
  if (dataset !== 'custom') {
    const label = lab.field('dataset').options?.find(({ name }) => name === dataset)?.label ?? dataset;
    return TASKS[dataset]?.(run) ?? `the data set “${label}”`;
  }
  const data = lab.data.find(run.dataId);
  const name = data?.name ?? 'your data';
  // A text has no shape before a window of it is taken.
  if (data?.shape.length === 0) return `the text “${name}”, letter by letter`;
  const from = run.shape.length === 3 ? 'images' : plural(run.shape[0] ?? 0, 'number');
  if (data?.target) return `to predict “${data.target}” from ${from}`;
  return run.classes ? `the ${numeral(run.classes)} classes of ${name}` : `to predict the numbers of ${name}`;
}

/** "A convolutional network of 44,426 weights, 20,000 training images". @param {Lab} lab @param {Run} run */
export function networkInWords(lab, run) {
  const nodes = parseModel(lab.modelText(run.inForce, run.shape));
  const has = (/** @type {string} */ unit) => hasUnit(nodes, ({ name }) => name === unit);
  const isRecurrent = ['rnn', 'gru', 'lstm'].some(has);
  const kind = [
    isRecurrent ? 'recurrent' : '',
    has('residual') ? 'residual' : '',
    has('conv') ? 'convolutional' : '',
  ].filter(Boolean);
  const samples = run.shape.length === 3 ? 'image' : lab.data.isTokens(run.inForce) ? 'sequence' : 'sample';
  // Residual blocks are what makes one, too.
  const noun = has('attention') && !isRecurrent && !has('conv') ? 'transformer' : [...kind, 'network'].join(' ');
  return `A ${noun} of ${plural(run.parameters, 'weight')}, ${plural(run.trainCount, `training ${samples}`)}`;
}
