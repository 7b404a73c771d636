/** `trainscope serve`: headers, types, the data folder, and paths that lead nowhere. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { Agent, createServer, get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createFileServer } from '../../web/cli/server/file_server.js';
import { readAncestors, readHosts } from '../../web/cli/server/policy.js';
import { assertRefused, makeFolder, ROOT, runCli } from './helpers.js';

const IS_BUILT = existsSync(join(ROOT, 'dist/index.html'));

/** A request whose path is sent as it is, dots and all. @param {number} port @param {string} path @param {string} [method] */
async function request(port, path, method = 'GET') {
  const sent = get({ port, path, method, host: 'localhost' });
  const [response] = /** @type {[import('node:http').IncomingMessage]} */ (await once(sent, 'response'));
  let body = '';
  response.setEncoding('utf8');
  for await (const text of response) body += text;
  return { status: response.statusCode, headers: response.headers, body };
}

/** @param {import('node:http').Server} server */
async function listen(server) {
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

test('files with the right types and headers, and nothing outside the folders', async (t) => {
  const folder = await makeFolder(t, { 'secret.txt': 'secret' });
  const page = join(folder, 'page');
  const data = join(folder, 'data');
  await mkdir(join(page, 'assets'), { recursive: true });
  await mkdir(data);
  await writeFile(join(page, 'index.html'), '<p>page');
  await writeFile(join(page, 'assets', 'core.wasm'), 'wasm');
  await writeFile(join(page, 'assets', 'a b.js'), '1');
  await writeFile(join(data, 'train-images-idx3-ubyte.gz'), 'images');
  await writeFile(join(data, 'notes.md'), 'notes');
  const arrays = await makeFolder(t, { 'mnist.npz': 'arrays', 'README.txt': 'text', '.DS_Store': 'litter' });
  const code = await makeFolder(t, { 'main.py': 'code' });
  const dataFolders = new Map(Object.entries({ mine: data, arrays, code }));
  const server = createFileServer({ page, dataFolders });
  t.after(() => server.close());
  const port = await listen(server);

  const home = await request(port, '/?dataset=moons#x');
  assert.equal(home.status, 200);
  assert.equal(home.body, '<p>page');
  assert.equal(home.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(home.headers['cross-origin-opener-policy'], 'same-origin');
  assert.equal(home.headers['cross-origin-embedder-policy'], 'require-corp');
  assert.equal(home.headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal((await request(port, '/assets/core.wasm')).headers['content-type'], 'application/wasm');
  assert.equal((await request(port, '/assets/a%20b.js')).headers['content-type'], 'text/javascript; charset=utf-8');
  const head = await request(port, '/index.html', 'HEAD');
  assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', '7']);

  const index = await request(port, '/data/index.json');
  assert.deepEqual(JSON.parse(index.body), [
    { name: 'mine', files: ['train-images-idx3-ubyte.gz'] },
    { name: 'arrays', files: ['mnist.npz'] },
  ]);
  const images = await request(port, '/data/mine/train-images-idx3-ubyte.gz');
  assert.equal(images.body, 'images');
  assert.equal(images.headers['content-encoding'], undefined, 'the page unpacks it');

  const nowhere = [
    '/secret.txt',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/data/mine/../../secret.txt',
    '/data/mine/..%2fsecret.txt',
    '/data/../secret.txt',
    '/data/other/x',
    '/data/mine',
    '/assets',
    '/missing.js',
  ];
  for (const path of nowhere) {
    const { status, body } = await request(port, path);
    assert.equal(status, 404, path);
    assert.ok(!body.includes('secret'), path);
  }
  for (const path of ['/%', '/%00', '//\0']) {
    const { status } = await request(port, path).catch(() => ({ status: 400 }));
    assert.ok(status === 400 || status === 404, path);
  }
  assert.equal((await request(port, '/', 'POST')).status, 405);
});

/** A request with headers of its own; its body as it came. @param {number} port @param {string} path @param {Record<string, string>} headers */
async function ask(port, path, headers) {
  const sent = get({ port, path, headers, host: 'localhost' });
  const [response] = /** @type {[import('node:http').IncomingMessage]} */ (await once(sent, 'response'));
  const parts = [];
  for await (const part of response) parts.push(part);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) };
}

test('a name that leads here is not enough, a link does not lead out, and a long address is read', async (t) => {
  const folder = await makeFolder(t, { 'secret.csv': 'a,label\n1,2\n' });
  const [page, data] = [join(folder, 'page'), join(folder, 'data')];
  await mkdir(page);
  await mkdir(data);
  await writeFile(join(page, 'index.html'), '<p>page');
  await writeFile(join(data, 'inside.csv'), 'a,label\n1,2\n');
  await symlink(join(folder, 'secret.csv'), join(data, 'out.csv'));
  await symlink(folder, join(data, 'up'));
  await symlink('inside.csv', join(data, 'same'));
  const dataFolders = new Map([['mine', data]]);
  const server = createFileServer({ page, dataFolders });
  const open = createFileServer({
    page,
    dataFolders,
    hosts: readHosts('Lab.example.org, other'),
    ancestors: readAncestors('https://course.example.org,https://*.example.com:8443'),
  });
  t.after(() => {
    server.close();
    open.close();
  });
  const [port, openPort] = [await listen(server), await listen(open)];

  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1:9000', '[::1]:80', 'LOCALHOST.']) {
    assert.equal((await ask(port, '/', { host })).status, 200, host);
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'x@localhost',
  ]) {
    const { status, body } = await ask(port, '/data/mine/inside.csv', { host });
    assert.equal(status, 403, host);
    assert.match(String(body), /^This server answers to localhost only; .*--allow-host NAME/);
  }
  assert.equal((await ask(openPort, '/', { host: 'lab.example.org:443' })).status, 200);
  assert.equal((await ask(openPort, '/', { host: 'evil.example' })).status, 403);

  assert.equal((await request(port, '/data/mine/same')).status, 200, 'a link inside of the folder');
  for (const path of ['/data/mine/out.csv', '/data/mine/up/secret.csv']) {
    assert.equal((await request(port, path)).status, 404, path);
  }
  assert.deepEqual(JSON.parse((await request(port, '/data/index.json')).body), [
    { name: 'mine', files: ['inside.csv'] },
  ]);

  assert.equal((await request(port, `/?changes=${'x'.repeat(256 * 1024)}`)).status, 200);

  const policy = (/** @type {{ headers: Record<string, any> }} */ { headers }) => headers['content-security-policy'];
  assert.match(policy(await request(port, '/')), /frame-ancestors 'self'$/);
  assert.match(
    policy(await request(openPort, '/')),
    /frame-ancestors 'self' https:\/\/course\.example\.org https:\/\/\*\.example\.com:8443$/,
  );
  await assertRefused(
    ['serve', '--port', '0', '--frame-ancestors', 'https://a.b; script-src *'],
    /--frame-ancestors takes origins/,
  );
  await assertRefused(['serve', '--port', '0', '--allow-host', 'http://a.b'], /--allow-host takes names such as/);
});

test('files are compressed as the reader takes them, kept for good where their name says their content', async (t) => {
  const folder = await makeFolder(t);
  await mkdir(join(folder, 'assets'));
  const text = 'let x = 1;\n'.repeat(1000);
  await writeFile(join(folder, 'index.html'), text);
  await writeFile(join(folder, 'assets', 'index-DQ0MvK2D.js'), text);
  const server = createFileServer({ page: folder, dataFolders: new Map() });
  t.after(() => server.close());
  const port = await listen(server);
  const path = '/assets/index-DQ0MvK2D.js';

  const plain = await ask(port, path, {});
  assert.equal(String(plain.body), text);
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  const cases = [
    { accept: 'gzip, deflate, br', name: 'br', read: brotliDecompressSync },
    { accept: 'gzip, br;q=0', name: 'gzip', read: gunzipSync },
    { accept: '*', name: 'br', read: brotliDecompressSync },
  ];
  for (const { accept, name, read } of cases) {
    const { headers, body } = await ask(port, path, { 'accept-encoding': accept });
    assert.equal(headers['content-encoding'], name);
    assert.equal(headers.vary, 'Accept-Encoding');
    assert.equal(Number(headers['content-length']), body.length);
    assert.ok(body.length < text.length / 10);
    assert.equal(String(read(body)), text);
  }
  assert.equal((await ask(port, path, { 'accept-encoding': 'identity' })).headers['content-encoding'], undefined);

  const home = await ask(port, '/', { 'accept-encoding': 'br' });
  assert.equal(home.headers['cache-control'], 'no-cache');
  const tag = String(home.headers.etag);
  const again = await ask(port, '/', { 'accept-encoding': 'br', 'if-none-match': tag });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  assert.equal((await ask(port, '/', { 'if-none-match': tag })).status, 200, 'as another encoding it is another');
  await writeFile(join(folder, 'index.html'), `${text}more`);
  const changed = await ask(port, '/', { 'accept-encoding': 'br', 'if-none-match': tag });
  assert.equal(String(brotliDecompressSync(changed.body)), `${text}more`);
});

test('a file that grows while it is sent ends where it was said to, and one that shrinks is no answer', async (t) => {
  // Larger than what a socket holds that nobody reads.
  const size = 64 << 20;
  const folder = await makeFolder(t, { grows: '', shrinks: '', empty: '' });
  for (const name of ['grows', 'shrinks']) await truncate(join(folder, name), size);
  const server = createFileServer({ page: folder, dataFolders: new Map() });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => server.close());
  t.after(() => agent.destroy());
  const port = await listen(server);
  const open = async (/** @type {string} */ path) => {
    const [response] = await once(get({ port, path, host: 'localhost', agent }), 'response');
    return /** @type {import('node:http').IncomingMessage} */ (response);
  };
  const count = async (/** @type {import('node:http').IncomingMessage} */ response) => {
    let bytes = 0;
    for await (const { length } of response) bytes += length;
    return bytes;
  };

  const growing = await open('/grows');
  await appendFile(join(folder, 'grows'), 'more');
  assert.equal(await count(growing), size);
  assert.equal(await count(await open('/empty')), 0, 'the connection goes on with the next answer');
  const shrinking = await open('/shrinks');
  await truncate(join(folder, 'shrinks'), 1);
  await assert.rejects(count(shrinking), /aborted/);
});

test('a taken port is one clear sentence', { skip: !IS_BUILT && 'skipped: the page is not built' }, async (t) => {
  const other = createServer();
  t.after(() => other.close());
  const port = await listen(other);
  await assertRefused(['serve', '--port', String(port)], new RegExp(`--port ${port}: another program uses it`));
});

test('serve prints one line with its address', { skip: !IS_BUILT && 'skipped: the page is not built' }, async (t) => {
  const child = spawn(process.execPath, [join(ROOT, 'web/cli.js'), 'serve', '--port', '0']);
  t.after(() => child.kill());
  const [line] = await once(child.stdout, 'data');
  const [, port] = /^http:\/\/localhost:(\d+)\/\n$/.exec(String(line)) ?? [];
  assert.ok(port, String(line));
  const { status, body } = await request(Number(port), '/');
  assert.equal(status, 200);
  assert.match(body, /<html/i);
  assert.equal((await request(Number(port), '/data/index.json')).status, 200);
});

test('a worker of the built page is imported by nothing: WebKit would run it twice', {
  skip: !IS_BUILT && 'skipped: the page is not built',
}, async () => {
  const folder = join(ROOT, 'dist/assets');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const workers = names.filter((name) => /^(team_)?worker-/.test(name));
  assert.equal(workers.length, 2, names.join(' '));
  const imported = /(?:\bfrom|\bimport)\s*\(?\s*["'`]\.\/([^"'`]+)["'`]/g;
  let count = 0;
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    for (const [, target] of text.matchAll(imported)) {
      count++;
      assert.ok(!workers.includes(target), `${name} imports ${target}`);
    }
  }
  assert.ok(count > 0, 'finds imports');
});

test('without a built page serve says what to do', { skip: IS_BUILT && 'skipped: the page is built' }, async () => {
  const { code, stderr } = await runCli(['serve', '--port', '0']);
  assert.equal(code, 1);
  assert.match(stderr, /\.\/build\.sh/);
});
