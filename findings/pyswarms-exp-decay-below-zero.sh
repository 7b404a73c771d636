#!/usr/bin/env bash
# The strategy exp_decay is said to lower an option of a particle swarm exponentially between its
# limits. It stays within them for no option: an inertia from 0.9 to 0.4 begins at 0.82 and ends at
# 0.34; an acceleration whose limits lie less than 0.2 apart is negative from the first step on, so
# that particles flee from the best points found; and one that is to rise from 0.5 to 2.5 begins at
# -5.98. The two other strategies keep the same limits.
# Seen with pyswarms 1.3.0 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-pyswarms=1.3.0-5; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
from pyswarms.backend.handlers import OptionsHandler


def ends(strategy, option, start, end):
    handler = OptionsHandler(strategy={option: strategy})
    options = {"w": 0.9, "c1": 0.5, "c2": 0.5, option: start}
    at = lambda now: handler(options, iternow=now, itermax=100, end_opts={option: end})[option]
    return f"{at(0):.2f} to {at(100):.2f}"


def tell(strategy):
    return f"{strategy}: w {ends(strategy, 'w', 0.9, 0.4)} c1 {ends(strategy, 'c1', 0.5, 0.4)} c2 {ends(strategy, 'c2', 0.5, 2.5)}"


print(" | ".join(tell(strategy) for strategy in ("exp_decay", "lin_variation", "nonlin_mod")))
CODE
seen=$(/usr/bin/python3 run.py 2>/dev/null)
known='exp_decay: w 0.82 to 0.34 c1 -0.27 to -0.11 c2 -5.98 to -2.49 | lin_variation: w 0.90 to 0.40 c1 0.50 to 0.40 c2 0.50 to 2.50 | nonlin_mod: w 0.90 to 0.40 c1 0.50 to 0.40 c2 0.50 to 2.50'
echo 'python3-pyswarms 1.3.0-5'
cat <<'TEXT'
expected: w 0.90 to 0.40 c1 0.50 to 0.40 c2 0.50 to 2.50 from each (documentation: between start and end)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
