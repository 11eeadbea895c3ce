#!/bin/sh
# Everything that only a GPU can tell, in under 9 minutes, on a machine with an NVIDIA GPU, Python, torch and
# torchvision, and no network. Of use wherever it is cut off: what matters most comes first, and after each
# step OUT/gpu_results.tar holds all that there is. benchmarks/read_gpu_results.py reads it.
#
#   with a network, once:    benchmarks/on_gpu.sh prepare [IMAGES]   fills gpu_kit/. IMAGES: a folder with a packed
#                            CIFAR-10 and the unpack.py that writes it as cifar-10-batches-py, where one must travel
#   on the GPU machine:      benchmarks/on_gpu.sh [DATA [OUT]]       DATA: a cifar-10-batches-py folder or the folder
#                            that holds one (default: the packed images, else synthetic ones); OUT: $OUT or .
#   anywhere, to try it:     benchmarks/on_gpu.sh dry-run OUT        every step on the CPU, with a few images
#
# gpu_kit/ holds the packages that the machine may lack, and the references' graphs (tracing them needs a
# machine that can lock code in). PYTHON names another Python.
set -eu
cd "$(dirname "$0")/.."
kit=$PWD/gpu_kit
most_mib=60 # what may travel, the project included

if [ "${1:-}" = prepare ]; then
    python=${PYTHON:-.venv/bin/python}
    rm -rf "$kit"
    "$python" benchmarks/references.py "$kit/graphs"
    "$python" -m pip download --quiet --disable-pip-version-check --dest "$kit/wheels" --only-binary=:all: --no-deps \
        --python-version "${KIT_PYTHON:-3.12}" --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 \
        --constraint requirements.lock pydantic pydantic_core annotated_types typing_inspection typing_extensions parso
    if [ -n "${2:-}" ]; then
        mkdir -p "$kit/images"
        cp "$2/unpack.py" "$kit/images"
        for pack in "$2"/*.npz; do # small JPEGs are mostly their headers, which are all alike
            "$python" -c "import sys, numpy; numpy.savez_compressed(sys.argv[2], **numpy.load(sys.argv[1]))" \
                "$pack" "$kit/images/$(basename "$pack")"
        done
    fi
    kib=$( (git ls-files -z; find gpu_kit -type f -print0) | du --files0-from=- --apparent-size -ck | tail -n 1 | cut -f 1)
    echo "project and kit: $((kib / 1024)).$((kib % 1024 * 10 / 1024)) MiB"
    [ "$kib" -le $((most_mib * 1024)) ] || { echo "more than the $most_mib MiB that may travel" >&2; exit 1; }
    exit 0
fi

dry=
if [ "${1:-}" = dry-run ]; then
    dry=--dry-run
    shift
    set -- synthetic "$1"
fi
python=${PYTHON:-python3}
limit_s=540
[ -z "$dry" ] || limit_s=10800
out=${2:-${OUT:-.}}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/results"

if ! "$python" -c "import pydantic, parso" 2>/dev/null; then
    [ -d "$kit/wheels" ] || { echo "run benchmarks/on_gpu.sh prepare on a machine with a network first" >&2; exit 2; }
    for wheel in "$kit"/wheels/*.whl; do # a wheel is a zip file: no pip is needed
        "$python" -m zipfile -e "$wheel" "$work/packages"
    done
    PYTHONPATH=$work/packages${PYTHONPATH:+:$PYTHONPATH}
fi
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
[ ! -d "$kit/graphs" ] || [ -n "${GRADER_GRAPHS:-}" ] || export GRADER_GRAPHS="$kit/graphs"

data=${1:-}
if [ -z "$data" ] && [ -f "$kit/images/unpack.py" ]; then
    "$python" "$kit/images/unpack.py" "$work/data" >/dev/null
    data=$work/data
fi
data=${data:-synthetic}
folder= # for what takes a folder or nothing
[ "$data" = synthetic ] || folder="--data $data"

began=$(date +%s)
failed=0
pack() { tar -C "$work/results" -cf "$work/results.tar" . && mv "$work/results.tar" "$out/gpu_results.tar"; }
# stage NAME SECONDS COMMAND…: at most so long, and never beyond the limit of the whole; its output is kept
stage() {
    name=$1 seconds=$2
    shift 2
    spent=$(($(date +%s) - began))
    left=$((limit_s - spent))
    [ -z "$dry" ] || seconds=1800 # a CPU may be busy
    [ "$left" -ge "$seconds" ] || seconds=$left
    if [ "$seconds" -le 0 ]; then
        echo "== $name: no time left"
        failed=1
        return
    fi
    echo "== $name ($spent s)"
    code=0
    timeout --kill-after=5 "$seconds" "$@" >"$work/results/$name.txt" 2>&1 || code=$?
    tail -n 12 "$work/results/$name.txt"
    echo "$name $code $(($(date +%s) - began - spent))" >>"$work/results/stages"
    [ "$code" = 0 ] || { echo "== $name: exit code $code"; failed=1; }
    pack
}

if [ -z "$dry" ]; then
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader >"$work/results/nvidia-smi.txt" || true
    cat "$work/results/nvidia-smi.txt"
    images=100 steps= seeds=8 epochs= rest=slides,variants,floor
else
    images=20 steps="--steps 1 --networks 2" seeds=1 epochs="--epochs 1" rest=slides,plain,floor
fi
speed="$work/results/speed.jsonl"

# 1. are the numbers right, and what is a step made of?
stage gradients 100 "$python" benchmarks/gradients.py "$work/results" --data "$data" --images $images $dry
# 2. how fast: one and eight networks
stage speed 90 "$python" benchmarks/training.py $folder $dry $steps --only engine --keep "$speed"
# 3. the tests that need a GPU (a dry run only collects them)
if [ -z "$dry" ]; then
    stage tests 120 "$python" -m pytest -q -m gpu tests/stages/training/test_cuda.py -p no:cacheprovider
else
    stage tests 120 "$python" -m pytest -q --collect-only tests/stages/training/test_cuda.py -p no:cacheprovider
fi
# 4. the slides' table, and with it the calibrations of full
for exercise in base skip dense ca; do
    stage "table-$exercise" 60 "$python" benchmarks/slides_runs.py "$work/results/runs" --data "$data" --gpu $dry \
        --exercise $exercise --seeds $seeds $epochs
done
# 5. the slides' own way, variants, and the floor
stage variants 120 "$python" benchmarks/training.py $folder $dry $steps --only $rest --keep "$speed"
# 6. a whole run (one that must lock student code in, which not every machine allows)
[ -n "$dry" ] || "$python" benchmarks/slides_table.py "$work/results/runs" --store >/dev/null || true
# (exit code 1: somebody has to look at something, as is so with the examples)
stage examples 120 sh -c '"$@" || [ $? = 1 ]' run "$python" -m grader.cli run examples/submissions --out "$work/graded" --isolation process \
    $( [ -n "$dry" ] && echo "--profile static --exercise base" || echo "--gpu --data $data" )
cp "$work/graded/results.json" "$work/results/examples.json" 2>/dev/null || true
pack
echo "== done ($(($(date +%s) - began)) s): $out/gpu_results.tar"
exit $failed
