#!/usr/bin/env bash
# The layer called ReLU multiplies what is negative by 0.001, and passes a thousandth of the
# gradient on, although its own comment says that it returns z above 0 and otherwise 0. It is a
# leaky ReLU: units never die, outputs are not sparse, and weights that are taken over from
# PyTorch give other activations (a preactivation of -2000 gives -2).
# Seen with js-pytorch 0.7.2 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts js-pytorch@0.7.2
cd "$tmp"
cat >run.mjs <<'JS'
import { torch } from 'js-pytorch';
const x = torch.tensor([[-2000, -1, 3]], true);
const y = new torch.nn.ReLU().forward(x);
y.sum(-1).sum(-1).backward();
console.log(JSON.stringify({ output: y.data[0], gradient: x.grad[0] }));
JS
version=$(node -p "require('./node_modules/js-pytorch/package.json').version")
seen=$(node run.mjs)
known='{"output":[-2,-0.001,3],"gradient":[0.001,0.001,1]}'
echo "js-pytorch $version"
cat <<'TEXT'
expected: output 0 0 3 and gradient 0 0 1 (the comment of the layer, and PyTorch)
TEXT
echo "seen:     $seen"
[ "$version" = 0.7.2 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
