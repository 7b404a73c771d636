#!/usr/bin/env bash
# Lists come out back to front: the losses of a run, pickled by Python with protocol 4, are read from
# the last to the first, so a run that learned looks like one that diverged. A list that stands in a
# pickle twice is empty the second time. Other kinds of data, such as small integers, are refused, as
# the page of the package says; these are not.
# Seen with unpickle 0.2.0 (npm) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts unpickle@0.2.0
cd "$tmp"
cat >run.cjs <<'JS'
const unpickle = require('unpickle');
// losses = [2.3, 1.1, 0.5]: pickle.dumps(losses, 4), and of {"loss": losses, "plotted": losses}
const list = '80049520000000000000005d9428474002666666666666473ff199999999999a473fe0000000000000652e';
const twice =
  '80049537000000000000007d94288c046c6f7373945d9428474002666666666666473ff199999999999a473fe0000000000000658c07706c6f74746564946802752e';
console.log([list, twice].map((hex) => JSON.stringify(unpickle(Buffer.from(hex, 'hex')))).join(' | '));
JS
version=$(node -p "require('./node_modules/unpickle/package.json').version")
seen=$(node run.cjs)
known='[0.5,1.1,2.3] | {"plotted":[],"loss":[0.5,1.1,2.3]}'
echo "unpickle $version"
cat <<'TEXT'
expected: [2.3,1.1,0.5] | {"loss":[2.3,1.1,0.5],"plotted":[2.3,1.1,0.5]} (pickle.loads)
TEXT
echo "seen:     $seen"
[ "$version" = 0.2.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
