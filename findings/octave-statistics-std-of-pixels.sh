#!/usr/bin/env bash
# Loading the package statistics replaces var and std, and the new ones subtract the mean in the type
# of their argument: among bytes every value below the mean has the deviation 0. The standard
# deviation of pixels comes out too small, by 29 % where they lie evenly around their mean, and corr,
# which divides by it, gives correlations that are too large, above 1 for a column with itself.
# Without the package, and as double, the same calls are right. Inputs that are scaled by these
# numbers have another scale than the one any other program gives them.
# Seen with octave 7.3.0 and octave-statistics 1.5.3 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in octave=7.3.0-2 octave-statistics=1.5.3-2; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.octave <<'CODE'
warning('off', 'all');
pixels = uint8([0 50 100 200 255])';
show = @() sprintf('std %.2f var %.1f corr with itself %.2f', std(pixels), var(pixels), corr(pixels, pixels));
before = show();
pkg load statistics
printf('without: %s | loaded: %s | loaded, as double: std %.2f', before, show(), std(double(pixels)));
CODE
seen=$(octave --norc --no-gui -q run.octave 2>/dev/null)
known='without: std 105.26 var 11080.0 corr with itself 1.00 | loaded: std 77.78 var 6049.2 corr with itself 1.83 | loaded, as double: std 105.26'
echo 'octave 7.3.0-2 octave-statistics 1.5.3-2'
cat <<'TEXT'
expected: std 105.26 var 11080.0 corr with itself 1.00 with and without the package (its documentation: the sum of squared distances from the mean over n - 1)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
