#!/bin/sh
# Pins every package with its hashes into requirements*.txt, without any address. Called by `make lock`; keeps the versions that
# stand in the files unless UPGRADE=--upgrade is given.
#   requirements.txt         what custody needs to run, with the extra scan (5 MB): whoever checks paper has it
#   requirements-build.txt   the build backend, so that an editable install needs no network
#   requirements-dev.txt     what the tests and checks need (holds all of requirements.txt, in the same versions)
#   requirements-oracle.txt  programs under the GPL that the tests compare with; never imported by custody, never shipped
set -eu
cd "$(dirname "$0")/.."

pin() {
    out=$1; shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-annotate --no-header ${UPGRADE:-} --output-file "$out" "$@"
}

pin requirements.txt --extra scan pyproject.toml
pin requirements-dev.txt --extra dev --extra scan --extra pades --extra postgres --extra serve --extra stamp --constraint requirements.txt pyproject.toml
printf 'hatchling\n' | pin requirements-build.txt --constraint requirements-dev.txt -
printf 'pymerkle\n' | pin requirements-oracle.txt --constraint requirements-dev.txt -
