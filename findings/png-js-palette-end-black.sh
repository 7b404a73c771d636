#!/usr/bin/env bash
# The last quarter of every palette is read as transparent black: the table of colours is given
# three bytes for each entry although four are written. In a picture of 256 colours the entries
# from 192 on are lost, in one of four the last. Class masks, whose colours are a palette, lose
# their highest classes to the background; photographs lose a quarter of their colours.
# Seen with png-js 2.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts png-js@2.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import zlib from 'node:zlib';
const crc = (bytes) => {
  let c = ~0;
  for (const b of bytes) for (let k = 0, x = (c ^= b); k < 8; k++, x = c) c = x & 1 ? (x >>> 1) ^ 0xedb88320 : x >>> 1;
  return ~c >>> 0;
};
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), Buffer.from(data)]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(body.length - 4);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
};
const png = (width, rows, depth, colour, ...more) => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(rows.length, 4);
  head.set([depth, colour], 8);
  const pixels = zlib.deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), ...more, chunk('IDAT', pixels), chunk('IEND', [])]);
};
const { default: PngReader } = await import('png-js');
const colours = Buffer.from(Array.from({ length: 256 }, (_, i) => [i, 255 - i, 7]).flat());
const file = png(256, [[...Array(256).keys()]], 8, 3, chunk('PLTE', colours));
const rgba = await new Promise((done) => new PngReader(file).decode(done));
const wrong = [...Array(256).keys()].filter((i) => rgba[4 * i] !== i || rgba[4 * i + 1] !== 255 - i || rgba[4 * i + 3] !== 255);
console.log(JSON.stringify({ wrong: wrong.length, first: wrong[0], pixel191: [...rgba.slice(764, 768)], pixel192: [...rgba.slice(768, 772)] }));
JS
version=$(node -p "require('./node_modules/png-js/package.json').version")
seen=$(node run.mjs)
known='{"wrong":64,"first":192,"pixel191":[191,64,7,255],"pixel192":[0,0,0,0]}'
echo "png-js $version"
cat <<'TEXT'
expected: no entry wrong: pixel i is i, 255 - i, 7, opaque (PNG specification, PLTE)
TEXT
echo "seen:     $seen"
[ "$version" = 2.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
