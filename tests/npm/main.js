/**
 * The package as others install it: packed, installed in an empty folder, and used there by Node, TypeScript, bundlers and
 * a page. Outside CI: it asks npm's registry, and takes minutes. README.md beside this file says what has to hold.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BUNDLERS, buildWith } from './bundlers.js';
import { closeBrowser, openPackagedPage, runInChromium } from './chromium.js';
import { checkImports, listAll } from './contents.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const APP = fileURLToPath(new URL('app/', import.meta.url));
const NODES = [20, 22, 24];
const TYPESCRIPT = 'typescript@7.0.2';

/** @param {string[]} args @param {string} cwd */
const npm = (args, cwd) =>
  run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, maxBuffer: 1e8 });

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** A folder of its own with nothing but the package. @param {string} home @param {string} name @param {string} archive */
async function install(home, name, archive, /** @type {string[]} */ ...tools) {
  const folder = join(home, name);
  await cp(APP, folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}');
  await npm(['install', archive, ...tools], folder);
  return folder;
}

/** @param {string} folder  where it is installed */
async function checkContents(folder) {
  const inside = join(folder, 'node_modules/trainscope');
  const files = new Set(await listAll(inside));
  await checkImports(inside, files);
  const installed = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
  let bytes = 0;
  for (const file of await listAll(join(folder, 'node_modules')))
    bytes += (await stat(join(folder, 'node_modules', file))).size;
  return `${files.size} files; node_modules: ${installed.length} packages, ${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {string} folder */
async function checkTypes(folder) {
  const tsc = join(folder, 'node_modules/.bin/tsc');
  const modes = [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ];
  for (const [module, resolution] of modes) {
    const args = ['-p', folder, '--module', module, '--moduleResolution', resolution];
    await run(tsc, args).catch(({ stdout }) => assert.fail(`${resolution}:\n${stdout}`));
  }
  // Without the comment that expects it, the mistake is an error of its own.
  const wrong =
    "import { createEngine } from 'trainscope';\n(await createEngine()).parseConfig({ learning_rate: 1 });\n";
  await writeFile(join(folder, 'use.ts'), wrong);
  const said = await run(tsc, ['-p', folder]).then(
    () => '',
    ({ stdout }) => stdout,
  );
  assert.match(said, /TS2353: .*'learning_rate' does not exist/);
  return said.trim().split('\n')[0].slice(0, 100);
}

/** @param {string} folder @param {string} node @param {object} options of the engine */
async function runProgram(folder, node, options) {
  const code = `import { tryAll } from './app.js'; console.log(JSON.stringify(await tryAll(${JSON.stringify(options)})));`;
  const { stdout } = await run(node, ['--input-type=module', '--eval', code], { cwd: folder });
  return JSON.parse(stdout);
}

/** @param {string} folder @param {string} home */
async function checkNodes(folder, home) {
  const tried = [];
  const expected = await runProgram(folder, process.execPath, {});
  for (const version of NODES) {
    const own = join(home, `node-${version}`);
    await mkdir(own);
    await npm(['install', '--prefix', own, '--no-save', `node@${version}`], own);
    const node = join(own, 'node_modules/node/bin/node');
    const { stdout } = await run(node, ['--version']);
    for (const threads of [1, 2])
      assert.deepEqual(await runProgram(folder, node, { threads }), { ...expected, threads });
    const cli = join(folder, 'node_modules/trainscope/web/cli.js');
    const settings = ['--dataset', 'moons', '--optimizer', 'adam', '--lr', '0.02', '--steps', '60'];
    const trained = await run(node, [cli, 'train', ...settings, '--json'], { cwd: folder });
    assert.equal(JSON.parse(trained.stdout).digest, expected.digest);
    const sweep = [
      'sweep',
      '--dataset',
      'moons',
      '--steps',
      '40',
      '--over',
      'lr=0.001,0.1',
      '--seeds',
      '1',
      '--jobs',
      '2',
    ];
    const swept = await run(node, [cli, ...sweep, '--json'], { cwd: folder });
    assert.deepEqual(JSON.parse(swept.stdout).best.changes, expected.best);
    const told = await run(node, [cli, '--version'], { cwd: folder });
    tried.push(`${stdout.trim()} (trainscope ${told.stdout.trim()})`);
  }
  return `${tried.join(', ')}: digest ${expected.digest.slice(0, 16)}`;
}

/** @param {string} home @param {string} archive @param {string} plain  a folder with the package */
async function checkBundlers(home, archive, plain) {
  const expected = await runProgram(plain, process.execPath, {});
  const told = [];
  for (const bundler of BUNDLERS) {
    const folder = await install(home, bundler.name.replaceAll(' ', '-'), archive, ...bundler.tools);
    const site = await buildWith(bundler, folder);
    for (const { threads, ...found } of await runInChromium(site, bundler.hasThreads)) {
      assert.deepEqual({ ...found, threads: 1 }, expected, bundler.name);
      told.push(`${bundler.name}${threads > 1 ? `, ${threads} threads` : ''}`);
    }
    say(`    ${told.at(-1)}: ${expected.digest.slice(0, 16)}`);
  }
  return told.join('; ');
}

const chosen = process.argv.slice(2);
const home = await mkdtemp(join(tmpdir(), 'trainscope-npm-'));
try {
  const { stdout } = await npm(['pack', '--json', '--pack-destination', home], ROOT);
  const packed = Object.values(JSON.parse(stdout))[0];
  const archive = join(home, packed.filename);
  say(
    `${packed.filename}: ${(packed.size / 1e6).toFixed(2)} MB packed, ${(packed.unpackedSize / 1e6).toFixed(2)} MB unpacked`,
  );
  const plain = await install(home, 'plain', archive);
  const parts = {
    contents: () => checkContents(plain),
    types: async () => checkTypes(await install(home, 'types', archive, TYPESCRIPT)),
    node: () => checkNodes(plain, home),
    bundlers: () => checkBundlers(home, archive, plain),
    page: () => openPackagedPage(plain),
  };
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    say(`ok  ${name}: ${await part()}`);
  }
} finally {
  await closeBrowser();
  await rm(home, { recursive: true, force: true });
}
