#!/usr/bin/env bash
# A network can be trained once. A second call of train() with new examples returns the status of
# the first at once and changes no weight, but it does replace the table of inputs and outputs:
# the old weights then answer for the new inputs, and the old names of outputs stay. Nothing is
# said. Whoever adds examples to a running classifier, or goes on after the data changed, gets
# answers by position.
# Seen with @nlpjs/neural 4.25.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts @nlpjs/neural@4.25.0
cd "$tmp"
cat >run.mjs <<'JS'
import lib from '@nlpjs/neural';
const net = new lib.NeuralNetwork();
const first = { ...net.train([{ input: { cheap: 1 }, output: { buy: 1 } }, { input: { dear: 1 }, output: { sell: 1 } }]) };
const second = { ...net.train([{ input: { dear: 1 }, output: { sell: 1 } }, { input: { cheap: 1 }, output: { buy: 1 } }]) };
const answer = (input) => Object.entries(net.run(input)).sort((a, b) => b[1] - a[1])[0][0];
console.log(JSON.stringify({
  firstIterations: first.iterations > 10,
  sameStatus: first.iterations === second.iterations && first.error === second.error,
  cheap: answer({ cheap: 1 }),
  dear: answer({ dear: 1 }),
}));
JS
version=$(node -p "require('./node_modules/@nlpjs/neural/package.json').version")
seen=$(node run.mjs)
known='{"firstIterations":true,"sameStatus":true,"cheap":"sell","dear":"buy"}'
echo "@nlpjs/neural $version"
cat <<'TEXT'
expected: cheap is buy and dear is sell after both calls: the second one has the same two examples in another order
TEXT
echo "seen:     $seen"
[ "$version" = 4.25.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
