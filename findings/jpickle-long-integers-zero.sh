#!/usr/bin/env bash
# Every integer that does not fit into 32 bits with a sign is read as 0 from a pickle of protocol
# 2, the newest that the package knows: its opcode is passed over and a 0 put in its place,
# without a word. Counts of tokens or samples, seeds, and times in milliseconds become 0 and look
# like a run that has not begun. Smaller integers and floats beside it are right.
# Seen with jpickle 0.4.1 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts jpickle@0.4.1
cd "$tmp"
cat >run.mjs <<'JS'
import { Buffer } from 'node:buffer';
import jpickle from 'jpickle';
// pickle.dumps([7, 2**31, 1700000000000, 0.5], 2), by hand: BININT1, LONG1 of 5 and 6 bytes, BINFLOAT
const long = (value, bytes) => {
  const out = Buffer.alloc(2 + bytes);
  out.set([0x8a, bytes]);
  for (let i = 0; i < bytes; i++) out[2 + i] = Number((BigInt(value) >> BigInt(8 * i)) & 255n);
  return out;
};
const half = Buffer.alloc(9);
half.write('G', 'latin1');
half.writeDoubleBE(0.5, 1);
const file = Buffer.concat([Buffer.from([0x80, 2]), Buffer.from(']('), Buffer.from([0x4b, 7]), long(2 ** 31, 5), long(1700000000000, 6), half, Buffer.from('e.')]);
console.log(JSON.stringify(jpickle.loads(file.toString('binary'))));
JS
version=$(node -p "require('./node_modules/jpickle/package.json').version")
seen=$(node run.mjs)
known='[7,0,0,0.5]'
echo "jpickle $version"
cat <<'TEXT'
expected: [7,2147483648,1700000000000,0.5] (what Python reads from the same bytes)
TEXT
echo "seen:     $seen"
[ "$version" = 0.4.1 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
