#!/usr/bin/env bash
# The slanted triangular schedule is said to be infinite, and is: after its last step it falls on
# below zero, with the same slope, without end. One update more than num_steps (a batch that was not
# counted, a last epoch) has a rate below the lowest one, three more have a negative rate and climb
# the loss, and twice the steps reach minus the highest rate.
# Seen with thinc 8.1.7 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-thinc=8.1.7-1; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
from itertools import islice

from thinc.api import slanted_triangular, warmup_linear

triangle = list(islice(slanted_triangular(1.0, 100, ratio=32), 200))
linear = list(islice(warmup_linear(1.0, 10, 100), 200))
print("triangle " + " ".join(f"{triangle[n - 1]:.4f}" for n in (10, 100, 101, 103, 150, 200)), f"| warmup_linear {linear[-1]:.4f}")
CODE
seen=$(/usr/bin/python3 run.py)
known='triangle 1.0000 0.0312 0.0205 -0.0010 -0.5069 -1.0451 | warmup_linear 0.0000'
echo 'python3-thinc 8.1.7-1'
cat <<'TEXT'
expected: 1 at step 10 and 1/32 = 0.0312 at step 100 (the highest rate over the ratio), and no rate below 0 after it; warmup_linear of the same package stays at 0
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
