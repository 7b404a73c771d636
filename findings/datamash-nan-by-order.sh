#!/usr/bin/env bash
# What min, max and median of a column with one nan are depends on the row it stands in. In the
# first row it makes min and max nan; later it is passed over. The median takes the value in the
# middle of an order in which nan sits where it was, so 3 nan 1 2 and nan 3 1 2 differ and both
# are wrong. Sorting a log by step or by loss changes its statistics. Only --narm gives one
# answer.
# Seen with datamash 1.7 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in datamash=1.7-2; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.sh <<'CODE'
for order in "nan 3 1 2" "3 nan 1 2" "3 1 2 nan"; do
  printf '%s: %s; ' "$order" "$(tr ' ' '\n' <<<"$order" | datamash min 1 max 1 median 1 | tr '\t' ' ')"
done
printf 'narm: %s' "$(printf 'nan\n3\n1\n2\n' | datamash --narm min 1 max 1 median 1 | tr '\t' ' ')"
CODE
seen=$(bash run.sh)
known='nan 3 1 2: nan nan 1.5; 3 nan 1 2: 1 3 2.5; 3 1 2 nan: 1 3 2.5; narm: 1 3 2'
echo "datamash 1.7-2"
cat <<'TEXT'
expected: the same in every order: either nan or, as with --narm, min 1, max 3, median 2
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
