#!/usr/bin/env bash
# The same data have other eigenvalues by method NIPALS than by the default: sums of squares that
# are not divided by n - 1, and shares of variance that are taken of the computed components only.
# One component therefore always explains 100 %, whatever the data are. Whoever asks for few
# components to see how many are needed is told that the first was enough.
# Seen with ml-pca 4.1.1 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-pca@4.1.1
cd "$tmp"
cat >run.mjs <<'JS'
import { PCA } from 'ml-pca';
const data = [[1, 5], [2, 1], [3, 4], [4, 2], [5, 3]];
const tell = (options) => {
  const pca = new PCA(data, options);
  return { eigenvalues: pca.getEigenvalues().map((v) => +v.toFixed(4)), share: pca.getExplainedVariance().map((v) => +v.toFixed(4)) };
};
console.log(JSON.stringify({ svd: tell({}), one: tell({ method: 'NIPALS', nCompNIPALS: 1 }) }));
JS
version=$(node -p "require('./node_modules/ml-pca/package.json').version")
seen=$(node run.mjs)
known='{"svd":{"eigenvalues":[3.25,1.75],"share":[0.65,0.35]},"one":{"eigenvalues":[13],"share":[1]}}'
echo "ml-pca $version"
cat <<'TEXT'
expected: the first eigenvalue and its share are the same by both methods (covariance of the data, closed form)
TEXT
echo "seen:     $seen"
[ "$version" = 4.1.1 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
