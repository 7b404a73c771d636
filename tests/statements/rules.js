/**
 * What must hold between the statements of one state: a rule each, in a table. A rule looks at pairs of statements, on
 * the page and on the command line, and says which of them contradict; beside it stand changes to a state in which all
 * is well, with each of which it must find something.
 *
 * @typedef {Awaited<import('../browser/page_state.js').PageState['statements']>} Page
 *
 * @typedef {object} Said  of one run
 * @property {any} json  what `train --json` prints
 * @property {string} text  what `train` prints
 * @property {Page} page
 * @property {any} config  the settings in force at the end, on the page
 * @property {any} summary  the page's own
 * @property {boolean} hasEnded  on the page, where it may stand still
 * @property {Truth} truth
 *
 * @typedef {object} Truth  counted by hand, from the rows of RUN.jsonl
 * @property {number[] | null} typical  the norms of no episode of instability; null where they are too few
 * @property {number} clippable  steps with clipping on and a threshold in force
 * @property {number} clipped
 * @property {boolean} hadLearned
 *
 * @typedef {object} Rule
 * @property {string} says
 * @property {(said: Said) => string[]} broken  complaints
 * @property {((said: Said) => void)[]} lies  changes to what is right that it must find
 */

/** @param {number} value @param {number} other @param {number} [share] */
const isNear = (value, other, share = 0.03) => Math.abs(value - other) <= share * Math.abs(other);

/** A number as it is written on the page. @param {string} text */
const numberOf = (text) => Number(text.replaceAll(',', ''));

const NUMBER = '([\\d.,]+(?:e-?\\d+)?)';

/**
 * Every λ that is offered, wherever it stands, and the percentile that it is said to be.
 * @param {Page} page @param {number} inForce  percentile
 */
export function offeredThresholds({ clip, histogram, log, charts }, inForce) {
  const pattern = new RegExp(`(?:[Cc]lip(?: harder,)? at |p[\\d.]+[^=]*= |just above typical: )${NUMBER}`, 'g');
  // As it is said of the histogram to who listens.
  const heard = /th percentile (?:before the instability |apart from the (?:bump|instability) )?(.*)$/.exec(
    histogram,
  )?.[1];
  const now = [clip, histogram, `clip at ${heard ?? ''}`, ...charts.flatMap(({ labels }) => labels)];
  const offers = log.flatMap(({ buttons }) => buttons).filter(({ why }) => !/^a guess/.test(why));
  return [
    ...now.map((text) => ({ text, percentile: inForce })),
    // What is offered stays as it was when it was noted, and names its percentile.
    ...offers.map(({ label, why }) => ({
      text: label,
      percentile: Number(/([\d.]+)th percentile/.exec(why)?.[1] ?? inForce),
    })),
  ].flatMap(({ text, percentile }) =>
    [...text.matchAll(pattern)].map(([, found]) => ({ threshold: numberOf(found.replace(/[.,]$/, '')), percentile })),
  );
}

/** By linear interpolation. @param {number[]} values @param {number} percentile */
function percentileOf(values, percentile) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = ((sorted.length - 1) * percentile) / 100;
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** @param {Said} said */
const logText = ({ page }) => page.log.map(({ text }) => text).join('\n');
/** @param {Said} said */
const allText = ({ page, text }) =>
  [
    text,
    page.status,
    page.clip,
    page.histogram,
    ...page.hints,
    ...page.log.flatMap(({ text: told, buttons }) => [told, ...buttons.map(({ label }) => label)]),
    ...page.charts.flatMap(({ note, summary, labels }) => [note, summary, ...labels]),
  ].join('\n');

/** @param {any} loss */
const isNumber = (loss) => typeof loss === 'number' && Number.isFinite(loss);

/** @param {string} text @param {RegExp} pattern */
const firstOf = (text, pattern) => pattern.exec(text)?.[1];

/** @type {Rule[]} */
export const RULES = [
  {
    says: 'every "clip at X" is the percentile that it says of the norms of no episode',
    broken: ({ page, truth, config }) =>
      config.clip === 'norm' || config.clip === 'update'
        ? []
        : offeredThresholds(page, config.clip_percentile)
            .map(({ threshold, percentile }) => ({
              threshold,
              is: truth.typical && percentileOf(truth.typical, percentile),
            }))
            .filter(({ threshold, is }) => is === null || !isNear(threshold, is))
            .map(({ threshold, is }) => `${threshold} is offered, the norms say ${is}`),
    lies: [
      ({ page }) =>
        page.log.unshift({ tone: 'bad', text: 'Unstable.', buttons: [{ label: 'Clip at 88,200', why: '' }] }),
      ({ page }) => page.charts[1].labels.push('just above typical: 99'),
      ({ page }) => (page.clip += ' Clip at p90 = 0.001'),
      ({ truth }) => (truth.typical = null),
    ],
  },
  {
    says: 'a percentile is labelled as the one in force',
    broken: ({ page, config }) => {
      const named = [...`${page.histogram}\n${page.clip}`.matchAll(/\bp([\d.]+)[^=\n]*= /g)].map(([, p]) => Number(p));
      return named
        .filter((p) => p !== config.clip_percentile)
        .map((p) => `p${p}, but ${config.clip_percentile} is set`);
    },
    lies: [
      ({ page }) => (page.histogram = page.histogram.replace(/\bp90/, 'p60')),
      ({ config }) => (config.clip_percentile = 60),
    ],
  },
  {
    says: 'the clipped share counts the steps with a threshold in force, on the page and on the command line',
    broken: ({ json, text, page, truth }) => {
      const share = truth.clippable > 0 ? truth.clipped / truth.clippable : 0;
      const complaints = [];
      if (!isNear(json.clipped_fraction, share, 1e-6))
        complaints.push(`JSON: ${json.clipped_fraction}, counted: ${share}`);
      for (const told of [text, page.clip, ...page.hints, ...page.log.map((entry) => entry.text)]) {
        const [, shown, steps] = /([\d.]+) % of the ([\d,]+) steps? with λ in force/.exec(told) ?? [];
        if (shown === undefined) continue;
        const is = `${shown} % of ${steps}`;
        // The event log says it when it is first so, and is not told again.
        const isNow = told === text || told === page.clip || page.hints.includes(told);
        if (isNow && numberOf(steps) !== truth.clippable) complaints.push(`${is}, counted: ${truth.clippable} steps`);
        if (isNow && Math.abs(Number(shown) - 100 * share) > 0.51) complaints.push(`${is}, counted: ${100 * share} %`);
      }
      return complaints;
    },
    lies: [
      ({ json }) => (json.clipped_fraction = 0.25),
      ({ page }) => (page.clip = 'Clipped 80 % of the 300 steps with λ in force.'),
      (said) =>
        (said.text = said.text.replace(/^clipped .*$/m, 'clipped        50.00 % of the 300 steps with λ in force')),
    ],
  },
  {
    says: 'clipping of more than half of the steps is warned of everywhere, however it clips, and of less nowhere',
    broken: ({ json, text, page, config }) => {
      const isMuch = json.clipped_fraction > 0.5;
      const complaints = [];
      if (/in disguise/.test(text) !== isMuch) complaints.push(`command line, of ${json.clipped_fraction}`);
      if (config.clip !== 'off' && /in disguise/.test(page.clip) !== isMuch)
        complaints.push(`panel, of ${json.clipped_fraction}`);
      return complaints;
    },
    lies: [
      ({ json }) => (json.clipped_fraction = 0.9),
      (said) => (said.text += '\nthat is a lower learning rate in disguise'),
    ],
  },
  {
    says: 'an accuracy stands beside a finite loss only, and beside every one where there are classes',
    broken: ({ json, text, page }) => {
      const classes = json.config.dataset !== 'plane';
      // The best of a run without validation data is a training loss that stands alone.
      const scores = [json.train, json.val, json.val && json.best].filter((score) => score !== null);
      const complaints = scores
        .filter(({ loss, accuracy }) => (accuracy !== null) !== (classes && isNumber(loss)))
        .map(({ loss, accuracy }) => `accuracy ${accuracy} beside a loss of ${loss}`);
      for (const told of [text, ...page.table]) if (/loss (?:–|∞), accuracy \d/.test(told)) complaints.push(told);
      return complaints;
    },
    lies: [
      ({ json }) => Object.assign(json.val, { loss: 'NaN' }),
      ({ json }) => Object.assign(json.train, { accuracy: null }),
      (said) => (said.text += '\ntrain          loss –, accuracy 10.00 %'),
    ],
  },
  {
    says: 'status, event log, chart and command line say the same end',
    broken: (said) => {
      const { json, text, page } = said;
      const complaints = [];
      const told = logText(said);
      const isDiverged = /diverged/.test(page.status);
      if (isDiverged !== json.diverged) complaints.push(`status "${page.status}", JSON diverged: ${json.diverged}`);
      if (/^Diverged at step/m.test(told) !== json.diverged) complaints.push(`log: ${told}`);
      if (/^steps .*diverged at step/m.test(text) !== json.diverged) complaints.push(`text: ${text}`);
      const at = firstOf(told, /^Diverged at step ([\d,]+)/m);
      if (at !== undefined && numberOf(at) !== json.diverged_at)
        complaints.push(`log: ${at}, JSON: ${json.diverged_at}`);
      const mark = page.charts.flatMap(({ labels }) => labels).find((label) => /^diverged at/.test(label));
      if (mark && numberOf(mark.replace(/\D/g, '')) !== json.diverged_at) complaints.push(mark);
      if (/^Done/m.test(told) && json.diverged) complaints.push('done, and diverged');
      return complaints;
    },
    lies: [
      ({ page }) => (page.status = '✕ diverged · step 5 / 300'),
      ({ page }) => page.log.push({ tone: 'bad', text: 'Diverged at step 7: the loss', buttons: [] }),
      (said) => (said.text = said.text.replace(/^steps .*$/m, 'steps          300, diverged at step 12')),
    ],
  },
  {
    says: 'an instability is told of where there is one, at its step, and nowhere else',
    broken: (said) => {
      const { json, text, page } = said;
      const complaints = [];
      const told = [
        ...logText(said).matchAll(/^(Early|Mid-training) instability.*?began at [\d,]+, noticed at ([\d,]+)/gm),
      ];
      if (told.length !== json.episodes.length)
        complaints.push(`${told.length} in the log, ${json.episodes.length} in JSON`);
      for (const [all, , noticed] of told)
        if (!json.episodes.some((/** @type {any} */ one) => one.detected_at === numberOf(noticed)))
          complaints.push(all);
      const verdict = firstOf(text, /^verdict +(\S+)/m);
      if (verdict !== undefined && !`${json.verdict} `.startsWith(verdict.replace(',', '').slice(0, 3)))
        complaints.push(`text ${verdict}, JSON ${json.verdict}`);
      const marked = page.charts
        .flatMap(({ labels }) => labels)
        .filter((label) => /unstable|early instability/.test(label));
      if (marked.length > 0 && json.episodes.length === 0) complaints.push(`a chart marks ${marked}`);
      return complaints;
    },
    lies: [
      ({ page }) =>
        page.log.push({
          tone: 'bad',
          text: 'Early instability: the loss doubled within 3 steps. It began at 2, noticed at 3.',
          buttons: [],
        }),
      ({ page }) => page.charts[0].labels.push('unstable'),
      ({ json }) => (json.verdict = 'mid'),
    ],
  },
  {
    says: 'what a run learned, it learned; what it lost, it lost',
    broken: (said) => {
      const { summary, truth } = said;
      const told = logText(said);
      const complaints = [];
      if (/learned next to nothing/.test(told) && (truth.hadLearned || summary.infeasible !== 1)) complaints.push(told);
      if (/what it had learned is lost/.test(told) && !truth.hadLearned) complaints.push(told);
      if (/^Done\. Best/m.test(told) && summary.infeasible === 1) complaints.push(told);
      return complaints;
    },
    lies: [
      ({ page }) => page.log.push({ tone: 'warn', text: 'Done, but it learned next to nothing: the', buttons: [] }),
      ({ page }) => page.log.push({ tone: 'warn', text: 'Done, but what it had learned is lost: the', buttons: [] }),
      ({ summary }) => (summary.infeasible = 1),
    ],
  },
  {
    says: 'the best loss and the steps are the same in the chart, the table, the log and the command line',
    broken: (said) => {
      const { json, text, page, summary, hasEnded } = said;
      const complaints = [];
      const best = json.best?.loss;
      // Where the page stands still, it has not been evaluated for the last time.
      const own = hasEnded ? best : summary.best_loss;
      const summaryOfLoss = page.charts.find(({ heading }) => heading === 'Loss')?.summary ?? '';
      const shown = [
        [own, firstOf(summaryOfLoss, new RegExp(`best \\w+ loss ${NUMBER}`))],
        [own, firstOf(logText(said), new RegExp(`^Done\\. Best \\w+ loss ${NUMBER}`, 'm'))],
        [best, firstOf(text, new RegExp(`^best +loss ${NUMBER}`, 'm'))],
      ];
      for (const [is, told] of shown)
        if (told !== undefined && !isNear(numberOf(told.replace(/[.,]$/, '')), is, 0.006))
          complaints.push(`${told}, it is ${is}`);
      const steps = firstOf(page.status, /step ([\d,]+)/);
      if (steps !== undefined && numberOf(steps) !== json.steps) complaints.push(`status ${steps}, JSON ${json.steps}`);
      return complaints;
    },
    lies: [
      ({ json }) => Object.assign(json.best, { loss: 9 }),
      ({ page }) => (page.status = 'done in 1 s · step 12 / 300'),
      (said) => (said.text = said.text.replace(/^best .*$/m, 'best           loss 9 at step 50')),
    ],
  },
  {
    says: 'validation is spoken of only where there is validation data',
    broken: (said) => {
      if (said.json.val !== null) return [];
      const told = [logText(said), ...said.page.charts.map(({ summary }) => summary)];
      return told.filter((one) => /best validation loss \d/i.test(one));
    },
    lies: [({ json }) => (json.val = null)],
  },
  {
    says: 'a norm of 0 is no 1e-12, and no sentence has a number that is none',
    broken: (said) => {
      // Of a loss that was computed and is no number it is the truth.
      const isComputed = JSON.stringify([said.json.train, said.json.episodes]).includes('"NaN"');
      const all = allText(said);
      const told = isComputed ? all.replace(/(loss|peak|became|was|to) NaN/g, '') : all;
      return told
        .split('\n')
        .filter((line) => /(?<!below )\b1(?:\.0\d*)?e-12\b/.test(line) || /NaN|undefined|null|= –/.test(line));
    },
    lies: [
      ({ page }) => (page.histogram = 'p90 = 1e-12'),
      ({ page }) => (page.charts[0].note = 'below the edge, η λmax = –'),
      (said) => (said.text += '\ngradient norm  median 1.02e-12, 90th percentile 1.02e-12'),
      (said) => (said.text += '\ntrain loss NaN'),
    ],
  },
  {
    says: 'the norms are told alike in chart, panel and command line',
    broken: ({ text, page }) => {
      const pattern = new RegExp(`largest(?: of all)? ${NUMBER}`);
      const told = [
        firstOf(text, new RegExp(`^gradient norm .*${pattern.source}`, 'm')),
        firstOf(page.charts.find(({ heading }) => /norm/i.test(heading))?.summary ?? '', pattern),
        firstOf(page.clip, pattern),
      ].flatMap((one) => (one === undefined ? [] : numberOf(one.replace(/[.,]$/, ''))));
      return told.filter((one) => !isNear(one, told[0], 0.006)).map((one) => `largest ${one} and ${told[0]}`);
    },
    lies: [({ page }) => (page.clip = 'Nothing is clipped. Median 1, 90th percentile 2, largest 999.')],
  },
];

/**
 * @typedef {{ complete: boolean, json: any, text: string, page: Page['sweep'] }} SweepSaid
 *   complete: whether all trials of the grid were trained
 * @typedef {{ says: string, broken: (said: SweepSaid) => string[], lies: ((said: SweepSaid) => void)[] }} SweepRule
 */

/** The rate of a spot's key. @param {{ key: string }} spot */
const rateOf = ({ key }) => Number(JSON.parse(key).lr);

/** @type {SweepRule[]} */
export const SWEEP_RULES = [
  {
    says: 'lr* and a best point are claimed of a whole sweep only',
    broken: ({ complete, json, text, page }) => {
      if (complete) return [];
      const complaints = [];
      if (json.best !== null || json.summary !== null) complaints.push('JSON has a best');
      if (/★|^lr\*|^unstable from/m.test(text)) complaints.push(text);
      if (/★|Best:|unstable at rates from/.test(page.words) || page.buttons.some((label) => /lr\*/.test(label)))
        complaints.push(page.words);
      if (page.stars.length || page.verticals.length || page.unstable) complaints.push('the plot has a star');
      return complaints;
    },
    lies: [
      (said) => {
        said.complete = false;
        said.page.stars = [];
        said.page.verticals = [];
      },
      (said) => {
        said.complete = false;
        Object.assign(said.json, { best: null, summary: null });
        Object.assign(said.page, { words: 'Lowest so far', buttons: [], stars: [{ key: '{"lr":1}', x: 1 }] });
      },
    ],
  },
  {
    says: 'star, lr* and the unstable region stand at the places of their rates',
    broken: ({ json, page }) => {
      const complaints = [];
      const placeOf = (/** @type {number} */ rate) =>
        page.spots.find((/** @type {any} */ spot) => rateOf(spot) === rate)?.x;
      for (const star of page.stars)
        if (rateOf(star) !== json.summary?.lr_best)
          complaints.push(`a star at ${rateOf(star)}, lr* ${json.summary?.lr_best}`);
      for (const { x, label } of page.verticals)
        if (x !== placeOf(json.summary?.lr_best)) complaints.push(`${label} stands at ${x}`);
      if (page.unstable && page.unstable.from !== placeOf(json.summary?.lr_unstable))
        complaints.push(`unstable from ${page.unstable.from}`);
      const rising = [...page.spots].sort((a, b) => a.x - b.x).map(rateOf);
      if (rising.some((rate, i) => i > 0 && rate < rising[i - 1])) complaints.push(`rates stand as ${rising}`);
      return complaints;
    },
    lies: [
      ({ page }) => (page.verticals[0].x += 1),
      ({ page }) => (page.unstable = { from: -7 }),
      ({ json }) => (json.summary.lr_best = 123),
      ({ page }) => page.spots.push({ ...page.spots[0], x: 1e9 }),
    ],
  },
  {
    says: 'page and command line name the same rates, and nothing is said of rates that were not tried',
    broken: ({ complete, json, text, page }) => {
      if (!complete) return [];
      const complaints = [];
      const { lr_best = null, lr_unstable = null } = json.summary ?? {};
      const highest = Math.max(...page.spots.map(rateOf));
      if (/No rate above it is unstable/.test(page.words) && (lr_unstable !== null || lr_best === highest))
        complaints.push(page.words);
      if (/unstable at rates from η/.test(page.words) && lr_unstable === null) complaints.push(page.words);
      if (/Nothing here trains/.test(page.words) !== (lr_best === null)) complaints.push(page.words);
      if (/no rate is feasible/.test(text) !== (lr_best === null)) complaints.push(text);
      return complaints;
    },
    lies: [
      ({ page }) => (page.words = 'Nothing here trains.'),
      (said) => (said.text += '\nlr*            no rate is feasible'),
      ({ json }) => Object.assign(json.summary, { lr_unstable: null }),
    ],
  },
];
