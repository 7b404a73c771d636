#!/usr/bin/env bash
# std() squares the values in the type of the array before it sums them: the squares of bytes wrap
# around, what is left is less than the square of the mean, and a negative variance is reported as 0.
# A picture, kept in bytes, so has no contrast at all, and is divided by 0 where it is standardized.
# The mean is right. Floats that lie far from 0 for their spread lose it likewise, to cancellation:
# 1e8, 1e8 + 1 and 1e8 + 2 come out with 1.41 instead of 0.82.
# Seen with @d4c/numjs 0.17.35 (npm) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts @d4c/numjs@0.17.35
cd "$tmp"
cat >run.cjs <<'JS'
const numjs = require('@d4c/numjs');
const nj = numjs.default ?? numjs;
const pixels = [0, 50, 100, 200, 255];
const tell = (type) => `${type}: mean ${nj.array(pixels, type).mean()} std ${nj.array(pixels, type).std().toFixed(3)}`;
const far = nj.array([1e8, 1e8 + 1, 1e8 + 2], 'float64').std().toFixed(3);
console.log(`${tell('uint8')} | ${tell('float64')} | far from 0: ${far}`);
JS
version=$(node -p "require('./node_modules/@d4c/numjs/package.json').version")
seen=$(node run.cjs)
known='uint8: mean 121 std 0.000 | float64: mean 121 std 94.149 | far from 0: 1.414'
echo "@d4c/numjs $version"
cat <<'TEXT'
expected: mean 121 std 94.149 from both, far from 0: 0.816 (as NumPy's std)
TEXT
echo "seen:     $seen"
[ "$version" = 0.17.35 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
