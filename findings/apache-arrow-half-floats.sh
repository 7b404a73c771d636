#!/usr/bin/env bash
# Numbers outside the range of a half float turn into something else when they are written to a
# Float16 column: 70000 becomes 2.13, 100000 becomes 3.05, and 1e-8 becomes minus infinity.
# Exactly 65520 is the infinity that IEEE 754 asks for. Half precision is what weights and
# gradients are stored in, and the two ends are what gradients reach: one that vanished arrives as
# minus infinity, one that exploded looks harmless.
# Seen with apache-arrow 21.2.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts apache-arrow@21.2.0
cd "$tmp"
cat >run.mjs <<'JS'
import { Float16, vectorFromArray } from 'apache-arrow';
const numbers = [1, 1e-3, 1e-8, -1e-8, 65504, 65520, 70000, 100000];
console.log(JSON.stringify(Object.fromEntries([...vectorFromArray(numbers, new Float16())].map((v, i) => [`${numbers[i]} `, Number.isFinite(v) ? +v.toPrecision(5) : `${v}`]))));
JS
version=$(node -p "require('./node_modules/apache-arrow/package.json').version")
seen=$(node run.mjs)
known='{"1 ":1,"0.001 ":0.0010004,"1e-8 ":"-Infinity","-1e-8 ":"-Infinity","65504 ":65504,"65520 ":"Infinity","70000 ":2.1348,"100000 ":3.0508}'
echo "apache-arrow $version"
cat <<'TEXT'
expected: 1, 0.0010004, 0, 0, 65504, Infinity, Infinity, Infinity (IEEE 754 rounding to binary16; numpy's float16)
TEXT
echo "seen:     $seen"
[ "$version" = 21.2.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
