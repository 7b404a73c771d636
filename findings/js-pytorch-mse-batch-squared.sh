#!/usr/bin/env bash
# The mean squared error is divided by the batch size twice. With an error of 1 in every example
# the loss is 1 for a batch of one, 0.5 for two, 0.25 for four; with several outputs it is not
# divided by their number at all. The gradient is divided likewise, so a larger batch learns that
# much slower at the same rate, and the losses of two batch sizes cannot be compared.
# Seen with js-pytorch 0.7.2 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts js-pytorch@0.7.2
cd "$tmp"
cat >run.mjs <<'JS'
import { torch } from 'js-pytorch';
const loss = (rows, columns) => {
  const filled = (v) => torch.tensor(Array.from({ length: rows }, () => Array(columns).fill(v)));
  return new torch.nn.MSELoss().forward(filled(1), filled(0)).data[0];
};
console.log(JSON.stringify({ '1x1': loss(1, 1), '2x1': loss(2, 1), '4x1': loss(4, 1), '32x1': loss(32, 1), '2x6': loss(2, 6) }));
JS
version=$(node -p "require('./node_modules/js-pytorch/package.json').version")
seen=$(node run.mjs)
known='{"1x1":1,"2x1":0.5,"4x1":0.25,"32x1":0.03125,"2x6":3}'
echo "js-pytorch $version"
cat <<'TEXT'
expected: 1 for each: the mean of squared differences that are all 1 (definition, and PyTorch)
TEXT
echo "seen:     $seen"
[ "$version" = 0.7.2 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
