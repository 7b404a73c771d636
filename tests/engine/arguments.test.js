/**
 * Every method of every object that the library hands out, called with wrong arguments: each is followed, or refused in
 * one sentence, and what can mean nothing is refused. TRAINSCOPE_ARGUMENTS says how many pairs of wrong arguments are
 * drawn beyond those that are tried one by one.
 *
 * The table CALLS has a valid call of each method. One that is not in it fails the test, so that a new method needs a row.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine, TrainerError } from '../../web/platform/node/index.js';
import { makeRandom } from '../fixtures/random.js';

const DRAWN = Number(process.env.TRAINSCOPE_ARGUMENTS ?? 300);

const engine = await createEngine();
const other = await createEngine();
const POINTS = { images: Float32Array.of(0, 1, 1, 0), labels: Uint8Array.of(0, 1), shape: [2], classes: 2 };
const SMALL = { dataset: 'circle', samples: 20, steps: 40, model: 'linear(2) tanh batchnorm', batch: 4 };
const otherData = other.createDataset(POINTS);
const data = engine.createDataset(POINTS);
const trained = engine.createTrainer(SMALL);
trained.step(2);
const SNAPSHOT = trained.snapshot();
const TENSORS = trained.tensors();
const POINT = engine.createSurface({}).measure(1, 2);
const REGION = { x: [-1, 1], y: [-1, 1] };

/** @returns {never} */
const trap = () => assert.fail('a getter of the caller');
const throwing = () =>
  new Proxy({}, { get: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap, has: trap });
const revoked = Proxy.revocable([], {});
revoked.revoke();
/** @type {any} */
const circular = {};
circular.step = circular;

/** Values of every kind, of which hardly any is right anywhere. */
const WRONG = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  'minus one': () => -1,
  half: () => 0.5,
  'a huge number': () => 1e300,
  '2^31': () => 2 ** 31,
  Infinity: () => Infinity,
  'minus infinity': () => -Infinity,
  'a text': () => 'x',
  'an empty text': () => '',
  BigInt: () => 3n,
  symbol: () => Symbol('s'),
  true: () => true,
  function: () => () => 1,
  'empty object': () => ({}),
  'object of the unknown': () => ({ unknown: 1 }),
  'object without prototype': () => Object.assign(Object.create(null), { lr: Symbol('x') }),
  'circular object': () => circular,
  'throwing proxy': () => throwing(),
  'revoked proxy': () => revoked.proxy,
  'throwing getter': () => ({
    get step() {
      return trap();
    },
    get lr() {
      return trap();
    },
  }),
  'empty list': () => [],
  'list of null': () => [null],
  'list of objects': () => [{}, {}],
  'list of symbols': () => [Symbol('x')],
  'list of BigInt': () => [1n, 2n],
  'sparse list': () => Object.assign(new Array(2), { 1: 1 }),
  'huge sparse list': () => new Array(100_000),
  'list with a throwing getter': () => Object.defineProperty([1, 2], 1, { get: trap, enumerable: true }),
  'list of throwing proxies': () => [throwing()],
  Uint8Array: () => Uint8Array.of(1, 2),
  Float64Array: () => Float64Array.of(NaN, -1),
  BigInt64Array: () => BigInt64Array.of(1n),
  'empty Float32Array': () => new Float32Array(),
  DataView: () => new DataView(new ArrayBuffer(4)),
  Map: () => new Map([['lr', 1]]),
  Date: () => new Date(0),
  'object that is no text': () => ({ toString: null, valueOf: null, [Symbol.toPrimitive]: null }),
  'another engine': () => other,
  'disposed data': () => {
    const gone = engine.createDataset(POINTS);
    gone.dispose();
    return gone;
  },
  "another engine's data": () => otherData,
};

/** What no argument may be, whatever it is for: it says nothing, so that taking it would be ignoring it. */
const NEVER = ['BigInt', 'symbol', 'throwing proxy', 'revoked proxy', 'BigInt64Array', 'Map', 'Date', 'another engine'];

/**
 * Where anything goes: parseConfig says what is wrong beside what it made of the rest, and parameters go by order.
 *
 * @param {string} method
 * @param {(string | number)[]} place
 */
function isFree(method, place) {
  const goesByOrder = ['setParameters', 'place', 'slice'].includes(method) && place.at(-1) === 'name';
  return method === 'parseConfig' || goesByOrder;
}

/** @typedef {{ make: () => any, calls: Record<string, () => any[]> }} Row */

const range = () => engine.parseRangeOptions({ points: 20 });
const curve = () => ({ lr: [0.1, 0.2, 0.3], loss: [3, 2, 4], smoothed: [3, 2, 4], batch: 4, baseline: 2 });

/** A valid call of each method, by the class that has it; getters are read. @type {Record<string, Row>} */
const CALLS = {
  Engine: {
    make: () => engine,
    calls: {
      parseConfig: () => [{ lr: 0.1, changes: [{ step: 3, field: 'lr', value: 0.1 }] }],
      checkModel: () => ['linear(3)'],
      measureModel: () => [{ ...SMALL }, data],
      learningRates: () => [{ ...SMALL }],
      learningRatesAt: () => [{ ...SMALL }, [0, 1]],
      createDataset: () => [{ ...POINTS, validation: { images: POINTS.images, labels: POINTS.labels } }],
      splitDataset: () => [{ ...POINTS }, { val_fraction: 0.5 }],
      splitData: () => [{ ...POINTS }, { val_fraction: 0.5 }],
      shareData: () => [{ ...POINTS }],
      adoptData: () => [{ ...POINTS }],
      makeRoom: () => [64],
      generateDataset: () => [{ ...SMALL }],
      parseIdx: () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7), { isWhole: true }],
      createTrainer: () => [{ ...SMALL }, data],
      createOptimizer: () => ['adam', { beta1: 0.9 }, 3],
      createSurface: () => [{ surface: 'quadratic' }],
      createRace: () => [
        {
          surface: { surface: 'beale' },
          start: [1, 1],
          entries: [{ rule: 'adam', lr: 0.1, settings: { beta1: 0.8 } }],
        },
      ],
      parseRangeOptions: () => [{ points: 20 }],
      rangeRates: () => [range()],
      createRangeCurve: () => [range()],
      suggest: () => [[0.1, 0.2, 0.3], Float64Array.of(3, 2, 4), { preset: 'fastai', skipBegin: 0, skipEnd: 0 }],
      judgeCurve: () => [curve(), { preset: 'trainscope', mode: 'linear' }],
      gradientNormStats: () => [[1, 2, 3], { percentile: 50, bins: 4 }],
    },
  },
  Trainer: {
    make: () => engine.createTrainer(SMALL),
    calls: {
      step: () => [2],
      advanceRows: () => [2, () => false],
      advancePacked: () => [2, () => false],
      set: () => [{ lr: 0.01 }],
      snapshot: () => [],
      restore: () => [SNAPSHOT, { changes: [{ step: 3, field: 'lr', value: 0.1 }] }],
      fork: () => [{ changes: [{ step: 30, field: 'lr', value: 0.1 }] }],
      tensors: () => [],
      material: () => [['train']],
      setParameters: () => [trained.parameters],
      setTensors: () => [TENSORS],
      lossAndGradient: () => [[0, 1]],
      evaluate: () => ['val'],
      beginEvaluation: () => ['train', 3],
      advanceEvaluation: () => [],
      recordBest: () => [1, null],
      predict: () => ['train', [0, 1]],
      predictInputs: () => [Float32Array.of(0, 1)],
      readSamples: () => ['val', [0]],
      samplePixels: () => ['val', 0],
      attention: () => ['val', 0],
      generate: () => ['ab', { maxNewTokens: 2, temperature: 1, seed: 1 }],
      sharpness: () => [{ samples: 4, iterations: 2, preconditioned: false }],
      beginSharpness: () => [{ samples: 4, iterations: 2 }],
      advanceSharpness: () => [],
      digest: () => [],
      summary: () => [],
      episodes: () => [],
      normBins: () => [],
      normHistogram: () => [],
      unitSizes: () => [4],
      slice: () => [
        { plane: 'random', plane_seed: 2, loss_samples: 4, path: [{ step: 2, parameters: trained.parameters }] },
      ],
    },
  },
  LossSlice: {
    make: () => trained.slice({ plane: 'random' }),
    calls: {
      lossAt: () => [0.5, -1],
      begin: () => [0.5, -1],
      advance: () => [],
      place: () => [trained.parameters],
    },
  },
  Dataset: {
    make: () => engine.createDataset(POINTS),
    calls: { readSamples: () => ['train', [1]], checkUsable: () => [], retain: () => [], release: () => [] },
  },
  Optimizer: {
    make: () => engine.createOptimizer('adam', {}, 2),
    calls: { step: () => [Float32Array.of(1, 2), Float32Array.of(1, 2), 0.1], scale: () => [] },
  },
  Surface: {
    make: () => engine.createSurface({}),
    calls: {
      measure: () => [1, 2],
      sharpness: () => [POINT, [1, 1], 0],
      noise: () => [3],
      grid: () => [{ ...REGION }, 3, 3],
    },
  },
  Race: {
    make: () => engine.createRace({ entries: [{ rule: 'sgd', lr: 0.1 }] }),
    calls: { advance: () => [2] },
  },
  Racer: {
    make: () => engine.createRace({ entries: [{ rule: 'sgd', lr: 0.1 }] }).racers[0],
    calls: { step: () => [[0, 0]] },
  },
  RangeCurve: { make: () => engine.createRangeCurve(range()), calls: { add: () => [3] } },
};

/** The names of an object's methods and getters, its classes' above it included. @param {object} object */
function membersOf(object) {
  /** @type {Map<string, PropertyDescriptor>} */
  const members = new Map();
  for (let at = Object.getPrototypeOf(object); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (name !== 'constructor' && !members.has(name)) members.set(name, descriptor);
    }
  }
  return members;
}

/** @param {unknown} value @param {number} [deep] @returns {(string | number)[][]} the places of an argument that may go wrong */
function placesIn(value, deep = 3) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || deep === 0) return [[]];
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return [[]];
  const inside = Object.entries(value).slice(0, 12);
  return [[], ...inside.flatMap(([name, member]) => placesIn(member, deep - 1).map((place) => [name, ...place]))];
}

/** A copy with another value at a place. @param {any} value @param {(string | number)[]} place @param {unknown} wrong @returns {any} */
function replace(value, [name, ...rest], wrong) {
  if (name === undefined) return wrong;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[name] = replace(value[name], rest, wrong);
  return copy;
}

/** What went otherwise than it should: all of it, since each method is a fault of its own. @type {string[]} */
let faults = [];

/**
 * Calls, and judges how it ends.
 *
 * @param {() => any} call
 * @param {string} said  what was called, for the report
 * @returns {'taken' | 'refused'}
 */
function judge(call, said) {
  try {
    const result = call();
    if (result !== engine) result?.dispose?.();
    return 'taken';
  } catch (error) {
    const { message, code, stack } = /** @type {any} */ (error);
    const isSentence = typeof code === 'string' && /^[^\p{Cc}]{10,400}[.?)]$/u.test(message);
    if (!(error instanceof TrainerError && isSentence)) faults.push(`${said}: ${stack ?? String(error)}`);
    return 'refused';
  }
}

function assertNoFaults() {
  const found = faults;
  faults = [];
  assert.equal(found.length, 0, `${found.length} faults\n${found.slice(0, 20).join('\n')}`);
}

const ROWS = Object.entries(CALLS).flatMap(([type, { make, calls }]) =>
  Object.entries(calls).map(([method, args]) => ({ type, method, make, args })),
);

for (const [type, { make, calls }] of Object.entries(CALLS)) {
  test(`${type}: every method has a row, and every getter can be read, also of what is disposed of`, () => {
    const object = make();
    for (const [name, { value }] of membersOf(object)) {
      if (typeof value === 'function' && name !== 'dispose') assert.ok(name in calls, `${type}.${name} has no row`);
    }
    for (const isDisposed of [false, true]) {
      if (isDisposed && object !== engine) object.dispose?.();
      for (const [name, { get }] of membersOf(object)) {
        if (get) judge(() => object[name], `${type}.${name}`);
      }
      for (const [name, args] of Object.entries(calls)) {
        if (isDisposed && object !== engine && name !== 'release')
          judge(() => object[name](...args()), `${name} of a disposed ${type}`);
      }
      if (object !== engine) object.dispose?.();
    }
    assertNoFaults();
  });
}

test('a wrong argument, or a wrong member of one, is followed or refused in a sentence', () => {
  const ends = { taken: 0, refused: 0 };
  for (const { type, method, make, args } of ROWS) {
    const object = make();
    for (const [index, valid] of args().entries()) {
      for (const place of placesIn(valid)) {
        for (const [name, value] of Object.entries(WRONG)) {
          const given = args();
          given[index] = replace(given[index], place, value());
          const said = `${type}.${method}, argument ${[index, ...place].join('.')}: ${name}`;
          const end = judge(() => object[method](...given), said);
          ends[end]++;
          if (end === 'taken' && NEVER.includes(name) && !isFree(method, place))
            faults.push(`${said}: taken, though it says nothing`);
        }
      }
    }
    if (object !== engine) object.dispose?.();
  }
  assertNoFaults();
  assert.ok(ends.refused > 4 * ends.taken, JSON.stringify(ends));
});

test('too few arguments, and pairs of wrong ones, are followed or refused in a sentence', () => {
  const draw = makeRandom(7);
  const values = Object.entries(WRONG);
  for (const { type, method, make, args } of ROWS) {
    const object = make();
    for (let count = 0; count < args().length; count++) {
      judge(() => object[method](...args().slice(0, count)), `${type}.${method} of ${count}`);
    }
    if (object !== engine) object.dispose?.();
  }
  for (let i = 0; i < DRAWN; i++) {
    const { type, method, make, args } = ROWS[draw(ROWS.length)];
    const object = make();
    const given = args();
    const names = given.map((valid, index) => {
      const places = placesIn(valid);
      const [name, value] = values[draw(values.length)];
      given[index] = replace(given[index], places[draw(places.length)], value());
      return name;
    });
    judge(() => object[method](...given), `${type}.${method}(${names.join(', ')})`);
    if (object !== engine) object.dispose?.();
  }
  assertNoFaults();
});

test('createEngine refuses options that are none', async () => {
  const refused = { code: 'argument' };
  for (const options of [null, 5, [], { thread: 2 }, { threads: 0 }, { threads: 2n }, { threads: Symbol('x') }]) {
    await assert.rejects(createEngine(/** @type {any} */ (options)), refused);
  }
  for (const common of [5, 'x', {}, new ArrayBuffer(4)]) {
    await assert.rejects(createEngine({ common: /** @type {any} */ (common) }), refused);
  }
});

test('what would be ignored is refused: a step that is none, a negative rate, a misspelled option, a name of nothing', () => {
  const trainer = engine.createTrainer(SMALL);
  /** @type {[() => unknown, RegExp][]} */
  const refused = [
    [() => trainer.fork(/** @type {any} */ ({ changes: [{ step: 'x', field: 'lr', value: 1 }] })), /step .* not "x"/],
    [() => trainer.fork(/** @type {any} */ ({ changes: 5 })), /changes must be a list .* not 5/],
    [() => trainer.fork(/** @type {any} */ ({ change: [] })), /no option "change": did you mean changes\?/],
    [() => trainer.sharpness(/** @type {any} */ ({ sample: 3 })), /no option "sample": did you mean samples\?/],
    [() => engine.createRace({ entries: [{ rule: 'adam', lr: -1 }] }), /lr must be between 0 and \d+, not -1/],
    [() => engine.createRace(/** @type {any} */ (undefined)), /entries must be a list/],
    [() => engine.createRace({ entries: [], start: /** @type {any} */ ([1]) }), /start must be two finite numbers/],
    [() => engine.suggest([1], [1], /** @type {any} */ (null)), /options of suggest .* not null/],
    [() => engine.gradientNormStats([1], /** @type {any} */ (null)), /options of gradientNormStats .* not null/],
    [() => trainer.unitSizes(0), /samples must be a whole number from 1, not 0/],
    [() => trainer.sharpness(/** @type {any} */ (null)), /options of sharpness .* not null/],
    [() => trainer.dataset.readSamples(/** @type {any} */ ('test'), [0]), /split must be "train" or "val", not "test"/],
  ];
  for (const [call, sentence] of refused) assert.throws(call, { name: 'TrainerError', message: sentence });
  trainer.dispose();
});
