#!/usr/bin/env bash
# The schedule invscaling of MLPClassifier and MLPRegressor is said to lower the rate at each time
# step. It does so only between epochs, and the time it counts is examples, not steps: the first
# epoch trains at the full rate, the second, after 10000 examples, at a hundredth. The batch size
# makes no difference, the size of the data set does. SGDRegressor takes the same name and power
# for what the documentation of both says. Whoever doubles the data divides the rate of all later
# epochs.
# Seen with python3-sklearn 1.2.1 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-sklearn=1.2.1+dfsg-1; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import json
import numpy as np
from sklearn.neural_network import MLPRegressor

x = np.linspace(-1, 1, 10000)[:, None]


def rates(batch):
    net = MLPRegressor((2,), solver="sgd", learning_rate="invscaling", learning_rate_init=0.1, momentum=0, batch_size=batch, random_state=0)
    seen = []
    for _ in range(2):
        net.partial_fit(x, x[:, 0])
        seen.append(round(net._optimizer.learning_rate, 6))
    return seen


print(json.dumps({"batch 100": rates(100), "batch 1000": rates(1000)}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"batch 100": [0.001, 0.000707], "batch 1000": [0.001, 0.000707]}'
echo "python3-sklearn 1.2.1+dfsg-1"
cat <<'TEXT'
expected: after 100 updates (100 examples a batch) 0.1 / sqrt(101) = 0.00995, after 10 updates (1000 a batch) 0.1 / sqrt(11) = 0.03015 (documentation: learning_rate_init / pow(t, power_t) at each time step t)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
