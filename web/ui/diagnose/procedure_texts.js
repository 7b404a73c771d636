/**
 * The procedures as the page offers them: what each is for, what its button says, and its steps in their order, with
 * their headings before they are reached and what they are for.
 *
 * @typedef {'diagnosis' | 'probe' | 'warmup' | 'clip' | 'cyclical' | 'batch'} ProcedureId
 * @typedef {readonly [kind: import('../../engine/study/procedure/procedure.js').EvidenceKind, heading: string, purpose: string]} Step
 * @typedef {{ id: ProcedureId, button: string, short: string, about: string, steps: readonly Step[] }} ProcedureRow
 *   short: beside its name in the choice; about: what it does, before it has run
 */

const SWEEP = /** @type {const} */ ([
  'sweep',
  'The learning rate sweep',
  'Rates around yours, three to a decade. The best one is called lr*.',
]);
const EDGE = /** @type {const} */ ([
  'edge',
  'Is the best rate at the edge?',
  'If training breaks just above lr*, the instability may be what keeps the rate, and the progress, small.',
]);
const PROBE = /** @type {const} */ ([
  'probe',
  'The first steps at 2 × the best rate',
  'Evaluated after every step: a blow-up at the start that recovers is easily missed.',
]);

/** @type {ProcedureRow[]} */
export const PROCEDURE_ROWS = [
  {
    id: 'diagnosis',
    button: 'Diagnose these settings',
    short: 'what is wrong, and what cures it',
    about:
      'Training can fail by instability: the loss goes up instead of down, at the very start or suddenly in the middle, and a rate that is small enough to be safe is too small to be good. The procedure finds out whether that happens here, of which kind it is, and what helps.',
    steps: [
      [
        'baseline',
        'The settings as they are',
        'Train them, and look: how good is the best checkpoint, and does the loss ever go up for a while?',
      ],
      SWEEP,
      EDGE,
      [
        'above',
        '5 × and 10 × the best rate',
        'A sudden rise after a steady decline is instability in the middle of training.',
      ],
      PROBE,
      [
        'causes',
        'What is wrong with your settings',
        'The same settings without each suspect, at the best rate for it: a cause is what training without it is better for, beyond what seeds differ by.',
      ],
    ],
  },
  {
    id: 'probe',
    button: 'Probe these settings',
    short: 'does the loss blow up at the start, unseen?',
    about:
      'Some trainings blow up in their first steps and recover before anybody evaluates them. The probe finds the best rate, trains 500 steps at twice that, and evaluates after every single one, beside what your own evaluation would have seen.',
    steps: [SWEEP, EDGE, PROBE],
  },
  {
    id: 'warmup',
    button: 'Find the warmup',
    short: 'how short may it be, how high may it reach?',
    about:
      'There is no typical value for a warmup. The study finds the lowest rate at which training is unstable, tries warmups of a few orders of magnitude up to ten times that rate, keeps the shortest that does not blow up, and prepends it to your schedule.',
    steps: [
      SWEEP,
      EDGE,
      [
        'search',
        'The shortest warmup that does not blow up',
        'Ramp from 0 to a rate far above the unstable one, then hold it for twice as long.',
      ],
      [
        'compared',
        'Prepended to your schedule',
        'The run gets longer by the warmup, and is compared with the baseline by its best checkpoint.',
      ],
    ],
  },
  {
    id: 'clip',
    button: 'Find the threshold',
    short: 'where to clip gradients, and whether to',
    about:
      'A threshold just above the typical gradient norm cuts outliers and leaves the other steps alone. The study measures the unclipped norms, clips at their percentile and below it, tries the other ways to clip, and runs the lower learning rate beside whatever clips more than half of the steps.',
    steps: [
      ['norms', 'The unclipped gradient norms', 'Every step of the settings without clipping: their percentile is λ.'],
      [
        'compared',
        'Clipped, and not',
        'λ and smaller ones, a running percentile, the update instead of the gradient; each with all seeds.',
      ],
    ],
  },
  {
    id: 'cyclical',
    button: 'Compare the rates',
    short: 'which wins in the range that a test finds?',
    about:
      'A rate that goes up and down may find what a fixed one misses. The study runs a range test, takes its range for triangles and 1cycle, trains fixed rates of the same range beside them, and keeps whichever wins.',
    steps: [
      ['range', 'The range in which the loss falls', 'An LR range test of these settings, with every seed.'],
      ['compared', 'Cycles and fixed rates', 'All runs are equally long, and compared by best checkpoint.'],
    ],
  },
  {
    id: 'batch',
    button: 'Compare batch sizes',
    short: 'unfair at one rate, fair when tuned',
    about:
      'Changing only the batch size changes the results, and says little: each size has a rate of its own. The study trains several sizes at your rate, then finds each its rate, momentum and weight decay, gives large ones more epochs, and looks whether the gap closes.',
    steps: [
      ['unfair', 'Only the batch size is changed', 'The same rate, and as many samples seen.'],
      ['tuning', 'A rate for each batch size', 'A small sweep with one seed, lower and higher until it gets worse.'],
      ['regularization', 'Momentum and weight decay for each batch size', 'At that rate, with one seed.'],
      ['fair', 'Each batch size is tuned for itself', 'The same comparison again.'],
    ],
  },
];

/** @param {string} id @returns {ProcedureRow} */
export function procedureRow(id) {
  return PROCEDURE_ROWS.find((row) => row.id === id) ?? PROCEDURE_ROWS[0];
}
