#!/usr/bin/env bash
# The header of a CSV file is read as an example: every name becomes 0, the label too, and nothing
# is said. Training data gain a row of zeros that belongs to class 0, and every later row number
# is off by one against the file. Most CSV files have a header. Introductions have said that such
# files cannot be parsed, which sounds like an error; the page on the format does not mention
# headers.
# Seen with python3-xgboost 1.7.4 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-xgboost=1.7.4-1; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import json
import xgboost

with open("train.csv", "w") as file:
    file.write("label,width,height\n1,2,3\n1,4,5\n")
data = xgboost.DMatrix("train.csv?format=csv&label_column=0")
print(json.dumps({"rows": data.num_row(), "labels": data.get_label().tolist()}))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='{"rows": 3, "labels": [0.0, 1.0, 1.0]}'
echo "python3-xgboost 1.7.4-1"
cat <<'TEXT'
expected: two rows with labels 1 and 1, or an error (two examples are in the file)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
