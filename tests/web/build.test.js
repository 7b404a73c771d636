/** What build.sh keeps from one call to the next, wherever the checkout stands. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('the headers of an object are named from its own folder: a path with a blank would make every build compile all', () => {
  let lists = 0;
  for (const folder of ['math', 'train']) {
    // Lists of sources that are gone stay where they are.
    for (const name of readdirSync(join(ROOT, 'src', folder)).filter((name) => name.endsWith('.c'))) {
      lists += 1;
      const list = readFileSync(join(ROOT, 'build/wasm', folder, name.replace(/c$/, 'd')), 'utf8').replace(
        /^[^:]*:/,
        '',
      );
      for (const header of list.match(/[^\s\\]+/g) ?? []) assert.match(header, /^\.\.\/\.\.\/\.\.\/(src|include)\//);
    }
  }
  assert.ok(lists > 0);
});

test('a fresh Debian 12 is given the compiler of fused arithmetic, however many pieces apt’s answer comes in', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainscope-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const chosen = readFileSync(join(ROOT, 'build.sh'), 'utf8').match(/^list_relaxed_clang\(\) \{\n[\s\S]*?\n\}$/m);
  assert.ok(chosen);
  /** @param {Record<string, string>} candidates */
  const packagesWhere = (candidates) => {
    const known = Object.entries(candidates).map(([name, version]) => `${name}) version='${version}' ;;`);
    const answer = ['for name; do', 'case $name in', 'policy) continue ;;', ...known, "*) version='(none)' ;;", 'esac'];
    const pieces = [
      'printf "%s:\\n  Candidate: %s\\n" "$name" "$version"',
      'sleep 0.1',
      'echo "  Version table:"',
      'done',
    ];
    writeFileSync(join(folder, 'apt-cache'), ['#!/bin/sh', ...answer, ...pieces, ''].join('\n'));
    chmodSync(join(folder, 'apt-cache'), 0o755);
    const others = 'has() { true; }; refresh_apt() { :; }; find_relaxed_clang() { :; }';
    const script = `set -euo pipefail; ${others}\n${chosen[0]}\nlisted=$(list_relaxed_clang); printf %s "$listed"`;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    return execFileSync('bash', ['-c', script], { env, encoding: 'utf8' });
  };
  const clang = { 'clang-19': '1:19.1.7-3~deb12u1', 'lld-19': '1:19.1.7-3~deb12u1' };
  assert.equal(packagesWhere({ emscripten: '3.1.6~dfsg-5', ...clang }), ' clang-19 lld-19');
  assert.equal(packagesWhere({ emscripten: '3.1.69~dfsg-3', ...clang }), '', 'it can do it alone');
  assert.equal(packagesWhere({ emscripten: '3.1.6~dfsg-5' }), '');
});
