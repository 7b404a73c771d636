#!/usr/bin/env bash
# A plain bitmap (PBM, P1) is read as its own negative: a 1 is black in this format, and comes out as
# the gray 1, which is white. The same picture in the raw form (P4) is right, so digits and masks of
# which some files are plain and some raw are half of them inverted, and only a look at the pictures
# shows it. Gray pictures agree in both forms.
# Seen with R 4.2.2 and pixmap 0.4-12 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in r-base-core=4.2.2.20221110-2 r-cran-pixmap=0.4-12-1; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
printf 'P1\n8 1\n1 1 1 0 0 0 0 0\n' >plain.pbm
printf 'P4\n8 1\n\xe0' >raw.pbm
printf 'P2\n3 1\n255\n0 128 255\n' >plain.pgm
printf 'P5\n3 1\n255\n\x00\x80\xff' >raw.pgm
cat >run.R <<'CODE'
suppressMessages(library(pixmap))
show <- function(name) paste(name, paste(round(suppressWarnings(read.pnm(name))@grey, 2), collapse = " "))
invisible(capture.output(lines <- sapply(c("plain.pbm", "raw.pbm", "plain.pgm", "raw.pgm"), show)))
cat(paste(lines, collapse = " | "))
CODE
seen=$(Rscript run.R 2>/dev/null)
known='plain.pbm 1 1 1 0 0 0 0 0 | raw.pbm 0 0 0 1 1 1 1 1 | plain.pgm 0 0.5 1 | raw.pgm 0 0.5 1'
echo 'r-base-core 4.2.2.20221110-2 r-cran-pixmap 0.4-12-1'
cat <<'TEXT'
expected: 0 0 0 1 1 1 1 1 from both bitmaps: three black pixels, five white ones (definition of PBM: 1 is black), and 0 0.5 1 from both gray pictures
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
