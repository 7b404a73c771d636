#!/usr/bin/env bash
# A cosine schedule with warm restarts that is told the epoch ends a cycle at the lowest rate
# instead of beginning the next one at the highest, whenever the logarithm that counts cycles is
# rounded down: with T_mult 3 at the fifth restart, epoch 121 T_0. That epoch trains at eta_min,
# by default 0, thus not at all. step() without an epoch counts otherwise and is right, so the two
# ways disagree; only fractional epochs, which the documentation recommends, need the first.
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
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

optimizer = SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
schedule = CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=3)
by_epoch = {}
for epoch in [1, 4, 13, 40, 121, 364]:
    schedule.step(epoch)
    by_epoch[epoch] = round(optimizer.param_groups[0]["lr"], 6)

other = SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
counted = CosineAnnealingWarmRestarts(other, T_0=1, T_mult=3)
by_count = {}
for epoch in range(1, 365):
    other.step()
    counted.step()
    if epoch in by_epoch:
        by_count[epoch] = round(other.param_groups[0]["lr"], 6)
print(json.dumps({"step(epoch)": by_epoch, "step()": by_count}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"step(epoch)": {"1": 1.0, "4": 1.0, "13": 1.0, "40": 1.0, "121": 0.0, "364": 1.0}, "step()": {"1": 1.0, "4": 1.0, "13": 1.0, "40": 1.0, "121": 1.0, "364": 1.0}}'
echo "python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: 1 at every restart (documentation: the rate is eta_max when T_cur = 0 after a restart), 0 never; step() agrees
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
