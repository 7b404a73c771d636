#!/usr/bin/env bash
# A gray value that a file marks as transparent is read as 0: not only the alpha becomes 0, the
# value itself is gone. Heights, masks and measurements that use one value for "no data", and
# programs that read the first channel only, get 0 where the file says 128, which is a valid value
# of its own. Other readers leave the value alone.
# Seen with pngjs 7.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts pngjs@7.0.0
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
const { PNG } = (await import('pngjs')).default;
const file = png(4, [[0, 1, 128, 255]], 8, 0, chunk('tRNS', [0, 128]));
const rgba = PNG.sync.read(file).data;
console.log(JSON.stringify({ gray: [0, 1, 2, 3].map((i) => rgba[4 * i]), alpha: [0, 1, 2, 3].map((i) => rgba[4 * i + 3]) }));
JS
version=$(node -p "require('./node_modules/pngjs/package.json').version")
seen=$(node run.mjs)
known='{"gray":[0,1,0,255],"alpha":[255,255,0,255]}'
echo "pngjs $version"
cat <<'TEXT'
expected: gray 0 1 128 255, alpha 255 255 0 255: tRNS gives an alpha and changes no sample (PNG specification)
TEXT
echo "seen:     $seen"
[ "$version" = 7.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
