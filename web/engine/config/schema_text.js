/**
 * Reads the tables out of the text that the C core describes itself with (src/base/schema.c): one JSON object per
 * line, `{"table":"fields"}` or `{"record":"problem"}` before the rows that belong to it.
 */

/**
 * @typedef {{ name: string | number, label: string }} Option
 *
 * @typedef {object} Field  a setting, or an option of a study
 * @property {string} name
 * @property {string} group
 * @property {'real' | 'int' | 'flag' | 'enum' | 'text'} kind
 * @property {string | number | boolean | null} default  an enum's is an option's name; null is a text that is left out
 * @property {number | null} min  what the engine accepts, both ends included; null where the kind has no range
 * @property {number | null} max
 * @property {string | null} scale  how a slider runs: linear or log
 * @property {number | null} low  what a slider offers
 * @property {number | null} high
 * @property {Option[]} options  of an enum; empty otherwise
 * @property {string | null} number  of an enum: the setting that somebody means who gives it a number
 * @property {number | null} capacity  bytes that a text may have
 * @property {boolean} live  whether it may change on a running training
 * @property {boolean} in_sight  whether its control stands open in its group; the others wait behind "More"
 * @property {'lr' | 'norm' | null} quantity  whose colour it wears, on its control and as a change in the charts
 * @property {string} when  "" or conditions "field=option,option" joined by ";": where it has an effect
 * @property {string} label
 * @property {string} unit
 * @property {string} help  like every help: "" until config/help.js is loaded
 *
 * @typedef {'stable' | 'early' | 'mid' | 'recovered' | 'dead'} Verdict  the names of the table of verdicts
 * @typedef {{ name: string, label: string }} Group  of settings
 * @typedef {import('../../generated/schema.js').MetricsRow} MetricsRow  one step's measurements by name
 * @typedef {{ name: keyof MetricsRow, kind: 'REAL' | 'INT', scale: 'linear' | 'log', label: string, unit: string, help: string }} Metric
 * @typedef {{ name: string, kind: 'double' | 'real' | 'int' | 'chars', size: number, help: string }} Member
 *
 * @typedef {object} Rule  an update rule (rule_fields.h)
 * @property {string} name  of the option of optimizer
 * @property {string} label
 * @property {number[]} moments  what each number that it keeps per weight starts at
 * @property {boolean} decoupled_decay  weight decay shrinks the weights apart from the gradient; otherwise it is L2
 * @property {boolean} divides_by_gradient  the gradient is divided by its own size: a step is about η long
 * @property {boolean} divides_later  not in its first steps, which are as long as the gradient: its rate has to suit both
 * @property {boolean} moves_matrices  the weights of hidden layers move as matrices, whole: two numbers cannot show it
 * @property {boolean} preconditioned  it moves by P^-1 times a mean of gradients, so its sharpness is that of P^-1/2 H P^-1/2
 * @property {string[]} settings  that it uses besides lr and weight_decay
 * @property {Record<string, number>} defaults  its own, where those of the settings do not suit it
 * @property {string | null} limit  the sharpness above which it is unstable on a quadratic, such as "(2+2γ)/η"; null
 *   where none is known
 * @property {string[]} formula  of a step, in lines
 * @property {string} note  where it differs from PyTorch's, or ""
 *
 * @typedef {object} Task  a generated data set of tokens (task_fields.h)
 * @property {string} name  of the option of dataset
 * @property {Record<string, number>} defaults  its own, where those of the settings do not suit it
 * @property {string} help
 *
 * @typedef {object} Mistake  a published one (mistake_fields.h)
 * @property {string} name  of the option of mistake
 * @property {string} label
 * @property {string} where  who makes it, with the version in which it was seen
 * @property {string[]} rules  the update rules that it is a mistake in
 * @property {'STEP' | 'BIASES' | 'DECAY' | 'LOG'} acts  on the step of all numbers, or of all but weights; on the L2 penalty;
 *   or only on what is recorded
 * @property {string} formula  what differs of the rule's formula, or of what is recorded
 *
 * @typedef {object} Argument  of a unit of the model text
 * @property {string} name
 * @property {'int' | 'real'} kind
 * @property {boolean} required  whether it must be written
 * @property {number | null} default  what it is where it is left out
 * @property {string | null} same_as  or the argument whose value it has then
 * @property {number} min
 * @property {number} max
 * @property {string} help
 *
 * @typedef {'weight' | 'embedding' | 'attention' | 'shape' | 'pool' | 'activation' | 'norm' | 'regularization' | 'branch'} Role
 * @typedef {{ name: string, role: Role, arguments: Argument[], help: string }} Unit  of the model text (unit_fields.h)
 *
 * @typedef {object} SurfaceFacts
 * @property {string} name  of the option of surface
 * @property {string} formula
 * @property {number} lowest  its least value, f*
 * @property {[number, number][]} minima  where it is taken; of a valley only the flattest points
 * @property {{ x: [number, number], y: [number, number] }} window  what a map shows
 * @property {[number, number]} start  of a race
 * @property {number} lr  a rate that suits sgd and momentum
 * @property {number} adaptive  what it is multiplied by for the rules that divide by the gradient's size
 * @property {string} help
 *
 * @typedef {object} RangeTraits  what a preset of the range test is but cannot be set
 * @property {string} headline  the rule whose rate it suggests
 * @property {string} slope  what its steepest descent differentiates by: PER_DECADE, PER_STEP, PER_RATE, PER_LN_AHEAD
 *
 * @typedef {object} Schema
 * @property {Field[]} fields  the settings of a run, in the order of the record that C reads
 * @property {Group[]} groups  those of the settings, in the order in which one reads them and hears of their changes
 * @property {Rule[]} rules  the update rules, in the order of the options of optimizer
 * @property {Mistake[]} mistakes  the published ones, in the order of the options of mistake after none
 * @property {Task[]} tasks  the data sets of tokens
 * @property {Metric[]} metrics  the columns of a step's row
 * @property {Record<string, number>} definitions  what decides instability and infeasibility (definition_fields.h)
 * @property {{ name: Verdict, label: string, help: string }[]} verdicts  on a run and its episodes of instability; C's
 *   number of one is its place here
 * @property {Record<string, number>} events  the bits of a row's events
 * @property {Field[]} range_test  the options of the LR range test
 * @property {Unit[]} units  what a model text is made of
 * @property {{ points: string, images: string, tokens: string }} models  what an absent model text means
 * @property {Record<string, Record<string, number>>} range_presets  the options that each preset starts from
 * @property {Record<string, RangeTraits>} range_traits  what else a preset is
 * @property {Field[]} surface  the options of a race of update rules on a surface
 * @property {SurfaceFacts[]} surfaces  what is known of each surface
 * @property {Field[]} slice  the options of a slice through the loss surface
 * @property {Record<string, Member[]>} records  the layout of every other record
 */

/** @param {string} text @returns {Schema} */
export function readSchema(text) {
  /** @type {Record<string, any[]>} */
  const tables = {};
  /** @type {Record<string, Member[]>} */
  const records = {};
  /** @type {any[]} */
  let rows = [];
  for (const line of text.trimEnd().split('\n')) {
    const row = JSON.parse(line);
    if (row.table) {
      rows = [];
      tables[row.table] = rows;
    } else if (row.record) {
      rows = [];
      records[row.record] = rows;
    } else rows.push(row);
  }
  const rules = tables.rules.map(readRule);
  return {
    fields: tables.fields.map((row) => readField(fillIn(row, rules))),
    groups: tables.groups,
    rules,
    mistakes: tables.mistakes.map((row) => readMistake(row, rules)),
    tasks: tables.tasks.map((row) => ({ ...row, defaults: readSettings(row.defaults).defaults })),
    metrics: tables.metrics,
    definitions: readValues(tables.definitions),
    verdicts: /** @type {Schema['verdicts']} */ (tables.verdicts),
    events: readValues(tables.events),
    range_test: tables.range_test.map(readField),
    units: readUnits(tables.units),
    models: /** @type {Schema['models']} */ (Object.fromEntries(tables.models.map(({ name, text }) => [name, text]))),
    range_presets: Object.fromEntries(tables.range_presets.map(({ name, ...options }) => [name, options])),
    range_traits: Object.fromEntries(tables.range_traits.map(({ name, ...traits }) => [name, traits])),
    surface: tables.surface.map(readField),
    surfaces: tables.surfaces.map(readSurface),
    slice: tables.slice.map(readField),
    records,
  };
}

/**
 * The rows that have a help, of all tables, in their order: so that the texts can be kept apart from them.
 *
 * @param {Schema} schema
 * @returns {{ help: string }[]}
 */
export function helpedRows(schema) {
  const { fields, tasks, metrics, verdicts, range_test, units, surface, surfaces, slice, records } = schema;
  const ofUnits = units.flatMap((unit) => [unit, ...unit.arguments]);
  const ofRecords = Object.values(records).flat();
  return [fields, tasks, metrics, verdicts, range_test, ofUnits, surface, surfaces, slice, ofRecords].flat();
}

/** @param {any[]} rows @returns {Record<string, number>} */
function readValues(rows) {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** @param {any} row @returns {Rule} */
function readRule({ name, label, moments, first, second, decay, size, scope, preconditioner, limit, note, ...row }) {
  return {
    name,
    label,
    moments: [first, second].slice(0, moments),
    decoupled_decay: decay === 'DECOUPLED',
    divides_by_gradient: size !== 'FOLLOWS',
    divides_later: size === 'DIVIDES_LATER',
    moves_matrices: scope === 'MATRICES',
    preconditioned: preconditioner !== 'none',
    ...readSettings(row.settings),
    limit: limit || null,
    formula: row.formula.split('; '),
    note,
  };
}

/** "momentum beta2=0.99" are two settings, the second with a default of the row's own. @param {string} text */
function readSettings(text) {
  const settings = (text.match(/\S+/g) ?? []).map((setting) => setting.split('='));
  return {
    settings: settings.map(([setting]) => setting),
    defaults: /** @type {Record<string, number>} */ (
      Object.fromEntries(settings.filter(([, value]) => value).map(([setting, value]) => [setting, Number(value)]))
    ),
  };
}

/** A row that names no rules is about all of them. @param {any} row @param {Rule[]} rules @returns {Mistake} */
function readMistake(row, rules) {
  return { ...row, rules: row.rules ? row.rules.split(' ') : rules.map(({ name }) => name) };
}

/** A row of a setting with what it says of the update rules written out. @param {any} row @param {Rule[]} rules */
function fillIn(row, rules) {
  // "rules that use it", "rules that use momentum or beta1"
  const when = row.when.replace(/rules that use ([\w ]+)/, (/** @type {string} */ _, /** @type {string} */ said) => {
    const used = said === 'it' ? [row.name] : said.split(' or ');
    const users = rules.filter(({ settings }) => settings.some((name) => used.includes(name)));
    return `optimizer=${users.map(({ name }) => name).join(',')}`;
  });
  const decoupled = rules.filter(({ decoupled_decay }) => decoupled_decay).map(({ label }) => label);
  return {
    ...row,
    when,
    help: row.help.replace('{decoupled}', decoupled.join(' or ')),
  };
}

/** A unit's arguments are rows after it. @param {any[]} rows @returns {Unit[]} */
function readUnits(rows) {
  /** @type {Unit[]} */
  const units = [];
  for (const { name, role, argument, kind, required = false, default: value = null, same_as = null, ...row } of rows) {
    if (argument) {
      const { min, max, help } = row;
      units[units.length - 1].arguments.push({
        name: argument,
        kind,
        required,
        default: value,
        same_as,
        min,
        max,
        help,
      });
    } else units.push({ name, role, arguments: [], help: row.help });
  }
  return units;
}

/** @param {any} row @returns {SurfaceFacts} */
function readSurface({ name, formula, lowest, minima, lr, adaptive, help, ...row }) {
  const places = minima.split(';').filter(Boolean);
  return {
    name,
    formula,
    lowest,
    minima: places.map((/** @type {string} */ place) => place.split(' ').map(Number)),
    window: { x: [row.x_low, row.x_high], y: [row.y_low, row.y_high] },
    start: [row.start_x, row.start_y],
    lr,
    adaptive,
    help,
  };
}

/** @param {any} row @returns {Field} */
function readField(row) {
  const ids = /** @type {string[]} */ ([]);
  /** @type {Option[]} */
  const options = [];
  for (const option of row.options ? row.options.slice(0, -1).split(';') : []) {
    const [id, name, label] = option.split('|');
    ids.push(id);
    options.push({ name: /^\d+$/.test(name) ? Number(name) : name, label });
  }
  const { name, group, kind, min = null, max = null, scale = null, low = null, high = null } = row;
  const { capacity = null, when, label, unit, help } = row;
  const byKind = kind === 'flag' ? row.default === 1 : row.default;
  return {
    name,
    group,
    kind,
    default: kind === 'enum' ? options[ids.indexOf(row.default)].name : byKind,
    min,
    max,
    scale,
    low,
    high,
    options,
    number: (row.number ?? 'none') === 'none' ? null : row.number,
    capacity,
    live: row.live === 'LIVE',
    in_sight: row.sight === 'SHOWN',
    quantity: row.quantity === 'none' ? null : row.quantity,
    when,
    label,
    unit,
    help,
  };
}
