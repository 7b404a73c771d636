#!/usr/bin/env bash
# The state of a cyclic schedule cannot be saved: state_dict() of CyclicLR holds a weak reference
# to a method of its own, and torch.save of a checkpoint that contains it fails. All other
# schedules that were tried save. It is noticed when the first checkpoint is due, hours into a
# run, and the run ends there.
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
import io
import json
import torch
from torch.optim import SGD
from torch.optim import lr_scheduler as schedules

seen = {}
for name, make in {
    "CosineAnnealingLR": lambda o: schedules.CosineAnnealingLR(o, 5),
    "OneCycleLR": lambda o: schedules.OneCycleLR(o, 1.0, total_steps=10),
    "CyclicLR": lambda o: schedules.CyclicLR(o, 0.1, 1.0),
}.items():
    schedule = make(SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0, momentum=0.9))
    try:
        torch.save({"epoch": 1, "schedule": schedule.state_dict()}, io.BytesIO())
        seen[name] = "saved"
    except TypeError as error:
        seen[name] = str(error).replace(chr(39), "")
print(json.dumps(seen))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"CosineAnnealingLR": "saved", "OneCycleLR": "saved", "CyclicLR": "cannot pickle WeakMethod object"}'
echo "python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: saved, for each (documentation: state_dict returns the state of the scheduler, which a checkpoint saves)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
