/** The options of `export` alone; option_fields.js has those that it shares with other commands. */

/** @type {import('../option_field.js').OptionField[]} */
export const EXPORT_OPTIONS = [
  {
    commands: ['export'],
    kind: 'word',
    name: 'part',
    placeholder: 'all|steps',
    default: 'all',
    words: ['all', 'steps'],
    help: 'all: a program of the whole experiment. steps: optimizer, schedule and clipping only, for a model and a loop of your own',
  },
  {
    commands: ['export'],
    kind: 'path',
    name: 'material',
    placeholder: 'OUT.safetensors',
    default: null,
    help: 'Write the first weights, the order of the batches and, where the program cannot read them itself, the samples: with them it trains what train trains',
  },
];
