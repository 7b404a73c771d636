/** An experiment as text: what the command line trains of a text is what the page reads in it, and faults have their line. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseArguments } from '../../web/cli/arguments.js';
import { COMMAND_FIELDS } from '../../web/cli/command_fields.js';
import { defaultConfig, parseSettings } from '../../web/engine/config/config.js';
import { listFlags } from '../../web/engine/config/config_text.js';
import { joinFlags, readExperiment } from '../../web/engine/config/flag_text.js';
import { SCHEMA } from '../../web/engine/config/schema.js';

/** Values that are hard to write. */
const HARD = {
  ...defaultConfig(),
  dataset: 'glyphs',
  model: 'conv(8,3)\nrelu # it\'s "one" \\ two',
  lr: 1e-7,
  standardize: false,
  clip: 'norm',
  changes: [
    { step: 10, field: 'lr', value: 0.5 },
    { step: 10, field: 'clip', value: 'off' },
    { step: 400, field: 'clip_norm', value: 2 },
  ],
};

test('what is written is read back, whatever stands in it', () => {
  const config = /** @type {import('../../web/engine/config/config.js').Config} */ (/** @type {unknown} */ (HARD));
  const text = joinFlags(listFlags(config));
  const { config: back, problems } = readExperiment(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(back, config);
  assert.deepEqual(readExperiment('').config, defaultConfig());
});

test('a shell and the command line take the same of it', () => {
  const config = /** @type {import('../../web/engine/config/config.js').Config} */ (/** @type {unknown} */ (HARD));
  const text = joinFlags([...listFlags(config), '--target "a b"', '--ignore x y', '--transpose']);
  const shell = execFileSync('/bin/sh', ['-c', `trainscope() { printf '%s\\0' "$@"; }\n${text}`]).toString();
  const [name, ...words] = shell.split('\0').slice(0, -1);
  const command = COMMAND_FIELDS.find((row) => row.name === name);
  assert.ok(command);
  const { options, settings } = parseArguments(command, words, SCHEMA);
  const experiment = readExperiment(text);
  assert.deepEqual(experiment.problems, []);
  assert.deepEqual(parseSettings({ ...settings, changes: options.change }).config, experiment.config);
  assert.deepEqual(experiment.reading, { target: 'a b', task: null, ignore: ['x,y'], transpose: true });
  assert.deepEqual([options.target, options.ignore, options.transpose], ['a b', ['x', 'y'], true]);
});

test('what is wrong is one sentence with the line where it stands', () => {
  /** @type {[text: string, line: number, message: RegExp][]} */
  const wrong = [
    ['trainscope train \\\n  --lr 0.1 \\\n  --batch many', 3, /^batch must be a whole number between/],
    ['--lr 0.1\n--warmup_step 10', 2, /^There is no flag "--warmup_step": did you mean --warmup-steps\?$/],
    ['--lr', 1, /^--lr needs a value\.$/],
    ['--lr --batch 8', 1, /^--lr needs a value\.$/],
    ['--lr 0.1 0.2', 1, /^“0\.2” stands alone/],
    ["--dataset spiral\n--model 'linear(8)\ntanh\n--lr 1", 2, /^A ' opens here and is never closed\.$/],
    ["--model 'linear(8)\ntanh'\n--lr x", 3, /^lr must be between/],
    ['--change 10:lr=0.1\n--change 20:batch=3', 2, /batch cannot change on a running training/],
    ['--change soon', 1, /is not of the form step:setting=value/],
    ['--task guess --data a.csv', 1, /^--task cannot be “guess”\.$/],
    ['--lr 1\n--data a.csv --dataset spiral', 2, /^--data means data of your own/],
    ['--__proto__ 1', 1, /^There is no flag "--__proto__"/],
  ];
  for (const [text, line, message] of wrong) {
    const [first] = readExperiment(text).problems;
    assert.match(first?.message ?? 'nothing is wrong', message, text);
    assert.equal(first.line, line, text);
  }
});

test('the ways in which one writes it: comments, one line, =, names of a checkout, data and weights', () => {
  const { config, problems, data, weights, lines } = readExperiment(
    'node web/cli.js train --data=data/my-set   # the cats\n--weights "old run.safetensors" --lr=.5 --cycle_momentum --batch 0',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual([data, weights], ['data/my-set', 'old run.safetensors']);
  assert.deepEqual([config.dataset, config.lr, config.cycle_momentum, config.batch], ['custom', 0.5, true, 0]);
  assert.deepEqual([lines.get('data'), lines.get('lr')], [1, 2]);
});
