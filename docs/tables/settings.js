/** Settings, layers, rules and measurements: the core's own tables, as it describes itself. */

import { cell, code, table } from './markdown.js';

/**
 * @typedef {import('../../web/platform/node/index.js').Engine['schema']} Schema
 * @typedef {Schema['fields'][number]} Field
 */

/** @param {Field} field */
function values(field) {
  if (field.kind === 'enum') return field.options.map((option) => code(option)).join(' ');
  if (field.kind === 'flag') return `${code('on')} ${code('off')}`;
  if (field.kind === 'text') return 'text';
  return `${field.kind === 'int' ? 'whole, ' : ''}${field.min} … ${field.max}${field.unit ? `, ${cell(field.unit)}` : ''}`;
}

/** @param {Field} field */
function initial({ kind, default: value }) {
  if (kind === 'text') return 'by the data';
  return code(kind === 'flag' ? (value ? 'on' : 'off') : value);
}

/** @param {readonly Field[]} fields */
function fieldTable(fields) {
  const rows = fields.map((field) => [
    code(field.name),
    initial(field),
    values(field),
    `${cell(field.help)}.${field.live ? ' *Live.*' : ''}${field.when ? ` With ${code(field.when)}.` : ''}`,
  ]);
  return table(['name', 'default', 'values', 'what it is'], rows);
}

/** Group by group. @param {Schema} schema */
export function settingsText({ fields, groups }) {
  return groups
    .map(({ name, label }) => `## ${label}\n\n${fieldTable(fields.filter((field) => field.group === name))}`)
    .join('\n\n');
}

/** Of the range test, of slices, of surfaces. @param {Schema} schema */
export function optionsText({ range_test, slice, surface }) {
  return [
    ['Options of a range test', range_test],
    ['Options of a slice through the loss surface', slice],
    ['Options of a surface for update rules', surface],
  ]
    .map(([title, fields]) => `## ${title}\n\n${fieldTable(/** @type {Field[]} */ (fields))}`)
    .join('\n\n');
}

/** @param {Schema} schema */
export function layersText({ units, models, tasks }) {
  const rows = units.map(({ name, arguments: given, help }) => [
    code(name),
    given
      .map(({ name: argument, required, min, max, same_as, default: value, help: what }) => {
        const otherwise = required ? 'required' : `left out: ${same_as ?? value}`;
        return `${code(argument)} ${cell(what)} (${min} … ${max}; ${otherwise})`;
      })
      .join('<br>'),
    cell(help),
  ]);
  const named = Object.entries(models).map(([kind, text]) => [cell(kind), code(text)]);
  const generated = tasks.map(({ name, help }) => [code(name), cell(help)]);
  return [
    table(['unit', 'arguments', 'what it is'], rows),
    `## Where the model is left out\n\n${table(['data', 'model'], named)}`,
    `## Generated sequences\n\n${table(['data set', 'what it is'], generated)}`,
  ].join('\n\n');
}

/** @param {Schema} schema */
export function rulesText({ rules, mistakes }) {
  const parts = rules.map(({ name, label, settings, defaults, limit, formula, note }) => {
    const uses = settings.map((setting) => {
      const own = /** @type {Record<string, unknown>} */ (defaults)[setting];
      return `${code(setting)}${own === undefined ? '' : ` (here ${own})`}`;
    });
    const facts = [
      uses.length > 0 ? `Settings: ${uses.join(', ')}.` : '',
      limit ? `Stable on a quadratic up to a sharpness of ${code(limit)}.` : '',
      note ? cell(note) : '',
    ];
    const heading = name === label ? name : `${label} (${code(name)})`;
    return `### ${heading}\n\n\`\`\`text\n${formula.join('\n')}\n\`\`\`\n\n${facts.filter(Boolean).join(' ')}`;
  });
  const published = mistakes.map(({ name, label, where, rules: of, formula }) => [
    code(name),
    `${cell(label)}; seen in ${cell(where)}`,
    of.map(code).join(' '),
    code(formula),
  ]);
  return [
    `## Update rules\n\n${parts.join('\n\n')}`,
    `## Published mistakes\n\nWhat ${code('--mistake')} and the museum train with.\n\n${table(['name', 'what and where', 'rules', 'the step'], published)}`,
  ].join('\n\n');
}

/** @param {Schema} schema */
export function metricsText({ metrics, events, verdicts, definitions }) {
  const rows = metrics.map(({ name, kind, label, unit, help }) => [
    code(name),
    cell(label),
    kind === 'INT' ? 'whole' : 'number',
    `${cell(help)}${unit ? ` (${cell(unit)})` : ''}`,
  ]);
  return [
    table(['name', 'label', 'kind', 'what it is'], rows),
    `## Events\n\nBits of ${code('events')} in a row.\n\n${table(
      ['event', 'bit'],
      Object.entries(events).map(([name, bit]) => [code(name), String(bit)]),
    )}`,
    `## Verdicts\n\n${table(
      ['verdict', 'what it is'],
      verdicts.map(({ name, help }) => [code(name), cell(help)]),
    )}`,
    `## Thresholds that decide them\n\n${table(
      ['name', 'value'],
      Object.entries(definitions).map(([name, value]) => [code(name), code(value)]),
    )}`,
  ].join('\n\n');
}
