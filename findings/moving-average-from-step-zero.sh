#!/usr/bin/env bash
# The first value of a series that begins at time 0 is forgotten: time 0 counts as "no value yet",
# so the second push starts the average anew. With times in milliseconds since 1970 that cannot
# happen; with training steps or epochs, which begin at 0, it always does. The same two losses
# give 2 from step 0 and 4.94 from step 1.
# Seen with moving-average 1.0.1 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts moving-average@1.0.1
cd "$tmp"
cat >run.mjs <<'JS'
import average from 'moving-average';
const smooth = (first) => {
  const ma = average(1);
  ma.push(first, 10);
  ma.push(first + 1, 2);
  return +ma.movingAverage().toFixed(4);
};
console.log(JSON.stringify({ fromStep0: smooth(0), fromStep1: smooth(1), fromStep1000: smooth(1000) }));
JS
version=$(node -p "require('./node_modules/moving-average/package.json').version")
seen=$(node run.mjs)
known='{"fromStep0":2,"fromStep1":4.943,"fromStep1000":4.943}'
echo "moving-average $version"
cat <<'TEXT'
expected: 2 + 8 exp(-1) = 4.943 in all three (the recursion in its README)
TEXT
echo "seen:     $seen"
[ "$version" = 1.0.1 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
