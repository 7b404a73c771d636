#!/usr/bin/env bash
# A regression tree keeps a split only if the error that is left exceeds a threshold of 0. The
# best split of all, the one that leaves no error, is therefore thrown away: a clean step from 0
# to 1 is answered with its mean everywhere, while the same step with a little noise is split
# where it should be. Whoever tests the library on a simple example, or has a feature that decides
# the target, gets a constant.
# Seen with ml-cart 2.1.1 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-cart@2.1.1
cd "$tmp"
cat >run.mjs <<'JS'
import { DecisionTreeRegression } from 'ml-cart';
const fit = (y) => {
  const tree = new DecisionTreeRegression({ minNumSamples: 1 });
  tree.train([0, 1, 2, 3], y);
  return tree.predict([0, 1, 2, 3]);
};
console.log(JSON.stringify({ clean: fit([0, 0, 1, 1]), noisy: fit([0, 0.125, 1, 1.125]) }));
JS
version=$(node -p "require('./node_modules/ml-cart/package.json').version")
seen=$(node run.mjs)
known='{"clean":[0.5,0.5,0.5,0.5],"noisy":[0.0625,0.0625,1.0625,1.0625]}'
echo "ml-cart $version"
cat <<'TEXT'
expected: the step itself in both: one split between 1 and 2 leaves an error of 0 in the first (CART)
TEXT
echo "seen:     $seen"
[ "$version" = 2.1.1 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
