#!/usr/bin/env bash
# A sweep in shards by GNU parallel: parallel.sh SHARDS [what trainscope sweep takes].
# PARALLEL_FLAGS go to parallel: "--sshloginfile hosts" spreads the shards over machines that share this folder.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "usage: $0 SHARDS --over lr=1e-3:10:9 [--seeds N] [--setting value …]" >&2
  exit 2
fi
shards=$1
shift
# shellcheck disable=SC2206 # words of a command
trainscope=(${TRAINSCOPE:-trainscope})
into=${OUT:-sweep}
mkdir -p "$into"

# A shard trains one after the other: parallel has as many of them at once as there are cores. One that failed or was
# lost is started again, and goes on with what its file holds.
# shellcheck disable=SC2086
parallel ${PARALLEL_FLAGS:-} --retries 3 --halt soon,fail=1 \
  "${trainscope[@]@Q}" sweep "${@@Q}" --jobs 1 --shard "{}/$shards" --out "${into@Q}/{}.jsonl" '>' /dev/null \
  ::: $(seq "$shards")
"${trainscope[@]}" sweep --merge "$into"/*.jsonl --report "$into/sweep.html" --json > "$into/sweep.json"
echo "$into/sweep.json and $into/sweep.html" >&2
