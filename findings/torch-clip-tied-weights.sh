#!/usr/bin/env bash
# clip_grad_norm_ counts a parameter as often as it stands in the list and scales it as often.
# With tied weights, collected as encoder parameters plus decoder parameters, a gradient of norm 5
# that is to be clipped to 1 comes out with norm 0.1: measured as 7.07 and divided twice. An
# optimizer warns about such a list, model.parameters() removes the doubles; here nothing is said.
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
from torch import nn


def clip(times):
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.tensor([3.0, 4.0])
    before = nn.utils.clip_grad_norm_([weight] * times, 1.0)
    return {"before": round(before.item(), 3), "after": round(weight.grad.norm().item(), 3)}


print(json.dumps({"once": clip(1), "tied": clip(2)}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"once": {"before": 5.0, "after": 1.0}, "tied": {"before": 7.071, "after": 0.1}}'
echo "python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: norm 5 before and 1 after in both (documentation: norm over all gradients, as if concatenated into one vector)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
