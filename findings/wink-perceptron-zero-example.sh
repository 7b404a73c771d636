#!/usr/bin/env bash
# An example whose features are all 0 belongs to no class: the answer is "unknown" although the
# class was trained on that very example and its bias is the largest. Biases are only added to
# classes that some non-zero feature has spoken for; with a billionth in place of the 0 the answer
# is right. Training meets the same wall, counts a mistake in every pass and pushes that bias up
# without end. A blank image, an empty document or an all-off switch board is thus never
# classified.
# Seen with wink-perceptron 2.0.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts wink-perceptron@2.0.0
cd "$tmp"
cat >run.mjs <<'JS'
import perceptron from 'wink-perceptron';
const model = perceptron();
model.learn([[{ x: 0, y: 0 }, { label: 'off' }], [{ x: 1, y: 1 }, { label: 'on' }]]);
const [, biases] = JSON.parse(model.exportJSON());
console.log(JSON.stringify({ biases, zero: model.predict({ x: 0, y: 0 }), billionth: model.predict({ x: 1e-9, y: 1e-9 }), one: model.predict({ x: 1, y: 1 }) }));
JS
version=$(node -p "require('./node_modules/wink-perceptron/package.json').version")
seen=$(node run.mjs)
known='{"biases":{"off":3,"on":1},"zero":"unknown","billionth":"off","one":"on"}'
echo "wink-perceptron $version"
cat <<'TEXT'
expected: off for 0 and for a billionth, on for 1 (a perceptron with a bias; both examples were trained on)
TEXT
echo "seen:     $seen"
[ "$version" = 2.0.0 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
