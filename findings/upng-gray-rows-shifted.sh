#!/usr/bin/env bash
# Gray pictures of 1, 2 or 4 bits are read as one run of bits, although every row begins at a byte
# of its own. Unless the width fills whole bytes, everything from the second row on is shifted,
# more in each row; the first row is right and nothing fails. Binary and 4-bit digits and masks
# are what such files are used for: a 28 pixels wide one of 1 bit arrives slanted.
# Seen with upng-js 2.1.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts upng-js@2.1.0
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
const { default: UPNG } = await import('upng-js');
const read = (file) => [...new Uint8Array(UPNG.toRGBA8(UPNG.decode(new Uint8Array(file).buffer))[0])].filter((_, i) => i % 4 === 0);
console.log(JSON.stringify({
  // three rows of 3 pixels: 1 2 3, 4 5 6, 7 8 9
  width3: read(png(3, [[0x12, 0x30], [0x45, 0x60], [0x78, 0x90]], 4, 0)).map((v) => v / 17),
  // two rows of 4 pixels: 1 2 3 4, 5 6 7 8
  width4: read(png(4, [[0x12, 0x34], [0x56, 0x78]], 4, 0)).map((v) => v / 17),
}));
JS
version=$(node -p "require('./node_modules/upng-js/package.json').version")
seen=$(node run.mjs)
known='{"width3":[1,2,3,0,4,5,6,0,7],"width4":[1,2,3,4,5,6,7,8]}'
echo "upng-js $version"
cat <<'TEXT'
expected: 1 2 3 4 5 6 7 8 9 and 1 2 3 4 5 6 7 8: rows begin at byte boundaries (PNG specification, 7.2)
TEXT
echo "seen:     $seen"
[ "$version" = 2.1.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
