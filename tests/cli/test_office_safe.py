"""custody ledger, backup, restore, move, doctor: one live place, keys for a shift, nothing half done."""

import errno
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.ledger import guard
from tests.cli.office_kit import PASSPHRASE, OfficeDesk


@pytest.fixture
def locked(office: OfficeDesk) -> Iterator[OfficeDesk]:
    """A ledger whose key is unlocked once a shift."""
    argv = ["init", "--from", office.plan("unlocked"), "--ledger-passphrase-file", office.word]
    office.json(*argv, *office.signers("kpu-1", "polri-1", "bawaslu-1"))
    yield office
    office.run("ledger", "lock")


def checkpoint(office: OfficeDesk, name: str = "outside.note") -> str:
    """What somebody outside keeps: the newest checkpoint."""
    from custody.store.sqlite import SqliteStore

    store = SqliteStore.open(office.folder / "ledger")
    head = store.head()
    store.close()
    assert head is not None
    (office.folder / name).write_bytes(head[1])
    return name


# --- the ledger key


def test_locked_it_records_and_does_not_seal(locked: OfficeDesk) -> None:
    (locked.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    answer = locked.json("import", "kangae.csv", *locked.signers())
    assert answer["sealed"] is False and answer["entries"] == []
    status = locked.json("ledger", "status")
    assert (status["size"], status["outbox"], status["key"]["state"]) == (1, 2, "locked")
    ended = locked.run("import", "kangae.csv", *locked.signers())
    assert "TERCATAT, MENUNGGU KUNCI BUKU BESAR" in ended.out


def test_unlock_seals_what_waited_and_lock_forgets(locked: OfficeDesk) -> None:
    (locked.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    locked.json("import", "kangae.csv", *locked.signers())
    opened = locked.json("ledger", "unlock", "--hours", "1", "--passphrase-file", locked.word)
    assert opened["sealed"] == 2 and opened["refused"] == 0
    assert locked.json("ledger", "unlock")["already"] is True
    status = locked.json("ledger", "status")
    assert (status["size"], status["outbox"], status["key"]["state"]) == (3, 0, "unlocked")
    assert locked.json("ledger", "lock")["was_unlocked"] is True
    assert locked.json("ledger", "lock")["was_unlocked"] is False
    assert locked.json("ledger", "status")["key"]["state"] == "locked"


def waiting(office: OfficeDesk) -> list[Path]:
    """Places and boxes, signed while the ledger key was locked."""
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    office.json("import", "kangae.csv", *office.signers())
    return sorted((office.folder / "ledger" / "outbox").glob("*.note"))


def test_what_was_refused_is_cried_until_it_is_dealt_with(locked: OfficeDesk) -> None:
    _, second = waiting(locked)
    good = second.read_bytes()
    second.write_bytes(good.replace(b'"PEM24-', b'"PEM25-', 1))
    ended = locked.run("ledger", "unlock", "--hours", "1", "--passphrase-file", locked.word)
    assert ended.exit == 0 and "masuk buku besar: 1" in ended.err and "DITOLAK" in ended.err and "custody ledger outbox" in ended.err
    assert "DITOLAK" in locked.run("status").out and "DITOLAK" in locked.run("ledger", "status").out
    found = {one["name"]: one["grade"] for one in locked.json("doctor", exit=1)["checks"]}
    assert found["refused"] == "bad"
    (told,) = locked.json("ledger", "outbox", exit=1)["refused"]
    assert told["why"]
    assert len(locked.json("ledger", "outbox", "--again", exit=1)["refused"]) == 1
    (kept,) = (locked.folder / "ledger" / "outbox").iterdir()
    assert locked.json("ledger", "outbox", "--set-aside")["refused"] == []
    assert "DITOLAK" not in locked.run("status").out
    assert [path.suffix for path in kept.parent.iterdir()] == [".aside"]
    kept.write_bytes(good)  # mended: it is taken
    assert locked.json("ledger", "outbox", "--again")["refused"] == []
    assert locked.json("ledger", "status")["size"] == 3
    assert locked.refused("ledger", "outbox", "--again", "--set-aside") == (2, "cli.ledger.outbox.both")


def test_what_had_waited_is_said_also_beside_other_work(locked: OfficeDesk) -> None:
    paths = waiting(locked)
    kept = [(path, path.read_bytes()) for path in paths]
    for path in paths:
        path.unlink()
    locked.json("ledger", "unlock", "--hours", "1", "--passphrase-file", locked.word)
    for path, data in kept:
        path.write_bytes(data)
    argv = ["key", "add", "--role", "authority", "--institution", "kpu", "--out", "baru.key", "--new-passphrase-file", locked.word]
    ended = locked.run(*argv, *locked.signers())
    assert ended.exit == 0 and "2 pernyataan, entri 1–2" in ended.err


def test_unlock_with_wrong_words_and_wrong_keys(locked: OfficeDesk) -> None:
    ended = locked.run("ledger", "unlock", answers=("a", "b", "c"))
    assert ended.exit == 7
    wrong = locked.secret("wrong", "bukan itu")
    assert locked.refused("ledger", "unlock", "--passphrase-file", wrong) == (7, "key.passphrase")
    assert locked.refused("ledger", "unlock", "--key", "kpu-1", "--passphrase-file", locked.word) == (7, "ledger.key.other")


def test_a_passphrase_that_is_no_utf8(office: OfficeDesk) -> None:
    """A passphrase is bytes: whatever a file holds opens what it closed."""
    path = office.folder / "latin"
    path.touch(mode=0o600)
    path.write_bytes(b"sandi r\xe9gu\n")
    argv = ["init", "--from", office.plan("unlocked"), "--ledger-passphrase-file", "latin"]
    office.json(*argv, *office.signers("kpu-1", "polri-1", "bawaslu-1"))
    try:
        assert office.json("ledger", "unlock", "--hours", "1", "--passphrase-file", "latin")["already"] is False
    finally:
        office.run("ledger", "lock")


def test_a_key_in_its_file_needs_no_unlock(founded: OfficeDesk) -> None:
    assert founded.json("ledger", "unlock")["until"] is None
    assert "tidak ada yang perlu dibuka" in founded.run("ledger", "unlock").out


# --- a new ledger key


ROTATIONS = [("at leisure", [], False), ("after a theft", ["--revoke", "stolen"], False), ("after a loss", ["--revoke", "lost"], True)]


@pytest.mark.parametrize(("name", "more", "lost"), ROTATIONS, ids=[case[0] for case in ROTATIONS])
def test_a_new_ledger_key(founded: OfficeDesk, name: str, more: list[str], lost: bool) -> None:
    if lost:
        (founded.folder / "ledger" / "keys" / "ledger").unlink()
        argv = ["key", "revoke", "bawaslu-1", "--reason", "left", *founded.signers()]
        assert founded.refused(*argv) == (7, "ledger.key.missing")
    answer = founded.json("ledger", "rotate", *more, *founded.signers())
    assert len(answer["logs"]) == 2 and len({log.partition("+")[0] for log in answer["logs"]}) == 1
    assert (founded.folder / "ledger" / "policy").read_text().count("log ") == 2
    revoke = founded.json("key", "revoke", "bawaslu-1", "--reason", "left", *founded.signers())
    assert revoke["sealed"]
    verdict = founded.json("verify")
    assert verdict["integrity"] == "consistent"


def test_a_rotation_cut_short_is_completed(founded: OfficeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    from custody_cli.keys import rotation

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "_rename", lambda office: (_ for _ in ()).throw(OSError(5, "cut")))
        assert founded.run("ledger", "rotate", *founded.signers()).exit != 0
    assert founded.json("ledger", "rotate", *founded.signers())["entries"] == []
    assert not (founded.folder / "ledger" / "keys" / "ledger.next").exists()
    assert founded.json("key", "revoke", "bawaslu-1", "--reason", "left", *founded.signers())["sealed"]


def test_a_rotation_under_a_passphrase(locked: OfficeDesk) -> None:
    words = ["--new-passphrase-file", locked.secret("new", "kata sandi yang baru"), "--ledger-passphrase-file", locked.word]
    assert len(locked.json("ledger", "rotate", *words, "--revoke", "rotated", *locked.signers())["entries"]) == 2
    assert locked.refused("ledger", "unlock", "--passphrase-file", locked.word) == (7, "key.passphrase")
    assert locked.json("ledger", "unlock", "--hours", "1", "--passphrase-file", "new")["already"] is False


# --- backup and restore


def test_backup_restore_go_on(founded: OfficeDesk) -> None:
    outside = checkpoint(founded)
    made = founded.json("backup", ".", "--passphrase-file", founded.word)
    assert made["size"] == 3
    assert founded.json("ledger", "status")["backup"]["size"] == 3
    shutil.rmtree(founded.folder / "ledger")
    founded.desk.environ["CUSTODY_LEDGER"] = str(founded.folder / "back")
    answer = founded.json("restore", made["file"], "--against", outside, "--passphrase-file", founded.word)
    assert answer["size"] == 3 and answer["outside"] == 1
    assert {item["key"]: item["name"] for item in founded.json("key", "list")["keys"]}["kpu-1"] == "Pejabat Contoh kpu"
    argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", founded.word]
    assert founded.json(*argv, *founded.signers())["sealed"]


def test_an_older_backup_is_not_continued(founded: OfficeDesk) -> None:
    made = founded.json("backup", ".", "--passphrase-file", founded.word)
    argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", founded.word]
    founded.json(*argv, *founded.signers())
    outside = checkpoint(founded)
    shutil.rmtree(founded.folder / "ledger")
    restore = ["restore", made["file"], "--ledger", "back", "--passphrase-file", founded.word]
    assert founded.refused(*restore, "--against", outside) == (3, "restore.older")
    typed = "Saya menyatakan tidak ada titik periksa di luar kantor"
    assert founded.refused(*restore, "--no-checkpoint", typed) == (3, "guard.behind")  # this machine itself remembers
    assert not (founded.folder / "back").exists()
    shutil.rmtree(founded.folder / "state")
    assert founded.json(*restore, "--no-checkpoint", typed)["size"] == 3
    assert "titik periksa" in (founded.folder / "back" / "restored.json").read_text("utf-8")


def test_a_ledger_on_a_disk_that_can_only_be_read_is_backed_up(founded: OfficeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tempfile.mkdtemp

    def mkdtemp(suffix: str | None = None, prefix: str | None = None, dir: object = None) -> str:
        if dir is not None and Path(str(dir)).name == "ledger":
            raise OSError(errno.EROFS, "Read-only file system", str(dir))
        return made(suffix, prefix, None if dir is None else str(dir))

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    assert founded.json("backup", ".", "--passphrase-file", founded.word)["size"] == 3


def test_one_passphrase_for_all_backups(founded: OfficeDesk) -> None:
    first = founded.run("backup", "a.backup", answers=("kata sandi satu", "kata sandi satu"))
    assert first.exit == 0 and "kartu" in first.err and "kartu" in first.out
    again = founded.run("backup", "b.backup", answers=("kata sandi saru", "kata sandi satu"))
    assert again.exit == 0 and "27 November 2024" in again.err and "WITA" in again.err, again.err
    other = founded.run("backup", "c.backup", answers=("x", "y", "z", "y", "kata sandi dua", "kata sandi dua"))
    assert other.exit == 0
    assert founded.refused("backup", "d.backup", answers=("x", "y", "z", "t")) == (7, "backup.passphrase")
    ended = founded.run("backup", "e.backup", "--passphrase-file", founded.word)
    assert ended.exit == 0 and "lain daripada" in ended.err


def test_restore_asks_three_times_and_shows_the_clock_of_the_office(founded: OfficeDesk) -> None:
    outside = checkpoint(founded)
    made = founded.json("backup", ".", "--passphrase-file", founded.word)
    shutil.rmtree(founded.folder / "ledger")
    argv = ["restore", made["file"], "--ledger", "back", "--against", outside]
    ended = founded.run(*argv, answers=("salah", "salah lagi", PASSPHRASE))
    assert ended.exit == 0, ended.err
    assert "Kata sandi salah" in ended.err and ended.err.count("cadangan") >= 1


def test_restore_asks_for_something_outside(founded: OfficeDesk) -> None:
    made = founded.json("backup", ".", "--passphrase-file", founded.word)
    restore = ["restore", made["file"], "--ledger", "back", "--passphrase-file", founded.word]
    assert founded.refused(*restore) == (2, "cli.restore.which")
    assert founded.refused(*restore, "--no-checkpoint", "tidak ada") == (2, "cli.restore.typed")
    (founded.folder / "outside.note").write_bytes(b"bukan apa-apa\n")
    assert founded.refused(*restore, "--against", "outside.note")[0] == 2


def test_restore_never_overwrites_nor_makes_a_second_live_one(founded: OfficeDesk) -> None:
    outside = checkpoint(founded)
    made = founded.json("backup", ".", "--passphrase-file", founded.word)
    restore = ["restore", made["file"], "--against", outside, "--passphrase-file", founded.word]
    assert founded.refused(*restore, "--ledger", "ledger") == (8, "restore.exists")
    assert founded.refused(*restore, "--ledger", "back") == (8, "restore.live")
    assert not (founded.folder / "back").exists()
    assert [path.name for path in founded.folder.iterdir() if path.name.startswith(".")] == []


def test_wrong_passphrase_three_times(founded: OfficeDesk) -> None:
    outside = checkpoint(founded)
    made = founded.json("backup", ".", "--passphrase-file", founded.word)
    ended = founded.run("restore", made["file"], "--ledger", "back", "--against", outside, answers=("a", "b", "c"))
    assert ended.exit == 7 and "cadangan" in ended.err


def _last_chunk(data: bytes) -> int:
    """How many bytes the last chunk has."""
    head = len(b"".join(data.split(b"\n", 3)[:3])) + 3
    return (len(data) - head) % (65_536 + 16) or 65_536 + 16


DAMAGE = [
    ("cut in the middle", lambda data: data[: len(data) // 2], (3, {"backup.cut", "backup.damaged"})),
    ("last byte gone", lambda data: data[:-1], (3, {"backup.cut", "backup.damaged"})),
    ("last chunk gone", lambda data: data[: len(data) - _last_chunk(data)], (3, {"backup.cut"})),
    ("a bit in a chunk", lambda data: data[:-50] + bytes([data[-50] ^ 1]) + data[-49:], (3, {"backup.damaged", "backup.cut"})),
    ("a bit in the head", lambda data: data.replace(b'"size":3', b'"size":4'), (7, {"backup.passphrase"})),
    ("something behind", lambda data: data + b"x", (3, {"backup.damaged", "backup.cut"})),
    ("no backup at all", lambda data: b"%PDF-1.7" + data, (2, {"backup.foreign"})),
    ("of a newer program", lambda data: data.replace(b"backup/v1", b"backup/v2", 1), (2, {"backup.newer"})),
    ("empty", lambda data: b"", (2, {"backup.foreign"})),
]


@pytest.mark.parametrize(("name", "change", "expected"), DAMAGE, ids=[case[0] for case in DAMAGE])
def test_damaged_backups_leave_nothing(founded: OfficeDesk, name: str, change: object, expected: tuple[int, set[str]]) -> None:
    outside = checkpoint(founded)
    made = founded.json("backup", "b.backup", "--passphrase-file", founded.word)
    (founded.folder / "bad.backup").write_bytes(change(Path(founded.folder / made["file"]).read_bytes()))  # type: ignore[operator]
    shutil.rmtree(founded.folder / "ledger")
    argv = ["restore", "bad.backup", "--ledger", "back", "--against", outside, "--passphrase-file", founded.word]
    code, error = founded.refused(*argv)
    assert code == expected[0] and error in expected[1], error
    assert not (founded.folder / "back").exists()
    assert [path.name for path in founded.folder.iterdir() if path.name.startswith(".")] == []


def test_a_backup_is_not_overwritten(founded: OfficeDesk) -> None:
    founded.json("backup", "b.backup", "--passphrase-file", founded.word)
    assert founded.refused("backup", "b.backup", "--passphrase-file", founded.word) == (8, "backup.exists")


def test_the_backup_holds_no_plain_word(founded: OfficeDesk) -> None:
    made = founded.json("backup", "b.backup", "--passphrase-file", founded.word)
    data = Path(founded.folder / made["file"]).read_bytes()
    assert b"Pejabat Contoh" not in data and b"SQLite format" not in data and b"Operasi Contoh" not in data


# --- moving


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> object:
    """Says which computer the next command runs on."""

    def sit(office: OfficeDesk, name: str) -> None:
        monkeypatch.setattr(guard, "_system_id", lambda: name)
        office.desk.environ["CUSTODY_STATE"] = str(office.folder / f"state-{name}")

    return sit


def test_to_another_computer_and_back(office: OfficeDesk, machine: object) -> None:
    sit = machine
    assert callable(sit)
    sit(office, "lama")
    office.found()
    office.kangae()
    sit(office, "baru")
    office.json("move", "--request", "to-new.request")
    sit(office, "lama")
    argv = ["move", "--to", "to-new.request", "--key", "kpu-1", "--passphrase-file", office.word, "--yes"]
    assert office.json(*argv, "--out", "to-new.note")["size"] == 3
    revoke = ["key", "revoke", "bawaslu-1", "--reason", "left", *office.signers()]
    assert office.refused(*revoke) == (8, "guard.moved")
    assert office.json(*argv, "--out", "again.note")["size"] == 3
    assert (office.folder / "again.note").read_bytes() == (office.folder / "to-new.note").read_bytes()
    shutil.copytree(office.folder / "ledger", office.folder / "new")
    assert office.refused("move", "--accept", "to-new.note", "--ledger", "new") == (8, "move.other-machine")
    sit(office, "baru")
    assert office.refused(*revoke, "--ledger", "new") == (8, "guard.missing")
    assert office.json("move", "--accept", "to-new.note", "--ledger", "new")["size"] == 3
    assert office.json(*revoke, "--ledger", "new")["sealed"]
    shutil.copytree(office.folder / "ledger", office.folder / "copy")
    assert office.refused("move", "--accept", "to-new.note", "--ledger", "copy") == (8, "move.live")
    assert office.refused(*revoke, "--ledger", "copy") == (8, "guard.path")


def test_a_note_counts_once(office: OfficeDesk, machine: object) -> None:
    """There, and back without anything having been appended: the first note must not open the copy over there again."""
    sit = machine
    assert callable(sit)
    sit(office, "lama")
    office.found()
    sign = ["--key", "kpu-1", "--passphrase-file", office.word, "--yes"]
    for here, there in (("lama", "baru"), ("baru", "lama")):
        sit(office, there)
        office.json("move", "--request", f"{there}.request")
        sit(office, here)
        office.json("move", "--to", f"{there}.request", "--out", f"{there}.note", *sign)
        sit(office, there)
        assert office.json("move", "--accept", f"{there}.note")["size"] == 1
    sit(office, "baru")
    assert office.refused("move", "--accept", "baru.note") == (8, "move.used")


def test_an_older_copy_is_not_accepted(office: OfficeDesk, machine: object) -> None:
    sit = machine
    assert callable(sit)
    sit(office, "lama")
    office.found()
    shutil.copytree(office.folder / "ledger", office.folder / "early")
    office.kangae()
    sit(office, "baru")
    office.json("move", "--request", "r")
    sit(office, "lama")
    office.json("move", "--to", "r", "--key", "kpu-1", "--passphrase-file", office.word, "--yes", "--out", "n")
    sit(office, "baru")
    assert office.refused("move", "--accept", "n", "--ledger", "early") == (3, "move.other-head")


def test_a_renamed_folder_on_the_same_computer(founded: OfficeDesk) -> None:
    (founded.folder / "ledger").rename(founded.folder / "renamed")
    founded.desk.environ["CUSTODY_LEDGER"] = str(founded.folder / "renamed")
    revoke = ["key", "revoke", "bawaslu-1", "--reason", "left", *founded.signers()]
    assert founded.refused(*revoke) == (8, "guard.path")
    sign = ["--key", "polri-1", "--passphrase-file", founded.word, "--yes"]
    shutil.copytree(founded.folder / "renamed", founded.folder / "ledger")
    assert founded.refused("move", "--here", *sign) == (8, "move.both")
    shutil.rmtree(founded.folder / "ledger")
    assert founded.json("move", "--here", *sign)["size"] == 3
    assert founded.json(*revoke)["sealed"]
    assert founded.refused("move", "--here", *sign) == (8, "move.same")


def test_who_may_not_move_a_ledger(founded: OfficeDesk) -> None:
    argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", founded.word]
    founded.json(*argv, *founded.signers())
    founded.json("move", "--request", "r")
    move = ["move", "--to", "r", "--passphrase-file", founded.word, "--yes", "--out", "n"]
    assert founded.refused(*move, "--key", "g.key") == (3, "move.signature")
    assert founded.refused(*move) == (2, "cli.move.key")
    assert founded.json("ledger", "status")["guard"] == "here"


# --- doctor


@pytest.fixture
def stick(founded: OfficeDesk) -> Iterator[Path]:
    """A folder on another disk than the ledger's."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == founded.folder.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_a_backup_on_the_disk_of_the_ledger_is_wrong(founded: OfficeDesk) -> None:
    founded.desk.now = datetime.now(UTC)
    founded.json("backup", ".", "--passphrase-file", founded.word)
    answer = founded.json("doctor", exit=1)
    assert {check["name"]: check["grade"] for check in answer["checks"]}["backup.disk"] == "bad"
    (mark,) = (founded.folder / "state").glob("*.backup")
    mark.write_text(json.dumps({name: value for name, value in json.loads(mark.read_text()).items() if name != "same_disk"}))
    answer = founded.json("doctor")
    assert {check["name"]: check["grade"] for check in answer["checks"]}["backup.disk"] == "warn"


def test_the_word_of_the_card_is_no_file_name(founded: OfficeDesk) -> None:
    """`custody backup FLASHDISK`, typed as it stands: no file of that name beside the ledger."""
    ended = founded.run("backup", "FLASHDISK", "--passphrase-file", founded.word)
    assert ended.exit == 2 and "Tidak ada folder FLASHDISK" in ended.err, ended.err
    assert not (founded.folder / "FLASHDISK").exists()


def test_a_fit_computer(founded: OfficeDesk, stick: Path) -> None:
    founded.desk.now = datetime.now(UTC)
    founded.json("backup", str(stick), "--passphrase-file", founded.word)
    answer = founded.json("doctor")
    found = {check["name"]: check["grade"] for check in answer["checks"]}
    assert answer["fit"] and found["clock"] == "good"
    assert found["key"] == found["place"] == found["files"] == found["backup"] == "good"


TROUBLE = [
    ("a key that others can read", "key", lambda ledger: (ledger / "keys" / "ledger").chmod(0o644)),
    ("a key that is gone", "key", lambda ledger: (ledger / "keys" / "ledger").unlink()),
    ("a trust file that is gone", "policy", lambda ledger: (ledger / "policy").unlink()),
    ("a trust file of another ledger", "policy", lambda ledger: (ledger / "policy").write_text("quorum none\n")),
    ("never backed up", "backup", lambda ledger: None),
]


@pytest.mark.parametrize(("name", "check", "harm"), TROUBLE, ids=[case[0] for case in TROUBLE])
def test_doctor_finds(founded: OfficeDesk, name: str, check: str, harm: object) -> None:
    harm(founded.folder / "ledger")  # type: ignore[operator]
    answer = founded.json("doctor", exit=1)
    assert {one["name"]: one["grade"] for one in answer["checks"]}[check] == "bad"


def test_a_clock_behind_its_own_files(founded: OfficeDesk) -> None:
    answer = founded.json("doctor", exit=1)  # the desk's clock stands in 2024, its files are of today
    assert {check["name"]: check["grade"] for check in answer["checks"]}["clock"] == "bad"


def test_doctor_without_a_ledger(office: OfficeDesk) -> None:
    office.desk.now = datetime.now(UTC)
    assert {one["name"]: one["grade"] for one in office.json("doctor", exit=1)["checks"]}["ledger"] == "bad"
    del office.desk.environ["CUSTODY_LEDGER"]
    assert {one["name"]: one["grade"] for one in office.json("doctor")["checks"]}["ledger"] == "warn"


SCANS = [
    ("right", "UJI:ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789/UJI", "good"),
    ("caps lock", "uji:abcdefghijklmnopqrstuvwxyz-0123456789/uji", "warn"),
    ("another code", "8998866200301", "bad"),
]


@pytest.mark.parametrize(("name", "typed", "grade"), SCANS, ids=[case[0] for case in SCANS])
def test_the_scanner(founded: OfficeDesk, name: str, typed: str, grade: str) -> None:
    ended = founded.run("doctor", "--scanner", answers=(typed,))
    word = {"good": "terbaca benar", "warn": "dibetulkan", "bad": "tidak terbaca"}[grade]
    assert word in ended.out


def test_folders_that_are_no_ledger(office: OfficeDesk) -> None:
    assert office.refused("ledger", "status") == (5, "ledger.none")
    (office.folder / "ledger").mkdir()
    assert office.refused("ledger", "status") == (5, "ledger.none")
    office.json("init", "--from", office.plan(), "--yes")
    assert office.refused("ledger", "status") == (5, "ledger.unfounded")


def test_passphrases_are_never_shown(founded: OfficeDesk) -> None:
    ended = founded.run("backup", "b.backup", answers=(PASSPHRASE, PASSPHRASE))
    assert ended.exit == 0 and PASSPHRASE not in ended.err + ended.out


def test_projections_are_computed_again(founded: OfficeDesk) -> None:
    db = sqlite3.connect(founded.folder / "ledger" / "ledger.db")
    db.execute("DELETE FROM box")
    db.execute("DELETE FROM fact")
    db.commit()
    db.close()
    founded.desk.now = datetime.now(UTC)
    assert founded.refused("key", "list")[1] == "projection.missing"
    assert founded.json("doctor", "--rebuild", exit=1)["rebuilt"] == 3  # never backed up
    assert len(founded.json("key", "list")["keys"]) == 3
