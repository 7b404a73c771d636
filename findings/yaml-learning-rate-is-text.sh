#!/usr/bin/env bash
# One file of settings, two readers, two experiments: 1e-3 is text to Python's YAML and a number
# to JavaScript's, since YAML 1.1 wants a point in it and a sign behind the e (1.0e-3). A batch of
# 0100 is 64 to the first and 100 to the second, a limit of 1:30 is 90 to the first and text to
# the second, and so are 60_000 examples. Nothing is reported: text multiplied by a count of steps
# becomes longer text, and a page that shows the settings of a Python run shows other ones than
# were trained with.
# Seen with python3-yaml 6.0 (Debian 12) and js-yaml 5.5.0 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
want=python3-yaml=6.0-3+b2
[ "$want" = "python3-yaml=$(dpkg-query -W -f '${Version}' python3-yaml 2>/dev/null || true)" ] || {
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
} >/dev/null
npm install --prefix "$tmp" --silent --no-audit --no-fund --ignore-scripts js-yaml@5.5.0
cd "$tmp"
cat >run.yaml <<'YAML'
learning_rate: 1e-3
weight_decay: 1.0e-4
batch: 0100
limit: 1:30
examples: 60_000
YAML
python=$(/usr/bin/python3 -c 'import json, yaml; print(json.dumps(yaml.safe_load(open("run.yaml")), separators=(",", ":")))')
script=$(node --input-type=module -e 'import * as yaml from "js-yaml"; import { readFileSync } from "node:fs"; console.log(JSON.stringify(yaml.load(readFileSync("run.yaml", "utf8"))))')
seen="$python $script"
known='{"learning_rate":"1e-3","weight_decay":0.0001,"batch":64,"limit":90,"examples":60000} {"learning_rate":0.001,"weight_decay":0.0001,"batch":100,"limit":"1:30","examples":"60_000"}'
echo "python3-yaml 6.0-3+b2, js-yaml $(node -p "require('./node_modules/js-yaml/package.json').version")"
echo 'expected: the same settings from both, each a number (a person reads them so)'
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
