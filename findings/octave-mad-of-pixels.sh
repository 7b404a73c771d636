#!/usr/bin/env bash
# mad subtracts the mean in the type of its argument: among bytes every value below the mean counts
# as no deviation at all. The mean absolute deviation of pixels (IDX files and pictures are such
# bytes) is about half of what it is, whatever they are, since as much lies below a mean as above it;
# the median absolute deviation, asked for because it is robust, is 0 for every odd number of pixels.
# std is right for the same bytes.
# Seen with octave 7.3.0 (Debian 12) on 30 November 2026.
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
pixels = [0 50 100 200 255];
show = @(type) sprintf('mean %.1f median %.1f std %.1f', mad(type(pixels)), mad(type(pixels), 1), std(type(pixels)));
printf('bytes: %s | as double: %s', show(@uint8), show(@double));
CODE
seen=$(octave --norc --no-gui -q run.octave 2>/dev/null)
known='bytes: mean 42.6 median 0.0 std 105.3 | as double: mean 85.2 median 100.0 std 105.3'
echo 'octave 7.3.0-2'
cat <<'TEXT'
expected: mean 85.2 median 100.0 std 105.3 from both (documentation: mean (abs (x - mean (x))) and median (abs (x - median (x))))
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
