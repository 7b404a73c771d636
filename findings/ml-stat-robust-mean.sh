#!/usr/bin/env bash
# robustMeanAndStdev gives the plain mean, and measures the deviations from that mean. One spike
# among a hundred losses moves the "robust" mean from 0.51 to 100.5 and the "robust" deviation
# from 0.015 to 148: exactly what the name promises not to happen. Whoever flags outliers of a
# training log with it flags none.
# Seen with ml-stat 1.3.3 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-stat@1.3.3
cd "$tmp"
cat >run.mjs <<'JS'
import stat from 'ml-stat';
const losses = Array.from({ length: 99 }, (_, i) => 0.5 + 0.01 * (i % 3));
const show = (values) => {
  const { mean, stdev } = stat.array.robustMeanAndStdev(values);
  return [+mean.toFixed(4), +stdev.toFixed(4)];
};
console.log(JSON.stringify({ calm: show(losses), oneSpike: show([...losses, 10000]) }));
JS
version=$(node -p "require('./node_modules/ml-stat/package.json').version")
seen=$(node run.mjs)
known='{"calm":[0.51,0.0148],"oneSpike":[100.5049,148.2504]}'
echo "ml-stat $version"
cat <<'TEXT'
expected: about the same for both: median 0.51 and 1.4826 times the median absolute deviation 0.01 = 0.0148 (a robust estimate does not follow one point of a hundred)
TEXT
echo "seen:     $seen"
[ "$version" = 1.3.3 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
