#!/usr/bin/env bash
# An exponentially weighted mean with the factor 0.1 makes a column whose name ends in 0.1, and
# when CSV is turned into JSON the point in that name splits it: the column becomes an object with
# an object inside, and two factors that share their digits before the point share it. The same
# command with CSV output has the columns that the documentation shows. It reaches every metric
# with a point in its name, such as val.loss or loss_0.9.
# Seen with miller 6.6.0 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in miller=6.6.0-2+b3; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.sh <<'CODE'
log() { printf 'loss\n2\n1\n'; }
printf '%s %s' "$(log | mlr --icsv --ocsv step -a ewma -d 0.1,0.9 -f loss | head -n 1)" "$(log | mlr --icsv --ojsonl step -a ewma -d 0.1,0.9 -f loss | tail -n 1)"
CODE
seen=$(bash run.sh)
known='loss,loss_ewma_0.1,loss_ewma_0.9 {"loss": 1, "loss_ewma_0": {"1": 1.9000000000000001, "9": 1.1}}'
echo "miller 6.6.0-2+b3"
cat <<'TEXT'
expected: loss_ewma_0.1 and loss_ewma_0.9, the names that the CSV output has (reference of the verb step)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
