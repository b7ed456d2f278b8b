#!/bin/sh
# Install what LOCK pins into .venv: install.sh LOCK [INDEX]
# uv is used where the user has it; pip where not, or where uv doesn't find the packages.
set -eu

LOCK=$1
INDEX=${2:-}
PYTHON=${PYTHON:-python3}
NEEDED="import sys; raise SystemExit(sys.version_info < (3, 11))"
VERSION="import platform; print(platform.python_version())"

stop() {
    printf '%s\n' "$*" >&2
    exit 2
}

with_uv() {
    command -v uv >/dev/null || return 1
    uv pip install --python .venv/bin/python --index-strategy unsafe-best-match \
        ${INDEX:+--extra-index-url "$INDEX"} --requirement "$LOCK" && return 0
    echo "uv could not install that; pip tries." >&2
    return 1
}

if .venv/bin/python -c "" 2>/dev/null; then
    .venv/bin/python -c "$NEEDED" ||
        stop "The folder .venv holds Python $(.venv/bin/python -c "$VERSION"); the kit needs 3.11 or newer." \
            "Remove the folder (rm -r .venv) and run make again."
    ALL=$LOCK
    LOCK=.venv/differs.lock # else pip lists, for minutes, all that is there already
    .venv/bin/python scripts/differs.py "$ALL" >$LOCK
    COUNT=$(grep -c . $LOCK || true)
    echo "$ALL has changed: what differs is installed into .venv, $COUNT packages." >&2
else
    command -v "$PYTHON" >/dev/null ||
        stop "There is no '$PYTHON'. Install Python 3.11 or newer, or name it: make PYTHON=python3.12"
    "$PYTHON" -c "$NEEDED" ||
        stop "'$PYTHON' is Python $("$PYTHON" -c "$VERSION"); the kit needs 3.11 or newer. Nothing was" \
            "installed. If you have a newer one, name it: make PYTHON=python3.12"
    if [ "$LOCK" = requirements.lock ]; then
        echo "First use: PyTorch with its GPU builds and what else the kit needs go into .venv, about 7 GB" \
            "on disk. It takes some minutes, once. README.md says how to take the smaller CPU builds." >&2
    else
        echo "First use: PyTorch's CPU builds and what else the kit needs go into .venv, about 2 GB on disk." \
            "It takes some minutes, once." >&2
    fi
    "$PYTHON" -m venv --clear .venv # --clear: an interrupted one may be there
fi

# Not quiet: what takes minutes shows how far it is.
with_uv || .venv/bin/python -m pip install --disable-pip-version-check \
    ${INDEX:+--extra-index-url "$INDEX"} --requirement "$LOCK"
# An author's notebook finds labkit wherever its assignment lies.
pwd >"$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/kit.pth"
touch .venv/installed
