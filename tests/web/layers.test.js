/**
 * Who may include whom. Reads every #include and import line and fails on an arrow that is not in the tables below,
 * and on words that belong to one room only.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** C: the rooms that a room's files may include besides themselves and the C library's headers. */
const C_ARROWS = {
  include: [],
  base: ['include'],
  math: ['base'],
  model: ['math', 'base', 'include'],
  data: ['math', 'base', 'include'],
  optim: ['math', 'base', 'include'],
  train: ['model', 'data', 'optim', 'math', 'base', 'include'],
  wasm: ['train', 'model', 'data', 'optim', 'math', 'base', 'include'],
};

/**
 * JS: the rooms that a room's files may import besides themselves. Packages are named as npm does; `node:` stands for
 * all of Node's own modules, and a file name for that file alone: config.js, block_edit.js and bytes.js know texts, no engine. entries are web/node.js and web/browser.js.
 */
const JS_ARROWS = {
  generated: [],
  engine: ['generated', 'csv-parse', 'leven'],
  'node.js': ['engine', 'generated', 'worker/team_thread_port.js', 'node:'],
  'browser.js': ['engine', 'generated', 'worker/team_worker_port.js'],
  worker: ['engine', 'generated', 'node.js', 'browser.js', 'node:'],
  charts: ['chart.js', 'chartjs-plugin-zoom', 'chartjs-plugin-annotation', 'lit'],
  ui: [
    'generated',
    'engine/config.js',
    'engine/study/block_edit.js',
    'engine/study/playbook.js',
    'engine/bytes.js',
    'engine/norm_bars.js',
    'lit',
  ],
  presets: ['generated', 'engine/config.js'],
  cli: ['worker', 'engine', 'generated', 'node.js', 'presets', 'cli-progress', 'vite', 'node:'],
  page: ['charts', 'ui', 'presets', 'worker', 'engine', 'browser.js', 'generated', 'lit'],
};

/** Words of JS code that only the rooms or files listed may say. */
const WORDS = [
  { word: /\bpostMessage\b/, only: ['worker'] },
  { word: /\bnew Chart\b|\bChart\./, only: ['charts'] },
  { word: /\bWebAssembly\b/, only: ['engine/wasm.js'] },
];

/** What the engine must do without, so that it runs in a page, a Worker and Node alike. */
const NOT_IN_ENGINE = [
  /(?<![.\w])(document|window|navigator|localStorage|HTMLElement|customElements)\b(?=\s*[.(])/,
  /\bnew (Shared)?Worker\b/,
  /(?<![.\w])(process|Buffer|require)\b(?=\s*[.(])/,
];

/** Comments become nothing: they may name anything. Texts stay, for import lines need theirs. */
function withoutComments(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (match) => (match.startsWith('/') ? ' ' : match));
}

/** The room of a C file such as src/math/vec.c or include/trainscope/config.h. */
function roomOfC(file) {
  return file.startsWith('include/') ? 'include' : file.split('/')[1];
}

/** @returns {string[]} complaints about a C file, given by its path from the project's root */
function judgeC(file, text) {
  const room = roomOfC(file);
  if (!(room in C_ARROWS)) return [`${file}: no room ${room} in the table`];
  const complaints = [];
  for (const [, quote, target] of withoutComments(text).matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)/gm)) {
    if (quote === '<') {
      if (target.includes('simd') && file !== 'src/math/simd.h')
        complaints.push(`${file}: only simd.h knows ${target}`);
      if (target === 'stdio.h') complaints.push(`${file} includes ${target}: it would pull system calls into the wasm`);
      continue;
    }
    const targetRoom = target.startsWith('trainscope/') ? 'include' : target.split('/')[0];
    const isAllowed = targetRoom === room || C_ARROWS[room].includes(targetRoom);
    if (!isAllowed) complaints.push(`${file} includes ${target}: ${room} may not know ${targetRoom}`);
  }
  const allocation = withoutComments(text).match(/\b(malloc|calloc|realloc|free)\s*\(/);
  if (allocation) complaints.push(`${file} says ${allocation[1]}: memory is the caller's`);
  return complaints;
}

/** The room of a JS file: its folder below web, its own name for the two entries, or the page. */
function roomOfJs(file) {
  const [first, ...rest] = file.replace(/^web\//, '').split('/');
  if (rest.length > 0) return first;
  if (first === 'node.js' || first === 'browser.js') return first;
  if (first === 'cli.js') return 'cli';
  return first === 'presets.js' ? 'presets' : 'page';
}

/** What an import's text stands for in the table: a file of the project, `node:`, or a package's name. */
function resolveImport(file, specifier) {
  if (specifier.startsWith('.')) {
    return { target: path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, '')) };
  }
  if (specifier.startsWith('node:')) return { name: 'node:' };
  const parts = specifier.split('/');
  return { name: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0] };
}

/** import … from 'x', export … from 'x'; import 'x'; import('x'). */
function listImports(code) {
  const statement = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"\n]+)\1/gm;
  const bare = /^\s*import\s*(['"])([^'"\n]+)\1/gm;
  const dynamic = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g;
  return [statement, bare, dynamic].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[2]));
}

/** @returns {string[]} complaints about a JS file, given by its path from the project's root */
function judgeJs(file, text) {
  const room = roomOfJs(file);
  if (!(room in JS_ARROWS)) return [`${file}: no room ${room} in the table`];
  const complaints = [];
  const code = withoutComments(text);
  for (const specifier of listImports(code)) {
    const { target, name } = resolveImport(file, specifier);
    const allowed = JS_ARROWS[room];
    if (name !== undefined) {
      if (!allowed.includes(name)) complaints.push(`${file} imports ${specifier}: ${room} may not know it`);
    } else if (target.startsWith('web/')) {
      const targetRoom = roomOfJs(target);
      const isAllowed =
        targetRoom === room || allowed.includes(targetRoom) || allowed.includes(target.replace(/^web\//, ''));
      if (!isAllowed) complaints.push(`${file} imports ${specifier}: ${room} may not know ${targetRoom}`);
    } else if (!/^(build\/trainscope\.wasm|package\.json)$/.test(target)) {
      complaints.push(`${file} imports ${specifier}, which is outside web`);
    }
  }
  for (const { word, only } of WORDS) {
    const match = code.match(word);
    const isAtHome = only.includes(room) || only.includes(file.replace(/^web\//, ''));
    if (match && !isAtHome) complaints.push(`${file} says ${match[0]}: only ${only.join(', ')} may`);
  }
  if (room === 'engine') {
    for (const word of NOT_IN_ENGINE) {
      const match = code.match(word);
      if (match) complaints.push(`${file} says ${match[0]}: the engine must run anywhere`);
    }
  }
  return complaints;
}

function listFiles(folder, extensions) {
  return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.includes(path.extname(entry.name)))
    .map((entry) =>
      path
        .relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name))
        .split(path.sep)
        .join('/'),
    );
}

const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');

test('C files include only what their room may know', () => {
  const files = [...listFiles('src', ['.c', '.h']), ...listFiles('include', ['.h'])];
  assert.ok(files.length > 20, 'finds the sources');
  assert.deepEqual(
    files.flatMap((file) => judgeC(file, read(file))),
    [],
  );
});

test('JS files import only what their room may know', () => {
  const files = listFiles('web', ['.js']);
  assert.ok(files.length > 20, 'finds the sources');
  assert.deepEqual(
    files.flatMap((file) => judgeJs(file, read(file))),
    [],
  );
});

test('no C file keeps a writable variable outside its functions', () => {
  const declaration = /^static (?!inline\b|const\b|void\b|_Noreturn\b)[^(={;]*?(\[[^\]]*\])?\s*(=[^;]*)?;/gm;
  const offenders = listFiles('src', ['.c', '.h']).flatMap((file) =>
    [...withoutComments(read(file)).matchAll(declaration)].map(([line]) => `${file}: ${line}`),
  );
  assert.deepEqual(offenders, []);
});

test('the checker catches forbidden C arrows', () => {
  const bad = [
    ['src/base/rng.h', '#include "math/kernels.h"'],
    ['src/math/gemm.c', '#include "trainscope/config.h"'],
    ['src/math/gemm.c', '#include "model/network.h"'],
    ['src/model/network.c', '#include "data/sampler.h"'],
    ['src/data/sampler.c', '#include "optim/optim.h"'],
    ['src/optim/rules.c', '  #  include "model/network.h"'],
    ['src/train/trainer.c', '#include "wasm/exports.h"'],
    ['include/trainscope/config.h', '#include "base/text.h"'],
    ['src/math/vector.c', '#include <wasm_simd128.h>'],
    ['src/train/trainer.c', '#include <stdio.h>'],
    ['src/train/trainer.c', 'float *w = malloc(n);'],
    ['src/extra/thing.c', ''],
  ];
  for (const [file, text] of bad) assert.equal(judgeC(file, text).length, 1, `${file}: ${text}`);
  const good = [
    ['src/math/gemm.c', '#include "math/kernels.h"\n#include "base/arena.h"\n#include <stddef.h>'],
    ['src/math/gemm.c', '/* #include "model/network.h" */\n// #include "model/network.h"'],
    ['src/math/simd.h', '#include <wasm_simd128.h>'],
    ['src/train/trainer.c', '#include "model/network.h"\n#include "trainscope/trainer.h"'],
  ];
  for (const [file, text] of good) assert.deepEqual(judgeC(file, text), [], `${file}: ${text}`);
});

test('the checker catches forbidden JS arrows and words', () => {
  const bad = [
    ['web/engine/session.js', "import { serve } from '../worker/service.js';"],
    ['web/engine/idx.js', "import { readFile } from 'node:fs/promises';"],
    ['web/engine/idx.js', "const fs = await import('node:fs');"],
    ['web/engine/csv.js', "import { html } from 'lit';"],
    ['web/engine/csv.js', "export * from '../ui/words.js';"],
    ['web/engine/study/runner.js', 'const pool = new Worker(url);'],
    ['web/engine/trainer.js', "document.querySelector('main');"],
    ['web/engine/trainer.js', 'process.exit(1);'],
    ['web/engine/trainer.js', 'WebAssembly.compile(bytes);'],
    ['web/node.js', 'WebAssembly.compile(bytes);'],
    ['web/ui/lab.js', 'worker.postMessage({});'],
    ['web/ui/lab.js', "import { Trainer } from '../engine/trainer.js';"],
    ['web/ui/lab.js', "import '../charts/line_chart.js';"],
    ['web/ui/lab.js', "import {\n  Chart,\n} from 'chart.js';"],
    ['web/charts/series.js', "import { count } from '../ui/words.js';"],
    ['web/worker/client.js', "import { count } from '../ui/words.js';"],
    ['web/worker/client.js', "import { main } from '../main.js';"],
    ['web/cli/train.js', "import { count } from '../ui/words.js';"],
    ['web/cli/train.js', "import { thing } from 'unknown-package';"],
    ['web/main.js', "import { Chart } from 'chart.js';"],
    ['web/main.js', "import { readFileSync } from 'node:fs';"],
    ['web/generated/schema.js', "import '../engine/config.js';"],
    ['web/extra/thing.js', ''],
    ['web/cli.js', "import '../src/thing.js';"],
  ];
  for (const [file, text] of bad) assert.equal(judgeJs(file, text).length, 1, `${file}: ${text}`);
  const good = [
    ['web/engine/session.js', "import { TrainerError } from './errors.js'; // not '../ui/words.js', see postMessage"],
    ['web/engine/csv.js', "import { parse } from 'csv-parse/browser/esm/sync';"],
    ['web/engine/study/warmup.js', "import { TrainerError } from '../errors.js';\nconst { window } = options;"],
    ['web/engine/wasm.js', 'WebAssembly.instantiate(bytes);'],
    [
      'web/ui/lab.js',
      "/** @type {import('../engine/trainer.js').Trainer} */\nimport { x } from '../engine/config.js';",
    ],
    ['web/worker/client.js', 'port.postMessage(message);'],
    ['web/cli/data.js', "throw new Error('not from', 'there');\nexport const text = 'taken from';"],
    ['web/cli.js', "import { run } from './cli/train.js';\nimport { readFile } from 'node:fs/promises';"],
    ['web/main.js', "import './ui/lab.js';\nimport { connect } from './worker/client.js';"],
  ];
  for (const [file, text] of good) assert.deepEqual(judgeJs(file, text), [], `${file}: ${text}`);
});
