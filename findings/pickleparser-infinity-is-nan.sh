#!/usr/bin/env bash
# An infinite number in a pickle of protocol 0 comes out as NaN, of either sign. Python writes it as
# "inf"; JavaScript's word is another. A loss that has overflowed can no longer be told from one
# that is undefined. Protocols 1 and later store the eight bytes, and are right.
# Seen with pickleparser 0.2.1 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts pickleparser@0.2.1
cd "$tmp"
cat >run.cjs <<'JS'
const { Parser } = require('pickleparser');
const read = (bytes) => String(new Parser().parse(bytes));
// FLOAT and its text; BINFLOAT and a double, big-endian.
const text = (word) => read(new TextEncoder().encode(`F${word}\n.`));
const binary = (value) => {
  const bytes = new Uint8Array(10);
  bytes[0] = 0x47;
  new DataView(bytes.buffer).setFloat64(1, value);
  bytes[9] = 0x2e;
  return read(bytes);
};
console.log(JSON.stringify({ protocol0: ['1.5', 'inf', '-inf', 'nan'].map(text), protocol1: [1.5, Infinity, -Infinity, NaN].map(binary) }));
JS
version=$(node -p "require('./node_modules/pickleparser/package.json').version")
seen=$(node run.cjs)
known='{"protocol0":["1.5","NaN","NaN","NaN"],"protocol1":["1.5","Infinity","-Infinity","NaN"]}'
echo "pickleparser $version"
echo 'expected: ["1.5","Infinity","-Infinity","NaN"] in both (what Python loads)'
echo "seen:     $seen"
[ "$version" = 0.2.1 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
