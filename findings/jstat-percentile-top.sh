#!/usr/bin/env bash
# percentile() interpolates between neighbours, except above the last but one value: there it
# returns that value whatever was asked. Of ten values the 90th to 99th percentiles are all the
# ninth value, and the jump to the maximum comes only at 1 exactly. The tail, which a percentile
# of latencies, losses or gradient norms is taken for, is always too small. quantiles() in the
# same library differs.
# Seen with jstat 1.9.6 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts jstat@1.9.6
cd "$tmp"
cat >run.mjs <<'JS'
import lib from 'jstat';
const norms = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100];
console.log(JSON.stringify([0.5, 0.85, 0.9, 0.95, 0.99, 1].map((p) => +lib.jStat.percentile(norms, p).toFixed(4))));
JS
version=$(node -p "require('./node_modules/jstat/package.json').version")
seen=$(node run.mjs)
known='[5.5,8.65,9,9,9,100]'
echo "jstat $version"
cat <<'TEXT'
expected: 5.5, 8.65, 18.1, 59.05, 91.81, 100 (linear interpolation between order statistics, as it does below the top; numpy.percentile and the inclusive PERCENTILE of spreadsheets)
TEXT
echo "seen:     $seen"
[ "$version" = 1.9.6 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
