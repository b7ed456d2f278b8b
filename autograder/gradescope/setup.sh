#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: a Python and the packages of requirements.lock.
# DRY_RUN=1 shows the commands and runs none of them.
set -euo pipefail

# Where an assignment needs torch: builds without CUDA, a tenth of the size; an index of your own
# will do as well.
TORCH_INDEX=${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}
SOURCE=${SOURCE:-/autograder/source}
VENV=${VENV:-/autograder/venv}
DRY_RUN=${DRY_RUN:-}

run() {
    echo "+ $*"
    if [[ -z $DRY_RUN ]]; then "$@"; fi
}

# The first Python that is finished, new enough, and able to make environments.
finished_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null && "$name" -c '
import ensurepip, sys
sys.exit(sys.version_info < (3, 11) or sys.version_info.releaselevel != "final")' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

if PYTHON=$(finished_python); then
    run "$PYTHON" -m venv "$VENV"
else
    # Ubuntu 22.04 has Python 3.10, and 3.11 as a release candidate only.
    UV=$(grep -Eo '^uv==[0-9.]+' "$SOURCE/requirements.lock")
    run apt-get update -q
    run apt-get install -yq python3-venv
    run python3 -m venv /opt/uv
    run /opt/uv/bin/python -m pip install --no-cache-dir "$UV"
    # Below /opt every user may read it: a submission runs as a user of its own.
    run env UV_PYTHON_INSTALL_DIR=/opt/python /opt/uv/bin/uv venv --seed --python 3.11 "$VENV"
fi
TORCH=$(grep -Eo '^torch==' "$SOURCE/requirements.lock" || true)
run "$VENV/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \
    ${TORCH:+--extra-index-url "$TORCH_INDEX"} --requirement "$SOURCE/requirements.lock"
# Compiled now, the modules load faster for every submission.
run "$VENV/bin/python" -m compileall -q "$SOURCE/autograder" "$SOURCE/labkit" "$SOURCE/assignment"
# An image that lacks what the assignment imports is not finished.
run env PYTHONPATH="$SOURCE" "$VENV/bin/python" -m autograder.gradescope.importable
