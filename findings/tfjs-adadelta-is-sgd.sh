#!/usr/bin/env bash
# train.adadelta is plain SGD, bit for bit, whatever its rho: it divides by the mean of squared
# gradients from before this gradient was taken in. Both of its means begin at 0, so the quotient of
# their roots is 1 and stays 1. Adadelta (Zeiler 2012, and Keras) begins with steps of some 0.001 times
# the rate, however large the gradient is; this one steps by rate times gradient, and diverges where SGD does.
# Seen with @tensorflow/tfjs 4.22.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cd "$tmp"
cat >run.mjs <<'JS'
import tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
const gradients = Array.from({ length: 30 }, (_, i) => 3 * Math.sin(1.3 * i + 1));
function path(optimizer) {
  const x = tf.variable(tf.tensor1d([0]));
  return gradients.map((g) => {
    optimizer.applyGradients({ [x.name]: tf.tensor1d([g]) });
    return x.dataSync()[0];
  });
}
const sgd = path(tf.train.sgd(0.1));
const same = (rho) => String(path(tf.train.adadelta(0.1, rho, 1e-6))) === String(sgd);
// The published rule: the mean takes the gradient in first.
const mean = (1 - 0.95) * gradients[0] ** 2;
const published = (0.1 * gradients[0] * Math.sqrt(1e-6)) / Math.sqrt(mean + 1e-6);
console.log(JSON.stringify({
  'same as SGD': [0.5, 0.95, 0.999].map(same),
  'first step': +Math.abs(path(tf.train.adadelta(0.1, 0.95, 1e-6))[0]).toFixed(6),
  published: +published.toFixed(6),
}));
JS
version=$(node -p "require('./node_modules/@tensorflow/tfjs/package.json').version")
seen=$(node run.mjs 2>/dev/null)
known='{"same as SGD":[true,true,true],"first step":0.252441,"published":0.000447}'
echo "@tensorflow/tfjs $version"
cat <<'TEXT'
expected: a path of its own for each rho, and the published first step
TEXT
echo "seen:     $seen"
[ "$version" = 4.22.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
