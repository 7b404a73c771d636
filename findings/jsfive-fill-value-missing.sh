#!/usr/bin/env bash
# What was never written in an HDF5 dataset has its fill value, says the format; this reader gives
# holes. A history that was made for 100 epochs and stopped at 30, or an optimizer state that was
# never touched, is read as undefined instead of 0 or of the value that its writer set, and every
# sum over it is NaN. In a dataset of several chunks only the unwritten ones are holes.
# Seen with jsfive 0.4.2 (npm) and python3-h5py 3.7.0 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
want=python3-h5py=3.7.0-8
[ "$want" = "python3-h5py=$(dpkg-query -W -f '${Version}' python3-h5py 2>/dev/null || true)" ] || {
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
} >/dev/null
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts jsfive@0.4.2
cd "$tmp"
/usr/bin/python3 - <<'CODE'
import h5py
with h5py.File("history.h5", "w") as file:
    file.create_dataset("untouched", shape=(3,), dtype="f4", fillvalue=7)
    file.create_dataset("loss", shape=(6,), dtype="f4", fillvalue=-1, chunks=(2,))[:2] = [0.5, 0.25]
CODE
/usr/bin/python3 -c 'import h5py; f = h5py.File("history.h5"); print("h5py:    ", f["untouched"][:].tolist(), f["loss"][:].tolist())'
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import * as jsfive from 'jsfive';
const bytes = readFileSync('history.h5');
const file = new jsfive.File(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), 'history.h5');
const show = (name) => Array.from(file.get(name).value, (v) => `${v}`);
console.log(JSON.stringify({ untouched: show('untouched'), loss: show('loss') }));
JS
version=$(node -p "require('./node_modules/jsfive/package.json').version")
seen=$(node run.mjs 2>/dev/null)
known='{"untouched":["undefined","undefined","undefined"],"loss":["0.5","0.25","undefined","undefined","undefined","undefined"]}'
echo "jsfive $version"
cat <<'TEXT'
expected: 7 7 7 and 0.5 0.25 -1 -1 -1 -1 (HDF5 specification, fill value message; what h5py reads)
TEXT
echo "seen:     $seen"
[ "$version" = 0.4.2 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
