#!/usr/bin/env bash
# The batch methods add the gradients of all epochs since the last report instead of using those of
# the epoch: the sum is set to 0 only when train() begins its next show.step epochs. So how often
# progress is shown decides how a network is trained. With a report at every epoch it is gradient
# descent; with one at the end it is a ball without friction, which after 15 epochs is as far beyond
# the minimum as it began before it, and after 30 back where it began.
# Seen with R 4.2.2 and AMORE 0.2-16 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in r-base-core=4.2.2.20221110-2 r-cran-amore=0.2-16-2; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.R <<'CODE'
suppressMessages(library(AMORE))
one <- matrix(1)
# 1 - 1 - 1, linear; the hidden neuron passes its input on and stays as it is, so only the weight
# and the bias of the output learn: from 0.5 and 0 towards a sum of 1.5, at a rate of 0.02
errors <- function(method, epochs, step) {
  net <- newff(c(1, 1, 1), learning.rate.global = 0.02, momentum.global = 0, error.criterium = "LMS",
    Stao = NA, hidden.layer = "purelin", output.layer = "purelin", method = method)
  net$neurons[[1]]$weights <- 1
  net$neurons[[1]]$bias <- 0
  net$neurons[[1]]$method.dep.variables$learning.rate <- 0
  net$neurons[[2]]$weights <- 0.5
  net$neurons[[2]]$bias <- 0
  net <- train(net, one, matrix(1.5), error.criterium = "LMS", report = FALSE, show.step = step, n.shows = epochs / step)$net
  sprintf("%.3f", 1.5 - sim(net, one))
}
tell <- function(method, all) paste(sapply(c(2, 6, 15, 30), function(n) errors(method, n, if (all) n else 1)), collapse = " ")
cat(sprintf("BATCHgd, shown at every epoch: %s | at the end: %s | ADAPTgd, at the end: %s", tell("BATCHgd", FALSE), tell("BATCHgd", TRUE), tell("ADAPTgd", TRUE)))
CODE
seen=$(Rscript run.R 2>/dev/null)
known='BATCHgd, shown at every epoch: 0.922 0.783 0.542 0.294 | at the end: 0.882 0.267 -1.004 0.990 | ADAPTgd, at the end: 0.922 0.783 0.542 0.294'
echo 'r-base-core 4.2.2.20221110-2 r-cran-amore 0.2-16-2'
cat <<'TEXT'
expected: 0.922 0.783 0.542 0.294 from each: errors after 2, 6, 15 and 30 epochs with one example, 0.96 to that power (closed form)
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
