#!/usr/bin/env bash
# Schedules that are stepped one after the other multiply, says the documentation; a cosine breaks
# this when it comes up again from its lowest point. There it adds to the rate instead of
# multiplying it, so the halvings of a StepLR beside it are forgotten: at epoch 5 the rate is four
# times what the product says. The same addition lets a rate that a user lowers to 0.5 at the
# bottom rise to 4.41 in the next cycle, four times the rate that training began with.
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
from torch.optim import SGD
from torch.optim.lr_scheduler import CosineAnnealingLR, StepLR


def new():
    return SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


optimizer = new()
pair = [StepLR(optimizer, step_size=2, gamma=0.5), CosineAnnealingLR(optimizer, T_max=4)]
chained = []
for _ in range(7):
    chained.append(round(optimizer.param_groups[0]["lr"], 6))
    optimizer.step()
    for schedule in pair:
        schedule.step()

optimizer = new()
cosine = CosineAnnealingLR(optimizer, T_max=4)
for _ in range(4):
    optimizer.step()
    cosine.step()
optimizer.param_groups[0]["lr"] = 0.5
by_hand = []
for _ in range(8):
    by_hand.append(round(optimizer.param_groups[0]["lr"], 4))
    optimizer.step()
    cosine.step()
print(json.dumps({"chained": chained[3:], "by hand": by_hand}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"chained": [0.073223, 0.0, 0.146447, 0.25], "by hand": [0.5, 0.6464, 2.2071, 3.7678, 4.4142, 3.7678, 2.2071, 0.6464]}'
echo "python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: product at epochs 3 to 6: 0.073223 0 0.036612 0.0625 (closed form cosine times halvings); with a change by hand never above 1
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
