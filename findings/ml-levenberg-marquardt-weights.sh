#!/usr/bin/env bash
# Weights pull the gradient and the curvature in opposite directions, so the weighted fit has
# another answer than weighted least squares. Even the same weight for all points, which cannot
# change where the minimum is, breaks it: with 2 everywhere the fit of a constant ends at its
# starting value after 2000 iterations and returns that as the result, without an error. Whoever
# weights the noisy first epochs of a learning curve down gets a curve that was not fitted.
# Seen with ml-levenberg-marquardt 5.1.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-levenberg-marquardt@5.1.0 ml-matrix@6.15.1
cd "$tmp"
cat >run.mjs <<'JS'
import { levenbergMarquardt } from 'ml-levenberg-marquardt';
const fit = (weights) => {
  const result = levenbergMarquardt({ x: [0, 1, 2, 3], y: [0, 0, 10, 10] }, ([c]) => () => c, {
    initialValues: [1],
    weights,
    errorTolerance: 1e-12,
    maxIterations: 2000,
  });
  return +result.parameterValues[0].toFixed(3);
};
console.log(JSON.stringify({ ones: fit([1, 1, 1, 1]), twos: fit([2, 2, 2, 2]), tens: fit([10, 10, 10, 10]) }));
JS
version=$(node -p "require('./node_modules/ml-levenberg-marquardt/package.json').version")
seen=$(node run.mjs)
known='{"ones":5,"twos":1,"tens":1}'
echo "ml-levenberg-marquardt $version"
cat <<'TEXT'
expected: 5, 5 and 5: the mean of 0, 0, 10, 10 (closed form of the least squares fit of a constant)
TEXT
echo "seen:     $seen"
[ "$version" = 5.1.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
