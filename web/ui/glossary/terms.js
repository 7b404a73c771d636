/**
 * The words of the page that a newcomer does not know: each with what it means and what follows from it. A sentence that
 * is shown by explained_text.js finds its words here by itself; the list of all is word_list.js. Fetched when the first
 * such sentence is there: nothing that opens first waits for it.
 *
 * @typedef {object} Term
 * @property {string} term  as the list has it
 * @property {string} forms  how sentences write it: a regular expression, in small letters
 * @property {string} means  in plain words, and with its consequence
 * @property {Place[]} where  the views whose sentences have it, which tests/web/glossary.test.js holds against them
 *
 * A chart's heading is its sentence, and its answer says what the lines are: those forms match nothing longer.
 *
 * @typedef {'settings' | 'live' | 'range' | 'sweep' | 'diagnose' | 'optimizers' | 'slice' | 'lessons' | 'museum'} Place
 */

/** A form that is nothing but a heading. @param {string} heading */
const alone = (heading) => `(?<![^'"])${heading}(?![^'"])`;

/** @type {Term[]} */
export const TERMS = [
  // ---- the training ------------------------------------------------------------------------------------------------
  {
    term: 'learning rate, η',
    forms: 'learning rates?|η',
    means:
      'How far each step goes against the gradient. Too small, and it hardly learns; too large, and steps jump across the valley, each further than the last.',
    where: ['settings', 'live', 'range', 'diagnose', 'lessons'],
  },
  {
    term: 'update rule',
    forms: 'update rules?',
    means:
      'How a gradient becomes a step: plain descent, momentum, Adam … The same η makes steps of another size with another rule, so its best η must be found anew.',
    where: ['settings', 'museum', 'lessons'],
  },
  {
    term: 'gradient norm',
    forms: 'gradient norms?',
    means:
      'The length of the gradient over all parameters: how steep the loss is where the run stands. A jump means that the next step goes far, and may go too far.',
    where: ['live', 'diagnose', 'lessons', 'museum'],
  },
  {
    term: 'batch',
    forms: 'batch(?:es)?(?: sizes?)?',
    means:
      'The samples that one step looks at. Few make the gradient noisy and the steps quick; many make it steady, and each step costly.',
    where: ['settings', 'live', 'diagnose', 'lessons'],
  },
  {
    term: 'full batch',
    forms: 'full batch',
    means:
      'All samples in every step: the gradient has no noise, so that what a curve still does is the training’s own doing.',
    where: ['settings'],
  },
  {
    term: 'warmup',
    forms: 'warmups?|warm(?:s|ed)? up',
    means:
      'First steps in which η rises from near zero. Early on the loss is often curved most sharply: without warmup, a rate that trains well later may break the run there.',
    where: ['settings', 'live', 'diagnose', 'lessons'],
  },
  {
    term: 'schedule',
    forms: 'schedules?',
    means:
      'How η moves over the run. One that ends near zero lets the noise of the steps die down: the loss ends lower than at a constant rate.',
    where: ['settings', 'diagnose', 'lessons'],
  },
  {
    term: 'momentum',
    forms: 'momentum',
    means:
      'Part of the last step is kept in the next. Steps that agree add up, up to 1 ÷ (1 − γ) times as far: a higher γ trains at a lower η.',
    where: ['settings', 'lessons', 'museum'],
  },
  {
    term: 'weight decay',
    forms: 'weight decay',
    means:
      'Pulls every weight a little toward zero at each step. It keeps the network from leaning on few large weights; too much, and it cannot hold what it learned.',
    where: ['settings', 'diagnose'],
  },
  {
    term: 'clipping',
    forms: 'clipp(?:ed|ing)',
    means:
      'A gradient longer than the threshold λ is shortened to it. Rare outliers lose their force; where most steps are clipped, it mostly acts as a smaller η.',
    where: ['settings', 'live', 'diagnose', 'lessons'],
  },
  {
    term: 'unclipped',
    forms: 'unclipped',
    means: 'Before clipping. These norms still show what clipping hides: whether the run would break without it.',
    where: ['settings', 'live', 'diagnose'],
  },
  {
    term: 'seed',
    forms: '(?:data )?seeds?',
    means:
      'The number from which all chance of a run is drawn. Another seed is another run of the same experiment: what holds for one seed only may be luck.',
    where: ['settings', 'range', 'sweep', 'diagnose', 'lessons'],
  },
  {
    term: 'initial weights',
    forms: 'initiali[sz]ations?|initial weights?|initial scale',
    means:
      'Where training begins. Too large, and signals grow from layer to layer until it breaks at once; too small, and hardly a gradient reaches the first layer.',
    where: ['settings', 'diagnose', 'lessons'],
  },
  {
    term: 'normalization',
    forms: 'normali[sz]ations?',
    means:
      'A layer that brings its inputs back to one scale, mostly to mean 0 and standard deviation 1. Signals no longer grow with depth, so that a higher η trains.',
    where: ['diagnose'],
  },
  {
    term: 'residual branch',
    forms: 'residual(?: branch(?:es)?)?',
    means:
      'A part of the network whose output is added to its input. Deep networks train because of it; each branch adds to the signal, which may double again and again.',
    where: ['diagnose', 'lessons'],
  },
  {
    term: 'outliers',
    forms: 'outliers?',
    means:
      'A few inputs far from all others. One of them in a batch can throw the weights away; clipping at a percentile stops just these.',
    where: ['settings', 'diagnose'],
  },

  // ---- how it goes -------------------------------------------------------------------------------------------------
  {
    term: 'instability',
    forms: 'instabilit(?:y|ies)|unstable',
    means:
      'The loss leaves for far above what it had reached. It may come back, to a worse place, or never: a smaller η, warmup or clipping is what helps.',
    where: ['live', 'sweep', 'diagnose', 'lessons'],
  },
  {
    term: 'episode',
    forms: 'episodes?',
    means:
      'One stretch of instability: from where the loss leaves to where it is back at its minimum of before, or the run ends.',
    where: ['live', 'sweep'],
  },
  {
    term: 'diverged',
    forms: 'diverge[sd]?|diverging',
    means:
      'The loss or the norm was no finite number any more. The run ends there: nothing can be computed on from it. Rewind, or begin with a smaller η.',
    where: ['live', 'sweep', 'diagnose', 'lessons', 'optimizers'],
  },
  {
    term: 'recovered',
    forms: 'recover(?:s|ed|y)?',
    means: 'An episode is over: the loss is back at its minimum before it. Alone, a short bump makes no run unstable.',
    where: ['live', 'lessons'],
  },
  {
    term: 'dead',
    forms: 'dead',
    means:
      'The network gives nearly all samples the same answer, and hardly any of its gradient reaches the weights that could change that: what norm is left moves the one answer. It will not come back: only an earlier step, or a new run, helps.',
    where: ['live', 'lessons'],
  },
  {
    term: 'infeasible',
    forms: 'infeasible',
    means:
      'A training that diverged, or whose smoothed loss ends hardly below guessing. It is out of the race, however low its loss was in between.',
    where: ['sweep', 'diagnose'],
  },
  {
    term: 'guessing',
    forms: 'guessing',
    means:
      'The loss of always answering with how frequent the classes are. A run that ends there has learned nothing of its inputs.',
    where: ['live', 'sweep', 'lessons'],
  },
  {
    term: 'smoothed loss',
    forms: 'smoothed(?: (?:training )?loss)?',
    means:
      'A running mean of the batches’ losses. A single batch may be lucky; the smoothed curve shows where the run goes, a few steps late.',
    where: ['live', 'sweep', 'diagnose', 'museum', 'lessons'],
  },
  {
    term: 'validation',
    forms: 'validation(?: (?:loss|data|set|samples))?',
    means:
      'Samples that are never trained on. Where their loss rises while the training’s falls, the network learns the samples by heart.',
    where: ['settings', 'live', 'diagnose'],
  },
  {
    term: 'best checkpoint',
    forms: 'best checkpoints?',
    means:
      'The evaluation with the lowest loss of the whole run. A run that broke later may still have a good one: it is what one would keep.',
    where: ['diagnose'],
  },
  {
    term: 'sharpness',
    forms: 'sharpness',
    means:
      'The largest curvature of the loss: the largest eigenvalue of its Hessian. The sharper it is, the smaller the η from which steps overshoot.',
    where: ['settings', 'live', 'lessons', 'slice'],
  },
  {
    term: 'edge of stability',
    forms: 'edge of stability|(?:the )?stability edge|limits? of stability',
    means:
      'A sharpness of 2 ÷ η for plain descent; other rules have their own. Above it steps overshoot, which keeps the training from going any sharper.',
    where: ['live', 'lessons', 'optimizers'],
  },
  {
    term: 'digest',
    forms: 'digest',
    means:
      'A number over all parameters of a run. Two runs with the same one have, all but surely, the same parameters, bit for bit.',
    where: ['live'],
  },
  {
    term: 'fork',
    forms: 'forks?|forked',
    means:
      'A new run that begins with the weights of another at one of its steps: two futures of one past, which differ by what is changed there.',
    where: ['live'],
  },
  {
    term: 'baseline run',
    forms: 'baseline',
    means:
      'The run that the others are compared with: they are described by what they change of it, and a chart draws how far their losses are from its.',
    where: ['live'],
  },

  // ---- the charts, by their headings -------------------------------------------------------------------------------
  {
    term: 'loss, its chart',
    forms: alone('loss'),
    means:
      'How wrong the answers are; for classes, the mean of −log of the share that the right one gets. Faint: each batch; bold: their smoothed mean; dots: validation; dashed: what guessing costs.',
    where: ['live'],
  },
  {
    term: 'accuracy, its chart',
    forms: alone('accuracy'),
    means:
      'The share of samples whose class is answered right. It does not say how sure the answers are; the loss does. Dots: validation; dashed: always answering the most frequent class.',
    where: ['live'],
  },
  {
    term: 'gradient norm, its chart',
    forms: alone('gradient norm'),
    means:
      'How long the gradient of each step is, before clipping. Dashed: two thresholds. One just above typical cuts the outliers alone; one at the median is too aggressive and cuts half of all steps.',
    where: ['live'],
  },
  {
    term: 'loss − baseline, its chart',
    forms: alone('loss − baseline'),
    means:
      'By how much the smoothed training loss of each run is above the pinned run’s at the same step: below the dashed line it is the better one.',
    where: ['live'],
  },
  {
    term: 'all gradient norms, the histogram',
    forms: alone('all gradient norms'),
    means:
      'How often the gradient was how long, over all steps so far. What lies right of the line would be clipped: drag it, and what would come of it is said below.',
    where: ['live'],
  },
  {
    term: 'learning rate, its chart',
    forms: alone('learning rate'),
    means:
      'The η of every step, with warmup, schedule and your changes; dashed, what the schedule still has in store. Shaded: warmup, and instabilities.',
    where: ['live'],
  },

  // ---- what studies say --------------------------------------------------------------------------------------------
  {
    term: 'range test',
    forms: '(?:lr )?range tests?',
    means:
      'A short run in which η grows from tiny to far too large. Where the loss falls steepest is a first guess at η; one curve alone can be off by far.',
    where: ['range', 'lessons', 'museum'],
  },
  {
    term: 'steepest descent',
    forms: 'steepest descent',
    means:
      'The η at which the loss of a range test falls fastest. It is what the test suggests where its curve has one clear slope.',
    where: ['range', 'lessons', 'museum'],
  },
  {
    term: 'lr*',
    forms: 'lr\\*',
    means:
      'Of the rates of a sweep, the one with the lowest best loss, the median over seeds. Rates between those of the grid were not tried.',
    where: ['sweep', 'diagnose'],
  },
  {
    term: 'unstable rate',
    forms: 'unstable rate|unstable from',
    means:
      'The lowest rate above lr* at which at least half of the seeds are unstable or infeasible. Beyond it, training is a matter of luck.',
    where: ['diagnose', 'sweep'],
  },
  {
    term: 'at the edge',
    forms: 'at the edge(?! of stab)',
    means:
      'lr* stands hardly below the unstable rate: what limits it is stability, so that warmup, clipping or normalization may let a higher rate train, and train better.',
    where: ['sweep', 'diagnose'],
  },
  {
    term: 'LR sensitivity',
    forms: 'LR sensitivity',
    means:
      'What is lost, on average over the rates of a sweep, by not taking the best one: the mean of the losses at the end, none counted above that of guessing, less the lowest. Near 0 nearly any of these rates will do (Wortsman et al. 2023).',
    where: ['sweep', 'diagnose'],
  },
  {
    term: 'remedy',
    forms: 'remed(?:y|ies)',
    means:
      'A change that may cure an instability. They are tried in a fixed order, the simplest first, and each is judged over several seeds.',
    where: ['diagnose'],
  },
  {
    term: 'median',
    forms: 'medians?',
    means:
      'The middle value: half lie below it. A single run that went wrong does not move it, as it would move the mean.',
    where: ['range', 'sweep', 'diagnose', 'live'],
  },
  {
    term: 'percentile, p90',
    forms: 'p90|(?:90th )?percentile',
    means:
      'Nine of ten steps lie below the 90th percentile, p90. As a threshold it shortens one step in ten; a lower percentile shortens more.',
    where: ['settings', 'live', 'diagnose', 'lessons'],
  },
  {
    term: 'cell',
    forms: 'cells?',
    means: 'One set of settings of an experiment, trained with every seed. Compare cells only over all their seeds.',
    where: ['lessons'],
  },
  {
    term: 'frontier',
    forms: 'frontier',
    means:
      'The border in a map of trainings between those that train and those that break. The best ones often lie close to it.',
    where: ['sweep'],
  },

  // ---- surfaces ----------------------------------------------------------------------------------------------------
  {
    term: 'preconditioned',
    forms: 'preconditioned',
    means:
      'As the rule sees it: each direction divided by the size of its own gradients. A steep direction becomes flat, and the limit of stability moves with it.',
    where: ['optimizers'],
  },
  {
    term: 'slice',
    forms: 'slices?',
    means:
      'The loss over a plane through the space of all weights. Two directions of thousands: a valley in it may be a slope in a third.',
    where: ['slice'],
  },
  {
    term: 'variance held',
    forms: 'variance',
    means:
      'How much of the path’s movement lies in the plane. The smaller the share, the less the map tells of what the run went through.',
    where: ['slice'],
  },
];
