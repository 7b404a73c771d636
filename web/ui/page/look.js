/**
 * How the page is looked at, as far as its address says: `?present` for a projector; `?embed&hide=…&show=…` for a frame in
 * another page, of which parts can be left out and added; `?speed=full`, `calm` or steps a second, for what it begins
 * with. It is no setting: no link that is shared holds it.
 *
 * @typedef {object} Part  of the page, for whoever puts it into a frame
 * @property {string} name
 * @property {string} what      in a word or two, for the table in the documentation
 * @property {string} selector  its elements
 * @property {boolean} framed   whether a frame shows it where the address does not say otherwise
 *
 * @typedef {{ present: boolean, embed: boolean, hide: string[], show: string[],
 *   speed?: import('../state/pace.js').Speed | null }} Look  speed: null where the address says none
 */
import { decodePart, tidySearch } from '../../engine/config/link_text.js';
import { shorten, unknownName } from '../../engine/config/names.js';
import { CHARTS } from '../live/charts.js';
import { CALM } from '../state/pace.js';

/** What a frame has room for. */
const FRAMED_CHARTS = ['loss', 'accuracy'];

/** @type {Part[]} */
export const PARTS = [
  { name: 'name', what: 'the name', selector: 'top-bar h1', framed: false },
  { name: 'tabs', what: 'the way to the other views', selector: '.tab-row', framed: false },
  { name: 'transport', what: 'Run, Step, Reset, Rewind, speed', selector: '.transport, top-bar .speed', framed: true },
  { name: 'tools', what: 'Share, Present, light or dark', selector: '.tools', framed: false },
  { name: 'link', what: 'the link to the whole page', selector: '.whole', framed: true },
  { name: 'status', what: 'step, throughput, time left', selector: 'top-bar .status', framed: true },
  { name: 'question', what: 'the sentence, and the learning rate', selector: 'question-bar', framed: true },
  { name: 'layers', what: 'the layers of the network', selector: 'layer-strip', framed: true },
  { name: 'settings', what: 'presets and settings', selector: 'aside.start, aside.controls, .pocket', framed: false },
  { name: 'events', what: 'what happened', selector: 'event-log', framed: false },
  { name: 'sees', what: 'what the network sees', selector: 'model-sees', framed: false },
  { name: 'runs', what: 'the table of runs', selector: 'section.runs', framed: false },
  ...CHARTS.map((chart) => ({
    name: chart.id,
    what: 'heading' in chart ? `the chart ${chart.heading}` : 'the chart of all gradient norms',
    selector: `.charts > [data-chart="${chart.id}"]`,
    framed: FRAMED_CHARTS.includes(chart.id),
  })),
];

/** Parts that stand in one column, which goes with the last of them. */
const SIDE = ['events', 'sees'];

const FLAGS = /** @type {const} */ (['present', 'embed']);
const LISTS = /** @type {const} */ (['hide', 'show']);

/** What a flag may be written with. */
const ON = ['', '1', 'true', 'yes'];
const OFF = ['0', 'false', 'no'];

/**
 * Takes what is said of the look out of an address's query.
 * @param {string} search
 * @returns {{ look: Look, search: string, problems: string[] }}  search: the rest; problems: what is wrong, a sentence each
 */
export function takeLook(search) {
  /** @type {Look} */
  const look = { present: false, embed: false, hide: [], show: [], speed: null };
  /** @type {string[]} */
  const problems = [];
  const rest = tidySearch(search)
    .split('&')
    .filter((part) => part !== '' && !takePart(look, part, problems));
  if (!look.embed && (look.hide.length > 0 || look.show.length > 0)) {
    problems.push('hide and show are for a page in a frame: they need embed beside them.');
  }
  return { look, search: rest.length ? `?${rest.join('&')}` : '', problems };
}

/** @param {Look} look @param {string} part  of a query @param {string[]} problems @returns {boolean}  whether it is about the look */
function takePart(look, part, problems) {
  const [written, ...values] = part.split('=');
  const name = written.toLowerCase();
  const given = values.join('=');
  const value = (decodePart(given)?.trim() ?? given).toLowerCase();
  if (name === 'speed') {
    look.speed = readSpeed(value);
    if (look.speed === null) problems.push(`speed is full, calm or steps a second, not "${shorten(value)}".`);
    return true;
  }
  const flag = FLAGS.find((other) => other === name);
  const list = LISTS.find((other) => other === name);
  if (flag) {
    if (ON.includes(value)) look[flag] = true;
    else if (!OFF.includes(value)) problems.push(`${flag} is on or off, not "${shorten(value)}".`);
  } else if (list) {
    for (const word of value.split(/[\s,]+/).filter(Boolean)) {
      if (PARTS.some((other) => other.name === word)) look[list].push(word);
      else problems.push(`${list} names no part of the page with ${sayUnknown(word)}`);
    }
  }
  return !!(flag || list);
}

/** @param {string} value @returns {import('../state/pace.js').Speed | null} */
function readSpeed(value) {
  if (value === 'full') return 0;
  if (value === CALM) return CALM;
  const steps = Number(value);
  return value !== '' && steps > 0 && Number.isFinite(steps) ? steps : null;
}

/** @param {string} word */
function sayUnknown(word) {
  const names = PARTS.map(({ name }) => name);
  const guess = unknownName(word, names);
  return guess.endsWith('?') ? guess : `${guess} There are ${names.join(', ')}.`;
}

/** What an address says of the look, to go on with & after settings. @param {Look} look */
export function lookToSearch(look) {
  const flags = FLAGS.filter((flag) => look[flag]);
  const lists = LISTS.filter((list) => look.embed && look[list].length > 0);
  const speed =
    look.speed === null || look.speed === undefined ? [] : [`speed=${look.speed === 0 ? 'full' : look.speed}`];
  return [...flags, ...speed, ...lists.map((list) => `${list}=${look[list].join(',')}`)]
    .map((part) => `&${part}`)
    .join('');
}

/** Names of the parts that are not shown. @param {Look} look @returns {Set<string>} */
export function hiddenParts({ embed, hide, show }) {
  if (!embed) return new Set();
  // What is named in both is shown: whoever adds it says so.
  const hidden = PARTS.filter(({ name, framed }) => !show.includes(name) && (!framed || hide.includes(name)));
  return new Set(hidden.map(({ name }) => name));
}

/** Leaves out of the page what is hidden, and tells its style sheets. @param {Look} look @param {Set<string>} hidden */
export function dressPage(look, hidden) {
  const root = document.documentElement;
  root.classList.toggle('embedded', look.embed);
  const columns = SIDE.every((name) => hidden.has(name)) ? ['side'] : [];
  root.dataset.without = [...hidden, ...columns].join(' ');
  const sheet = new CSSStyleSheet();
  const selectors = PARTS.filter(({ name }) => hidden.has(name)).map(({ selector }) => selector);
  if (columns.length) selectors.push('aside.side');
  for (const selector of selectors) sheet.insertRule(`:is(${selector}) { display: none !important; }`);
  document.adoptedStyleSheets = [sheet];
}
