/** Files that are no data here are called what they are, whatever their names say. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readDataFiles } from '../../web/engine/data/read_files.js';
import { streamBytes } from '../../web/engine/data/streams.js';
import { createEngine } from '../../web/platform/node/index.js';
import { writeZip } from './data_writers.js';

const engine = await createEngine();
const bytes = (/** @type {string} */ text) => Uint8Array.from(Buffer.from(text, 'latin1'));
const zeros = '\0'.repeat(300);

/** @type {[string, string | Uint8Array, RegExp][]} */
const FILES = [
  ['an Excel workbook', `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${zeros}`, /is an Excel workbook: save it as CSV/],
  ['a zip file', `PK\x03\x04${zeros}`, /is a zip file/],
  ['Parquet', `PAR1\x15\x04${zeros}`, /\(Parquet, .*: save it as CSV/],
  ['HDF5', `\x89HDF\r\n\x1a\n${zeros}`, /is an HDF5 file: save its arrays as \.npz/],
  ['MATLAB', `MATLAB 5.0 MAT-file, Platform: GLNXA64${zeros}`, /is a MATLAB file/],
  ['a pickle', `\x80\x04\x95\x10${zeros}`, /is a pickle of Python/],
  ['a database', `SQLite format 3\0${zeros}`, /is a database/],
  ['a PDF', '%PDF-1.4\n%\xe2\xe3\n1 0 obj\n', /is a PDF/],
  ['a JPEG', `\xff\xd8\xff\xe0\0\x10JFIF${zeros}`, /is a JPEG image: images are read as PNG, in a folder for each/],
  ['a GIF', `GIF89a${zeros}`, /is a GIF image/],
  ['WebP', `RIFF\x24\0\0\0WEBPVP8 ${zeros}`, /is a WebP image/],
  ['sound', `RIFF\x24\0\0\0WAVEfmt ${zeros}`, /is sound \(WAV\): save its arrays/],
  ['a tar archive', gzipSync(bytes(`a.csv${'\0'.repeat(252)}ustar  \0${zeros}`)), /is a tar archive: unpack it/],
  ['UTF-32', '\xff\xfe\0\0a\0\0\0,\0\0\0b\0\0\0', /is text in UTF-32/],
  ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', /pointer to it \(Git LFS\)/],
  ['a page', '<!DOCTYPE html>\n<html><body>not found, sorry</body></html>\n', /is a page of the web/],
  ['JSON', '[{"a": 1, "label": "x"},\n{"a": 2, "label": "y"}]\n', /is JSON: save it as CSV; .* under Your runs/],
  [
    'a log of TensorBoard',
    `\x18${zeros.slice(0, 7)}\xa3\x7fK"\x09brain.Event:2${zeros}`,
    /TensorBoard: .* under Your runs/,
  ],
  ['lines of JSON', '{"a": 1, "label": "x"}\n{"a": 2, "label": "y"}\n', /is JSON/],
  ['ARFF', '% about\n\n@RELATION x\n@attribute a numeric\n@data\n1,2\n', /is an ARFF file/],
  ['LIBSVM', '+1 1:0.5 3:-2\n-1 2:1.5\n+1 1:2\n', /index:value pairs/],
];

for (const [title, content, message] of FILES) {
  const content_ = typeof content === 'string' ? bytes(content) : content;
  test(`${title} is called so as a table, and where its name says nothing`, async () => {
    const isZip = title === 'a zip file';
    for (const file of [
      { name: 'f.csv', stream: streamBytes(content_) },
      ...(isZip ? [] : [{ name: typeof content === 'string' ? 'data_1' : 'data_1.gz', bytes: content_ }]),
    ]) {
      await assert.rejects(readDataFiles(engine, [file]), (/** @type {any} */ error) => {
        assert.match(error.message, message);
        assert.match(error.message, /^[^\n\p{Cc}]{10,120}\.$/u);
        return true;
      });
    }
  });
}

test('zip files that hold no folder of data', async () => {
  for (const [part, message] of /** @type {[string, RegExp][]} */ ([
    ['xl/workbook.xml', /is a workbook: save it as CSV/],
    ['content.xml', /is a workbook/],
    ['archive/data.pkl', /PyTorch’s save writes/],
  ])) {
    const zip = { name: 'f.bin', bytes: writeZip({ [part]: bytes('x') }) };
    await assert.rejects(readDataFiles(engine, [zip]), message);
  }
});

test('tables that begin a little like other files are read', async () => {
  for (const text of ['PAR1,label\n1,a\n2,b\n', 'ORC,label\n1,a\n2,b\n', '1 12:30 13:45\n2 12:45 13:50\n']) {
    const data = await readDataFiles(engine, [{ name: 'f.csv', stream: streamBytes(bytes(text)) }]).catch(String);
    assert.doesNotMatch(String(data), /is a (file of columns|list)/);
  }
});

test('a packed table is known by its bytes, and one that only its name packs too', async () => {
  const text = bytes(`a,label\n${'1,x\n2,y\n'.repeat(9)}`);
  for (const [name, content] of /** @type {[string, Uint8Array][]} */ ([
    ['f.csv', gzipSync(text)],
    ['f.csv.gz', text],
  ])) {
    assert.equal((await readDataFiles(engine, [{ name, stream: streamBytes(content) }])).images.length, 18);
  }
  for (const name of ['covtype.gz', 'covtype'])
    assert.equal((await readDataFiles(engine, [{ name, bytes: gzipSync(text) }])).images.length, 18);
  await assert.rejects(readDataFiles(engine, [{ name: 'covtype', bytes: new Uint8Array() }]), /covtype is empty/);
});
