/**
 * The works that everybody is measured at, as plain data: a Python peer reads them as well as a JavaScript one.
 *
 * One step of a training work: take a batch that is float32 in host memory (ours gathers and standardizes it as well),
 * forward, mean loss, backward, where the work says so the global L2 norm of all gradients, update. Loss and norm are
 * read back after every step.
 */

/**
 * @typedef {object} Layer
 * @property {'conv' | 'linear'} kind
 * @property {number} inputs  channels or features
 * @property {number} outputs
 * @property {number} flops  of one sample, forward
 * @property {number} [kernel]
 * @property {number} [pad]
 * @property {number} [side]  height and width of the convolution's output, before pooling
 *
 * @typedef {object} Sequence
 * @property {'transformer' | 'lstm'} kind  a transformer's norms come before attention and the two linear layers
 * @property {number} width  of the embedding, and of the state
 * @property {number} heads
 * @property {number} depth  blocks
 * @property {number} length  positions
 * @property {number} vocabulary
 *
 * @typedef {object} Net
 * @property {string} text  the model as Trainscope writes it; the last layer is implied there
 * @property {'relu' | 'tanh'} activation  after every layer but the last; convolutions are max-pooled by 2 after it
 * @property {Layer[]} layers  none of a sequence
 * @property {Sequence} [sequence]  causal, of tokens, every position scored
 *
 * @typedef {object} Work
 * @property {string} id
 * @property {'train' | 'evaluate' | 'range' | 'sharpness'} kind
 * @property {string} title
 * @property {string} data  images, points, spiral, or tokens of a sequence's length and vocabulary
 * @property {Net} net
 * @property {'samples/s' | 'steps/s' | 'images/s' | 's'} unit
 * @property {number} batch
 * @property {'adam' | 'momentum' | 'sgd'} optimizer
 * @property {number} lr  of a range test, the highest
 * @property {boolean} norm  whether a peer computes the gradient's norm; ours always does
 * @property {number} flops  of one unit of work: a sample, a step, an image, a test
 * @property {string[]} peers  who can do it
 * @property {number} [loss]  how far apart the mean losses of the last ten common steps may be
 * @property {number} [points]  of a range test
 */

const EVERYBODY = ['ours', 'tfjs', 'jax', 'torch'];

const LENET = {
  side: 28,
  channels: 1,
  convs: [
    { outputs: 6, kernel: 5, pad: 2 },
    { outputs: 16, kernel: 5, pad: 0 },
  ],
  widths: [120, 84],
  activation: 'relu',
};

const SEQUENCES = [
  {
    id: 'W4',
    title:
      'transformer, 4 blocks of width 64 with 4 heads, 64 positions, vocabulary 65, batch 16, Adam 0.001, gradient norm',
    batch: 16,
    sequence: { kind: 'transformer', width: 64, heads: 4, depth: 4, length: 64, vocabulary: 65 },
  },
  {
    id: 'W4-small',
    title:
      'transformer, 2 blocks of width 32 with 2 heads, 16 positions, vocabulary 12, batch 64, Adam 0.001, gradient norm',
    batch: 64,
    sequence: { kind: 'transformer', width: 32, heads: 2, depth: 2, length: 16, vocabulary: 12 },
  },
  {
    id: 'W5',
    title: 'LSTM of 64, 32 positions, vocabulary 16, batch 32, Adam 0.001, gradient norm',
    batch: 32,
    sequence: { kind: 'lstm', width: 64, heads: 1, depth: 1, length: 32, vocabulary: 16 },
  },
];

/** @returns {Work[]} */
export function listWorks() {
  const lenet = makeNet(LENET, 10);
  const wide = makeNet({ features: 784, widths: [512, 512], activation: 'relu' }, 10);
  const deep = makeNet({ features: 2, widths: [64, 64, 64], activation: 'tanh' }, 2);
  const toy = makeNet({ features: 2, widths: [32, 32], activation: 'tanh' }, 2);
  const images = { data: /** @type {const} */ ('images'), net: lenet, batch: 64, peers: EVERYBODY };
  return [
    {
      ...images,
      id: 'W1-adam',
      kind: 'train',
      title: 'LeNet on 28×28 images, batch 64, Adam 0.001, gradient norm',
      unit: 'samples/s',
      optimizer: 'adam',
      lr: 1e-3,
      norm: true,
      flops: trainingFlops(lenet),
      loss: 0.02,
    },
    {
      ...images,
      id: 'W1-momentum',
      kind: 'train',
      title: 'the same with momentum 0.9, rate 0.02',
      unit: 'samples/s',
      optimizer: 'momentum',
      lr: 0.02,
      norm: true,
      flops: trainingFlops(lenet),
      loss: 0.02,
    },
    {
      id: 'W2',
      kind: 'train',
      title: '2-64-64-64-2 tanh, logistic loss as a softmax over two outputs, batch 32, SGD 0.1',
      data: 'points',
      net: deep,
      unit: 'steps/s',
      batch: 32,
      optimizer: 'sgd',
      lr: 0.1,
      norm: false,
      flops: 32 * trainingFlops(deep),
      peers: [...EVERYBODY, 'autograd'],
      loss: 0.005,
    },
    {
      id: 'W3',
      kind: 'train',
      title: '784-512-512-10 ReLU, batch 128, Adam 0.001',
      data: 'images',
      net: wide,
      unit: 'samples/s',
      batch: 128,
      optimizer: 'adam',
      lr: 1e-3,
      norm: false,
      flops: trainingFlops(wide),
      peers: EVERYBODY,
      loss: 0.02,
    },
    {
      ...images,
      id: 'EVAL',
      kind: 'evaluate',
      title: 'LeNet, class of images',
      unit: 'images/s',
      batch: 256,
      optimizer: 'adam',
      lr: 1e-3,
      norm: false,
      flops: forwardFlops(lenet),
    },
    {
      id: 'TOY',
      kind: 'train',
      title: "the page's network for points, 2-32-32-2 tanh, batch 64, momentum",
      data: 'spiral',
      net: toy,
      unit: 'steps/s',
      batch: 64,
      optimizer: 'momentum',
      lr: 0.02,
      norm: false,
      flops: 64 * trainingFlops(toy),
      peers: EVERYBODY,
      loss: 0.005,
    },
    ...SEQUENCES.map(({ sequence, ...rest }) => sequenceWork(rest, /** @type {Sequence} */ (sequence))),
    {
      ...images,
      id: 'RANGE',
      kind: 'range',
      title: 'LR range test of LeNet, 100 points, batch 64, momentum, up to 0.1',
      unit: 's',
      optimizer: 'momentum',
      lr: 0.1,
      norm: true,
      points: 100,
      flops: 100 * 64 * trainingFlops(lenet),
      peers: ['ours', 'torch'],
    },
    {
      ...images,
      id: 'SHARPNESS',
      kind: 'sharpness',
      title: "λ_max of LeNet's loss Hessian, 512 images, at most 20 iterations",
      unit: 's',
      optimizer: 'momentum',
      lr: 0.02,
      norm: false,
      flops: 0,
      peers: ['ours'],
    },
  ];
}

/**
 * @param {{ id: string, title: string, batch: number }} facts
 * @param {Sequence} sequence
 * @returns {Work}
 */
function sequenceWork(facts, sequence) {
  const { kind, width, heads, depth, length, vocabulary } = sequence;
  const block = `residual(layernorm attention(${heads})) residual(layernorm linear(${4 * width}) gelu linear(${width}))`;
  const text =
    kind === 'lstm' ? `embed(${width}) lstm(${width})` : `embed(${width}) position (${block})*${depth} layernorm`;
  return {
    ...facts,
    kind: 'train',
    data: `tokens-${length}-${vocabulary}`,
    net: { text, activation: 'tanh', layers: [], sequence },
    unit: 'steps/s',
    optimizer: 'adam',
    lr: 1e-3,
    norm: true,
    flops: facts.batch * length * sequenceFlops(sequence),
    peers: ['ours', 'tfjs', 'torch'],
    loss: 0.02,
  };
}

/** Of a position, in training: six for each weight of a matrix, and twelve for each width of each pair of positions.
 *  That half of the pairs are not seen is not counted. @param {Sequence} sequence */
function sequenceFlops({ kind, width, depth, length, vocabulary }) {
  const inside = kind === 'lstm' ? 8 * width * width : 12 * width * width * depth;
  const pairs = kind === 'lstm' ? 0 : 12 * depth * length * width;
  return 6 * (inside + width * vocabulary) + pairs;
}

/**
 * @param {any} shape
 * @param {number} classes
 * @returns {Net}
 */
export function makeNet({ side = 0, channels = 0, convs = [], features = 0, widths, activation }, classes) {
  /** @type {Layer[]} */
  const layers = [];
  const words = [];
  for (const { outputs, kernel, pad } of convs) {
    side += 2 * pad - kernel + 1;
    const flops = 2 * side * side * outputs * channels * kernel * kernel;
    layers.push({ kind: 'conv', inputs: channels, outputs, kernel, pad, side, flops });
    words.push(`conv(${outputs},${kernel},pad=${pad}) ${activation} maxpool(2)`);
    channels = outputs;
    side /= 2;
  }
  let inputs = features || channels * side * side;
  for (const width of widths) {
    layers.push({ kind: 'linear', inputs, outputs: width, flops: 2 * inputs * width });
    words.push(`linear(${width}) ${activation}`);
    inputs = width;
  }
  layers.push({ kind: 'linear', inputs, outputs: classes, flops: 2 * inputs * classes });
  return { text: words.join(' '), activation, layers };
}

/** Multiplications and additions of one sample. @param {Net} net */
function forwardFlops({ layers }) {
  return layers.reduce((sum, { flops }) => sum + flops, 0);
}

/** Backward is twice forward, but nobody needs the gradient of the inputs. @param {Net} net */
export function trainingFlops(net) {
  return 3 * forwardFlops(net) - net.layers[0].flops;
}
