/**
 * Formulas of update rules and schedules, written once in the notation that Python and JavaScript share, and put into
 * the words of each: `math.cos`, `Math.cos`, `torch.sqrt(v)`, `v.sqrt()`.
 */

/**
 * @typedef {{ op: string, left: Term, right: Term } | { call: string, of: Term } | { atom: string }} Term
 */

/** How tightly operators bind; `**` is right-associative. @type {Record<string, number>} */
const BINDING = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '**': 3 };

/** The methods of TensorFlow.js by operator. @type {Record<string, string>} */
const METHODS = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div' };

/**
 * Replaces names, whole ones only.
 *
 * @param {string} formula
 * @param {Record<string, string>} names
 */
export function rename(formula, names) {
  return formula.replace(/[A-Za-z_]\w*/g, (name) => (Object.hasOwn(names, name) ? names[name] : name));
}

/** Of scalars, in Python. @param {string} formula  "condition ? one : other" among them */
export function toPython(formula) {
  const [, condition, one, other] = /^(.*?) \? (.*?) : (.*)$/.exec(formula) ?? [];
  const text = condition === undefined ? formula : `${one} if ${condition} else ${other}`;
  return rename(text, { cos: 'math.cos', pi: 'math.pi', floor: 'math.floor', sqrt: 'math.sqrt' });
}

/** Of scalars, in JavaScript. @param {string} formula */
export function toJavaScript(formula) {
  const functions = ['cos', 'floor', 'sqrt', 'min', 'max'].map((name) => [name, `Math.${name}`]);
  return rename(formula, { ...Object.fromEntries(functions), pi: 'Math.PI' });
}

/**
 * Of tensors, in TensorFlow.js, which has no operators for them.
 *
 * @param {string} formula
 * @param {string[]} tensors  the names that are tensors; all others are numbers
 */
export function toTensorMethods(formula, tensors) {
  const term = parse(formula);
  return write(term, tensors);
}

/** @param {Term} term @param {string[]} tensors @returns {boolean} */
function isTensor(term, tensors) {
  if ('atom' in term) return tensors.includes(term.atom);
  if ('call' in term) return isTensor(term.of, tensors);
  return isTensor(term.left, tensors) || isTensor(term.right, tensors);
}

/** @param {Term} term @param {string[]} tensors @returns {string} */
function write(term, tensors) {
  if (!isTensor(term, tensors)) return writeNumber(term);
  if ('atom' in term) return term.atom;
  if ('call' in term) return `${write(term.of, tensors)}.${term.call}()`;
  const { op, left, right } = term;
  // A number has no methods, but it can be added to and multiplied from the other side.
  if (!isTensor(left, tensors)) {
    if (op !== '*' && op !== '+') throw new Error(`${op} has no tensor before it`);
    return `${write(right, tensors)}.${METHODS[op]}(${write(left, tensors)})`;
  }
  return `${write(left, tensors)}.${METHODS[op]}(${write(right, tensors)})`;
}

/** @param {Term} term @param {number} [outer]  how tightly what is around it binds @returns {string} */
function writeNumber(term, outer = 0) {
  if ('atom' in term) return term.atom;
  if ('call' in term) return `Math.${term.call}(${writeNumber(term.of)})`;
  const own = BINDING[term.op];
  const text = `${writeNumber(term.left, own)} ${term.op} ${writeNumber(term.right, own + 1)}`;
  return own < outer ? `(${text})` : text;
}

/** @param {string} formula @returns {Term} */
function parse(formula) {
  const tokens = formula.match(/[A-Za-z_]\w*|\d[\d.e]*|\*\*|[-+*/%()]/g) ?? [];
  let at = 0;
  /** @returns {Term} */
  const parseAtom = () => {
    const token = tokens[at++];
    if (token === '(') {
      const inside = parseFrom(1);
      at++;
      return inside;
    }
    if (tokens[at] !== '(') return { atom: token };
    at++;
    const of = parseFrom(1);
    at++;
    return { call: token, of };
  };
  /** @param {number} least @returns {Term} */
  const parseFrom = (least) => {
    let left = parseAtom();
    while (BINDING[tokens[at]] >= least) {
      const op = tokens[at++];
      left = { op, left, right: parseFrom(op === '**' ? BINDING[op] : BINDING[op] + 1) };
    }
    return left;
  };
  return parseFrom(1);
}
