#!/usr/bin/env bash
# A negative integer below -2147483648 in a pickle of protocol 2 or later comes out as a positive
# one: -2147483649 as 1097364144127, and -1000000000000 as 280474976710656. Its bytes are two's
# complement, as many as it needs, and are read as if there were no sign. In protocols 0 and 1,
# where integers are text, they are right.
# Seen with pickleparser 0.2.1 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts pickleparser@0.2.1
cd "$tmp"
cat >run.cjs <<'JS'
const { Parser } = require('pickleparser');
// Protocol 2: PROTO 2, LONG1 with so many little-endian bytes, STOP; as pickle.dumps(n, 2) writes them.
const binary = (n) => {
  const bytes = [];
  let size = 1n;
  while (n < -(1n << (8n * size - 1n)) || n >= 1n << (8n * size - 1n)) size++;
  const rest = BigInt.asUintN(Number(8n * size), n);
  for (let i = 0n; i < size; i++) bytes.push(Number((rest >> (8n * i)) & 255n));
  return Uint8Array.from([0x80, 2, 0x8a, bytes.length, ...bytes, 0x2e]);
};
const text = (n) => new TextEncoder().encode(`L${n}L\n.`);
const numbers = [-1000000000000n, -2147483649n, 2147483648n, 1000000000000n];
const read = (write) => numbers.map((n) => Number(new Parser().parse(write(n))));
console.log(JSON.stringify({ protocol0: read(text), protocol2: read(binary) }));
JS
version=$(node -p "require('./node_modules/pickleparser/package.json').version")
seen=$(node run.cjs)
known='{"protocol0":[-1000000000000,-2147483649,2147483648,1000000000000],"protocol2":[280474976710656,1097364144127,2147483648,1000000000000]}'
echo "pickleparser $version"
echo "expected: [-1000000000000,-2147483649,2147483648,1000000000000] in both (pickletools: LONG1 is two's complement)"
echo "seen:     $seen"
[ "$version" = 0.2.1 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
