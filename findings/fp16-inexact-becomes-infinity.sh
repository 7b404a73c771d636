#!/usr/bin/env bash
# getFloat16Precision calls 65520 "Inexact", which by its page may round to zero but never to
# infinity; setFloat16 of the same package stores infinity for it, as IEEE 754 wants. So it is from
# 65520 up to 65536, and of float32 just below 2^128. Who asks before storing weights in half
# precision is told that all is well.
# Seen with fp16 1.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts fp16@1.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import { getFloat16, getFloat16Precision, getFloat32Precision, Precision, setFloat16 } from 'fp16';
const wordOf = (precision) => Object.keys(Precision).find((word) => Precision[word] === precision);
const view = new DataView(new ArrayBuffer(2));
const half = (x) => {
  setFloat16(view, 0, x);
  return `${wordOf(getFloat16Precision(x))}, stored as ${getFloat16(view, 0)}`;
};
const single = (x) => `${wordOf(getFloat32Precision(x))}, stored as ${Math.fround(x)}`;
const top = 2 ** 128 - 2 ** 102;
console.log(JSON.stringify({ 65519: half(65519), 65520: half(65520), 65535: half(65535), 65536: half(65536), '2^128 - 2^102 as float32': single(top) }));
JS
version=$(node -p "require('./node_modules/fp16/package.json').version")
seen=$(node run.mjs)
known='{"65519":"Inexact, stored as 65504","65520":"Inexact, stored as Infinity","65535":"Inexact, stored as Infinity","65536":"Overflow, stored as Infinity","2^128 - 2^102 as float32":"Inexact, stored as Infinity"}'
echo "fp16 $version"
echo 'expected: Overflow for all that is stored as Infinity (its page: Inexact "will never round to +/- Infinity")'
echo "seen:     $seen"
[ "$version" = 1.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
