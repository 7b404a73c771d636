/** The update rules as the playbook and their papers print them, in double: what the C core is held to. */

/**
 * @typedef {Record<string, number>} Numbers
 * @typedef {(s: Numbers, g: number, lr: number, t: number, c: Numbers) => number} Rule  what theta loses in a step
 */

/** One element, its state s, t from 0, settings c. @type {Record<string, Rule>} */
export const RULES = {
  sgd: (_s, g, lr) => lr * g,
  momentum: (s, g, lr, _t, c) => {
    s.v = c.momentum * (s.v ?? 0) + g;
    return lr * s.v;
  },
  nesterov: (s, g, lr, _t, c) => {
    s.v = c.momentum * (s.v ?? 0) + g;
    return lr * (c.momentum * s.v + g);
  },
  rmsprop: (s, g, lr, _t, c) => {
    s.v = c.rho * (s.v ?? 1) + (1 - c.rho) * g * g;
    s.m = c.momentum * (s.m ?? 0) + (lr * g) / Math.sqrt(s.v + c.epsilon);
    return s.m;
  },
  adam: (s, g, lr, t, c) => {
    moments(s, g, c);
    return (lr * bias(t, c) * s.m) / (Math.sqrt(s.v) + c.epsilon);
  },
  nadam: (s, g, lr, t, c) => {
    moments(s, g, c);
    return (lr * bias(t, c) * (c.beta1 * s.m + (1 - c.beta1) * g)) / (Math.sqrt(s.v) + c.epsilon);
  },
  adadelta: (s, g, lr, _t, c) => {
    s.v = c.rho * (s.v ?? 0) + (1 - c.rho) * g * g;
    const step = (g * Math.sqrt((s.u ?? 0) + c.epsilon)) / Math.sqrt(s.v + c.epsilon);
    s.u = c.rho * (s.u ?? 0) + (1 - c.rho) * step * step;
    return lr * step;
  },
  radam: (s, g, lr, t, c) => {
    moments(s, g, c);
    const [n, longest] = [t + 1, 2 / (1 - c.beta2) - 1];
    // 2 n β₂ⁿ / (1 − β₂ⁿ), with digits left where β₂ is near 1.
    const length = longest - (2 * n) / Math.expm1(-n * Math.log(c.beta2));
    if (!(length > 5)) return (lr * s.m) / (1 - c.beta1 ** n);
    const squared = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
    return (lr * Math.sqrt(squared) * bias(t, c) * s.m) / (Math.sqrt(s.v) + c.epsilon);
  },
  lion: (s, g, lr, _t, c) => {
    const mean = c.beta1 * (s.m ?? 0) + (1 - c.beta1) * g;
    s.m = c.beta2 * (s.m ?? 0) + (1 - c.beta2) * g;
    return lr * Math.sign(mean);
  },
  // Of what is no matrix.
  muon: (s, g, lr, t, c) => RULES.adam(s, g, lr * (c.adamw_ratio ?? 0.015), t, c),
};
RULES.adamw = RULES.adam;

/**
 * What the tensors of a network lose in a step, one after the other: of Muon's matrices as a whole, else number by number.
 *
 * @param {string} name  of the rule
 * @param {{ name: string, shape: number[] }[]} tensors  of the network
 * @param {Numbers[]} states  one for each number
 * @param {number[]} gradient
 * @param {number} lr
 * @param {number} t
 * @param {Numbers} c
 */
export function networkSteps(name, tensors, states, gradient, lr, t, c) {
  let at = 0;
  return tensors.flatMap(({ name: tensor, shape }) => {
    const end = at + shape.reduce((product, n) => product * n, 1);
    const [s, g] = [states.slice(at, end), gradient.slice(at, end)];
    at = end;
    if (name === 'muon' && shape.length >= 2 && !tensor.startsWith('out.'))
      return muonDirection(s, g, shape, c.momentum).map((x) => lr * x);
    return g.map((x, i) => RULES[name](s[i], x, lr, t, c));
  });
}

/**
 * What Muon moves a matrix along: the reference code, muon.py of Jordan et al. 2024.
 *
 * @param {Numbers[]} states
 * @param {number[]} gradient  row by row
 * @param {number[]} shape
 * @param {number} beta
 */
export function muonDirection(states, gradient, shape, beta) {
  const mean = gradient.map((g, i) => {
    states[i].m = beta * (states[i].m ?? 0) + (1 - beta) * g;
    return beta * states[i].m + (1 - beta) * g;
  });
  const [rows, columns] = [shape[0], gradient.length / shape[0]];
  const wide = Array.from({ length: rows }, (_, i) => mean.slice(i * columns, (i + 1) * columns));
  const norm = Math.hypot(...mean) + 1e-7;
  let x = (rows > columns ? transpose(wide) : wide).map((row) => row.map((value) => value / norm));
  for (let step = 0; step < 5; step++) {
    const square = multiply(x, transpose(x));
    const fourth = multiply(square, square);
    const inner = square.map((row, i) => row.map((a, j) => -4.775 * a + 2.0315 * fourth[i][j]));
    const added = multiply(inner, x);
    x = x.map((row, i) => row.map((value, j) => 3.4445 * value + added[i][j]));
  }
  const [height, width] = shape.slice(-2);
  const factor = Math.sqrt(Math.max(1, height / width));
  return (rows > columns ? transpose(x) : x).flat().map((value) => factor * value);
}

/** @param {number[][]} a */
const transpose = (a) => a[0].map((_, j) => a.map((row) => row[j]));

/** @param {number[][]} a @param {number[][]} b */
const multiply = (a, b) => a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));

/** @param {Numbers} s @param {number} g @param {Numbers} c */
function moments(s, g, c) {
  s.m = c.beta1 * (s.m ?? 0) + (1 - c.beta1) * g;
  s.v = c.beta2 * (s.v ?? 0) + (1 - c.beta2) * g * g;
}

/** @param {number} t @param {Numbers} c */
function bias(t, c) {
  return Math.sqrt(1 - c.beta2 ** (t + 1)) / (1 - c.beta1 ** (t + 1));
}
