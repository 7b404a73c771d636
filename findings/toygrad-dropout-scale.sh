#!/usr/bin/env bash
# Dropout drops with the given probability while training, and then multiplies by that probability
# when predicting, where the share that was kept is needed. At 0.5 nobody notices. At 0.1 training
# sees activations whose mean is 0.9 and prediction sees 0.1: a ninth, so the accuracy after
# training is not that of the network that was trained.
# Seen with toygrad 2.6.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts toygrad@2.6.0
cd "$tmp"
cat >run.mjs <<'JS'
import { NeuralNetwork, Tensor } from 'toygrad';
const n = 100000;
const means = (probability) => {
  const net = new NeuralNetwork({ layers: [{ type: 'input', sx: 1, sy: 1, sz: n }, { type: 'dropout', probability }, { type: 'regression' }] });
  const ones = new Tensor(1, 1, n, new Float32Array(n).fill(1));
  const mean = (training) => +(net.layers[1].forward(ones, training).w.reduce((a, b) => a + b) / n).toFixed(1);
  return { training: mean(true), predicting: mean(false) };
};
console.log(JSON.stringify({ 0.5: means(0.5), 0.1: means(0.1), 0.2: means(0.2) }));
JS
version=$(node -p "require('./node_modules/toygrad/package.json').version")
seen=$(node run.mjs)
known='{"0.5":{"training":0.5,"predicting":0.5},"0.1":{"training":0.9,"predicting":0.1},"0.2":{"training":0.8,"predicting":0.2}}'
echo "toygrad $version"
cat <<'TEXT'
expected: the same mean in training and predicting: 0.5, 0.9 and 0.8 (what dropout at prediction scales for)
TEXT
echo "seen:     $seen"
[ "$version" = 2.6.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
