#!/usr/bin/env bash
# A logistic regression without an intercept, and nothing says so: one feature whose classes meet
# at 4.5 cannot be learned however long it trains, because a line through the origin has its
# boundary at 0. With a column of ones beside it the same call is right for every example. Whoever
# leaves the column out (scikit-learn, R and every textbook add it) sees one class predicted for
# everything.
# Seen with ml-logistic-regression 2.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-logistic-regression@2.0.0 ml-matrix@6.15.1
cd "$tmp"
cat >run.mjs <<'JS'
import lib from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
const LogisticRegression = lib.default ?? lib;
const x = [1, 2, 3, 4, 5, 6, 7, 8];
const y = Matrix.columnVector([0, 0, 0, 0, 1, 1, 1, 1]);
const fit = (rows) => {
  const model = new LogisticRegression({ numSteps: 20000, learningRate: 0.01 });
  model.train(new Matrix(rows), y);
  return model.predict(new Matrix(rows)).join('');
};
console.log(JSON.stringify({ plain: fit(x.map((v) => [v])), withOnes: fit(x.map((v) => [v, 1])) }));
JS
version=$(node -p "require('./node_modules/ml-logistic-regression/package.json').version")
seen=$(node run.mjs)
known='{"plain":"11111111","withOnes":"00001111"}'
echo "ml-logistic-regression $version"
cat <<'TEXT'
expected: 00001111 from both (the classes are separable at 4.5, and a logistic regression has an intercept)
TEXT
echo "seen:     $seen"
[ "$version" = 2.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
