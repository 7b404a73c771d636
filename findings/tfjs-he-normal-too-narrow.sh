#!/usr/bin/env bash
# The normal initializers draw from a normal distribution cut at two deviations and leave out the
# correction for the cut: heNormal, glorotNormal and leCunNormal give 0.88 of the deviation that
# their documentation names, so each layer keeps 0.77 of the variance that He's rule keeps. Keras
# corrects for it. After ten layers of ReLU the signal has 8 % of its variance left, and a network
# built in Keras does not begin alike.
# Seen with @tensorflow/tfjs 4.22.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cd "$tmp"
cat >run.mjs <<'JS'
import tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
const fan = 400;
const ratio = (name, named) => {
  const { variance } = tf.moments(tf.initializers[name]({ seed: 1 }).apply([fan, fan]));
  return +(Math.sqrt(variance.dataSync()[0]) / named).toFixed(2);
};
console.log(JSON.stringify({
  heNormal: ratio('heNormal', Math.sqrt(2 / fan)),
  glorotNormal: ratio('glorotNormal', Math.sqrt(2 / (fan + fan))),
  leCunNormal: ratio('leCunNormal', Math.sqrt(1 / fan)),
  heUniform: ratio('heUniform', Math.sqrt(2 / fan)),
}));
JS
version=$(node -p "require('./node_modules/@tensorflow/tfjs/package.json').version")
seen=$(node run.mjs 2>/dev/null)
known='{"heNormal":0.88,"glorotNormal":0.88,"leCunNormal":0.88,"heUniform":1}'
echo "@tensorflow/tfjs $version"
cat <<'TEXT'
expected: 1 for each: measured deviation over the one that is documented
TEXT
echo "seen:     $seen"
[ "$version" = 4.22.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
