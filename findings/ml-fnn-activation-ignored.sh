#!/usr/bin/env bash
# The activation that is asked for is never used: the constructor looks its name up among the
# positions of a list instead of among its entries, so every network is a tanh network, and the
# saved model says tanh too. A regularization of 0 becomes 0.01 in the same place. Whoever
# compares activations with this library compares tanh with tanh.
# Seen with ml-fnn 5.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts ml-fnn@5.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import fnn from 'ml-fnn';
const Network = fnn.default ?? fnn;
const used = {};
for (const activation of ['relu', 'identity', 'logistic', 'softplus', 'tanh']) {
  const net = new Network({ hiddenLayers: [2], iterations: 5, activation, regularization: 0 });
  net.train([[0], [1], [2], [3]], [0, 0, 1, 1]);
  const saved = JSON.parse(JSON.stringify(net));
  used[activation] = `${saved.activation}, regularization ${saved.regularization}`;
}
console.log(JSON.stringify(used));
JS
version=$(node -p "require('./node_modules/ml-fnn/package.json').version")
seen=$(node run.mjs)
known='{"relu":"tanh, regularization 0.01","identity":"tanh, regularization 0.01","logistic":"tanh, regularization 0.01","softplus":"tanh, regularization 0.01","tanh":"tanh, regularization 0.01"}'
echo "ml-fnn $version"
cat <<'TEXT'
expected: each network has the activation and the regularization that it was given (comment of its constructor)
TEXT
echo "seen:     $seen"
[ "$version" = 5.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
