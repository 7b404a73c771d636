#!/usr/bin/env bash
# Sums over groups of small integers are kept in a type that is chosen by the number of groups, where
# the number of values counts: with ten classes the sum of bytes has 16 bits, with one class 8, and
# what does not fit wraps around. Squares are summed as bytes too, before they become floats. So the
# brightness of a class of pictures, and a variance made of these sums, have nothing to do with the
# pixels; the mean that the same function gives is right, and so are the sums of NumPy itself.
# Seen with numpy-groupies 0.9.20 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-numpy-groupies=0.9.20-1; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import numpy
import numpy_groupies


def tell(classes):
    labels = numpy.repeat(numpy.arange(classes), 1000)
    pixels = numpy.full(labels.size, 200, dtype="uint8")
    first = lambda name: numpy_groupies.aggregate(labels, pixels, func=name)[0]
    return f"classes {classes}: sum {first('sum')} sumofsquares {first('sumofsquares'):.0f} mean {first('mean'):.0f}"


print(f"{tell(10)} | {tell(1)} | NumPy: {numpy.full(1000, 200, dtype='uint8').sum()}")
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='classes 10: sum 3392 sumofsquares 64000 mean 200 | classes 1: sum 64 sumofsquares 64000 mean 200 | NumPy: 200000'
echo 'python3-numpy-groupies 0.9.20-1'
cat <<'TEXT'
expected: sum 200000 sumofsquares 40000000 mean 200 of each class: it has 1000 pixels of 200
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
