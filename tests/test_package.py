"""What a wheel of the project holds: the library, the command line, and every data file of theirs; nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path) -> Path:
    """A wheel, built as `pip wheel` would, with a fixed date."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1707868800"}
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder: str) -> set[str]:
    done = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git repository: what belongs to the project is not known")
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}


def test_every_file_of_the_library_and_the_command_line_is_in_it(wheel: Path) -> None:
    wanted = tracked("custody") | {name.removeprefix("cli/") for name in tracked("cli")}
    assert wanted - names(wheel) == set()


def test_nothing_else_is_in_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"custody", "custody_cli"}
    assert [name for name in names(wheel) if name.endswith((".pyc", ".key", ".sqlite3"))] == []


def test_it_carries_its_licences_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        told = {name.split("dist-info/")[-1]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert {"licenses/LICENSE", "licenses/THIRD-PARTY.md"} <= told.keys()
    assert "custody = custody_cli.main:main" in told["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in told["METADATA"]


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()
