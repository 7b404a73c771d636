/**
 * Which column of a log plays which role: guessed from names and, where these leave a choice, from values; said by the
 * reader where the guess is wrong.
 */

import { nearestName } from '../config/names.js';
import { argumentError } from '../core/arguments.js';
import { list } from '../words/sentences.js';
import { classify, wordsOf } from './names.js';

/**
 * @typedef {import('./columns.js').Column} Column
 * @typedef {'loss' | 'val_loss' | 'lr' | 'grad_norm' | 'reward'} Role
 * @typedef {Partial<Record<Role | 'step', string>>} ChosenRoles  names of columns, as somebody said them
 *
 * @typedef {'adversarial' | 'reinforcement'} Game  two networks that play against each other; policies, whose data change with them
 *
 * @typedef {object} Assigned
 * @property {Partial<Record<Role, Column>>} columns
 * @property {string[]} notes
 * @property {Game | null} game
 * @property {number | null} perplexityScale  by how much the loss is larger than the logarithm of a logged perplexity
 */

/** What may be said by hand, with what it means. */
export const ROLES = /** @type {const} */ ({
  step: 'what counts the steps',
  loss: 'training loss',
  val_loss: 'validation loss',
  lr: 'learning rate',
  grad_norm: 'gradient norm',
  reward: 'reward, where there is no loss to judge',
});

/** How near a loss must be to the logarithm of a perplexity, or to a multiple of it. */
const PERPLEXITY_APART = 2e-3;

/** A mean over epochs says as much as losses of steps where there is at least one for so many of these. */
const STEPS_FOR_MEAN = 2;
/** Any other loss, such as one that is evaluated now and then, must stand for one of so many. */
const STEPS_FOR_OTHERS = 5;

/**
 * @param {string[]} given  ROLE=NAME each
 * @returns {ChosenRoles}
 * @throws {import('../core/errors.js').TrainerError}
 */
export function parseRoles(given) {
  /** @type {ChosenRoles} */
  const roles = {};
  for (const text of given) {
    const equals = text.indexOf('=');
    const role = text.slice(0, Math.max(equals, 0)).trim();
    const name = text.slice(equals + 1).trim();
    if (equals < 0 || name === '')
      throw argumentError('role', `role must be ROLE=NAME, such as loss=train/loss, not "${text}".`);
    if (!(role in ROLES)) {
      const nearest = nearestName(role, Object.keys(ROLES));
      const hint = nearest ? `did you mean ${nearest}?` : `it must be one of ${Object.keys(ROLES).join(', ')}.`;
      throw argumentError('role', `role "${role}" is unknown; ${hint}`);
    }
    roles[/** @type {Role} */ (role)] = name;
  }
  return roles;
}

/**
 * @param {Column[]} columns
 * @param {ChosenRoles} [chosen]
 * @returns {Assigned}
 */
export function assignRoles(columns, chosen = {}) {
  /** @type {string[]} */
  const notes = [];
  /** @type {Partial<Record<Role, Column>>} */
  const found = {};
  /** @param {Role} role @param {() => Column | null} guess */
  const take = (role, guess) => {
    const name = chosen[role];
    const said = name === undefined ? undefined : columns.find((column) => column.name === name);
    const column = said ?? (name === undefined ? guess() : null);
    if (column) found[role] = column;
  };
  take('val_loss', () => chooseLoss(columns, 'val', notes));
  take('loss', () => chooseLoss(columns, 'train', notes));
  take('lr', () => chooseRate(columns, notes));
  if (found.lr) found.lr = unscaleRate(found.lr, notes);
  take('grad_norm', () => chooseFirst(columns, 'grad_norm'));
  const perplexity = chosen.loss === undefined ? findPerplexity(columns, found.loss ?? null) : null;
  if (perplexity && found.loss && perplexity.column !== found.loss && perplexity.scale === 1) {
    notes.push(
      `There are two losses: "${perplexity.column.name}", of which the logged perplexity is the exponential, and "${found.loss.name}", which is another; "${perplexity.column.name}" is judged.`,
    );
    found.loss = perplexity.column;
  }
  const isSilent = !found.loss || found.loss.value.every((value) => value === 0 || Number.isNaN(value));
  const game = chosen.loss === undefined ? findGame(columns, found.loss) : null;
  if (isSilent || game === 'reinforcement' || chosen.reward !== undefined)
    take('reward', () => chooseFirst(columns, 'reward'));
  const scale = perplexity && perplexity.column === found.loss ? perplexity.scale : null;
  return { columns: found, notes, game, perplexityScale: scale };
}

/**
 * @param {Column[]} columns
 * @param {'train' | 'val'} split
 * @param {string[]} notes
 * @returns {Column | null}
 */
function chooseLoss(columns, split, notes) {
  const candidates = columns
    .map((column) => ({ column, ...classify(column.name) }))
    .filter((of) => of.kind === 'loss' && (of.split === 'val') === (split === 'val'))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        Number(a.split === null) - Number(b.split === null) ||
        b.column.at.length - a.column.at.length,
    );
  if (candidates.length === 0) return null;
  const [first] = candidates;
  if (first.rank >= 10) return addParts(candidates, notes);
  const isMean = (/** @type {Column} */ column) => /epoch/i.test(column.name);
  const factor = isMean(first.column) ? STEPS_FOR_MEAN : STEPS_FOR_OTHERS;
  const finer = candidates.find(
    ({ column, rank }) => rank < 10 && !isMean(column) && column.at.length > factor * first.column.at.length,
  );
  return (finer ?? first).column;
}

/**
 * Losses of parts, with no total among them: their sum is what was trained on.
 *
 * @param {{ column: Column, rank: number }[]} candidates
 * @param {string[]} notes
 */
function addParts(candidates, notes) {
  const [{ column: first, rank }] = candidates;
  const shape = (/** @type {string} */ name) => name.replace(/[^/]*$/, '');
  const parts = candidates
    .filter((other) => other.rank === rank && shape(other.column.name) === shape(first.name))
    .map(({ column }) => column)
    .filter((column) => column.at.length === first.at.length && column.at[0] === first.at[0]);
  if (parts.length < 2) return first;
  const name = parts.map((part) => part.name).join(' + ');
  notes.push(`There are several losses and no total: ${list(parts.map((part) => `"${part.name}"`))} were added.`);
  return {
    name,
    at: first.at,
    value: first.value.map((_, i) => parts.reduce((sum, part) => sum + part.value[i], 0)),
  };
}

/** @param {Column[]} columns @param {import('./names.js').Kind} kind @returns {Column | null} */
function chooseFirst(columns, kind) {
  const found = columns
    .map((column) => ({ column, ...classify(column.name) }))
    .filter((of) => of.kind === kind && of.split !== 'val')
    .sort((a, b) => a.rank - b.rank || b.column.at.length - a.column.at.length);
  return found[0]?.column ?? null;
}

/**
 * Of the rates of several groups of parameters, the one that most groups have: biases and norms may go their own way.
 *
 * @param {Column[]} columns
 * @param {string[]} notes
 */
function chooseRate(columns, notes) {
  const first = chooseFirst(columns, 'lr');
  if (!first) return null;
  const { rank } = classify(first.name);
  const groups = columns.filter(({ name }) => {
    const { kind, split, rank: own } = classify(name);
    return kind === 'lr' && split !== 'val' && own === rank;
  });
  if (groups.length < 2) return first;
  const isSame = (/** @type {Column} */ a, /** @type {Column} */ b) =>
    a.value.length === b.value.length && a.value.every((value, i) => Object.is(value, b.value[i]));
  const shared = groups.map((group) => groups.filter((other) => isSame(group, other)).length);
  const most = Math.max(...shared);
  if (most === groups.length) return first;
  const chosen = groups[shared.indexOf(most)];
  notes.push(
    `There are ${groups.length} learning rates; "${chosen.name}" is shown${most > 1 ? ', which most groups of parameters have' : ''}.`,
  );
  return chosen;
}

/** "Learning rate (x1e-3)" and "lr * 1e3" name a unit. @param {Column} rate @param {string[]} notes @returns {Column} */
function unscaleRate(rate, notes) {
  const [, power] = /[x×*]\s*1(?:0\s*\^\s*|e)([-+]?\d+)/i.exec(rate.name) ?? [];
  if (power === undefined) return rate;
  const factor = Number(`1e-${power.replace(/^[-+]/, '')}`);
  notes.push(`"${rate.name}" names a unit: its numbers were taken times ${factor}.`);
  return { ...rate, value: rate.value.map((value) => value * factor) };
}

/**
 * The loss whose exponential is logged as a perplexity, or a multiple of it: then it was summed.
 *
 * @param {Column[]} columns
 * @param {Column | null} preferred
 * @returns {{ column: Column, scale: number } | null}
 */
function findPerplexity(columns, preferred) {
  const perplexity = columns.find(
    (column) => classify(column.name).kind === 'perplexity' && classify(column.name).split !== 'val',
  );
  if (!perplexity) return null;
  const losses = columns.filter(({ name }) => classify(name).kind === 'loss' && classify(name).split !== 'val');
  losses.sort((a, b) => Number(b === preferred) - Number(a === preferred));
  for (const column of losses) {
    const scale = scaleOf(column, perplexity);
    if (scale !== null) return { column, scale };
  }
  return null;
}

/** @param {Column} loss @param {Column} perplexity @returns {number | null} */
function scaleOf(loss, perplexity) {
  const byPlace = new Map(Array.from(perplexity.at, (at, i) => [at, perplexity.value[i]]));
  /** @type {number[]} */
  const ratios = [];
  for (let i = 0; i < loss.at.length && ratios.length < 200; i++) {
    const other = Math.log(byPlace.get(loss.at[i]) ?? Number.NaN);
    if (other > 0.05 && loss.value[i] > 0) ratios.push(loss.value[i] / other);
  }
  if (ratios.length < 3) return null;
  ratios.sort((a, b) => a - b);
  const middle = ratios[ratios.length >> 1];
  const scale = Math.round(middle);
  const isSteady = ratios[ratios.length - 1] - ratios[0] < 10 * PERPLEXITY_APART * middle;
  return scale >= 1 && Math.abs(middle - scale) < PERPLEXITY_APART * scale && isSteady ? scale : null;
}

// ---- trainings whose loss need not fall although they work ----------------------------------------------------------

const DISCRIMINATOR = /^(d|dis|disc|discriminator|critic)$/;
const GENERATOR = /^(g|gen|generator)$/;
const POLICY = /^(policy|pg|actor|pi)$/;
const VALUE = /^(value|vf|critic|q|qf|qf1)$/;

/** A loss of one of them by its name: Loss_D, d_loss, gen/loss. @param {string} name @param {RegExp} who */
function isLossOf(name, who) {
  const words = wordsOf(name);
  const isLoss = classify(name).kind === 'loss' || words.includes('loss');
  return isLoss && words.some((word) => who.test(word));
}

/**
 * @param {Column[]} columns
 * @param {Column | undefined} loss  that was chosen
 * @returns {Game | null}
 */
function findGame(columns, loss) {
  if (!loss) return null;
  const names = columns.map(({ name }) => name);
  const has = (/** @type {RegExp} */ who) => names.some((name) => isLossOf(name, who));
  if (has(POLICY) && has(VALUE)) return 'reinforcement';
  // A loss of everything, beside theirs, is one that somebody means to fall.
  const isTheirs = loss.name.split(' + ').every((name) => isLossOf(name, DISCRIMINATOR) || isLossOf(name, GENERATOR));
  return isTheirs && has(GENERATOR) && has(DISCRIMINATOR) ? 'adversarial' : null;
}
