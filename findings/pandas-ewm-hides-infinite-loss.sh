#!/usr/bin/env bash
# An infinite loss leaves no trace in an exponentially weighted mean: infinities are turned into
# missing values first, and the curve goes on as if the step had not been; expanding means do the
# same, while mean() of the column is inf. The smoothed curve of a run whose loss overflowed looks
# healthy, which is when one looks at it.
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
import pandas as pd

loss = pd.Series([1.0, 1.0, float("inf"), 1.0, 2.0])
print(json.dumps({
    "ewm": loss.ewm(alpha=0.5, adjust=False).mean().tolist(),
    "expanding": loss.expanding().mean().tolist(),
    "mean": str(loss.mean()),
}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"ewm": [1.0, 1.0, 1.0, 1.0, 1.5], "expanding": [1.0, 1.0, 1.0, 1.0, 1.25], "mean": "inf"}'
echo "python3-pandas 1.5.3+dfsg-2"
cat <<'TEXT'
expected: inf from the step on where the loss is inf, or no value (a mean that includes an infinite value is infinite)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
