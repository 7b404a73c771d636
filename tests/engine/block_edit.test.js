/** Residual blocks of a model's text: every placement from every other, read back, and accepted by the engine. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addNormalization,
  addResiduals,
  normalizeResiduals,
  startBranchesAtZero,
} from '../../web/engine/model_text/architecture_edits.js';
import { formatModel, parseModel } from '../../web/engine/model_text/model_text.js';
import {
  countBlocks,
  listVariations,
  PLACEMENTS,
  placementOf,
  placeNorms,
} from '../../web/engine/model_text/norm_placement.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** The same network of three blocks, as one would write it by hand. */
const BY_HAND = {
  last: 'linear(8) residual(linear(8) relu linear(8) layernorm)*3',
  first: 'linear(8) residual(layernorm linear(8) relu linear(8))*3',
  after: 'linear(8) (residual(linear(8) relu linear(8)) layernorm)*3',
  rezero: 'linear(8) rezero(linear(8) relu linear(8))*3',
  bare: 'linear(8) residual(linear(8) relu linear(8))*3',
  none: 'linear(8) (linear(8) relu linear(8))*3',
};

test('every placement becomes every other', () => {
  for (const [from, text] of Object.entries(BY_HAND)) {
    assert.equal(placementOf(text)?.id, from);
    for (const { id } of PLACEMENTS) assert.equal(placeNorms(text, id), BY_HAND[id], `${from} to ${id}`);
  }
});

test('the engine accepts what comes out, and it is another network', () => {
  const figures = PLACEMENTS.map(({ id }) => {
    const { config, problems } = engine.parseConfig({
      dataset: 'moons',
      model: placeNorms(BY_HAND.bare, id),
      steps: 2,
    });
    assert.deepEqual(problems, [], id);
    const trainer = engine.createTrainer(config);
    trainer.step(2);
    const digest = trainer.digest();
    trainer.dispose();
    return digest;
  });
  assert.equal(new Set(figures).size, PLACEMENTS.length);
});

test('the kind of norm, norms between layers, and what is no block stay', () => {
  const text = 'conv(8,3,pad=1) residual(relu conv(8,3,pad=1) batchnorm relu conv(8,3,pad=1) batchnorm)*4 relu';
  assert.equal(
    placeNorms(text, 'first'),
    'conv(8,3,pad=1) residual(batchnorm relu conv(8,3,pad=1) batchnorm relu conv(8,3,pad=1))*4 relu',
  );
  // A norm after the last of many blocks is the network's own, not a placement.
  const preNorm = 'linear(8) residual(layernorm linear(8) relu)*2 layernorm';
  assert.equal(placementOf(preNorm)?.id, 'first');
  assert.equal(placeNorms(preNorm, 'last'), 'linear(8) residual(linear(8) relu layernorm)*2 layernorm');
  assert.equal(placementOf('linear(8) relu linear(8)'), null);
  assert.equal(countBlocks('linear(8) relu linear(8)'), 0);
  assert.equal(placementOf('linear(8) residual(linear(8)) rezero(linear(8))'), null);
  assert.equal(countBlocks('linear(8) residual(linear(8)) rezero(linear(8))'), 2);
  assert.equal(placementOf(''), null);
});

test('a text without blocks can be given some, or normalization, or be rid of it', () => {
  assert.deepEqual(
    listVariations('linear(8) relu linear(8) relu').map(({ label }) => label),
    ['Add normalization', 'Add residual connections'],
  );
  assert.deepEqual(listVariations('conv(4,3) layernorm relu linear(8) batchnorm relu'), [
    { label: 'Remove normalization', model: 'conv(4,3) relu linear(8) relu' },
  ]);
  assert.deepEqual(listVariations(''), []);
});

test('a text that is taken apart and put together is the same network, however it was written', () => {
  const describe = (/** @type {string} */ model) => {
    const trainer = engine.createTrainer({ dataset: 'moons', samples: 20, model });
    const tensors = trainer.parameters.map(({ name, shape }) => [name, ...shape]);
    trainer.dispose();
    return tensors;
  };
  const blocks = [
    'linear(8) relu (linear(8) relu)*3 linear(4)',
    'linear (8) layernorm\n(linear(8) tanh)* 2 # deep\nleakyrelu(0.2) dropout (0.1)',
    'linear(8) leakyrelu # a comment, then a group\n(linear(8, gain=0.5) gelu)*2',
    'linear(8) relu(linear(8) relu)*2',
    '((linear(4) tanh)*2 relu * 3) *2 ()*5 (# here too\n) residual()',
    'linear(8) residual (linear(8) relu linear(8))*2 layernorm (rezero (linear(8)))',
  ];
  for (const text of blocks) {
    if (engine.checkModel(text)) continue; // Not every form that one might write is one.
    assert.deepEqual(describe(formatModel(parseModel(text))), describe(text), text);
    for (const edit of [addNormalization, addResiduals, normalizeResiduals, startBranchesAtZero]) {
      const edited = edit(text);
      if (edited) assert.equal(engine.checkModel(edited.model), null, `${edit.name}: ${text} became ${edited.model}`);
    }
  }
  assert.equal(
    addNormalization('linear(16) relu (linear(16) relu)*3 linear(8)')?.model,
    'linear(16) layernorm relu (linear(16) layernorm relu)*3 linear(8)',
  );
});
