/** Settings as users give them: parsing, problems, live changes, permalinks. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig, fieldApplies, settingsAt } from '../../web/engine/config/config.js';
import { configFromSearch, configToSearch } from '../../web/engine/config/config_text.js';
import { tidySearch } from '../../web/engine/config/link_text.js';
import { nearestName } from '../../web/engine/config/names.js';
import { FIELD_BY_NAME, SCHEMA } from '../../web/engine/config/schema.js';
import { createEngine } from '../../web/platform/node/index.js';

const engine = await createEngine();

/** The one problem that these settings have. @param {unknown} input */
function problemOf(input) {
  const { problems } = engine.parseConfig(/** @type {any} */ (input));
  assert.equal(problems.length, 1, JSON.stringify(problems));
  return problems[0];
}

test('nothing given is the defaults', () => {
  for (const input of [undefined, null, {}, { lr: undefined }]) {
    assert.deepEqual(engine.parseConfig(/** @type {any} */ (input)), { config: defaultConfig(), problems: [] });
  }
});

test('values keep the decimal as typed, and text is read strictly', () => {
  const { config, problems } = engine.parseConfig({
    lr: '0.02',
    batch: '1e2',
    standardize: 'off',
    clip_in_warmup: 0,
    downsample: '2',
    optimizer: 'nadam',
    model: '',
  });
  assert.deepEqual(problems, []);
  const { lr, batch, standardize, clip_in_warmup, downsample, optimizer, model } = config;
  assert.deepEqual(
    { lr, batch, standardize, clip_in_warmup, downsample, optimizer, model },
    { lr: 0.02, batch: 100, standardize: false, clip_in_warmup: false, downsample: 2, optimizer: 'nadam', model: '' },
  );
  for (const text of ['', ' 1', '1 ', '0x10', '1,5', '1e', 'NaN', 'Infinity', '--1', '1_000']) {
    assert.match(problemOf({ lr: text }).message, /^lr must be between 0 and 1000000, not /);
  }
});

test('a value out of range is a problem that names field and bounds, and the default stands in', () => {
  for (const [field, value] of /** @type {[string, unknown][]} */ ([
    ['lr', -1],
    ['lr', NaN],
    ['lr', Infinity],
    ['lr', 1e308],
    ['lr', null],
    ['lr', {}],
    ['lr', []],
    ['lr', true],
    ['steps', 1.5],
    ['steps', -1],
    ['steps', 1e9],
    ['seed', 2 ** 31],
    ['beta1', 1],
    ['clip_norm', 0],
    ['clip_percentile', 101],
    ['standardize', 'maybe'],
    ['standardize', 2],
    ['optimizer', 'adm'],
    ['downsample', 3],
    ['model', 7],
    ['model', 'x'.repeat(2049)],
    ['model', 'é'.repeat(1025)],
    ['val_fraction', 1],
  ])) {
    const { config, problems } = engine.parseConfig({ [field]: value });
    assert.equal(problems.length, 1, `${field} ${String(value)}`);
    assert.equal(problems[0].field, field);
    assert.match(problems[0].message, new RegExp(`^${field} `));
    assert.deepEqual(config, defaultConfig());
  }
  assert.match(problemOf({ optimizer: 'adm' }).message, /Did you mean adam\?/);
});

test('unknown settings are problems with the nearest name', () => {
  assert.deepEqual(problemOf({ 'learning-rate': 1 }).field, 'learning-rate');
  // As the page calls them.
  assert.match(problemOf({ learning_rate: 1 }).message, /did you mean lr\?/);
  assert.match(problemOf({ 'Batch size': 1 }).message, /did you mean batch\?/);
  assert.equal(nearestName('--learning-rate', ['--lr', '--batch']), '--lr');
  assert.match(problemOf({ optimiser: 'adam' }).message, /did you mean optimizer\?/);
  assert.match(problemOf({ 'warmup-step': 1 }).message, /did you mean warmup_steps\?/);
  assert.equal(nearestName('zzzzzz', ['lr', 'batch']), null);
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const input = JSON.parse(`{"${name}": 1}`);
    assert.equal(problemOf(input).field, name);
  }
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

test('a number or a word that belongs to another setting points to that', () => {
  const said = (/** @type {object} */ given) => problemOf(given).message.replace(/^.*? not [^ ]+\.? ?/, '');
  for (const [given, hint] of /** @type {[object, string][]} */ ([
    [{ clip: 1 }, 'Did you mean clip=norm and clip_norm=1?'],
    [{ clip: '1.0' }, 'Did you mean clip=norm and clip_norm=1.0?'],
    [{ schedule: 0.1 }, 'Did you mean lr=0.1?'],
    [{ optimizer: 0.9 }, 'Did you mean optimizer=momentum and momentum=0.9?'],
    [{ clip_norm: 'adaptive' }, 'Did you mean clip=adaptive?'],
    [{ lr: 'cosine' }, 'Did you mean schedule=cosine?'],
    [{ schedule: 'adam' }, 'Did you mean optimizer=adam?'],
    [{ optimizer: 9 }, ''], // no momentum
    [{ clip: -1 }, ''],
    [{ loss: 0.1 }, ''],
    [{ weight_decay: 'none' }, ''],
    [{ lr_min: 'off' }, ''],
    [{ clip: 'x' }, ''],
    // A word of another setting is no misspelt one of this, unless it is its begin; words of switches and numbers are none.
    [{ clip: 'sort' }, 'Did you mean dataset=sort?'],
    [{ arithmetic: 'plane' }, 'Did you mean dataset=plane?'],
    [{ mistake: 'rmsprop' }, 'Did you mean rmsprop_from_zero?'],
    [{ clip: 'none' }, 'Did you mean off?'],
    [{ clip: 0 }, 'Did you mean off?'],
    [{ mistake: 'off' }, 'Did you mean none?'],
    [{ schedule: 'on' }, ''],
    [{ downsample: 16 }, ''],
    [{ schedule: 0 }, ''],
    [{ optimizer: 'NADAM' }, 'Did you mean nadam?'],
    [{ dataset: 'sor' }, 'Did you mean sort?'],
  ]))
    assert.equal(said(given), hint, JSON.stringify(given));
  for (const { name, kind, number } of SCHEMA.fields) {
    if (number === null) continue;
    assert.equal(kind, 'enum', name);
    assert.match(FIELD_BY_NAME.get(number)?.kind ?? '', /^(real|int)$/, `${name}: ${number}`);
  }
});

test('input of any kind gives problems, never a throw', () => {
  const throwing = {
    get lr() {
      throw new Error('no');
    },
  };
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('no');
      },
    },
  );
  for (const input of ['lr=1', 7, true, [], [1], throwing, proxy, Symbol('x'), () => 1]) {
    const { config, problems } = engine.parseConfig(input);
    assert.ok(problems.length > 0);
    assert.deepEqual(config, defaultConfig());
  }
  const odd = { lr: Symbol('x'), model: Symbol('y'), optimizer: { toString: null }, changes: [Symbol('z'), null, 3] };
  assert.equal(engine.parseConfig(/** @type {any} */ (odd)).problems.length, 6);
});

test('rules between settings are judged', () => {
  assert.deepEqual(problemOf({ schedule: 'range_exponential' }).field, 'lr_min');
  assert.deepEqual(problemOf({ schedule: 'range_linear', lr: 0.1, lr_min: 0.2 }).field, 'lr_min');
  assert.deepEqual(engine.parseConfig({ schedule: 'range_exponential', lr_min: 1e-8, lr: 1 }).problems, []);
  assert.deepEqual(engine.parseConfig({ schedule: 'cosine', lr: 0.1, lr_min: 0.2 }).problems, []);
});

test('regression is trained on squared error', () => {
  assert.equal(engine.parseConfig({ dataset: 'plane' }).config.loss, 'squared_error');
  assert.equal(engine.parseConfig({ dataset: 'moons' }).config.loss, 'cross_entropy');
});

test('a model text is judged with the character and the nearest name', () => {
  const problem = problemOf({ model: 'linear(32) tahn' });
  assert.equal(problem.field, 'model');
  assert.equal(problem.position, 11);
  assert.match(problem.message, /tanh/);
  assert.equal(problemOf({ model: '# é\nlinear(32) tahn' }).position, 15);
  assert.equal(engine.checkModel('linear(32) tanh'), null);
  assert.equal(engine.checkModel(''), null);
  assert.equal(engine.checkModel('(relu')?.position === null, false);
});

test('who checks types hears of a misspelled setting before it runs', () => {
  // @ts-expect-error there is no such setting
  const { problems } = engine.parseConfig({ learning_rate: 1 });
  assert.equal(problems.length, 1);
});

test('changes are read from objects and from text, judged and sorted', () => {
  const expected = [
    { step: 0, field: 'lr', value: 0.5 },
    { step: 400, field: 'clip', value: 'norm' },
    { step: 400, field: 'clip_in_warmup', value: false },
  ];
  const texts = ['400:clip=norm', '400:clip_in_warmup=off', '0:lr=0.5'];
  for (const changes of [texts, texts.join(','), [expected[1], texts[1], expected[0]]]) {
    assert.deepEqual(engine.parseConfig({ changes }), {
      config: { ...defaultConfig(), changes: expected },
      problems: [],
    });
  }
  for (const bad of [
    '400:clip',
    'clip=norm',
    '-1:lr=1',
    '1.5:lr=1',
    'x:lr=1',
    '5:lr=-1',
    '5:batch=1',
    '5:lrr=1',
    '5:clip=hard',
    ':lr=1',
  ]) {
    assert.equal(problemOf({ changes: bad }).field, 'changes', bad);
  }
  assert.match(problemOf({ changes: '5:batch=1' }).message, /batch cannot change on a running training/);
  assert.match(problemOf({ changes: '5:momentom=1' }).message, /momentum/);
  assert.equal(problemOf({ changes: 7 }).field, 'changes');
  assert.equal(problemOf({ changes: [{ step: NaN, field: 'lr', value: 1 }] }).field, 'changes');
});

test('settingsAt has the changes before a step', () => {
  const { config } = engine.parseConfig({ lr: 1, changes: ['5:lr=2', '8:lr=3'] });
  assert.deepEqual(
    [0, 5, 6, 8, 9].map((step) => settingsAt(config, step).lr),
    [1, 1, 2, 2, 3],
  );
});

test('fieldApplies follows the table', () => {
  const field = (/** @type {string} */ name) =>
    /** @type {any} */ (engine.schema.fields.find((row) => row.name === name));
  assert.equal(fieldApplies(field('beta1'), { optimizer: 'adam' }), true);
  assert.equal(fieldApplies(field('beta1'), { optimizer: 'sgd' }), false);
  assert.equal(fieldApplies(field('lr'), {}), true);
});

test('a permalink has what differs from the defaults, in the order of the table', () => {
  assert.equal(configToSearch(defaultConfig()), '');
  const { config } = engine.parseConfig({
    lr: 0.1,
    dataset: 'plane',
    standardize: false,
    model: 'linear(8) relu # 50% & more\nlinear(4)',
    changes: ['400:clip=norm', '500:lr=1e-5'],
  });
  const search = configToSearch(config);
  assert.match(search, /^dataset=plane&standardize=off&model=linear\(8\)\+relu\+%23\+50%25/);
  assert.match(search, /&changes=400:clip=norm,500:lr=0.00001$/);
  for (const prefix of ['', '?', '#']) {
    assert.deepEqual(configFromSearch(prefix + search), { config, problems: [] });
  }
});

test('every setting survives a permalink', () => {
  for (const field of engine.schema.fields) {
    for (const value of [field.min, field.max, field.low, field.high, ...field.options]) {
      if (value === null) continue;
      const config = { ...defaultConfig(), [field.name]: value };
      if (config.dataset === 'plane') config.loss = 'squared_error';
      assert.deepEqual(configFromSearch(configToSearch(config)), { config, problems: [] });
    }
  }
  const empty = { ...defaultConfig(), model: '' };
  assert.equal(configToSearch(empty), 'model=');
  assert.deepEqual(configFromSearch('model=').config, empty);
});

test('a link is read in spite of what it caught on its way', () => {
  const { config } = engine.parseConfig({
    dataset: 'moons',
    optimizer: 'adam',
    lr: 0.1,
    warmup_steps: 10,
    clip: 'norm',
  });
  const whole = '?dataset=moons&optimizer=adam&lr=0.1&warmup_steps=10&clip=norm';
  for (const search of [
    whole,
    whole.replaceAll('&', '&amp;'),
    whole.replaceAll('&', '&amp;amp;'),
    `?utm_source=chat&${whole.slice(1)}&utm_campaign=a%2&fbclid=x&gclid=y&ref=z&mc_eid=1`,
    '?Dataset=Moons&OPTIMIZER=Adam&LR=0.1&warmup-steps=10&clip=NORM',
    whole.replace(/(?<=.)[=&]/g, (sign) => encodeURIComponent(sign)),
    encodeURIComponent(whole),
    encodeURIComponent(encodeURIComponent(whole)),
    whole.replaceAll('=', '%253D').replace('lr', '%256Cr'),
    whole.replaceAll('=', '=%20').replaceAll('&', '%0A%E2%80%8B&'),
    `${whole}&lr=0.1`,
    `${whole}&`,
  ]) {
    assert.deepEqual(configFromSearch(search), { config, problems: [] }, search);
  }
  // What is ignored in links must not be the name of a setting.
  for (const { name } of engine.schema.fields) assert.equal(tidySearch(`?${name}=1`), `${name}=1`);
});

test('a model in a link may be encoded again, and keeps what only looks so', () => {
  const model = 'linear(8) tanh';
  for (const search of [
    `?model=${encodeURIComponent(encodeURIComponent(model))}`,
    '?model=linear%25288%2529%2Btanh',
    `?model=${encodeURIComponent(encodeURIComponent(encodeURIComponent(model)))}`,
  ])
    assert.deepEqual(configFromSearch(search).config.model, model, search);
  const noted = 'tanh # 50%20';
  assert.equal(configFromSearch(`?model=${encodeURIComponent(noted)}`).config.model, noted);
});

test('a link that says a setting twice: the last counts, and it is said; changes add up', () => {
  const { config, problems } = configFromSearch('?lr=0.1&lr=0.2&changes=4:lr=1&changes=2:clip=norm');
  assert.equal(config.lr, 0.2);
  assert.deepEqual(problems, [{ field: 'lr', message: 'lr is in the link more than once: "0.2" counts, the last.' }]);
  assert.deepEqual(
    config.changes.map(({ step }) => step),
    [2, 4],
  );
});

test('a hostile link gives problems and defaults', () => {
  for (const search of [
    '?__proto__=1',
    '?constructor=1',
    '?lr=NaN',
    '?lr=1e999',
    '?lr',
    '?=1',
    '?lr=%',
    '?%E0%A4%A',
    '?steps=99999999999999999999',
    `?${'x'.repeat(100000)}=1`,
    `?model=${'a'.repeat(100000)}`,
    '?changes=1:__proto__=1',
    '?changes=1:lr=NaN',
    '?lr[]=1',
  ]) {
    const { config, problems } = configFromSearch(search);
    assert.equal(problems.length, 1, search.slice(0, 40));
    assert.ok(problems[0].message.length < 300, search.slice(0, 40));
    assert.deepEqual(config, defaultConfig());
  }
  assert.deepEqual(configFromSearch('?&&&'), { config: defaultConfig(), problems: [] });
  assert.equal(configToSearch({ ...defaultConfig(), model: '\ud800' }), 'model=%3F');
});
