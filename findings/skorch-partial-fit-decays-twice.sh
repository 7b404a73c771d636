#!/usr/bin/env bash
# A learning rate schedule decays twice for every epoch that is trained with partial_fit: each
# call makes the schedule anew at the epoch reached, and a new schedule of PyTorch applies the
# decay of its epoch once more to a rate that already has it. Exponential, step and milestone
# decay are squared, a cosine and a lambda are right. Whoever trains epoch by epoch (to log, to
# evaluate, to resume) ends at a thousandth where a thirtieth was meant, and fit() over the same
# epochs does not show it.
# Seen with python3-skorch 0.12.1 and python3-torch 1.13.1 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-skorch=0.12.1-2 python3-torch=1.13.1+dfsg-4; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import json
import numpy as np
from skorch import NeuralNetRegressor
from skorch.callbacks import LRScheduler
from torch import nn

x = np.zeros((8, 1), "float32")


def rates(calls, epochs, policy, **settings):
    schedule = LRScheduler(policy, **settings)
    net = NeuralNetRegressor(nn.Linear, module__in_features=1, module__out_features=1, train_split=None, verbose=0, lr=1.0, max_epochs=epochs, callbacks=[schedule])
    net.initialize()
    for _ in range(calls):
        net.partial_fit(x, x)
    return [round(rate, 6) for rate in net.history[:, "event_lr"]]


seen = {}
for policy, settings in {"ExponentialLR": {"gamma": 0.5}, "StepLR": {"step_size": 2, "gamma": 0.5}, "MultiStepLR": {"milestones": [2], "gamma": 0.1}}.items():
    seen[policy] = {"1 x 6": rates(1, 6, policy, **settings), "6 x 1": rates(6, 1, policy, **settings)}
print(json.dumps(seen))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"ExponentialLR": {"1 x 6": [1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125], "6 x 1": [1.0, 0.25, 0.0625, 0.015625, 0.003906, 0.000977]}, "StepLR": {"1 x 6": [1.0, 1.0, 0.5, 0.5, 0.25, 0.25], "6 x 1": [1.0, 1.0, 0.25, 0.25, 0.0625, 0.0625]}, "MultiStepLR": {"1 x 6": [1.0, 1.0, 0.1, 0.1, 0.1, 0.1], "6 x 1": [1.0, 1.0, 0.01, 0.01, 0.01, 0.01]}}'
echo "python3-skorch 0.12.1-2 python3-torch 1.13.1+dfsg-4"
cat <<'TEXT'
expected: the same rates from six calls for one epoch as from one call for six (closed forms: 1 to 1/32 in halves, 1 1 1/2 1/2 1/4 1/4, 1 1 0.1 0.1 0.1 0.1)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
