#!/usr/bin/env bash
# A .npy file of texts, such as the names of classes, is read as numbers without a word when the
# longest has two or four characters: NumPy's <U2 is a text of two characters and <u2 an unsigned
# integer of two bytes, and the header is put into lower case before it is looked at. Of two names
# come eight numbers, while the shape says two. Texts of three characters are refused.
# Seen with numpy-parser 1.2.3 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts numpy-parser@1.2.3
cd "$tmp"
cat >run.cjs <<'JS'
const { fromArrayBuffer } = require('numpy-parser');
// A .npy file of format 1.0: magic, version, length of the header, header, then UTF-32 as np.save writes it.
const npy = (words, width) => {
  const header = `{'descr': '<U${width}', 'fortran_order': False, 'shape': (${words.length},), }`.padEnd(117) + '\n';
  const codes = words.flatMap((word) => Array.from({ length: width }, (_, i) => word.codePointAt(i) ?? 0));
  const parts = [[0x93], Buffer.from('NUMPY'), [1, 0, header.length, 0], Buffer.from(header), new Uint8Array(Uint32Array.from(codes).buffer)];
  return Uint8Array.from(parts.flatMap((part) => [...part])).buffer;
};
const read = (words, width) => {
  try {
    const { data } = fromArrayBuffer(npy(words, width));
    return [...data];
  } catch {
    return 'refused';
  }
};
console.log(JSON.stringify({ two: read(['no', 'up'], 2), three: read(['cat', 'dog'], 3) }));
JS
version=$(node -p "require('./node_modules/numpy-parser/package.json').version")
seen=$(node run.cjs)
known='{"two":[110,0,111,0,117,0,112,0],"three":"refused"}'
echo "numpy-parser $version"
echo 'expected: both refused, or the texts (its page lists integers and floats as what it reads)'
echo "seen:     $seen"
[ "$version" = 1.2.3 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
