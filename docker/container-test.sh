#!/usr/bin/env bash
# The attack suite, and a small grading, inside a real container with every wall up: make container-test
#
# DOCKER_HOST, GRADER_BASE, GRADER_TORCH_INDEX and GRADER_BUILD_NETWORK say where and from what it is built.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in docker podman; do
  if command -v $name > /dev/null && $name version > /dev/null 2>&1; then engine=$name; break; fi
done
if [ -z "${engine:-}" ]; then
  echo "skipped: no container engine answers (docker or podman)"
  exit 0
fi

arguments=()
[ -z "${GRADER_BASE:-}" ] || arguments+=("--build-arg=BASE=$GRADER_BASE")
[ -z "${GRADER_TORCH_INDEX:-}" ] || arguments+=("--build-arg=TORCH_INDEX=$GRADER_TORCH_INDEX")
[ -z "${GRADER_BUILD_NETWORK:-}" ] || arguments+=("--network=$GRADER_BUILD_NETWORK")
$engine build --quiet "${arguments[@]}" --target=tests --tag=vgg-lab-grader:tests --file=docker/Dockerfile .

walls=(--rm --network=none --read-only --cap-drop=all --security-opt=no-new-privileges
       --memory=12g --memory-swap=12g --pids-limit=1024 --tmpfs=/tmp:rw,nosuid,nodev,exec,size=4g,mode=1777)
echo "== attacks, as an ordinary user"
$engine run "${walls[@]}" vgg-lab-grader:tests tests/attacks -q
echo "== the examples, graded on this machine and in the container"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
.venv/bin/grader run examples/submissions --profile static --isolation process --out "$out/here" > /dev/null || [ $? = 1 ]
.venv/bin/grader run examples/submissions --profile static --isolation container --out "$out/there" > /dev/null || [ $? = 1 ]
.venv/bin/python - "$out" << 'END'
import json, pathlib, sys

def graded(name):
    found = json.loads((pathlib.Path(sys.argv[1]) / name / "results.json").read_text())
    print(f"{name}: {found['run']['isolation']}")
    return found["submissions"]

here, there = graded("here"), graded("there")
assert here == there, "the container gives other results"
print(f"{len(here)} students, the same results")
END
