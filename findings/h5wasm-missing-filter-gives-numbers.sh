#!/usr/bin/env bash
# A dataset that was compressed by a filter which is not loaded is read without an error: value
# has the right length and type, and its numbers have nothing to do with the file. LZF, one of the
# compressions that h5py offers by name, is such a filter. The library underneath prints a
# complaint on the error stream, which no page shows. Weights or data loaded this way train on
# noise.
# Seen with h5wasm 0.10.3 (npm) and python3-h5py 3.7.0 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
want=python3-h5py=3.7.0-8
[ "$want" = "python3-h5py=$(dpkg-query -W -f '${Version}' python3-h5py 2>/dev/null || true)" ] || {
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
} >/dev/null
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts h5wasm@0.10.3
cd "$tmp"
/usr/bin/python3 - <<'CODE'
import h5py
import numpy as np
with h5py.File("data.h5", "w") as file:
    for name in ("gzip", "lzf"):
        file.create_dataset(name, data=np.arange(600, dtype="f4").reshape(20, 30) + 1, compression=name)
CODE
cat >run.mjs <<'JS'
import h5wasm from 'h5wasm/node';
await h5wasm.ready;
const file = new h5wasm.File('data.h5', 'r');
const show = (name) => {
  try {
    const { value, shape } = file.get(name);
    return { shape, type: value.constructor.name, wrong: value.some((v, i) => v !== i + 1) };
  } catch {
    return 'an error';
  }
};
console.log(JSON.stringify({ gzip: show('gzip'), lzf: show('lzf') }));
JS
version=$(node -p "require('./node_modules/h5wasm/package.json').version")
seen=$(node run.mjs 2>/dev/null)
known='{"gzip":{"shape":[20,30],"type":"Float32Array","wrong":false},"lzf":{"shape":[20,30],"type":"Float32Array","wrong":true}}'
echo "h5wasm $version"
cat <<'TEXT'
expected: the numbers 1 to 600, or an error where the filter is missing (as h5py and libhdf5 give)
TEXT
echo "seen:     $seen"
[ "$version" = 0.10.3 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
