#!/bin/sh
# Sets up the private environment .venv with pinned and hashed packages; touches nothing outside the project folder.
#   .ci/environment.sh run    what custody needs to work
#   .ci/environment.sh test   that, and what the tests and checks need
# A stamp in .venv names the hash of what was installed, so that a second call costs nothing. The stamp is written last: an interrupted
# set-up is simply done again. pip is asked with the user's own settings; no index and no cache is named here.
set -eu
cd "$(dirname "$0")/.."

level=${1:-run}
case $level in
    run) files="requirements-build.txt requirements.txt" ;;
    test) files="requirements-build.txt requirements-dev.txt requirements-oracle.txt" ;;
    *) echo ".ci/environment.sh: run | test" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

is_right() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14 python; do
        if is_right "$candidate"; then echo "$candidate"; return 0; fi
    done
    return 1
}

fingerprint() {
    # The folder belongs to it: the entry points in .venv hold its path, so a moved folder is set up again.
    { pwd; "$1" --version 2>&1; cat pyproject.toml $files; } |
        "$1" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

python=$(find_python) || {
    say "Python 3.11 atau lebih baru tidak ditemukan. Pasang dulu (Debian/Ubuntu: sudo apt install python3 python3-venv)."
    say "No Python 3.11 or newer found. Install it first (Debian/Ubuntu: sudo apt install python3 python3-venv)."
    exit 1
}

stamp=.venv/custody-$level.stamp
if [ -x .venv/bin/custody ] && is_right .venv/bin/python && [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint .venv/bin/python)" ]; then
    exit 0
fi

if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    say "Python ini tidak membawa modul venv. Pasang dulu: sudo apt install python3-venv — lalu ulangi."
    say "This Python comes without the venv module. Install it first: sudo apt install python3-venv — then try again."
    exit 1
fi

case $level in
    run) say "Menyiapkan .venv (sekali saja, sekitar satu menit) … / Setting up .venv (once, about a minute) …" ;;
    test) say "Menyiapkan .venv beserta alat uji (sekali saja) … / Setting up .venv with the test tools (once) …" ;;
esac
if ! is_right .venv/bin/python || ! .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
    "$python" -m venv --clear .venv
fi

wanted=
for file in $files; do wanted="$wanted --requirement $file"; done
run_pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"; }
# shellcheck disable=SC2086  # the words of $wanted are meant to be split
run_pip install --require-hashes $wanted || {
    say "Pustaka tidak dapat dipasang: periksa jaringan atau pengaturan pip, lalu ulangi."
    say "The packages could not be installed: check the network or your pip settings, then try again."
    exit 1
}
run_pip install --no-index --no-build-isolation --no-deps --editable .
fingerprint .venv/bin/python > "$stamp"
say "Siap. / Ready."
