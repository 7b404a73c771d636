#!/usr/bin/env bash
# The shape of a one-dimensional array comes out as that of a column: [3, 1] where NumPy saved (3,).
# An array of labels or of biases so seems to have a second axis. Two and three axes are right.
# Seen with numpy-parser 1.2.3 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts numpy-parser@1.2.3
cd "$tmp"
cat >run.cjs <<'JS'
const { fromArrayBuffer } = require('numpy-parser');
// A .npy file of format 1.0 with six bytes, as np.save writes it.
const npy = (shape, numbers) => {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  const parts = [[0x93], Buffer.from('NUMPY'), [1, 0, header.length, 0], Buffer.from(header), numbers];
  return Uint8Array.from(parts.flatMap((part) => [...part])).buffer;
};
const shapes = ['(6,)', '(2, 3)', '(1, 2, 3)'];
console.log(JSON.stringify(Object.fromEntries(shapes.map((shape) => [shape, fromArrayBuffer(npy(shape, [1, 2, 3, 4, 5, 6])).shape]))));
JS
version=$(node -p "require('./node_modules/numpy-parser/package.json').version")
seen=$(node run.cjs)
known='{"(6,)":[6,1],"(2, 3)":[2,3],"(1, 2, 3)":[1,2,3]}'
echo "numpy-parser $version"
echo 'expected: {"(6,)":[6],"(2, 3)":[2,3],"(1, 2, 3)":[1,2,3]}'
echo "seen:     $seen"
[ "$version" = 1.2.3 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
