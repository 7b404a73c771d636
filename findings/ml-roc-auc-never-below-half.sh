#!/usr/bin/env bash
# The area under the ROC curve is mirrored whenever it is below one half. A classifier that ranks
# everything the wrong way round gets 1, the same as a perfect one, and an area of 0.25 is
# reported as 0.75. A swapped label or a flipped sign in a training script, which the area is
# there to show, cannot be seen; an average over pairs of classes is too high.
# Seen with ml-roc-multiclass 0.2.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-roc-multiclass@0.2.0
cd "$tmp"
cat >run.mjs <<'JS'
import { getAuc, getRocCurve } from 'ml-roc-multiclass';
const labels = ['negative', 'negative', 'positive', 'positive'];
const area = (scores) => getAuc(getRocCurve(labels, scores));
console.log(JSON.stringify({
  perfect: area([0.1, 0.2, 0.8, 0.9]),
  reversed: area([0.9, 0.8, 0.2, 0.1]),
  threeOfFourPairsWrong: area([0.3, 0.9, 0.1, 0.6]),
}));
JS
version=$(node -p "require('./node_modules/ml-roc-multiclass/package.json').version")
seen=$(node run.mjs)
known='{"perfect":1,"reversed":1,"threeOfFourPairsWrong":0.75}'
echo "ml-roc-multiclass $version"
cat <<'TEXT'
expected: 1, 0 and 0.25: the share of pairs in which the positive one has the higher score (definition)
TEXT
echo "seen:     $seen"
[ "$version" = 0.2.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
