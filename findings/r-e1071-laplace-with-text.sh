#!/usr/bin/env bash
# Laplace smoothing in naiveBayes counts the levels of a factor; a column of text has none, so the
# denominator is not enlarged and the probabilities of a class add up to more than 1. Since R 4
# reads text as text and no longer as factors, that is what a CSV file gives. Classes with few
# examples are favoured: here the answer turns over to a class with one example of six. As factors
# the same data are right.
# Seen with R 4.2.2 and e1071 1.7-13 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in r-base-core=4.2.2.20221110-2 r-cran-e1071=1.7-13-1; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.R <<'CODE'
suppressMessages(library(e1071))
d <- read.csv(text = "colour,label\nred,a\nblue,b\nblue,b\nblue,b\nblue,b\nblue,b")
show <- function(x) {
  model <- naiveBayes(x, factor(d$label), laplace = 1)
  new <- x[1, , drop = FALSE]
  sums <- round(rowSums(model$tables$colour), 3)
  sprintf("sums %s P(a | red) %.3f answer %s", paste(sums, collapse = " "), predict(model, new, type = "raw")[1, "a"], predict(model, new))
}
cat("text:", show(d["colour"]), "| factor:", show(data.frame(colour = factor(d$colour))))
CODE
seen=$(Rscript run.R)
known='text: sums 3 1.4 P(a | red) 0.667 answer a | factor: sums 1 1 P(a | red) 0.483 answer b'
echo "r-base-core 4.2.2.20221110-2 r-cran-e1071 1.7-13-1"
cat <<'TEXT'
expected: probabilities of a class that add up to 1, (count + 1) / (n + 2) each: 2/3 against 1/7, with the priors 1/6 and 5/6 thus P(a | red) = 0.483 and the answer b, from both (closed form)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
