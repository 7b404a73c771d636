#!/usr/bin/env bash
# The centered train.rmsprop subtracts epsilon from the variance instead of adding it: what should
# keep the root away from 0 takes it below. Under a constant gradient the variance fades, and the
# weight becomes NaN; with decay 0.9 and epsilon 0.001 at step 66.
# Seen with @tensorflow/tfjs 4.22.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cd "$tmp"
cat >run.mjs <<'JS'
import tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
function steps(decay, epsilon) {
  const x = tf.variable(tf.tensor1d([0]));
  const optimizer = tf.train.rmsprop(0.01, decay, 0, epsilon, true);
  for (let step = 1; step <= 200; step++) {
    optimizer.applyGradients({ [x.name]: tf.tensor1d([1]) });
    if (Number.isNaN(x.dataSync()[0])) return step;
  }
  return 'never';
}
const first = (epsilon) => {
  const x = tf.variable(tf.tensor1d([0]));
  tf.train.rmsprop(1, 0.9, 0, epsilon, true).applyGradients({ [x.name]: tf.tensor1d([1]) });
  return +Math.abs(x.dataSync()[0]).toFixed(4);
};
console.log(JSON.stringify({
  'NaN at step': [steps(0.9, 0.001), steps(0.5, 0.001)],
  'first step with epsilon 0.05': first(0.05),
  'with the sign that helps': +(1 / Math.sqrt(0.1 - 0.01 + 0.05)).toFixed(4),
}));
JS
version=$(node -p "require('./node_modules/@tensorflow/tfjs/package.json').version")
seen=$(node run.mjs 2>/dev/null)
known='{"NaN at step":[66,10],"first step with epsilon 0.05":5,"with the sign that helps":2.6726}'
echo "@tensorflow/tfjs $version"
cat <<'TEXT'
expected: never a NaN, and a first step with the sign that helps
TEXT
echo "seen:     $seen"
[ "$version" = 4.22.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
