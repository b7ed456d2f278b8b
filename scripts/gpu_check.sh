#!/usr/bin/env bash
# Check the kit on a machine with a GPU, in at most 12 minutes, and write docs/gpu.md.
#
#     bash scripts/gpu_check.sh [FOLDER]
#
# It needs the kit's .venv, with the CUDA builds of torch (`make` installs them), and nvidia-smi. What
# it measures lies in FOLDER (build/gpu unless named); `python scripts/gpu_page.py page FOLDER` writes
# the page from that alone. Each step has a time limit: one that takes longer is named in the page.
set -u
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
FOUND=${1:-build/gpu}
AT_ONCE="1 2 4 8"

if ! nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader > /dev/null 2>&1; then
    echo "gpu_check: nvidia-smi finds no GPU here, so nothing can be checked" >&2
    exit 2
fi
if [ -e "$FOUND" ]; then
    echo "gpu_check: $FOUND is there already; name another folder: bash scripts/gpu_check.sh FOLDER" >&2
    exit 2
fi
mkdir -p "$FOUND"
nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader > "$FOUND/card.txt"

# step NAME SECONDS COMMAND...: run it, and note its exit status (124: it took too long) and output.
step() {
    local name=$1 seconds=$2
    shift 2
    echo "gpu_check: $name (at most $seconds s)"
    timeout "$seconds" "$@" > "$FOUND/$name.txt" 2>&1
    echo $? > "$FOUND/$name.status"
}

# graded DEVICE JOBS SECONDS: grade the example class; on the GPU, note the card's memory meanwhile.
graded() {
    local name="$1-$2" watching=
    if [ "$1" = cuda ]; then
        nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits --loop-ms=200 \
            > "$FOUND/$name.memory" 2> /dev/null &
        watching=$!
    fi
    # Exit status 1 is no failure here: the class has submissions that a person has to look at.
    step "$name" "$3" "$PYTHON" -m autograder grade submissions/example --output "$FOUND/$name" \
        --device "$1" --jobs "$2" --practice
    [ -z "$watching" ] || kill "$watching"
}

step tests 100 "$PYTHON" -m pytest -q -rs tests/lesson/test_training_calibration.py tests/judge/test_without_gpu.py
step calibration 180 "$PYTHON" scripts/gpu_page.py calibrate "$FOUND/calibration.json"
graded cpu 1 120
for jobs in $AT_ONCE; do
    graded cuda "$jobs" 75
done
"$PYTHON" scripts/gpu_page.py page "$FOUND"
