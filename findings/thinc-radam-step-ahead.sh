#!/usr/bin/env bash
# RAdam counts one update too many when it corrects its mean of gradients for the start: the first
# mean is treated as the second. A constant gradient moves a weight by 0.53 of the rate in the first
# step, 0.70 in the second and 0.84 in the fourth instead of by the rate, and the rectification begins
# a step early. lr_scale, which Adam of the same package follows, is ignored.
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
import numpy
from thinc.api import Adam, RAdam


def steps(make, scale=1.0, count=5):
    optimizer = make(1.0, grad_clip=0.0)
    weight = numpy.zeros(1, dtype="float32")
    seen = []
    for _ in range(count):
        before = float(weight[0])
        weight, _ = optimizer((0, "W"), weight, numpy.ones(1, dtype="float32"), lr_scale=scale)
        seen.append(f"{before - float(weight[0]):.3f}")
    return " ".join(seen)


print(f"RAdam {steps(RAdam)} | lr_scale 0.1: RAdam {steps(RAdam, 0.1, 1)} Adam {steps(Adam, 0.1, 1)}")
CODE
seen=$(/usr/bin/python3 run.py)
known='RAdam 0.526 0.701 0.788 0.840 0.025 | lr_scale 0.1: RAdam 0.526 Adam 0.100'
echo 'python3-thinc 8.1.7-1'
cat <<'TEXT'
expected: RAdam 1.000 five times, then less (a mean of ones corrected for its start is 1; no rectification up to step 5), and 0.100 from both with lr_scale 0.1
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
