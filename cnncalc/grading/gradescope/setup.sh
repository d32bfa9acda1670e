#!/usr/bin/env bash
# Gradescope runs this once, when it builds the autograder's image. It makes a Python of 3.11 or newer in
# /autograder/venv and installs cnncalc's wheel, which lies beside this file. If nothing works, the build fails, visibly.
set -uo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
venv="$root/venv"
export DEBIAN_FRONTEND=noninteractive

# A Python that is new enough and can make environments, which not every Ubuntu's can.
usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Install into the environment that was just made, and see whether it runs.
filled() {
    "$venv/bin/python" -m pip install --quiet "$source"/*.whl && "$venv/bin/python" -m cnncalc --version
}

with_python() {
    usable "$1" && rm -rf "$venv" && "$1" -m venv "$venv" && filled
}

for python in "${CNNCALC_PYTHON:-python3}" python3.13 python3.12 python3.11; do
    with_python "$python" && exit 0
done

# Ubuntu 24.04 has 3.12 as a package, 22.04 has 3.11.
apt-get update -qq
for version in 3.12 3.11; do
    apt-get install -y -qq "python$version" "python$version-venv" && with_python "python$version" && exit 0
done

# Older images: uv brings a Python of its own.
rm -rf "$venv"
python3 -m pip install --quiet uv || python3 -m pip install --quiet --break-system-packages uv
python3 -m uv venv --seed --python 3.12 "$venv" && filled && exit 0

echo "No Python of 3.11 or newer could be installed: cnncalc needs one." >&2
exit 1
