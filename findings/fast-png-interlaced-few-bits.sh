#!/usr/bin/env bash
# Interlaced pictures with 1, 2 or 4 bits for a sample are taken apart as if each sample were a byte.
# Where a byte in the wrong place is no filter the file is refused ("Unsupported filter"), else its
# rows come out with numbers from elsewhere, and zeros where the data has run out; nothing fails.
# The same pictures without interlacing are read, as packed rows.
# Seen with fast-png 8.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts fast-png@8.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import zlib from 'node:zlib';
import { decode } from 'fast-png';
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
// Gray, 2 pixels wide. Of 2 rows, pass 1 has the first pixel, pass 6 the one to its right, pass 7 the row below; of 4
// rows, pass 5 also has the first pixel of the third, pass 6 its second, pass 7 the fourth.
const png = (depth, interlace, height, lines) => {
  const head = Buffer.from([0, 0, 0, 2, 0, 0, 0, height, depth, 0, 0, 0, interlace]);
  const packed = zlib.deflateSync(Buffer.from(lines.flat()));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', packed), chunk('IEND', [])]);
};
const read = (file) => {
  try {
    return [...decode(file, { checkCrc: true }).data].join(' ');
  } catch (error) {
    return error.message;
  }
};
console.log(JSON.stringify({
  // samples of 4 bits: 1 2, 3 4
  plain: read(png(4, 0, 2, [[0, 0x12], [0, 0x34]])),
  interlaced: read(png(4, 1, 2, [[0, 0x10], [0, 0x20], [0, 0x34]])),
  // samples of 8 bits: 1 2, 3 4
  bytes: read(png(8, 1, 2, [[0, 1], [0, 2], [0, 3, 4]])),
  // samples of 4 bits: 1 2, 3 4, 5 6, 7 8
  refused: read(png(4, 1, 4, [[0, 0x10], [0, 0x50], [0, 0x20], [0, 0x60], [0, 0x34], [0, 0x78]])),
}));
JS
version=$(node -p "require('./node_modules/fast-png/package.json').version")
seen=$(node run.mjs)
known='{"plain":"18 52","interlaced":"16 32 52 0","bytes":"1 2 3 4","refused":"Unsupported filter: 120"}'
echo "fast-png $version"
cat <<'TEXT'
expected: 1 2 3 4 also where samples have 4 bits (packed: 18 52), and 1 to 8 of the higher picture: passes are packed as
          pictures of their own, whose rows begin at byte boundaries (PNG specification, 7.2 and 8.1)
TEXT
echo "seen:     $seen"
[ "$version" = 8.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
