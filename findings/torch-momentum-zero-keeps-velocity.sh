#!/usr/bin/env bash
# SGD whose momentum is lowered to exactly 0 for some steps, as a cycle of momentum down to 0 does,
# does not forget its velocity but leaves it where it is: once momentum rises again, the velocity of
# before comes back and moves weights whose gradients have been 0 ever since. By the formula of the
# documentation, b <- mu b + g, a single step with mu = 0 ends it, and with mu = 1e-12 it does.
# Seen with python3-torch 1.13.1 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-torch=1.13.1+dfsg-4; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import json
import torch

def moves(low):
    """Of one weight, at rate 1: a gradient of 1 in the first step, 0 in all others."""
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0, momentum=0.9)
    seen = []
    for step, momentum in enumerate([0.9, 0.9, low, low, 0.9, 0.9]):
        optimizer.param_groups[0]["momentum"] = momentum
        weight.grad = torch.full((1,), 1.0 if step == 0 else 0.0)
        before = weight.item()
        optimizer.step()
        seen.append(round(before - weight.item(), 4))
    return seen

print(json.dumps({"0": moves(0.0), "1e-12": moves(1e-12)}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"0": [1.0, 0.9, 0.0, 0.0, 0.81, 0.729], "1e-12": [1.0, 0.9, 0.0, 0.0, 0.0, 0.0]}'
echo "python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: the same moves for both, by lowest momentum: [1, 0.9, 0, 0, 0, 0]
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
