#!/usr/bin/env bash
# to_json writes ten digits behind the point, so 5e-11 becomes 1e-10 and 1e-11 becomes 0.0. Below
# 1e-15 an exponent is used and the number is right again, so neither a test with an ordinary rate
# nor one with a tiny number shows it. In between lie epsilons, weight decays and the tails of
# decayed learning rates; a log that went through JSON says that training had stopped.
# double_precision=15 cures it.
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

rates = [1e-9, 5e-11, 1e-11, 1e-13, 9e-16, 1e-16, 1e-17]
written = [json.loads(pd.Series(rates).to_json(orient="values", double_precision=d)) for d in (10, 15)]
print(json.dumps(dict(zip(["default", "15"], written))))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"default": [1e-09, 1e-10, 0.0, 0.0, 9e-16, 1e-16, 1e-17], "15": [1e-09, 5e-11, 1e-11, 1e-13, 9e-16, 1e-16, 1e-17]}'
echo "python3-pandas 1.5.3+dfsg-2"
cat <<'TEXT'
expected: the numbers themselves, or at least the nearest multiples of one small step (smaller numbers are written, so JSON is no hindrance)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
