#!/usr/bin/env bash
# Layers that are unfrozen later join the optimizer with add_param_group, and what the schedule
# does with them depends on the schedule: a cosine and StepLR follow on, warm restarts and cyclic
# rates leave the new group at its rate for ever without a word, LambdaLR too, and a linear warmup
# drives it to three times its own rate, since its factors begin at a third that the new group
# never had. OneCycleLR and ReduceLROnPlateau fail. The documentation of add_param_group names
# this use.
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
from torch.optim import lr_scheduler as schedules

makers = {
    "StepLR": lambda o: schedules.StepLR(o, 2, 0.1),
    "CosineAnnealingLR": lambda o: schedules.CosineAnnealingLR(o, 5),
    "CosineAnnealingWarmRestarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, 6),
    "CyclicLR": lambda o: schedules.CyclicLR(o, 0.1, 1.0, step_size_up=5),
    "LambdaLR": lambda o: schedules.LambdaLR(o, lambda epoch: 0.5**epoch),
    "LinearLR": lambda o: schedules.LinearLR(o),
    "OneCycleLR": lambda o: schedules.OneCycleLR(o, 1.0, total_steps=10),
    "ReduceLROnPlateau": lambda o: schedules.ReduceLROnPlateau(o, patience=0),
}
seen = {}
for name, make in makers.items():
    optimizer = SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0, momentum=0.9)
    schedule = make(optimizer)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 0.5})
    try:
        for _ in range(5):
            optimizer.step()
            schedule.step(1.0) if name == "ReduceLROnPlateau" else schedule.step()
        seen[name] = [round(group["lr"], 4) for group in optimizer.param_groups]
    except (KeyError, IndexError) as error:
        seen[name] = type(error).__name__
print(json.dumps(seen))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"StepLR": [0.01, 0.005], "CosineAnnealingLR": [0.0, 0.0], "CosineAnnealingWarmRestarts": [0.067, 0.5], "CyclicLR": [1.0, 0.5], "LambdaLR": [0.0312, 0.5], "LinearLR": [1.0, 1.5], "OneCycleLR": "KeyError", "ReduceLROnPlateau": "IndexError"}'
echo "python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: either all follow or all fail; no group above its own rate of 0.5 (warmup ends at 1 times the rate, restarts end near 0)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
