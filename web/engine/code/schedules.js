/**
 * The schedules as formulas for other languages. Names in capitals are settings; t counts from the first step after
 * warmup. The figures are those of src/optim/schedule.c, to which tests hold them.
 */

import { totalSteps } from '../config/config.js';

/**
 * @typedef {{ name: string, is: string }} Local
 * @typedef {{ when?: string, is: string }} Case  the first whose condition holds; the last has none
 * @typedef {{ locals: Local[], cases: Case[], settings: string[], says: string }} Formula  settings: that it names
 */

/** How far the run is along its steps after warmup. */
const PROGRESS = { name: 'x', is: 'min(1, t / STEPS)' };

/** Half a wave. @param {string} from @param {string} to @param {string} x */
const cosine = (from, to, x) => `${to} + (${from} - ${to}) * 0.5 * (1 + cos(pi * ${x}))`;

/** Of 1cycle: up, then down. @param {string} start @param {string} top @param {string} end @returns {Case[]} */
const oneCycle = (start, top, end) => [
  { when: 'x < 0.3', is: cosine(start, top, 'x / 0.3') },
  { is: cosine(top, end, '(x - 0.3) / 0.7') },
];

/** Up and down in straight lines. @param {string} height @returns {Pick<Formula, 'locals' | 'cases'>} */
const triangle = (height) => ({
  locals: [{ name: 'x', is: '2 * (t % CYCLE_STEPS) / CYCLE_STEPS' }],
  cases: [{ is: `LR_MIN + ${height} * min(x, 2 - x)` }],
});

/** Of a range test: from the second step on, one ahead. */
const GRID = { name: 'x', is: 'min(1, (t + 1) / STEPS) * min(1, t)' };

/** @type {Record<string, Formula>} */
const SCHEDULES = {
  constant: { locals: [], cases: [{ is: 'LR' }], settings: [], says: 'constant' },
  linear: {
    locals: [PROGRESS],
    cases: [{ is: 'LR + (LR_MIN - LR) * x' }],
    settings: ['steps', 'lr_min'],
    says: 'linear decay',
  },
  cosine: {
    locals: [PROGRESS],
    cases: [{ is: cosine('LR', 'LR_MIN', 'x') }],
    settings: ['steps', 'lr_min'],
    says: 'half a cosine wave',
  },
  step: {
    locals: [],
    cases: [{ is: 'LR * DECAY_RATE ** floor(t / DECAY_STEPS)' }],
    settings: ['decay_rate', 'decay_steps'],
    says: 'steps down',
  },
  exponential: {
    locals: [],
    cases: [{ is: 'LR * DECAY_RATE ** (t / DECAY_STEPS)' }],
    settings: ['decay_rate', 'decay_steps'],
    says: 'exponential decay',
  },
  triangular: { ...triangle('(LR - LR_MIN)'), settings: ['lr_min', 'cycle_steps'], says: 'triangles' },
  triangular2: {
    ...triangle('(LR - LR_MIN) * 0.5 ** floor(t / CYCLE_STEPS)'),
    settings: ['lr_min', 'cycle_steps'],
    says: 'triangles, each half as high as the one before',
  },
  exp_range: {
    ...triangle('(LR - LR_MIN) * CYCLE_GAMMA ** t'),
    settings: ['lr_min', 'cycle_steps', 'cycle_gamma'],
    says: 'triangles that fade',
  },
  onecycle: {
    locals: [PROGRESS],
    cases: oneCycle('LR / 25', 'LR', 'LR / 1e5'),
    settings: ['steps'],
    says: '1cycle',
  },
  range_linear: {
    locals: [GRID],
    cases: [{ is: 'LR_MIN + x * (LR - LR_MIN)' }],
    settings: ['steps', 'lr_min'],
    says: 'the linear grid of a range test',
  },
  range_exponential: {
    locals: [GRID],
    cases: [{ is: 'LR_MIN * (LR / LR_MIN) ** x' }],
    settings: ['steps', 'lr_min'],
    says: 'the exponential grid of a range test',
  },
};

/** The names of the schedules that have a formula here. */
export const SCHEDULES_KNOWN = Object.keys(SCHEDULES);

/** @param {import('../config/config.js').Config} config @returns {Formula} */
export function rateFormula({ schedule, steps }) {
  return withoutSteps(SCHEDULES[schedule], steps);
}

/** Of a run that ends with its warmup only the schedule's first rate counts. @param {Formula} formula @param {number} steps @returns {Formula} */
function withoutSteps(formula, steps) {
  if (steps > 0) return formula;
  return {
    ...formula,
    locals: formula.locals.map(({ name, is }) => ({ name, is: /\bSTEPS\b/.test(is) ? '0' : is })),
  };
}

/**
 * Momentum, or β₁, at the steps of a 1cycle that moves it; null where it stays.
 *
 * @param {import('../config/config.js').Config} config
 * @param {'momentum' | 'beta1'} name  of the setting that it starts from
 * @returns {Formula | null}
 */
export function momentumFormula(config, name) {
  const moves = config.schedule === 'onecycle' && config.cycle_momentum && config[name] >= config.momentum_low;
  if (!moves) return null;
  const own = name.toUpperCase();
  return {
    locals: [PROGRESS],
    cases: oneCycle(own, 'MOMENTUM_LOW', own),
    settings: ['steps', 'momentum_low'],
    says: name,
  };
}

/** Whether the rate is the same at every step. @param {import('../config/config.js').Config} config */
export function isConstant({ schedule, warmup_steps }) {
  return schedule === 'constant' && warmup_steps === 0;
}

/** Of a whole run. @param {import('../config/config.js').Config} config */
export function saySchedule(config) {
  const { warmup_steps } = config;
  const { says } = rateFormula(config);
  const head = warmup_steps > 0 ? `${warmup_steps} steps of linear warmup, then ` : '';
  return `${head}${says}, ${totalSteps(config)} steps in all`;
}
