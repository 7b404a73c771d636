#!/usr/bin/env bash
# A NaN in a column of losses is text to this version, and the statistics disagree about text:
# count includes it, mean and sum leave it out, and max and the high percentiles take it for the
# largest of all. So sum / count is not the mean, the mean hides that a step diverged, and the
# maximum of a column of numbers is a word. NaN is what JavaScript, R and many trainers write into
# such a log.
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
printf 'loss\n0.5\n1\nNaN\n1.5\n2\n' | mlr --icsv --ojsonl stats1 -a count,sum,mean,max,p90 -f loss
CODE
seen=$(bash run.sh)
known='{"loss_count": 5, "loss_sum": 5, "loss_mean": 1.25, "loss_max": "NaN", "loss_p90": "NaN"}'
echo "miller 6.6.0-2+b3"
cat <<'TEXT'
expected: sum / count = mean: either NaN for all of them, or count 4, mean 1.25, max 2 and p90 2 without it
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
