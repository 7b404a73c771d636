#!/usr/bin/env bash
# The function that standalone() makes of a recurrent network has no memory: what the network
# remembers stands inside the function and is set back at every call. An LSTM that is given the same
# input three times answers three different numbers, as it should; its standalone function answers
# the first of them three times. toJSON and fromJSON keep the memory.
# Seen with synaptic 1.1.4 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts synaptic@1.1.4
cd "$tmp"
cat >run.cjs <<'JS'
let state = 7;
Math.random = () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
const { Architect, Network } = require('synaptic');
const network = new Architect.LSTM(1, 3, 1);
const standalone = network.standalone();
const copy = Network.fromJSON(JSON.parse(JSON.stringify(network.toJSON())));
const thrice = (answer) => [1, 1, 1].map((x) => Number(answer([x])[0].toFixed(5)));
console.log(JSON.stringify({
  network: thrice((x) => network.activate(x)),
  json: thrice((x) => copy.activate(x)),
  standalone: thrice(standalone),
}));
JS
version=$(node -p "require('./node_modules/synaptic/package.json').version")
seen=$(node run.cjs)
known='{"network":[0.50072,0.50098,0.50116],"json":[0.50072,0.50098,0.50116],"standalone":[0.50072,0.50072,0.50072]}'
echo "synaptic $version, the same input three times"
echo "expected: three times the same three numbers, one after the other"
echo "seen:     $seen"
[ "$version" = 1.1.4 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
