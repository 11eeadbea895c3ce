#!/bin/sh
# All GPU figures in one go, in under 8 minutes, on a machine with an NVIDIA GPU, Python 3.12, torch and
# torchvision, and no network.
#
#   with a network, once:    benchmarks/on_gpu.sh prepare              fills gpu_kit/ (15 MB)
#   on the GPU machine:      benchmarks/on_gpu.sh [DATA [OUT]]         DATA: a cifar-10-batches-py folder or
#                            the folder that holds one (synthetic images without it); OUT: benchmarks/results
#
# gpu_kit/ holds what the grader needs besides torch, and the references' graphs (tracing them needs a
# machine that can lock code in). Calibrations of `full` are stored under reference/ and copied to OUT.
set -eu
cd "$(dirname "$0")/.."
kit=$PWD/gpu_kit

if [ "${1:-}" = prepare ]; then
    python=${PYTHON:-.venv/bin/python}
    # graphs as they are traced here; wheels for the other machine's Python
    "$python" benchmarks/references.py "$kit/graphs"
    "$python" -m pip download --quiet --disable-pip-version-check --dest "$kit/wheels" --only-binary=:all: \
        --python-version "${KIT_PYTHON:-3.12}" --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 \
        --constraint requirements.lock \
        pydantic pyyaml safetensors typer rich jinja2 nbformat nbconvert pytest pytest-timeout hypothesis
    du -sh "$kit"
    exit 0
fi

data=${1:-}
out=${2:-${OUT:-$PWD/benchmarks/results}}
mkdir -p "$out"
python=${PYTHON:-python3}
if ! "$python" -c "import pydantic, yaml, safetensors, typer, pytest" 2>/dev/null; then
    [ -d "$kit/wheels" ] || { echo "run benchmarks/on_gpu.sh prepare on a machine with a network first" >&2; exit 2; }
    for wheel in "$kit"/wheels/*.whl; do # a wheel is a zip file: no pip is needed
        "$python" -m zipfile -e "$wheel" "$kit/packages"
    done
    export PYTHONPATH="$PWD:$kit/packages"
else
    export PYTHONPATH="$PWD"
fi
[ -d "$kit/graphs" ] && export GRADER_GRAPHS="$kit/graphs"
source=${data:-synthetic}
began=$(date +%s)
stage() { echo "== $1 ($(($(date +%s) - began)) s)"; }

failed=0
stage "which GPU"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || true
"$python" -c "from grader.stages.training.cuda import Gpu; import torch; print(torch.__version__, Gpu().name)"
stage "tests that need a GPU"
"$python" -m pytest -q -m gpu tests/stages/training/test_cuda.py -p no:cacheprovider >"$out/gpu_tests.txt" 2>&1 || failed=1
tail -n 15 "$out/gpu_tests.txt"
stage "speed"
"$python" benchmarks/training.py ${data:+--data "$data"} --steps 200 --networks 8 --out "$out/training_gpu.md" || failed=1
stage "the slides' table, and the calibration of full"
"$python" benchmarks/slides_table.py --gpu --data "$source" --seeds 10 --store --out "$out" || failed=1
mkdir -p "$out/calibrations"
for file in reference/*/calibration.json; do
    cp "$file" "$out/calibrations/$(basename "$(dirname "$file")").json"
done
stage "done"
exit $failed
