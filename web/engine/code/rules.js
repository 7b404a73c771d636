/**
 * The update rules as formulas for other languages, of one parameter theta with the gradient g. Other names are what the
 * rule keeps, or numbers: lr, the settings that it uses, and t, which counts its steps from 1. Tests hold each to the
 * core's own step.
 */

/**
 * @typedef {object} RuleFormula
 * @property {{ name: string, start: number }[]} keeps  per weight
 * @property {{ name: string, is: string }[]} numbers  made of the settings and t, before any parameter
 * @property {{ name: string, is: string }[]} steps  the last gives theta
 */

/** @param {string} text  "v = …; theta = …" */
const read = (text) =>
  text.split('; ').map((part) => {
    const [name, is] = part.split(' = ');
    return { name, is };
  });

const FIRST = 'm = beta1 * m + (1 - beta1) * g';
const SECOND = 'v = beta2 * v + (1 - beta2) * g * g';
const MEAN = 'v = rho * v + (1 - rho) * g * g';
const CORRECTION = 'correction = sqrt(1 - beta2 ** t) / (1 - beta1 ** t)';

/** RAdam's: how long the mean of squares is, whether it can be divided by yet, and what a step is multiplied by. */
const RECTIFICATION = [
  'longest = 2 / (1 - beta2) - 1',
  'length = longest - 2 * t * beta2 ** t / (1 - beta2 ** t)',
  'late = length > 5 ? 1 : 0',
  'early = 1 / (1 - beta1 ** t)',
  'rectified = length > 5 ? sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)) : 1',
  'factor = length > 5 ? early * rectified * sqrt(1 - beta2 ** t) : early',
].join('; ');

/** @param {string} steps @param {Record<string, number>} [keeps] @param {string} [numbers] @returns {RuleFormula} */
const rule = (steps, keeps = {}, numbers = '') => ({
  keeps: Object.entries(keeps).map(([name, start]) => ({ name, start })),
  numbers: numbers === '' ? [] : read(numbers),
  steps: read(steps),
});

const ADAM = rule(
  `${FIRST}; ${SECOND}; theta = theta - lr * correction * m / (sqrt(v) + epsilon)`,
  { m: 0, v: 0 },
  CORRECTION,
);

/** @type {Record<string, RuleFormula>} */
export const RULE_FORMULAS = {
  sgd: rule('theta = theta - lr * g'),
  momentum: rule('v = momentum * v + g; theta = theta - lr * v', { v: 0 }),
  nesterov: rule('v = momentum * v + g; theta = theta - lr * (momentum * v + g)', { v: 0 }),
  rmsprop: rule(`${MEAN}; m = momentum * m + lr * g / sqrt(v + epsilon); theta = theta - m`, { v: 1, m: 0 }),
  adam: ADAM,
  adamw: ADAM,
  nadam: rule(
    `${FIRST}; ${SECOND}; theta = theta - lr * correction * (beta1 * m + (1 - beta1) * g) / (sqrt(v) + epsilon)`,
    { m: 0, v: 0 },
    CORRECTION,
  ),
  adadelta: rule(
    `${MEAN}; delta = g * sqrt(u + epsilon) / sqrt(v + epsilon); u = rho * u + (1 - rho) * delta * delta; theta = theta - lr * delta`,
    { v: 0, u: 0 },
  ),
  radam: rule(
    `${FIRST}; ${SECOND}; theta = theta - lr * factor * m / (late * (sqrt(v) + epsilon) + (1 - late))`,
    { m: 0, v: 0 },
    RECTIFICATION,
  ),
  lion: rule('c = beta1 * m + (1 - beta1) * g; theta = theta - lr * sign(c); m = beta2 * m + (1 - beta2) * g', {
    m: 0,
  }),
};
