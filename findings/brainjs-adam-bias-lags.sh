#!/usr/bin/env bash
# Adam of brain.js moves biases by the moments of the step before, under the correction of this step:
# not at all in the first step, by 0.74 of the rate instead of all of it in the second, 0.96 in the
# sixth. A network of one weight whose input is always 1 gives its weight and its bias the same
# gradient, which hardly changes at a rate of 1e-4, so Adam should move both by the rate. With plain
# training (no praxis) the momentum option is for weights only, too: biases move without it.
# Seen with brain.js 2.0.0-beta.24 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts brain.js@2.0.0-beta.24
cd "$tmp"
cat >run.cjs <<'JS'
// Weights and biases are drawn from -0.2 to 0.2: this makes all of them 0.1.
Math.random = () => 0.75;
const { NeuralNetwork } = require('brain.js');
function moves(options, size) {
  const network = new NeuralNetwork({ inputSize: 1, hiddenLayers: [], outputSize: 1, ...options });
  const seen = [[0.1, 0.1, 1]];
  network.train([{ input: [1], output: [1] }], {
    iterations: 6,
    errorThresh: 1e-9,
    callbackPeriod: 1,
    callback: () => seen.push([network.weights[1][0][0], network.biases[1][0], network.deltas[1][0]]),
    ...options,
  });
  const moved = (k) => seen.slice(1).map((now, i) => +((now[k] - seen[i][k]) / size(now[2])).toFixed(2));
  return { weight: moved(0), bias: moved(1) };
}
console.log(JSON.stringify({
  adam: moves({ praxis: 'adam', learningRate: 1e-4 }, () => 1e-4),
  momentum: moves({ learningRate: 0.001, momentum: 0.5 }, (delta) => 0.001 * delta),
}));
JS
version=$(node -p "require('./node_modules/brain.js/package.json').version")
seen=$(node run.cjs 2>/dev/null)
known='{"adam":{"weight":[1,1,1,1,1,1],"bias":[0,0.74,0.86,0.91,0.94,0.96]},"momentum":{"weight":[1,1.5,1.75,1.88,1.94,1.97],"bias":[1,1,1,1,1,1]}}'
echo "brain.js $version"
cat <<'TEXT'
expected: moves of the bias like those of the weight, in units of the rate (Adam) and of rate times gradient
TEXT
echo "seen:     $seen"
[ "$version" = 2.0.0-beta.24 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
