#!/usr/bin/env bash
# Accuracy is divided by the number of distinct thresholds instead of the number of examples, and
# the error rate divides only its second term. As soon as two scores are equal an accuracy of 2
# comes out, and the error rate counts every missed positive as a whole 1 even when no scores are
# equal. Whoever draws accuracy over the threshold, or picks a threshold by it, picks a wrong one.
# Seen with ml-performance 0.2.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-performance@0.2.0
cd "$tmp"
cat >run.mjs <<'JS'
import Performance from 'ml-performance';
const measure = (scores, labels) => {
  const p = new Performance([scores], [labels], { all: true, max: true });
  return { accuracy: p.getMeasure('acc'), error: p.getMeasure('err') };
};
console.log(JSON.stringify({
  distinct: measure([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0]),
  ties: measure([1, 1, 0, 0], [1, 1, 0, 0]),
}));
JS
version=$(node -p "require('./node_modules/ml-performance/package.json').version")
seen=$(node run.mjs)
known='{"distinct":{"accuracy":[0.5,0.75,1,0.75,0.5],"error":[2,1,0,0.25,0.5]},"ties":{"accuracy":[1,2,1],"error":[2,0,1]}}'
echo "ml-performance $version"
cat <<'TEXT'
expected: accuracy and error of one threshold lie in 0...1 and add up to 1: distinct 0.5 0.75 1 0.75 0.5 with errors 0.5 0.25 0 0.25 0.5; ties 0.5 1 0.5 with errors 0.5 0 0.5 (definitions)
TEXT
echo "seen:     $seen"
[ "$version" = 0.2.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
