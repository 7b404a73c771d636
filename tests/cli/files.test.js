/** Files that commands leave behind: whole or not at all, and what becomes of a result that they cannot take. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, CLI, makeFolder, runCli } from './helpers.js';

const MOONS = ['--dataset', 'moons', '--samples', '100', '--model', 'tanh', '--steps', '30'];
const SWEEP = ['sweep', ...MOONS, '--over', 'lr=1e-3:1:3', '--jobs', '1'];

/** Of the program, not of who reads it. */
const ITS_CODE = 'exit $PIPESTATUS';

/**
 * A line of bash in a folder, in which "trainscope" is the program and no file may grow beyond some KB: to a program,
 * that is a disk that takes the beginning of what is written.
 *
 * @param {string} folder
 * @param {string} line
 * @param {number | 'unlimited'} [kilobytes]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
function bash(folder, line, kilobytes = 'unlimited') {
  const script = `ulimit -f ${kilobytes}; trainscope() { "${process.execPath}" "${CLI}" "$@"; }; ${line}`;
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test('a new file takes the place of the older one, behind links and with its permissions', async (t) => {
  const folder = await makeFolder(t, { 'real.safetensors': 'older', 'run.jsonl': 'older' });
  const real = join(folder, 'real.safetensors');
  await chmod(real, 0o600);
  await symlink('real.safetensors', join(folder, 'link'));
  await symlink('new.jsonl', join(folder, 'dangling'));
  const before = await stat(real);
  const { code } = await runCli(['train', ...MOONS, '--save', join(folder, 'link'), '--out', join(folder, 'dangling')]);
  assert.equal(code, 0);
  const after = await stat(real);
  assert.equal(after.mode, before.mode);
  assert.notEqual(after.ino, before.ino, 'it was not written over');
  assert.ok((await lstat(join(folder, 'link'))).isSymbolicLink());
  assert.match(await readFile(join(folder, 'new.jsonl'), 'utf8'), /"type":"summary"[^\n]*\n$/);
  assert.deepEqual((await readdir(folder)).sort(), ['dangling', 'link', 'new.jsonl', 'real.safetensors', 'run.jsonl']);
});

test('a full disk loses neither the older files nor the result', async (t) => {
  const files = { 'run.jsonl': 'older', 'w.safetensors': 'older', 'report.html': 'older' };
  const folder = await makeFolder(t, files);
  const [train, clip] = await Promise.all([
    bash(
      folder,
      'trainscope train --dataset glyphs --downsample 2 --val-samples 200 --steps 120 --out run.jsonl --save w.safetensors --json',
      8,
    ),
    bash(folder, `trainscope clip ${MOONS.join(' ')} --jobs 1 --report report.html --json`, 4),
  ]);
  assert.equal(train.code, 1);
  assert.equal(JSON.parse(train.stdout).steps, 120);
  assert.match(train.stderr, /^trainscope: --out run\.jsonl: the file would [^\n]*; --save w\.safetensors: [^\n]*\n$/);
  assert.equal(clip.code, 1);
  assert.equal(JSON.parse(clip.stdout).procedure, 'clip');
  assert.match(clip.stderr, /^trainscope: --report report\.html: the file would [^\n]*\n$/);
  for (const name of Object.keys(files)) assert.equal(await readFile(join(folder, name), 'utf8'), 'older');
  assert.deepEqual((await readdir(folder)).sort(), Object.keys(files).sort(), 'nothing is left beside them');
});

test('a sweep that the disk takes a part of says how many trials are not kept, and goes on from the others', async (t) => {
  const folder = await makeFolder(t);
  const words = SWEEP.slice(1).join(' ');
  const full = await bash(folder, `trainscope sweep ${words} --out trials.jsonl --json`, 2);
  assert.equal(full.code, 1);
  assert.equal(JSON.parse(full.stdout).trials.length, 9, 'all is printed');
  const kept = (await readFile(join(folder, 'trials.jsonl'), 'utf8')).split('\n').length - 1;
  assert.ok(kept > 0 && kept < 9, `${kept}`);
  assert.match(full.stderr, new RegExp(`^trainscope: --out trials\\.jsonl: [^\\n]*; ${9 - kept} trials could`));
  const { stdout } = await runCli([...SWEEP, '--out', join(folder, 'trials.jsonl'), '--json']);
  assert.equal(stdout, full.stdout);
});

test('a full standard output is one line, a reader that has seen enough none', async (t) => {
  const folder = await makeFolder(t);
  const [part, ...quiet] = await Promise.all([
    bash(folder, 'trainscope schema > schema.json', 16),
    bash(folder, `trainscope schema | head -c 0; ${ITS_CODE}`),
    bash(folder, `trainscope train ${MOONS.join(' ')} --json --out /dev/stdout | head -1; ${ITS_CODE}`),
    bash(folder, `trainscope ${SWEEP.join(' ')} | head -1; ${ITS_CODE}`),
  ]);
  assert.equal(part.code, 1, 'it took a part');
  assert.match(part.stderr, /^trainscope: standard output: [^\n]+\n$/);
  for (const { code, stderr } of quiet) assert.deepEqual([code, stderr], [0, '']);
  if (!existsSync('/dev/full')) return;
  const full = await Promise.all(
    ['--help', 'layers', 'serve --port 0'].map((line) => bash(folder, `trainscope ${line} > /dev/full`)),
  );
  for (const { code, stderr } of full) {
    assert.equal(code, 1);
    assert.match(stderr, /^trainscope: (standard output: the disk is full|the page is not built[^\n]*)\n$/);
  }
});

test('--out to where standard output goes is a part of it', async (t) => {
  const folder = await makeFolder(t);
  await bash(folder, `trainscope train ${MOONS.join(' ')} --json --out /dev/stdout > all.txt`);
  const lines = (await readFile(join(folder, 'all.txt'), 'utf8')).trimEnd().split('\n');
  assert.match(lines[0], /^\{"type":"config"/);
  assert.ok(lines.length > 30 && JSON.parse(lines.at(-1) ?? '').steps === 30, 'the result is behind it');
});

/** Waits for a file of this name. @param {string} folder @param {RegExp} name @param {import('node:child_process').ChildProcess} child */
async function findFile(folder, name, child) {
  for (;;) {
    const found = (await readdir(folder)).find((one) => name.test(one));
    if (found) return found;
    assert.equal(child.exitCode, null, 'it has ended');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('two sweeps into one file: the second is refused, until the first has ended in whatever way', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'trials.jsonl');
  const long = [CLI, ...SWEEP, '--steps', '3000000', '--out', path];
  const child = spawn(process.execPath, long, { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  await findFile(folder, /\.lock$/, child);
  await assertRefused([...SWEEP, '--out', path], new RegExp(`another sweep writes it, process ${child.pid};`));
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(existsSync(`${path}.lock`));
  const { code, stderr } = await runCli([...SWEEP, '--out', path]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(await readdir(folder), ['trials.jsonl']);

  const locks = [
    { is: 'free', lock: JSON.stringify({ host: hostname(), pid: process.pid, started: 'another time' }) },
    { is: 'free', lock: JSON.stringify({ host: hostname(), pid: 2 ** 30, started: null }) },
    { is: 'free', lock: 'no lock of ours' },
    { is: 'taken', lock: JSON.stringify({ host: 'elsewhere', pid: 1, started: null }) },
  ];
  for (const { is, lock } of locks) {
    // A number that went to another process can be told where the system says when that began.
    if (lock.includes('another time') && !existsSync('/proc/self/stat')) continue;
    await writeFile(`${path}.lock`, lock);
    if (is === 'taken') await assertRefused([...SWEEP, '--out', path], /process 1 on elsewhere .*remove .*\.lock\)/);
    else assert.equal((await runCli([...SWEEP, '--out', path])).code, 0, lock);
    assert.equal(existsSync(`${path}.lock`), is === 'taken', lock);
  }
});

test('a run that is interrupted leaves the older log, and says where its own steps are', async (t) => {
  const folder = await makeFolder(t, { 'run.jsonl': 'older' });
  const path = join(folder, 'run.jsonl');
  const child = spawn(process.execPath, [CLI, 'train', ...MOONS, '--steps', '3000000', '--out', path]);
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  // The first of that name only shows that the folder can be written to.
  let name = '';
  while (!name) {
    const found = await findFile(folder, /\.part$/, child);
    const { size } = await stat(join(folder, found)).catch(() => ({ size: 0 }));
    if (size > 0) name = found;
    else await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGTERM');
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGTERM');
  assert.equal(await readFile(path, 'utf8'), 'older');
  assert.ok(stderr.includes(`the steps are in ${join(folder, name)}\n`), stderr);
  assert.match(await readFile(join(folder, name), 'utf8'), /^\{"type":"config"/);
});
