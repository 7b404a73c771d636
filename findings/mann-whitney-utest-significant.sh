#!/usr/bin/env bash
# significant() compares U with its own standardized value instead of comparing that value with a
# quantile: large samples are told not to differ unless they hardly overlap, and the smallest ones to
# differ when no test could tell. The accuracies of two settings over 20 seeds each, of which nearly all of
# one lie above nearly all of the other, are "not significant"; one seed against one is.
# Seen with mann-whitney-utest 1.0.5 (npm) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts mann-whitney-utest@1.0.5
cd "$tmp"
cat >run.cjs <<'JS'
const test = require('mann-whitney-utest');
const seeds = (first) => Array.from({ length: 20 }, (_, i) => first + i);
function tell(name, samples) {
  const u = test.test(samples);
  return `${name}: U ${Math.min(...u)} z ${test.criticalValue(u, samples).toFixed(2)} significant ${test.significant(u, samples)}`;
}
// correct answers of 1000
console.log([tell('20 against 20', [seeds(900), seeds(915)]), tell('1 against 1', [[900], [915]])].join(' | '));
JS
version=$(node -p "require('./node_modules/mann-whitney-utest/package.json').version")
seen=$(node run.cjs)
known='20 against 20: U 12.5 z 5.07 significant false | 1 against 1: U 0 z 1.00 significant true'
echo "mann-whitney-utest $version"
cat <<'TEXT'
expected: significant true (z = 5.07 is beyond 1.96, p = 4e-7), then false (the exact p value of one against one is 1)
TEXT
echo "seen:     $seen"
[ "$version" = 1.0.5 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
