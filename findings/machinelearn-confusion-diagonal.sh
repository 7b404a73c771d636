#!/usr/bin/env bash
# The rows of the confusion matrix stand in the order in which classes first occur in the truth,
# the columns in the order in which they first occur in the predictions, and no names are given.
# If the first example is classified wrongly the columns are swapped: a classifier that is wrong
# every time has the same matrix, all on the diagonal, as one that is always right. Any accuracy
# or recall that is computed from it depends on the order of the examples.
# Seen with machinelearn 2.1.5 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts machinelearn@2.1.5
cd "$tmp"
cat >run.mjs <<'JS'
import metrics from 'machinelearn/metrics/index.js';
const matrix = (truth, predicted) => metrics.confusion_matrix(truth, predicted);
console.log(JSON.stringify({
  allRight: matrix([0, 1, 1, 0], [0, 1, 1, 0]),
  allWrong: matrix([0, 1, 1, 0], [1, 0, 0, 1]),
  oneOfFiveWrong: matrix([0, 0, 0, 1, 1], [1, 0, 0, 1, 1]),
}));
JS
version=$(node -p "require('./node_modules/machinelearn/package.json').version")
seen=$(node run.mjs 2>/dev/null | tail -n 1)
known='{"allRight":[[2,0],[0,2]],"allWrong":[[2,0],[0,2]],"oneOfFiveWrong":[[1,2],[2,0]]}'
echo "machinelearn $version"
cat <<'TEXT'
expected: [[2,0],[0,2]], [[0,2],[2,0]], [[2,1],[0,2]]: rows and columns in one order (definition, scikit-learn)
TEXT
echo "seen:     $seen"
[ "$version" = 2.1.5 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
