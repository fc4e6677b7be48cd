"""The set-up of a fresh machine: what .ci/environment.sh says when Python or its venv module is missing, and when it starts again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("sh", "cat", "dirname")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the set-up script needs a POSIX shell")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of all that the set-up reads."""
    for name in ("pyproject.toml", "requirements.txt", "requirements-build.txt", ".ci/environment.sh"):
        target = tmp_path / "proyek dengan spasi" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return tmp_path / "proyek dengan spasi"


def run(project: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Call the script with a PATH that holds only a few programs and the given pythons (name = shell lines)."""
    folder = project.parent / "bin"
    folder.mkdir(exist_ok=True)
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    for name, lines in pythons.items():
        (folder / name).write_text(f"#!/bin/sh\n{lines}\n")
        (folder / name).chmod(0o755)
    return subprocess.run(
        [folder / "sh", project / ".ci/environment.sh", "run"], env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


REAL = f'exec "{sys.executable}" "$@"'
MACHINES = {
    "no Python": ({}, "Python 3.11 atau lebih baru tidak ditemukan", "No Python 3.11 or newer found"),
    "an old Python": ({"python3": "exit 1"}, "Python 3.11 atau lebih baru tidak ditemukan", "No Python 3.11 or newer found"),
    "no venv module": (
        {"python3": f'case "$*" in *ensurepip*) exit 1;; esac\n{REAL}'},
        "tidak membawa modul venv",
        "without the venv module",
    ),
    "the right one under another name": (
        {"python3": "exit 1", "python3.12": f'case "$*" in *ensurepip*) exit 1;; esac\n{REAL}'},
        "modul venv",
        "venv module",
    ),
}


@pytest.mark.parametrize(("pythons", "said", "said_too"), MACHINES.values(), ids=MACHINES)
def test_what_is_missing_is_said_in_both_languages(project: Path, pythons: dict[str, str], said: str, said_too: str) -> None:
    done = run(project, **pythons)
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in done.stderr
    assert said_too in done.stderr
    assert "sudo apt install" in done.stderr
    assert not (project / ".venv").exists()


def test_a_set_up_that_was_cut_short_is_done_again(project: Path) -> None:
    broken = f'case "$*" in *-m*venv*) echo "making it" >&2; exit 7;; esac\n{REAL}'
    (project / ".venv/bin").mkdir(parents=True)
    done = run(project, python3=broken)
    assert (done.returncode, "making it" in done.stderr) == (7, True)


def test_an_unknown_level_is_refused(project: Path) -> None:
    done = subprocess.run(["sh", project / ".ci/environment.sh", "semua"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (2, ".ci/environment.sh: run | test")
