#!/usr/bin/env bash
# Proves the recipes on real schedulers, outside CI: as root on Debian, with slurm-wlm, munge and parallel installed and
# no other Slurm or munge running. Prints a line for each and ends with 1 where a result is not what one process prints.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
work=$(mktemp -d)
export TRAINSCOPE="node $root/web/cli.js" SLURM_CONF=$work/slurm.conf
pids=()
finish() {
  kill "${pids[@]}" 2> /dev/null || true
  wait 2> /dev/null || true
  rm -rf "$work"
}
trap finish EXIT

for program in slurmctld slurmd munged parallel; do
  command -v "$program" > /dev/null || { echo "$program is missing: apt-get install slurm-wlm munge parallel" >&2; exit 2; }
done

same() { # same WHAT EXPECTED FOUND
  cmp -s "$2" "$3" || { echo "$1: differs from one process" >&2; exit 1; }
  echo "$1: byte for byte what one process prints"
}

sweep=(--dataset moons --steps 3000 --over lr=1e-3:10:6 --seeds 2)
$TRAINSCOPE sweep "${sweep[@]}" --json > "$work/one.json"

OUT=$work/parallel recipes/parallel.sh 4 "${sweep[@]}"
same 'GNU parallel, 4 shards' "$work/one.json" "$work/parallel/sweep.json"

# A Slurm of one node on loopback, with its own key and its own folders.
mkdir -p "$work/munge" "$work/state" "$work/spool"
chmod 755 "$work"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2> /dev/null
chown -R munge "$work/munge"
chmod 700 "$work/munge"
chmod 600 "$work/munge/key"
mkdir -p /run/munge
chown munge /run/munge
chmod 755 /run/munge
runuser -u munge -- munged --foreground --key-file "$work/munge/key" --log-file "$work/munge/log" \
  --pid-file "$work/munge/pid" --seed-file "$work/munge/seed" > /dev/null 2>&1 &
pids+=($!)
cat > "$SLURM_CONF" << CONF
ClusterName=loopback
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
CryptoType=crypto/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
MinJobAge=300
ReturnToService=2
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
sleep 1
slurmctld -D > /dev/null 2>&1 &
pids+=($!)
sleep 2
slurmd -D > /dev/null 2>&1 &
pids+=($!)
for _ in $(seq 60); do
  [[ $(sinfo -h -o %T 2> /dev/null) = *idle* ]] && break
  sleep 1
done
[[ $(sinfo -h -o %T) = *idle* ]] || { echo 'Slurm does not start' >&2; tail -5 "$work"/*.log >&2; exit 1; }

merge=$(OUT=$work/slurm SBATCH_FLAGS="--chdir $work" recipes/slurm.sh 3 "${sweep[@]}")
# A task in the middle of its work is killed as a failing node would kill it, and queued again.
for _ in $(seq 600); do
  lines=$(wc -l 2> /dev/null < "$work/slurm/1.jsonl" || echo 0)
  [ "$lines" -ge 1 ] && break
  sleep 0.1
done
read -r array < <(squeue -h -o %F -n trainscope)
pkill -KILL -f "shard 1/3 --out $work/slurm/1.jsonl" || { echo 'there was no task to kill' >&2; exit 1; }
scontrol requeue "${array}_1" 2> /dev/null || true
before=$(wc -l < "$work/slurm/1.jsonl")
while [ -n "$(squeue -h -j "$merge" 2> /dev/null)" ]; do sleep 0.5; done
echo "Slurm: a task was killed with $before trials of 4 in its file"
scontrol show job "${array}_1" | grep -o 'Restarts=[0-9]*' || true
same 'Slurm, a job array of 3 with a task killed and queued again' "$work/one.json" "$work/slurm/sweep.json"

clip=(clip --dataset moons --samples 200 --steps 100 --seeds 2 --thresholds 1 --variants off)
without_time() { sed 's/"seconds":[0-9.e+-]*//g'; }
$TRAINSCOPE "${clip[@]}" --json | without_time > "$work/clip.json"
OUT=$work/clip SBATCH_FLAGS="--chdir $work" recipes/slurm_procedure.sh 2 "${clip[@]}" | without_time > "$work/clip_slurm.json"
same 'Slurm, a procedure round by round (seconds apart)' "$work/clip.json" "$work/clip_slurm.json"
