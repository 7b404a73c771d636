#!/usr/bin/env bash
# The derivative of exp(g) is computed as g' g where g' exp(g) is due, and every logistic and every
# softmax layer is made of exp. Their gradients have nothing to do with the loss: here the one of a
# logistic neuron is more than four times as large as it should be and points up the loss, so that training
# moves away from the target. Linear layers are right.
# Seen with oya-ann 0.6.0 (npm) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts oya-ann@0.6.0
cd "$tmp"
cat >run.cjs <<'JS'
const { Equations, Layer, Sequential } = require('oya-ann');
// One input of 1.5, target 0.3; the gradient of the cost by the weight, and its difference quotient.
function gradients(activation) {
  const net = new Sequential(1, [new Layer(1, { id: 0, activation })]);
  net.initialize({ w0b0: 0.2, w0r0c0: 0.7 });
  net.compile();
  const cost = (weight) => {
    net.weights.w0r0c0 = weight;
    net.activate([1.5], [0.3]);
    return net.cost();
  };
  const quotient = (cost(0.71) - cost(0.69)) / 0.02;
  cost(0.7);
  return [net.costGradient().w0r0c0, quotient].map((v) => v.toFixed(3)).join(' quotient ');
}
const equations = new Equations();
const derivative = equations.lookup(equations.derivative('exp(3 * x)'));
console.log(`exp(3 x): ${derivative} | logistic ${gradients('logistic')} | identity ${gradients('identity')}`);
JS
version=$(node -p "require('./node_modules/oya-ann/package.json').version")
seen=$(node run.cjs)
known='exp(3 x): 3 * 3 * x | logistic -0.541 quotient 0.124 | identity 1.425 quotient 1.425'
echo "oya-ann $version"
cat <<'TEXT'
expected: 3 * exp(3 * x) and gradients equal to their difference quotients
TEXT
echo "seen:     $seen"
[ "$version" = 0.6.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
