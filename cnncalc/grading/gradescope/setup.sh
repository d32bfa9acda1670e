#!/usr/bin/env bash
# Gradescope runs this once, when it builds the autograder's image. It makes a Python of 3.11 or newer in
# /autograder/venv and installs cnncalc's wheel, which lies beside this file. If it fails, the build fails, visibly.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
venv="$root/venv"
export DEBIAN_FRONTEND=noninteractive

# A Python that is new enough, and that can make environments.
usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in "${CNNCALC_PYTHON:-}" python3.13 python3.12 python3.11 python3.14 python3; do
        if [ -n "$name" ] && usable "$name"; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

if ! python="$(find_python)"; then
    # Ubuntu 24.04 has 3.12 and 22.04 has 3.11 as packages.
    apt-get update -qq || true
    for version in 3.12 3.11; do
        apt-get install -y -qq "python$version" "python$version-venv" && break || true
    done
    python="$(find_python)" || python=""
fi

rm -rf "$venv"
if [ -n "$python" ]; then
    "$python" -m venv "$venv"
else
    # Older images: uv brings a Python of its own.
    python3 -m pip install --quiet uv || python3 -m pip install --quiet --break-system-packages uv
    python3 -m uv venv --quiet --seed --python 3.12 "$venv"
fi

"$venv/bin/python" -m pip install --quiet "$source"/*.whl
"$venv/bin/python" -m cnncalc --version
