/** Surfaces and races of update rules: against formulas written here in double, and against what each rule promises. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

const RULES = engine.schema.rules.filter((rule) => !rule.moves_matrices);

/** @param {string} rule @param {number} lr @param {Record<string, any>} [settings] */
const enter = (rule, lr, settings = {}) => ({ rule, lr, settings });

test('a surface is what its formula says', () => {
  const surface = engine.createSurface({ surface: 'rosenbrock' });
  const [x, y] = [0.4, -0.3];
  const point = surface.measure(x, y);
  const wall = y - x * x;
  assert.ok(Math.abs(point.value - ((1 - x) ** 2 + 100 * wall ** 2)) < 1e-12);
  assert.ok(Math.abs(point.gradient_x - (-2 * (1 - x) - 400 * x * wall)) < 1e-12);
  assert.ok(Math.abs(point.gradient_y - 200 * wall) < 1e-12);
  const map = surface.grid({ x: [0, 2], y: [-1, 0] }, 3, 2);
  const expected = [-1, 0].flatMap((row) =>
    [0, 1, 2].map((column) => Math.fround((1 - column) ** 2 + 100 * (row - column ** 2) ** 2)),
  );
  assert.deepEqual([...map], expected);
  surface.dispose();
  surface.dispose();
  assert.throws(() => surface.measure(0, 0), { code: 'disposed' });
});

test('sharpness is the largest eigenvalue, with a scale that of the scaled Hessian', () => {
  const surface = engine.createSurface({ surface: 'quadratic', lambda1: 2, lambda2: 30, angle: 25 });
  const point = surface.measure(1, 1);
  assert.ok(Math.abs(surface.sharpness(point) - 30) < 1e-5);
  const { hessian_xx: a, hessian_xy: b, hessian_yy: c } = point;
  // By power iteration on D H D.
  let [u, v] = [1, 1];
  let size = 0;
  for (let i = 0; i < 200; i++) {
    [u, v] = [9 * a * u + 3 * b * v, 3 * b * u + c * v];
    size = Math.hypot(u, v);
    [u, v] = [u / size, v / size];
  }
  assert.ok(Math.abs(surface.sharpness(point, [3, 1]) / size - 1) < 1e-9);
  surface.dispose();
});

test('sgd on the bowl is a power of 1 − ηλ, and the heavy ball its recurrence', () => {
  const [lr, gamma] = [0.13, 0.7];
  const [lambda1, lambda2] = [0.5, 9];
  const race = engine.createRace({
    surface: { lambda1, lambda2 },
    start: [3, -2],
    entries: [enter('sgd', lr), enter('momentum', lr, { momentum: gamma })],
  });
  race.advance(40);
  const [sgd, heavy] = race.racers;
  let [x, y, vx, vy] = [3, -2, 0, 0];
  for (let t = 0; t <= 40; t++) {
    const [sx, sy] = [3 * (1 - lr * lambda1) ** t, -2 * (1 - lr * lambda2) ** t];
    assert.ok(Math.abs(sgd.xs[t] - sx) < 2e-6 && Math.abs(sgd.ys[t] - sy) < 2e-6, `sgd at ${t}`);
    assert.ok(Math.abs(heavy.xs[t] - x) < 5e-6 && Math.abs(heavy.ys[t] - y) < 5e-6, `momentum at ${t}`);
    assert.ok(Math.abs(sgd.excess[t] - 0.5 * (lambda1 * sgd.xs[t] ** 2 + lambda2 * sgd.ys[t] ** 2)) < 1e-12);
    [vx, vy] = [gamma * vx + lambda1 * x, gamma * vy + lambda2 * y];
    [x, y] = [x - lr * vx, y - lr * vy];
  }
  const { limit, load, sharpness } = heavy.standing;
  assert.ok(Math.abs(limit - 3.4) < 1e-6 && Math.abs(sharpness - 9) < 1e-9 && Math.abs(load - lr * 9) < 1e-9);
  race.dispose();
});

test('beyond its limit a rule leaves the finite numbers, and stays at its last finite place', () => {
  for (const [factor, isStable] of /** @type {[number, boolean][]} */ ([
    [0.95, true],
    [1.3, false],
  ])) {
    for (const rule of ['sgd', 'momentum', 'nesterov']) {
      const trial = engine.createRace({ surface: { lambda2: 10 }, entries: [enter(rule, 1e-3)] });
      const { limit } = trial.racers[0].standing;
      trial.dispose();
      const race = engine.createRace({ surface: { lambda2: 10 }, entries: [enter(rule, (factor * limit) / 10)] });
      race.advance(2000);
      const [racer] = race.racers;
      assert.equal(racer.divergedAt === null, isStable, `${rule} at ${factor} of its limit`);
      assert.equal(race.isOver, !isStable);
      assert.ok([...racer.xs, ...racer.ys, ...racer.excess].every(Number.isFinite));
      if (isStable) assert.ok(racer.standing.excess < 1e-6);
      else assert.equal(racer.xs.length, racer.divergedAt);
      race.dispose();
    }
  }
});

test('the preconditioned sharpness climbs to the adaptive limit where Adam bounces', () => {
  // Cohen et al. 2022: Adam's v shrinks until η times the preconditioned sharpness stands at the limit.
  const race = engine.createRace({
    surface: { lambda1: 1, lambda2: 12 },
    entries: [enter('adam', 0.05, { beta1: 0.9, beta2: 0.99 })],
  });
  race.advance(1500);
  const loads = [];
  for (let i = 0; i < 400; i++) {
    race.advance();
    const { load, limit } = race.racers[0].standing;
    loads.push(load / limit);
  }
  loads.sort((a, b) => a - b);
  const median = loads[200];
  assert.ok(median > 0.7 && median < 1.4, `${median}`);
  race.dispose();
});

test('every rule gets down from the start of every surface at the rates of the table', () => {
  for (const { name, lr, adaptive, start } of engine.schema.surfaces) {
    const entries = RULES.map((rule) =>
      enter(rule.name, lr * (rule.divides_by_gradient && !rule.divides_later ? adaptive : 1)),
    );
    const race = engine.createRace({ surface: { surface: name }, entries });
    assert.deepEqual([race.racers[0].xs[0], race.racers[0].ys[0]], start.map(Math.fround));
    race.advance(2000);
    for (const { rule, excess, divergedAt } of race.racers) {
      // The product's start is beyond every gradient rule's edge: sgd is thrown to a flatter place, nesterov out of all.
      if (name === 'product' && rule === 'nesterov') continue;
      assert.equal(divergedAt, null, `${rule} on ${name}`);
      assert.ok((excess.at(-1) ?? 1) < 0.5 * excess[0], `${rule} on ${name}: ${excess[0]} to ${excess.at(-1)}`);
    }
    race.dispose();
  }
});

test('racers meet the same noise, and a race can be repeated bit for bit', () => {
  const run = (/** @type {number} */ noise_seed) => {
    const race = engine.createRace({
      surface: { grad_noise: 0.5, noise_seed },
      entries: [enter('sgd', 0.05), enter('adam', 0.05), enter('sgd', 0.05)],
    });
    race.advance(50);
    const trails = race.racers.map(({ xs, ys }) => [xs, ys]);
    race.dispose();
    return trails;
  };
  const [one, again, other] = [run(1), run(1), run(2)];
  assert.deepEqual(one, again);
  assert.deepEqual(one[0], one[2]);
  assert.notDeepEqual(one[0], other[0]);
});

test('what is wrong is one sentence, and frees what it took', () => {
  const { used } = engine.memory;
  assert.throws(() => engine.createSurface({ surface: 'rosenbrook' }), {
    field: 'surface',
    message: /mean rosenbrock\?/,
  });
  assert.throws(() => engine.createSurface({ lambda1: 0 }), { field: 'lambda1' });
  assert.throws(() => engine.createSurface({ lamda1: 1 }), { field: 'lamda1', message: /mean lambda1\?/ });
  assert.throws(() => engine.createRace({ entries: [enter('sgd', 1), enter('adma', 1)] }), { message: /mean adam\?/ });
  const surface = engine.createSurface();
  assert.throws(() => surface.grid({ x: [0, 1], y: [0, 1] }, 1, 5), { field: 'columns' });
  surface.dispose();
  assert.equal(engine.memory.used, used);
});
