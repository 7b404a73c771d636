/**
 * Who may include whom. Reads every #include and import line and fails on an arrow that is not in the tables below,
 * and on words that belong to one room only.
 */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { listFiles, read, withoutComments } from './sources.js';

/**
 * C: the rooms that a room's files may include besides themselves and the C library's headers.
 *
 * @type {Record<string, string[]>}
 */
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

/** What studies may know of the engine below them. */
const ENGINE = [
  'engine',
  'engine/logs',
  'engine/run',
  'engine/range',
  'engine/race',
  'engine/data',
  'engine/core',
  'engine/config',
  'engine/words',
];

/** What every part of the page may know: texts, settings and the playbook's numbers, but no engine and no worker. */
const UI_GROUND = [
  'engine/config',
  'engine/core/record.js',
  'engine/model_text',
  'engine/words',
  'engine/run/norm_bars.js',
  'engine/run/slice/survey_order.js',
  'engine/study/judge/playbook.js',
  'generated',
];

/** What the page's parts hand around and may name the types of, without importing any of it. */
const UI_TYPES = ['engine/*', 'worker', 'charts', 'card_figures.js'];

/** What every view stands on. */
const UI_SHARED = ['ui/controls', 'ui/shared', 'ui/glossary', 'ui/state', ...UI_GROUND, 'repeat.js', 'lit'];

/**
 * JS: for each room what its files may import besides each other, and what besides that their JSDoc may name the types
 * of. A room is a folder below web with its subfolders, but for those that are rooms of their own, or one file. Packages
 * are named as npm does; `node:` stands for all of Node's own modules.
 *
 * Read from the ground up: a room may know only what stands above it in this table.
 *
 * @type {Record<string, { imports: string[], types?: string[] }>}
 */
const JS_ROOMS = {
  generated: { imports: [] },
  'engine/words': { imports: ['generated'] },
  'engine/config': { imports: ['engine/words', 'generated', 'leven'] },
  'engine/model_text': { imports: ['engine/config'] },
  'engine/core': { imports: ['engine/config', 'engine/words', 'generated'] },
  'engine/data': { imports: ['engine/core', 'engine/config', 'engine/words', 'generated', 'fflate'] },
  'engine/race': { imports: ['engine/core', 'engine/config', 'engine/words'] },
  'engine/range': { imports: ['engine/core', 'engine/config'] },
  'engine/run': { imports: ['engine/data', 'engine/core', 'engine/config', 'engine/words'] },
  'engine/logs': { imports: ['engine/run', 'engine/data', 'engine/core', 'engine/config', 'engine/words'] },
  engine: {
    imports: [
      'engine/logs',
      'engine/run',
      'engine/range',
      'engine/race',
      'engine/data',
      'engine/core',
      'engine/config',
      'engine/words',
      'generated',
    ],
  },
  'engine/code': {
    imports: ['engine/model_text', 'engine/core/errors.js', 'engine/config', 'engine/words'],
    types: ['engine/run'],
  },
  'engine/study/trial': { imports: ENGINE },
  'engine/study/judge': { imports: ['engine/study/trial', 'engine/config', 'engine/words'] },
  'engine/study': { imports: ['engine/study/judge', 'engine/study/trial', ...ENGINE] },
  'engine/study/procedure': {
    imports: ['engine/study', 'engine/study/judge', 'engine/study/trial', 'engine/model_text', ...ENGINE],
  },
  'engine/study/inspect': {
    imports: ['engine/code', 'engine/study', 'engine/study/judge', 'engine/study/trial', ...ENGINE],
  },
  'engine/study/gallery': { imports: ['engine/study', 'engine/study/judge', 'engine/study/trial', ...ENGINE] },
  'engine/study/report': {
    imports: [
      'engine/study/inspect',
      'engine/study/procedure',
      'engine/study',
      'engine/study/judge',
      'engine/study/trial',
      'engine/code',
      ...ENGINE,
    ],
  },
  worker: {
    imports: ['engine/study/report', 'engine/study/inspect', 'engine/study', 'engine/study/trial', ...ENGINE],
  },
  'platform/node': { imports: ['worker', ...ENGINE, 'generated', 'node:'] },
  'platform/browser': { imports: ['worker', ...ENGINE, 'generated'] },
  library: { imports: ['engine/*'] },
  'repeat.js': { imports: ['lit'] },
  charts: {
    imports: ['engine/words', 'repeat.js', 'lit'],
  },
  'card_figures.js': { imports: [] },
  'presets.js': { imports: ['engine/config', 'engine/study/gallery', 'generated'] },
  'ui/state': { imports: UI_GROUND, types: UI_TYPES },
  'ui/glossary': { imports: ['lit'] },
  'ui/shared': { imports: ['ui/state', ...UI_GROUND, 'lit'], types: UI_TYPES },
  'ui/experiment': { imports: ['engine/code', 'ui/shared', 'ui/state', ...UI_GROUND, 'lit'], types: UI_TYPES },
  'ui/controls': {
    imports: ['ui/experiment', 'ui/shared', 'ui/glossary', 'ui/state', ...UI_GROUND, 'lit'],
    types: UI_TYPES,
  },
  'ui/events': { imports: ['ui/shared', 'ui/glossary', 'ui/state', ...UI_GROUND, 'lit'], types: UI_TYPES },
  'ui/runs': { imports: ['ui/events', ...UI_SHARED], types: UI_TYPES },
  'ui/opening': { imports: ['ui/events', ...UI_SHARED], types: UI_TYPES },
  'page_panel.js': { imports: ['ui/controls', 'ui/experiment', 'ui/shared', 'engine/config'] },
  'ui/sequences': { imports: UI_SHARED, types: UI_TYPES },
  'page_sequences.js': { imports: ['ui/sequences', 'charts'] },
  'ui/live': {
    imports: ['page_panel.js', 'page_sequences.js', 'ui/opening', 'ui/runs', 'ui/events', ...UI_SHARED],
    types: UI_TYPES,
  },
  'ui/range': { imports: UI_SHARED, types: UI_TYPES },
  'page_parallel.js': { imports: ['charts'] },
  'ui/sweep': { imports: ['page_parallel.js', ...UI_SHARED], types: UI_TYPES },
  'ui/diagnose': { imports: ['ui/experiment', ...UI_SHARED], types: UI_TYPES },
  'ui/race': { imports: UI_SHARED, types: UI_TYPES },
  'ui/slice': { imports: UI_SHARED, types: UI_TYPES },
  'ui/logs': { imports: ['ui/experiment', ...UI_SHARED], types: UI_TYPES },
  'page_slice.js': { imports: ['ui/slice', 'charts'] },
  'ui/lessons': { imports: ['ui/events', ...UI_SHARED], types: UI_TYPES },
  'ui/museum': { imports: UI_SHARED, types: UI_TYPES },
  'ui/present': { imports: ['ui/live', 'ui/opening', ...UI_SHARED], types: UI_TYPES },
  'page_views.js': { imports: ['ui/diagnose', 'ui/race', 'ui/range', 'ui/sweep', 'charts', 'engine/config'] },
  'page_styles.js': {
    imports: ['charts', 'ui/range', 'ui/sweep', 'ui/lessons', 'ui/diagnose', 'ui/race', 'ui/shared'],
  },
  'ui/page': {
    imports: ['page_slice.js', 'page_styles.js', 'page_views.js', 'ui/*', ...UI_GROUND, 'lit'],
    types: UI_TYPES,
  },
  'page_keeping.js': { imports: ['ui/state', 'platform/browser'] },
  'offline/sw.js': { imports: [] },
  'embed/embed.js': { imports: [] },
  'page_studies.js': { imports: ['engine/*', 'platform/browser', 'generated'], types: ['ui/*'] },
  'page_lessons.js': { imports: ['page_studies.js', 'engine/*'], types: ['ui/*'] },
  'page_models.js': {
    imports: [
      'page_lessons.js',
      'page_studies.js',
      'ui/diagnose',
      'ui/lessons',
      'ui/race',
      'ui/range',
      'ui/sweep',
      'worker',
      'platform/browser',
      'engine/config',
    ],
    types: ['ui/*'],
  },
  'main.js': {
    imports: [
      'ui/*',
      'charts',
      'presets.js',
      'card_figures.js',
      'page_keeping.js',
      'page_models.js',
      'page_styles.js',
      'page_views.js',
      'worker',
      'platform/browser',
      ...ENGINE,
      'generated',
    ],
  },
  cli: {
    imports: ['worker', 'engine/*', 'platform/node', 'presets.js', 'generated', 'cli-progress', 'vite', 'node:'],
  },
  'cli.js': { imports: ['cli', 'node:'] },
};

/** Arrows that still run where they should not, as the complaints say them; each is to be turned round. @type {string[]} */
const OWED = [];

/** Words of JS code that only the rooms or files listed may say. */
const WORDS = [
  { word: /\bpostMessage\b/, only: ['worker', 'platform/node', 'platform/browser', 'offline/sw.js'] },
  { word: /\bnew Plot\b/, only: ['charts'] },
  { word: /\bWebAssembly\b/, only: ['engine/core/wasm.js'] },
];

/** What the engine must do without, so that it runs in a page, a Worker and Node alike. */
const NOT_IN_ENGINE = [
  /(?<![.\w])(document|window|navigator|localStorage|HTMLElement|customElements)\b(?=\s*[.(])/,
  /\bnew (Shared)?Worker\b/,
  /(?<![.\w])(process|Buffer|require)\b(?=\s*[.(])/,
];

/** The room of a C file such as src/math/vec.c or include/trainscope/config.h. @param {string} file */
function roomOfC(file) {
  return file.startsWith('include/') ? 'include' : file.split('/')[1];
}

/** @param {string} file @param {string} text @returns {string[]} complaints about a C file, given by its path from the project's root */
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

/** The room of a JS file: the nearest folder or file that the table names. @param {string} file */
function roomOfJs(file) {
  const below = file.replace(/^web\//, '');
  const rooms = Object.keys(JS_ROOMS).filter((room) => below === room || below.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0];
}

/** Whether a list names a room, a file, or a folder with all below it. @param {string[]} list @param {string} target */
function names(list, target) {
  const below = target.replace(/^web\//, '');
  const room = roomOfJs(target);
  return list.some(
    (name) => name === room || name === below || (name.endsWith('/*') && below.startsWith(name.slice(0, -1))),
  );
}

/**
 * What an import's text stands for in the table: a file of the project, `node:`, or a package's name.
 *
 * @param {string} file @param {string} specifier
 * @returns {{ target: string, name?: undefined } | { name: string, target?: undefined }}
 */
function resolveImport(file, specifier) {
  if (specifier.startsWith('.')) {
    return { target: path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, '')) };
  }
  if (specifier.startsWith('node:')) return { name: 'node:' };
  const parts = specifier.split('/');
  return { name: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0] };
}

/** import … from 'x', export … from 'x'; import 'x'; import('x'). @param {string} code */
function listImports(code) {
  const statement = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"\n]+)\1/gm;
  const bare = /^\s*import\s*(['"])([^'"\n]+)\1/gm;
  const dynamic = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g;
  return [statement, bare, dynamic].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[2]));
}

/** What JSDoc comments name: import('x'), `@import` … from 'x'. @param {string} text */
function listTypeImports(text) {
  const comments = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) => comment).join('\n');
  const patterns = [/\bimport\s*\(\s*(['"])([^'"\n]+)\1/g, /@import\b[^'"]*?\bfrom\s*(['"])([^'"\n]+)\1/g];
  return patterns.flatMap((pattern) => [...comments.matchAll(pattern)].map((match) => match[2]));
}

/** The types that JSDoc comments say, with their braces. @param {string} text */
function listTypes(text) {
  const comments = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) => comment).join('\n');
  return [...comments.matchAll(/@\w+\s+(?=\{)/g)].map(({ index, 0: tag }) => {
    const begin = index + tag.length;
    let depth = 0;
    let end = begin;
    do {
      if (comments[end] === '{') depth++;
      if (comments[end] === '}') depth--;
      end++;
    } while (depth > 0 && end < comments.length);
    return comments.slice(begin, end);
  });
}

/** @param {string} file @param {string} text @returns {string[]} complaints about a JS file, given by its path from the project's root */
function judgeJs(file, text) {
  const room = roomOfJs(file);
  if (room === undefined) return [`${file}: no room for it in the table`];
  const complaints = [];
  const code = withoutComments(text);
  const { imports, types = [] } = JS_ROOMS[room];
  const arrows = [
    ...listImports(code).map((specifier) => ({ specifier, allowed: imports, verb: 'imports' })),
    ...listTypeImports(text).map((specifier) => ({
      specifier,
      allowed: [...imports, ...types],
      verb: 'names a type of',
    })),
  ];
  for (const { specifier, allowed, verb } of arrows) {
    const { target, name } = resolveImport(file, specifier);
    if (name !== undefined) {
      if (!allowed.includes(name)) complaints.push(`${file} ${verb} ${specifier}: ${room} may not know it`);
    } else if (target.startsWith('web/')) {
      if (roomOfJs(target) !== room && !names(allowed, target))
        complaints.push(`${file} ${verb} ${target}: ${room} may not know it`);
    } else if (!/^(build\/trainscope\.wasm|package\.json)$/.test(target)) {
      complaints.push(`${file} ${verb} ${specifier}, which is outside web`);
    }
  }
  const below = file.replace(/^web\//, '');
  for (const { word, only } of WORDS) {
    const match = code.match(word);
    if (match && !only.includes(room) && !only.includes(below))
      complaints.push(`${file} says ${match[0]}: only ${only.join(', ')} may`);
  }
  if (below.startsWith('engine/')) {
    for (const word of NOT_IN_ENGINE) {
      const match = code.match(word);
      if (match) complaints.push(`${file} says ${match[0]}: the engine must run anywhere`);
    }
  }
  return complaints;
}

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
  assert.deepEqual([...new Set(files.flatMap((file) => judgeJs(file, read(file))))].sort(), [...OWED].sort());
});

test('in the table of rooms every arrow runs down: a room knows only what stands above it', () => {
  const order = Object.keys(JS_ROOMS);
  for (const [room, { imports, types = [] }] of Object.entries(JS_ROOMS)) {
    for (const name of [...imports, ...types]) {
      const known = name.endsWith('/*')
        ? order.filter((other) => other !== room && other.startsWith(name.slice(0, -1)))
        : order.filter((other) => other === name);
      for (const other of known) assert.ok(order.indexOf(other) < order.indexOf(room), `${room} knows ${other}`);
    }
  }
});

/** The files of a folder that know themselves by way of others, types included. @param {string} folder */
function listCircles(folder) {
  const files = listFiles(folder, ['.js']);
  /** @type {Map<string, string[]>} */
  const known = new Map(
    files.map((file) => {
      const text = read(file);
      const specifiers = [...listImports(withoutComments(text)), ...listTypeImports(text)];
      return [
        file,
        specifiers.flatMap((name) => resolveImport(file, name).target ?? []).filter((name) => files.includes(name)),
      ];
    }),
  );
  /** Whatever a file knows, however many files are between. */
  const reach = (/** @type {string} */ from) => {
    const reached = new Set(known.get(from));
    for (const file of reached) for (const next of known.get(file) ?? []) reached.add(next);
    return reached;
  };
  return files.filter((file) => reach(file).has(file));
}

test('no files of web know each other in a circle, not even by a type', () => {
  assert.ok(listFiles('web', ['.js']).length > 20, 'finds the sources');
  assert.deepEqual(listCircles('web'), []);
});

test('files stay short enough to be read, and folders to be looked through', () => {
  const sources = [...listFiles('web', ['.js', '.css', '.html']), ...listFiles('src', ['.c', '.h'])];
  const own = sources.filter((file) => !file.startsWith('web/generated/'));
  const long = own.filter((file) => read(file).split('\n').length - 1 > 450);
  assert.deepEqual(long, [], 'files of more than 450 lines');
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const file of own) sizes.set(path.dirname(file), (sizes.get(path.dirname(file)) ?? 0) + 1);
  assert.deepEqual(
    [...sizes].filter(([folder, size]) => folder.startsWith('web') && size > 20),
    [],
  );
});

test('every room of the table has files, and every folder of web is in a room', () => {
  const files = listFiles('web', ['.js', '.css']);
  const rooms = new Set(files.map(roomOfJs));
  assert.deepEqual(
    Object.keys(JS_ROOMS).filter((room) => room !== 'generated' && !rooms.has(room)),
    [],
  );
});

test('no type at the borders of the worker is any', () => {
  const files = ['web/worker', 'web/platform'].flatMap((folder) => listFiles(folder, ['.js']));
  assert.ok(files.length > 15, 'finds the sources');
  const offenders = files.flatMap((file) =>
    listTypes(read(file))
      .filter((type) => /\bany\b/.test(type))
      .map((type) => `${file}: ${type}`),
  );
  assert.deepEqual(offenders, []);
  assert.deepEqual(listTypes('/** @param {{ a: any }} x @returns {number} any of them */'), [
    '{{ a: any }}',
    '{number}',
  ]);
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
    ['src/train/step.c', '#include "wasm/exports.h"'],
    ['include/trainscope/config.h', '#include "base/text.h"'],
    ['src/math/vector.c', '#include <wasm_simd128.h>'],
    ['src/train/step.c', '#include <stdio.h>'],
    ['src/train/step.c', 'float *w = malloc(n);'],
    ['src/extra/thing.c', ''],
  ];
  for (const [file, text] of bad) assert.equal(judgeC(file, text).length, 1, `${file}: ${text}`);
  const good = [
    ['src/math/gemm.c', '#include "math/kernels.h"\n#include "base/arena.h"\n#include <stddef.h>'],
    ['src/math/gemm.c', '/* #include "model/network.h" */\n// #include "model/network.h"'],
    ['src/math/simd.h', '#include <wasm_simd128.h>'],
    ['src/train/step.c', '#include "model/network.h"\n#include "trainscope/trainer.h"'],
  ];
  for (const [file, text] of good) assert.deepEqual(judgeC(file, text), [], `${file}: ${text}`);
});

test('the checker catches forbidden JS arrows and words', () => {
  const bad = [
    ['web/engine/run/session.js', "import { serve } from '../../worker/service/service.js';"],
    ['web/engine/data/idx.js', "import { readFile } from 'node:fs/promises';"],
    ['web/engine/data/idx.js', "const fs = await import('node:fs');"],
    ['web/engine/data/idx.js', "/** @param {import('../engine.js').Engine} engine */"],
    ['web/engine/data/idx.js', "/** @import { Engine } from '../engine.js' */"],
    ['web/engine/data/csv.js', "import { html } from 'lit';"],
    ['web/engine/data/csv.js', "export * from '../../ui/shared/export.js';"],
    ['web/engine/study/trial/runner.js', 'const pool = new Worker(url);'],
    ['web/engine/study/trial/runner.js', "import { diagnose } from '../procedure/diagnose.js';"],
    ['web/engine/run/trainer.js', "document.querySelector('main');"],
    ['web/engine/run/trainer.js', 'process.exit(1);'],
    ['web/engine/run/trainer.js', 'WebAssembly.compile(bytes);'],
    ['web/platform/node/index.js', 'WebAssembly.compile(bytes);'],
    ['web/worker/service/service.js', "import { createEngine } from '../../platform/node/index.js';"],
    ['web/ui/state/lab.js', 'worker.postMessage({});'],
    ['web/ui/state/lab.js', "import { Trainer } from '../../engine/run/trainer.js';"],
    ['web/ui/state/lab.js', "import { Sweep } from '../sweep/sweep.js';"],
    ['web/ui/state/lab.js', "/** @type {import('../sweep/sweep.js').Sweep} */"],
    ['web/ui/state/lab.js', "import '../../charts/line/line_chart.js';"],
    ['web/ui/state/lab.js', "import {\n  Chart,\n} from 'chart.js';"],
    ['web/ui/sweep/sweep_view.js', "import { Lessons } from '../lessons/lessons.js';"],
    ['web/charts/series.js', "import { save } from '../ui/shared/export.js';"],
    ['web/worker/client.js', "import { save } from '../ui/shared/export.js';"],
    ['web/worker/client.js', "import { main } from '../main.js';"],
    ['web/cli/commands/train.js', "import { save } from '../../ui/shared/export.js';"],
    ['web/cli/commands/train.js', "import { thing } from 'unknown-package';"],
    ['web/main.js', "import { Chart } from 'chart.js';"],
    ['web/main.js', "import { readFileSync } from 'node:fs';"],
    ['web/generated/schema.js', "import '../engine/config/config.js';"],
    ['web/extra/thing.js', ''],
    ['web/cli.js', "import '../src/thing.js';"],
  ];
  for (const [file, text] of bad) assert.equal(judgeJs(file, text).length, 1, `${file}: ${text}`);
  const good = [
    [
      'web/engine/run/session.js',
      "import { TrainerError } from '../core/errors.js'; // not '../../ui/words.js', see postMessage",
    ],
    [
      'web/engine/study/procedure/warmup.js',
      "import { TrainerError } from '../../core/errors.js';\nconst { window } = options;",
    ],
    ['web/engine/core/wasm.js', 'WebAssembly.instantiate(bytes);'],
    [
      'web/ui/state/lab.js',
      "/** @type {import('../../engine/run/trainer.js').Trainer} */\nimport { x } from '../../engine/config/config.js';",
    ],
    ['web/worker/client.js', 'port.postMessage(message);'],
    ['web/cli/commands/data.js', "throw new Error('not from', 'there');\nexport const text = 'taken from';"],
    ['web/cli.js', "import { run } from './cli/main.js';\nimport { readFile } from 'node:fs/promises';"],
    ['web/main.js', "import './ui/state/lab.js';\nimport { connect } from './worker/client.js';"],
  ];
  for (const [file, text] of good) assert.deepEqual(judgeJs(file, text), [], `${file}: ${text}`);
});
