#!/usr/bin/env bash
# Without a range the range is half the number of values. With an odd number that is not a whole
# number, the values are then read between two positions, and everything after the first result is
# NaN. An even number of values works. Besides, results are text with two decimals: small losses
# become 0.00. Whoever smooths a log loses the curve whenever it has an odd number of rows.
# Seen with exponential-moving-average 1.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts exponential-moving-average@1.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import ema from 'exponential-moving-average';
console.log(JSON.stringify({ four: ema([4, 3, 2, 1]), five: ema([5, 4, 3, 2, 1]), small: ema([0.004, 0.003, 0.002, 0.001]) }));
JS
version=$(node -p "require('./node_modules/exponential-moving-average/package.json').version")
seen=$(node run.mjs)
known='{"four":["3.50","2.50","1.50"],"five":["4.50","NaN","NaN","NaN"],"small":["0.00","0.00","0.00"]}'
echo "exponential-moving-average $version"
cat <<'TEXT'
expected: finite averages for both lengths; of the small losses 0.0035, 0.0025, 0.0015 (the recursion with weight 2 / (range + 1))
TEXT
echo "seen:     $seen"
[ "$version" = 1.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
