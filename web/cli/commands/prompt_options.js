/** The options of `train` for a network that goes on with a prompt; option_fields.js has its others. */

import { NEW_TOKENS, NEW_TOKENS_MAX } from '../../engine/run/sequences/generation.js';

/** @type {import('../option_field.js').OptionField[]} */
export const PROMPT_OPTIONS = [
  {
    commands: ['train'],
    kind: 'text',
    name: 'prompt',
    placeholder: 'TEXT',
    default: null,
    help: 'At the end, say how a network that reads tokens goes on with this; of a task it is all that stands before the answer',
  },
  {
    commands: ['train'],
    kind: 'int',
    name: 'max_new_tokens',
    placeholder: 'N',
    default: null,
    min: 1,
    max: NEW_TOKENS_MAX,
    help: `How many tokens follow the prompt, of a task never more than the answer; ${NEW_TOKENS} when left out`,
  },
  {
    commands: ['train'],
    kind: 'real',
    name: 'temperature',
    placeholder: 'X',
    default: null,
    help: 'Draw each token from softmax(outputs / X), by random numbers of --seed; the likeliest one when left out',
  },
];
