#!/usr/bin/env bash
# A procedure of the playbook as rounds of a Slurm job array: slurm_procedure.sh SHARDS diagnose [what it takes]; also
# probe, warmup, clip, compare. It chooses its trainings by those before, so every round ends where a shard waits for
# others, and the next begins with what all have found. Waits until it is done, and prints the result.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "usage: $0 SHARDS diagnose|probe|warmup|clip|compare [--setting value …]" >&2
  exit 2
fi
shards=$1
shift
# shellcheck disable=SC2206 # words of a command
trainscope=(${TRAINSCOPE:-trainscope})
into=$(mkdir -p "${OUT:-procedure}" && cd "${OUT:-procedure}" && pwd)
touch "$into/all.jsonl"

for _ in $(seq "${ROUNDS:-100}"); do
  for i in $(seq "$shards"); do cp "$into/all.jsonl" "$into/part$i.jsonl"; done
  # shellcheck disable=SC2086
  sbatch ${SBATCH_FLAGS:-} --wait --parsable --job-name "trainscope-$1" --array "1-$shards" --requeue \
    --cpus-per-task 1 --output "$into/%a.log" > /dev/null << TASK
#!/usr/bin/env bash
exec ${trainscope[*]@Q} ${*@Q} --json --jobs 1 --shard "\$SLURM_ARRAY_TASK_ID/$shards" \
  --out ${into@Q}/part"\$SLURM_ARRAY_TASK_ID.jsonl" > ${into@Q}/"\$SLURM_ARRAY_TASK_ID.json"
TASK
  # All begin with the same lines: each is kept once.
  cat "$into"/part*.jsonl | awk '!seen[$0]++' > "$into/all.new"
  mv "$into/all.new" "$into/all.jsonl"
  if ! grep -l '^{"complete":false,"waits":' "$into"/[0-9]*.json > /dev/null; then
    # Nothing is left to train: this only tells what was found.
    exec "${trainscope[@]}" "$@" --out "$into/all.jsonl" --json
  fi
done
echo "$0: not done after ${ROUNDS:-100} rounds; start it again to go on" >&2
exit 1
