#!/usr/bin/env bash
# One feature that is constant within a class (a border pixel of a digit, a flag that is always 0)
# gives a variance of 0, every class gets a likelihood that is no number, and the answer is -1: a
# class that does not exist, without an error, even for examples that were trained on.
# scikit-learn adds a small variance for this reason. Whoever counts errors sees a model that is
# wrong on everything.
# Seen with ml-naivebayes 4.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-naivebayes@4.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import { GaussianNB } from 'ml-naivebayes';
const classify = (rows) => {
  const model = new GaussianNB();
  model.train(rows, [0, 0, 1, 1]);
  return model.predict(rows);
};
console.log(JSON.stringify({
  varying: classify([[1, 6.9], [1.1, 7.1], [5, 7], [5.2, 7.2]]),
  constant: classify([[1, 7], [1.1, 7], [5, 7], [5.2, 7]]),
}));
JS
version=$(node -p "require('./node_modules/ml-naivebayes/package.json').version")
seen=$(node run.mjs)
known='{"varying":[0,0,1,1],"constant":[-1,-1,-1,-1]}'
echo "ml-naivebayes $version"
cat <<'TEXT'
expected: 0, 0, 1, 1 from both: the first feature separates the classes, the constant one says nothing
TEXT
echo "seen:     $seen"
[ "$version" = 4.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
