#!/usr/bin/env bash
# A sweep as a Slurm job array: slurm.sh SHARDS [what trainscope sweep takes]. SBATCH_FLAGS go to sbatch, such as
# "--partition short --time 2:00:00". The folder must be one that all nodes see.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "usage: $0 SHARDS --over lr=1e-3:10:9 [--seeds N] [--setting value …]" >&2
  exit 2
fi
shards=$1
shift
# shellcheck disable=SC2206 # words of a command
trainscope=(${TRAINSCOPE:-trainscope})
into=$(mkdir -p "${OUT:-sweep}" && cd "${OUT:-sweep}" && pwd)

# A task of the array is one shard on one core. One that is preempted, killed or requeued goes on with what its file
# holds; a lock that a dead task left is no hindrance.
# shellcheck disable=SC2086
array=$(sbatch ${SBATCH_FLAGS:-} --parsable --job-name trainscope --array "1-$shards" --requeue --open-mode append \
  --cpus-per-task 1 --output "$into/%a.log" << TASK
#!/usr/bin/env bash
exec ${trainscope[*]@Q} sweep ${*@Q} --jobs 1 --shard "\$SLURM_ARRAY_TASK_ID/$shards" \
  --out ${into@Q}/"\$SLURM_ARRAY_TASK_ID.jsonl" > /dev/null
TASK
)
# What was finished is summed up whatever became of the rest: the result says which trials are missing.
# shellcheck disable=SC2086
merge=$(sbatch ${SBATCH_FLAGS:-} --parsable --job-name trainscope-merge --dependency "afterany:$array" \
  --output "$into/merge.log" << TASK
#!/usr/bin/env bash
exec ${trainscope[*]@Q} sweep --merge ${into@Q}/*.jsonl --report ${into@Q}/sweep.html --json > ${into@Q}/sweep.json
TASK
)
echo "array $array, then $merge writes $into/sweep.json and $into/sweep.html" >&2
echo "$merge"
