#!/usr/bin/env bash
# The cost BINARY, which counts misses, doubles target and output before it rounds them: the line
# is drawn at 0.25 and 0.75, not at one half. An output of 0.7 for a target of 1, and of 0.3 for
# 0, counts as a miss. An error that is read as the share of wrong answers is too high, and
# training that stops at a given share goes on much longer.
# Seen with synaptic 1.1.4 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts synaptic@1.1.4
cd "$tmp"
cat >run.mjs <<'JS'
import synaptic from 'synaptic';
const miss = (target, output) => synaptic.Trainer.cost.BINARY([target], [output]);
console.log(JSON.stringify([[1, 0.7], [0, 0.3], [1, 0.8], [0, 0.2], [1, 0.4]].map(([t, o]) => ({ t, o, miss: miss(t, o) }))));
JS
version=$(node -p "require('./node_modules/synaptic/package.json').version")
seen=$(node run.mjs)
known='[{"t":1,"o":0.7,"miss":1},{"t":0,"o":0.3,"miss":1},{"t":1,"o":0.8,"miss":0},{"t":0,"o":0.2,"miss":0},{"t":1,"o":0.4,"miss":1}]'
echo "synaptic $version"
cat <<'TEXT'
expected: misses 0, 0, 0, 0, 1: the output is rounded to the nearer class
TEXT
echo "seen:     $seen"
[ "$version" = 1.1.4 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
