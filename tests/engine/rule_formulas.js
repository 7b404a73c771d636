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
};
RULES.adamw = RULES.adam;

/** @param {Numbers} s @param {number} g @param {Numbers} c */
function moments(s, g, c) {
  s.m = c.beta1 * (s.m ?? 0) + (1 - c.beta1) * g;
  s.v = c.beta2 * (s.v ?? 0) + (1 - c.beta2) * g * g;
}

/** @param {number} t @param {Numbers} c */
function bias(t, c) {
  return Math.sqrt(1 - c.beta2 ** (t + 1)) / (1 - c.beta1 ** (t + 1));
}
