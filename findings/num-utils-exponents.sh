#!/usr/bin/env bash
# A number with an exponent is read up to the e: 1e-05 is 1, 2.5e-3 is 2.5. Sums, means and medians
# of learning rates and of late losses are off by orders of magnitude and nothing is said; the lowest
# of 1e-05, 2.5e-3 and 0.5 is 0.5. Most programs write small numbers so.
# Seen with num-utils 0.5 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in num-utils=0.5-15; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
printf '1e-05\n2.5e-3\n0.5\n' >exponents
printf '0.00001\n0.0025\n0.5\n' >plain
tell() { printf 'sum %s mean %.5f median %s lowest %s' "$(numsum "$1")" "$(numaverage "$1")" "$(numaverage -M "$1")" "$(numbound -l "$1")"; }
seen="exponents: $(tell exponents) | the same without: $(tell plain)"
known='exponents: sum 4 mean 1.33333 median 1 lowest 0.5 | the same without: sum 0.50251 mean 0.16750 median 0.0025 lowest 0.00001'
echo 'num-utils 0.5-15'
cat <<'TEXT'
expected: sum 0.50251 mean 0.16750 median 0.0025 lowest 0.00001 from both: they are the same numbers
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
