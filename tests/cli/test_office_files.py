"""Every FILE that a command of the office reads may be a pipe, a device, a folder, a circle of links or far too large: it ends in words."""

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core.errors import Malformed
from custody.reading import read
from custody_cli.papers.held import outside
from tests.cli.harness import Desk
from tests.cli.office_kit import OfficeDesk

LONGEST = 20  # seconds until a command that hangs is a failure


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfficeDesk]:
    OfficeDesk.cheap(monkeypatch)
    made = OfficeDesk(desk)
    os.mkfifo(made.folder / "fifo")
    (made.folder / "folder").mkdir()
    (made.folder / "circle").symlink_to("circle")
    with (made.folder / "large").open("wb") as file:
        file.truncate(1 << 30)
    signal.alarm(LONGEST)
    yield made
    signal.alarm(0)


SPECIAL = {
    "fifo": (2, "file.special"),
    "/dev/zero": (2, "file.special"),
    "folder": (2, "cli.use"),  # click looks at that itself
    "circle": (2, "cli.file.loop"),
    "large": (2, "file.large"),
    "missing": (2, "cli.file.missing"),
}
KEYS = {  # a key file is spoken of as a key file
    **SPECIAL,
    "circle": (7, "key.unreadable"),
    "large": (7, "key.damaged"),
    "missing": (7, "key.missing"),
}
TRUST = SPECIAL | {"folder": (2, "cli.file.folder"), "missing": (4, "ledger.policy.missing")}
WITHOUT_LEDGER: list[tuple[str, list[str], dict[str, tuple[int, str]]]] = [
    ("plan", ["init", "--yes", "--from"], SPECIAL),
    ("text to sign", ["init", "--key", "kpu-1", "--yes", "--sign"], SPECIAL | {"missing": (5, "founding.none")}),
    ("invitation", ["key", "new", "--yes", "--invitation"], SPECIAL),
    ("sheet", ["key", "sign", "--key", "kpu-1", "--yes"], SPECIAL),
    ("key", ["key", "show"], KEYS),
    ("passphrase", ["key", "new", "--name", "baru", "--passphrase-file"], KEYS | {"large": (7, "key.permissions")}),
    ("receipt", ["receipt", "--trust", "percaya.txt", "check"], SPECIAL | {"folder": (2, "cli.file.folder")}),
    ("trust", ["receipt", "check", "kpu-1.pub", "--trust"], TRUST),
]
CASES = [(name, argv, thing, end) for name, argv, ends in WITHOUT_LEDGER for thing, end in ends.items()]


@pytest.mark.parametrize(("name", "argv", "thing", "end"), CASES, ids=[f"{name}: {thing}" for name, _, thing, _ in CASES])
def test_files_that_are_none(office: OfficeDesk, name: str, argv: list[str], thing: str, end: tuple[int, str]) -> None:
    (office.folder / "percaya.txt").write_text("quorum none\n", "utf-8")
    assert office.refused(*argv, thing) == end


AT_THE_LEDGER: list[tuple[str, list[str], dict[str, tuple[int, str]]]] = [
    ("people", ["key", "batch", "--out", "x", "--yes"], SPECIAL | {"large": (2, "import.refused.line")}),
    ("places", ["import", "--yes"], SPECIAL | {"large": (2, "import.refused.line")}),
    ("proof", ["key", "enrol", "--yes"], SPECIAL),
    ("sheets", ["key", "submit", "--yes"], SPECIAL),
    ("move", ["move", "--accept"], SPECIAL),
    ("backup", ["restore", "--ledger", "baru", "--no-checkpoint", "tidak ada bukti di luar"], SPECIAL | {"large": (2, "backup.foreign")}),
]


@pytest.mark.parametrize("name", [name for name, _, _ in AT_THE_LEDGER])
def test_files_that_are_none_at_the_ledger(office: OfficeDesk, name: str) -> None:
    office.found()
    argv, ends = next((argv, ends) for one, argv, ends in AT_THE_LEDGER if one == name)
    if name == "backup":
        argv = [*argv[:-1], sentence(office)]
    assert {thing: office.refused(*argv, thing) for thing in ends} == ends


def sentence(office: OfficeDesk) -> str:
    from custody.i18n import words

    return words.say("cli.restore.sentence")


@pytest.mark.parametrize(("thing", "code"), [("fifo", "file.special"), ("/dev/zero", "file.special"), ("large", "file.large")])
def test_what_is_held_outside_must_be_a_file(office: OfficeDesk, thing: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        outside(office.folder / thing)
    assert refused.value.code == code


def test_settings_that_are_no_file(office: OfficeDesk) -> None:
    ends = {"fifo": "file.special", "/dev/zero": "file.special", "large": "file.large", "folder": "cli.settings.unreadable"}
    for thing, code in ends.items():
        office.desk.environ["CUSTODY_CONFIG"] = thing
        assert office.refused("ledger", "status") == (2, code)


@pytest.mark.parametrize("thing", ["fifo", "circle", "/dev/zero", "large"])
def test_the_doctor_outlives_what_the_settings_name(office: OfficeDesk, thing: str) -> None:
    office.desk.environ["CUSTODY_TRUST"] = thing
    checks = {one["name"]: one["grade"] for one in office.json("doctor", "--ledger", "circle", exit=1)["checks"]}
    assert checks["trust"] == "bad" and checks["ledger"] == "bad"


def test_a_home_that_nobody_has(office: OfficeDesk) -> None:
    assert office.desk.run("ledger", "status", environ={"CUSTODY_CONFIG": "~niemand-hier/custody.toml"}).exit == 2
    office.desk.environ["CUSTODY_TRUST"] = "~niemand-hier/percaya.txt"
    assert {one["name"]: one["grade"] for one in office.json("doctor", exit=1)["checks"]}["trust"] == "bad"


WRITTEN: list[list[str]] = [
    ["receipt", "0", "--out"],
    ["init", "--deed", "--out"],
    ["move", "--request"],
    ["key", "invite", "--role", "guard", "--out"],
]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the file behind a descriptor is told by Linux only")
@pytest.mark.parametrize("argv", WRITTEN, ids=[" ".join(argv[:2]) for argv in WRITTEN])
def test_a_full_stick_leaves_no_half_file_and_names_it(office: OfficeDesk, argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    office.found()
    (office.folder / "stick").mkdir()
    sync = os.fsync

    def full(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink() == office.folder / "stick" / ".made.new":
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    ended = office.run(*argv, "stick/made")
    assert ended.exit == 10 and '"stick/made"' in ended.err, ended.err
    assert list((office.folder / "stick").iterdir()) == []
    assert office.json("key", "list")["invited"] == []


def test_what_the_system_says_is_said_in_words(office: OfficeDesk) -> None:
    ended = office.run("key", "new", "--name", "baru", "--out", "tiada/baru.key", "--passphrase-file", office.word)
    assert ended.exit == 7 and "tidak dapat ditulis: tidak ada." in ended.err and "No such" not in ended.err
    ended = office.run("key", "show", "circle", "--lang", "en")
    assert ended.exit == 7 and "goes round in a circle" in ended.err


def test_exactly_as_much_as_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read(tmp_path / "file", 5) == b"12345"
    with pytest.raises(Malformed, match=r"file\.large"):
        read(tmp_path / "file", 4)


def test_a_name_that_no_file_can_have(office: OfficeDesk) -> None:
    plan = (office.folder / office.plan()).read_text("utf-8").replace('key = "kpu-1.pub"', 'key = "kpu\\u00001.pub"')
    (office.folder / "plan.toml").write_text(plan, "utf-8")
    assert office.refused("init", "--from", "plan.toml", "--yes") == (7, "key.missing")
