/** The examples in the heads of the C headers compile as they stand there, without a warning. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { read } from './sources.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What each example takes for given, as parameters of a function around it. */
const GIVEN = {
  config: '',
  surface: 'double x, double y',
  trainer: 'tscope_config config, tscope_dataset dataset, tscope_problem problem',
  slice: `tscope_trainer *trainer, float *room, int seed, const float *points, int count, int n, int samples, double a,
    double b`,
};

test('the examples of the headers compile in C', () => {
  const functions = Object.entries(GIVEN).map(([header, given]) => {
    const file = `include/trainscope/${header}.h`;
    const [head] = read(file).split('*/');
    const lines = [...head.matchAll(/^ \* {5}(.*)$/gm)].map(([, line]) => line);
    assert.ok(lines.length > 2, file);
    return `void ${header}_example(${given || 'void'});\nvoid ${header}_example(${given || 'void'}) {\n${lines.join('\n')}\n}`;
  });
  const includes = ['stdio.h', 'stdlib.h', ...Object.keys(GIVEN).map((header) => `trainscope/${header}.h`)];
  const code = `${includes.map((name) => `#include <${name}>`).join('\n')}
void fail(const tscope_problem *problem);
void plot(int step, double loss);
${functions.join('\n')}
`;
  const flags = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Iinclude', '-fsyntax-only', '-x', 'c', '-'];
  const { status, stderr } = spawnSync('cc', flags, { cwd: ROOT, input: code, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
