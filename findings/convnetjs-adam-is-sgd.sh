#!/usr/bin/env bash
# The trainer of the published package has no Adam and no Nesterov, which its project page and demo
# offer: method 'adam', 'nesterov' and any misspelled name train by SGD with momentum 0.9, to the bit
# and without a word. (The branch on the web has them.)
# Seen with convnetjs 0.3.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts convnetjs@0.3.0
cd "$tmp"
cat >run.cjs <<'JS'
let state = 7;
Math.random = () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
const { Net, Trainer, Vol } = require('convnetjs');
function answer(method) {
  state = 7;
  const net = new Net();
  net.makeLayers([{ type: 'input', out_sx: 1, out_sy: 1, out_depth: 2 }, { type: 'regression', num_neurons: 1 }]);
  const trainer = new Trainer(net, { method, learning_rate: 0.01, momentum: 0.9, batch_size: 1 });
  for (let i = 0; i < 20; i++) trainer.train(new Vol([Math.sin(i), 0.5]), [i % 3]);
  return net.forward(new Vol([0.3, 0.5])).w[0];
}
const sgd = answer('sgd');
const compare = (method) => (answer(method) === sgd ? 'SGD' : 'its own');
console.log(JSON.stringify(
  Object.fromEntries(['adam', 'nesterov', 'agadrad', 'adagrad', 'adadelta'].map((name) => [name, compare(name)])),
));
JS
version=$(node -p "require('./node_modules/convnetjs/package.json').version")
seen=$(node run.cjs 2>/dev/null)
known='{"adam":"SGD","nesterov":"SGD","agadrad":"SGD","adagrad":"its own","adadelta":"its own"}'
echo "convnetjs $version"
cat <<'TEXT'
expected: its own for adam and nesterov, an error for agadrad (sic)
TEXT
echo "seen:     $seen"
[ "$version" = 0.3.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
