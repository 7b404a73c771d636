#!/usr/bin/env bash
# Random search draws a category by rounding a uniform number to the nearest position, so the
# first and the last one are tried half as often as the others: of three optimizers the middle one
# gets half of all trials. The two ends of an integer range suffer alike. The documentation says
# uniform. Whoever compares how often a choice won, or searches few trials, is misled by the order
# of the list. The random numbers are replaced by an even grid here, so that the counts are exact.
# Seen with optimization-js 1.5.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts optimization-js@1.5.0
cd "$tmp"
cat >run.mjs <<'JS'
import { createRequire } from 'node:module';
const { Categorical, Integer } = createRequire(import.meta.url)('optimization-js');
const trials = 12000;
const counts = (dimension) => {
  let i = 0;
  Math.random = () => (i++ + 0.5) / trials;
  const count = {};
  for (let k = 0; k < trials; k++) {
    const drawn = dimension.random_sample();
    count[drawn] = (count[drawn] ?? 0) + 1;
  }
  return count;
};
console.log(JSON.stringify({ optimizer: counts(Categorical(['sgd', 'adam', 'rmsprop'])), layers: counts(Integer(1, 4)) }));
JS
version=$(node -p "require('./node_modules/optimization-js/package.json').version")
seen=$(node run.mjs)
known='{"optimizer":{"sgd":3000,"adam":6000,"rmsprop":3000},"layers":{"1":2000,"2":4000,"3":4000,"4":2000}}'
echo "optimization-js $version"
cat <<'TEXT'
expected: 4000 of 12000 for each of three categories and 3000 for each of four integers (uniform, by its documentation)
TEXT
echo "seen:     $seen"
[ "$version" = 1.5.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
