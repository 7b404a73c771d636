/** The table of units: what it says is what the parser takes, and what the editing of model texts goes by. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addNormalization, addResiduals, normalizeResiduals } from '../../web/engine/model_text/architecture_edits.js';
import { formatModel, parseModel } from '../../web/engine/model_text/model_text.js';
import { countBlocks, listVariations, placementOf } from '../../web/engine/model_text/norm_placement.js';
import { ACTIVATIONS, BRANCHES, NORMS, signatureOf, UNITS, WEIGHTS } from '../../web/engine/model_text/units.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** A unit with the least that must be written. @param {import('../../web/engine/model_text/units.js').Unit} unit */
function writeUnit({ name, role, arguments: all }) {
  if (role === 'branch') return `${name}(tanh)`;
  const required = all.filter((argument) => argument.required).map(({ min, max }) => Math.min(max, min + 2));
  return required.length ? `${name}(${required.join(', ')})` : name;
}

test('rows are complete, and what stands in for an argument that is left out may be written too', () => {
  for (const unit of UNITS) {
    assert.match(unit.name, /^[a-z][a-z0-9_]*$/);
    assert.ok(unit.help, unit.name);
    for (const [i, argument] of unit.arguments.entries()) {
      const said = `${unit.name}'s ${argument.name}`;
      const { min, max, required, default: value, same_as } = argument;
      assert.ok(argument.help && min < max, said);
      assert.equal([required, value !== null, same_as !== null].filter(Boolean).length, 1, said);
      if (value !== null) assert.ok(min <= value && value <= max, said);
      if (same_as)
        assert.ok(
          unit.arguments.slice(0, i).some(({ name }) => name === same_as),
          said,
        );
    }
  }
});

test('the parser takes every unit as the table has it, and nothing else', () => {
  for (const unit of UNITS) {
    const text = writeUnit(unit);
    assert.equal(engine.checkModel(text), null, text);
    assert.equal(formatModel(parseModel(text)), text.replaceAll(', ', ','));
    // Every argument by name, at both ends of its range.
    for (const end of /** @type {const} */ (['min', 'max'])) {
      if (unit.arguments.length === 0) continue;
      const named = unit.arguments.map((argument) => `${argument.name}=${argument[end]}`);
      assert.equal(engine.checkModel(`${unit.name}(${named.join(', ')})`), null, `${unit.name}(${named.join(', ')})`);
    }
    for (const argument of unit.arguments) {
      const others = unit.arguments.filter((other) => other.required && other !== argument);
      const rest = others.map((other) => `, ${other.name}=${other.max}`).join('');
      const beyond = engine.checkModel(`${unit.name}(${argument.name}=${argument.max + 1}${rest})`);
      assert.match(beyond?.message ?? '', new RegExp(`${unit.name}'s ${argument.name} must be`));
      if (argument.required) {
        assert.match(engine.checkModel(unit.name)?.message ?? '', new RegExp(`${unit.name} needs `));
      }
    }
    // What takes a model is a branch, and only that.
    const inside = engine.checkModel(`${unit.name}(tanh sigmoid)`);
    assert.equal(inside === null, unit.role === 'branch', unit.name);
  }
  assert.equal(signatureOf(UNITS[0]), 'linear(n, gain=1)');
});

test('an argument that is left out has its default, or the value of the one that it follows', () => {
  const shapesOf = (/** @type {string} */ model) => {
    const trainer = engine.createTrainer({ dataset: 'glyphs', samples: 20, model });
    const shapes = trainer.parameters.map(({ shape }) => [...shape]);
    trainer.dispose();
    return shapes;
  };
  assert.deepEqual(shapesOf('maxpool(3)'), shapesOf('maxpool(3, stride=3)'));
  assert.notDeepEqual(shapesOf('maxpool(3)'), shapesOf('maxpool(3, stride=2)'));
  assert.deepEqual(shapesOf('conv(2, 3)'), shapesOf('conv(2, 3, stride=1, pad=0)'));
});

test('every norm, activation, weight and branch of the table is one to the editing of model texts', () => {
  for (const norm of NORMS) {
    assert.equal(placementOf(`linear(8) residual(linear(8) relu linear(8) ${norm})`)?.id, 'last', norm);
    assert.equal(normalizeResiduals(`linear(8) residual(linear(8) ${norm})`), null, norm);
    assert.equal(addNormalization(`linear(8) ${norm} relu`), null, norm);
    const removal = listVariations(`linear(8) ${norm} relu`).find(({ label }) => label === 'Remove normalization');
    assert.equal(removal?.model, 'linear(8) relu', norm);
    // After a blank a bracket is a group: a norm can do without.
    assert.equal(formatModel(parseModel(`${norm} (linear(8))`)), `${norm} (linear(8))`);
  }
  for (const activation of ACTIVATIONS) {
    const added = addNormalization(`linear(8) ${activation}`);
    assert.equal(added?.model, `linear(8) layernorm ${activation}`);
    assert.ok(addResiduals(`linear(8) ${activation} linear(8) ${activation}`), activation);
  }
  for (const weight of UNITS.filter(({ role }) => role === 'weight')) {
    assert.ok(addNormalization(`${writeUnit(weight)} relu`), weight.name);
  }
  for (const branch of BRANCHES) assert.equal(countBlocks(`linear(8) ${branch}(linear(8))`), 1, branch);
  assert.ok(WEIGHTS.length > 0 && NORMS.length > 0 && ACTIVATIONS.length > 0 && BRANCHES.length > 0);
});
