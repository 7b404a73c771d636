#!/usr/bin/env bash
# jsonencode refuses a single precision scalar as an unsupported type, although a vector of the
# same numbers is written and the table in its documentation says that any numeric scalar becomes
# a Number: the last loss of a network trained in single precision, and settings taken from it,
# cannot be saved. And a number closer to a whole one than about 2.2e-16 is written as that whole
# number: 2e-16 becomes 0, alone and in a vector. Squared gradients, tolerances and p values are
# as small as that.
# Seen with octave 7.3.0 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in octave=7.3.0-2; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.octave <<'CODE'
text = arrayfun(@(v) jsonencode(v), [1e-8 1e-15 3e-16 2e-16 1e-20], 'UniformOutput', false);
try
  one = jsonencode(single(0.5));
catch problem
  one = problem.message;
end
printf('%s | single: %s | vectors: %s %s', strjoin(text, ' '), one, jsonencode(single([0.5 0.25])), jsonencode([1e-20 0.5]));
CODE
seen=$(octave --norc --no-gui -q run.octave 2>/dev/null)
known='1e-8 1e-15 3e-16 0 0 | single: jsonencode: unsupported type | vectors: [0.5,0.25] [0,0.5]'
echo "octave 7.3.0-2"
cat <<'TEXT'
expected: numbers that decode to what was encoded (documentation: a numeric scalar becomes a Number)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
