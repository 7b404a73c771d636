#!/usr/bin/env bash
# tf.metrics.precision and tf.metrics.recall as metrics of a model with a sigmoid output are
# always 0: they count predictions that are exactly 1, and no sigmoid is, while accuracy beside
# them rounds. Their documentation expects 0 and 1 only, but compile() takes them for any model
# without a word, and Keras, whose names they are, draws the line at one half. Whoever watches
# recall to catch a model that never says yes sees 0 from a perfect one, too.
# Seen with @tensorflow/tfjs 4.22.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cd "$tmp"
cat >run.mjs <<'JS'
import tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
const weights = [tf.tensor2d([[10]]), tf.tensor1d([-5])];
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], activation: 'sigmoid', weights })] });
model.compile({ loss: 'binaryCrossentropy', optimizer: 'sgd', metrics: ['accuracy', tf.metrics.precision, tf.metrics.recall] });
const results = model.evaluate(tf.tensor2d([[0], [0.2], [0.8], [1]]), tf.tensor2d([[0], [0], [1], [1]]));
console.log(JSON.stringify({ accuracy: results[1].dataSync()[0], precision: results[2].dataSync()[0], recall: results[3].dataSync()[0] }));
JS
version=$(node -p "require('./node_modules/@tensorflow/tfjs/package.json').version")
seen=$(node run.mjs 2>/dev/null)
known='{"accuracy":1,"precision":0,"recall":0}'
echo "@tensorflow/tfjs $version"
cat <<'TEXT'
expected: 1, 1 and 1: all four answers are on the right side of one half (outputs 0.007, 0.047, 0.953, 0.993; Keras)
TEXT
echo "seen:     $seen"
[ "$version" = 4.22.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
