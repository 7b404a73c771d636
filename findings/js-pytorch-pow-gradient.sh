#!/usr/bin/env bash
# The gradient of pow(n) is that of a square for every n: x ** 3 at 2 has the gradient 4 instead
# of 12, and the square root written as pow(0.5) at 4 has 8 instead of 0.25. The forward value is
# right, so only training shows it, as a loss that falls at another speed or not at all. Whoever
# writes an own loss with a power other than 2 trains on wrong gradients.
# Seen with js-pytorch 0.7.2 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts js-pytorch@0.7.2
cd "$tmp"
cat >run.mjs <<'JS'
import { torch } from 'js-pytorch';
const gradient = (at, n) => {
  const x = torch.tensor([at], true);
  x.pow(n).backward();
  return x.grad[0];
};
console.log(JSON.stringify({ 'x^2 at 3': gradient(3, 2), 'x^3 at 2': gradient(2, 3), 'x^0.5 at 4': gradient(4, 0.5) }));
JS
version=$(node -p "require('./node_modules/js-pytorch/package.json').version")
seen=$(node run.mjs)
known='{"x^2 at 3":6,"x^3 at 2":4,"x^0.5 at 4":8}'
echo "js-pytorch $version"
cat <<'TEXT'
expected: 6, 12 and 0.25: n x ** (n - 1), as in PyTorch, which the library says it follows
TEXT
echo "seen:     $seen"
[ "$version" = 0.7.2 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
