#!/usr/bin/env bash
# The schedule invscaling of MLPRegressor and MLPClassifier is said to lower the rate gradually,
# at each time step. Time is counted in examples but looked at only between epochs: the whole
# first epoch trains at the full rate, and the second at a hundredth of it if there are 10000
# examples, with nothing in between. More data make the cliff higher, the batch size does not
# matter. SGDRegressor lowers the rate after each example by the same formula. Whoever chooses the
# schedule to calm training gets one epoch of it.
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
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

used = []
plain = SGDOptimizer.update_params


def watched(self, params, grads):
    used.append(round(self.learning_rate, 6))
    plain(self, params, grads)


SGDOptimizer.update_params = watched
x = np.linspace(-1, 1, 10000)[:, None]
net = MLPRegressor((2,), solver="sgd", learning_rate="invscaling", learning_rate_init=0.1, batch_size=100, random_state=0)
epochs = []
for _ in range(3):
    used.clear()
    net.partial_fit(x, x[:, 0])
    epochs.append({"updates": len(used), "first": used[0], "last": used[-1]})
print(json.dumps(epochs))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='[{"updates": 100, "first": 0.1, "last": 0.1}, {"updates": 100, "first": 0.001, "last": 0.001}, {"updates": 100, "first": 0.000707, "last": 0.000707}]'
echo "python3-sklearn 1.2.1+dfsg-1"
cat <<'TEXT'
expected: within the first epoch 0.1 falling to 0.1 / sqrt(10001) = 0.001, within the second from 0.001 to 0.000707 (documentation: learning_rate_init / pow(t, power_t), gradually at each time step t)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
