#!/usr/bin/env bash
# The area under the ROC curve counts a positive and a negative example with equal scores as ranked
# wrongly; the Wilcoxon-Mann-Whitney statistic, whose formula it names, counts them by half. A model
# that gives every example the same score gets 0 instead of 0.5, which reads as "perfect, the other
# way round"; scores rounded to one digit lose area, and mirrored scores do not give the rest.
# Seen with mlpy 3.5.0 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in python3-mlpy=3.5.0+ds-2; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.py <<'CODE'
import mlpy

truth = [1, 1, 1, -1, -1, -1]
scores = [0.9, 0.5, 0.5, 0.5, 0.5, 0.1]
area = lambda scores: f"{mlpy.auc_wmw(truth, scores):.4f}"
print("same score", area([0.5] * 6), "ties", area(scores), "mirrored", area([-s for s in scores]), "no ties", area([0.9, 0.6, 0.3, 0.5, 0.2, 0.1]))
CODE
seen=$(/usr/bin/python3 -W ignore run.py)
known='same score 0.0000 ties 0.5556 mirrored 0.0000 no ties 0.8889'
echo 'python3-mlpy 3.5.0+ds-2'
cat <<'TEXT'
expected: same score 0.5000, ties 7/9 = 0.7778 (5 pairs right, 4 equal, of 9), mirrored 2/9 = 0.2222, no ties 8/9 = 0.8889 (Wilcoxon-Mann-Whitney)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
