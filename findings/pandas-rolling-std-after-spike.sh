#!/usr/bin/env bash
# One spike in a loss spoils the rolling standard deviation for the rest of the run, not only
# while the spike is in the window: sums are updated instead of computed, and what the spike cost
# in precision stays. After 1e10 a loss that goes up and down by 0.1 has a deviation of exactly 0
# for ever, after 1e6 one that is off. The rolling mean is right. A band of noise drawn from it
# disappears, and an alarm at so many deviations fires at every step.
# Seen with python3-pandas 1.5.3 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-pandas=1.5.3+dfsg-2; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import json
import numpy as np
import pandas as pd

calm = [0.5, 0.4] * 200
loss = pd.Series(calm[:10] + [1e10] + calm)
late = slice(100, None)
updated = loss.rolling(4).std()[late]
anew = loss.rolling(4).apply(lambda v: np.std(v, ddof=1), raw=True)[late]
print(json.dumps({"rolling": sorted(set(updated.round(4))), "anew": sorted(set(anew.round(4)))}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"rolling": [0.0], "anew": [0.0577]}'
echo "python3-pandas 1.5.3+dfsg-2"
cat <<'TEXT'
expected: 0.0577 again as soon as the spike has left the window (standard deviation of four values, computed anew)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
