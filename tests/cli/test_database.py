"""A ledger in PostgreSQL as it is typed: founded there, carried there and back, backed up, moved, put back by mistake."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from custody.ledger import guard
from custody.store.postgres import PostgresStore
from custody.store.postgres_address import Address
from tests.cli.office_kit import AUTHORITIES, ROOT, OfficeDesk
from tests.cluster import Server, copied, dropped


@pytest.fixture
def carried(founded: OfficeDesk, database: str) -> OfficeDesk:
    assert founded.json("move", "--to-database", database, "--yes")["size"] == 3
    return founded


def appended(office: OfficeDesk, *more: str) -> list[str]:
    """A command that adds one entry."""
    return ["key", "revoke", "bawaslu-1", "--reason", "left", *office.signers(), *more]


def test_the_script_of_the_command_is_what_the_servers_here_run(office: OfficeDesk, database: str) -> None:
    script = office.json("database")["sql"]
    assert "CREATE TABLE custody.entry" in script and "ENABLE ALWAYS TRIGGER" in script
    assert office.run("database", "--out", "siapkan.sql").exit == 0
    assert (office.folder / "siapkan.sql").read_text() == script
    assert "TO penulis;" in office.json("database", "--application", "penulis")["sql"]
    assert office.refused("database", "--owner", "a; DROP") == (2, "database.role")


def test_founded_in_a_database_and_worked_there(office: OfficeDesk, database: str) -> None:
    argv = ["init", "--from", office.plan(), "--database", database, *office.signers(*AUTHORITIES)]
    office.json(*argv)
    office.kangae()
    assert not list((office.folder / "ledger").glob("*.db*"))
    assert office.json(*appended(office))["sealed"]
    assert office.json("verify")["size"] == 4
    assert {item["key"]: item["name"] for item in office.json("key", "list")["keys"]}["kpu-1"] == "Pejabat Contoh kpu"
    with closing(PostgresStore.open(database)) as store:
        assert store.size() == 4
    checks = {one["name"]: one["grade"] for one in office.json("doctor", exit=1)["checks"]}
    assert (checks["ledger"], checks["database"], checks["files"], checks["place"]) == ("good",) * 4


def test_founding_stops_before_anybody_signs_where_the_database_will_not_do(office: OfficeDesk, founded: OfficeDesk, database: str) -> None:
    argv = ["init", "--from", office.plan(), *office.signers(*AUTHORITIES), "--ledger", "other", "--database"]
    assert office.refused(*argv, "postgresql://custody_app:rahasia@db1/custody") == (8, "database.secret")
    assert office.refused(*argv, database.replace("/ledger_", "/tidak_ada_"))[1] == "database.missing"
    founded.json("move", "--to-database", database, "--yes")
    assert office.refused(*argv, database) == (8, "store.other")
    assert not (office.folder / "other").exists()


def test_there_and_back_it_is_the_same_ledger(founded: OfficeDesk, database: str) -> None:
    before = founded.json("verify")
    names = founded.json("key", "list")
    assert founded.json("move", "--to-database", database, "--yes")["size"] == 3
    assert founded.json("verify") == before and founded.json("key", "list") == names
    assert founded.json(*appended(founded))["sealed"]
    assert founded.refused("move", "--to-database", database, "--yes") == (8, "store.same")
    there = founded.json("verify")
    assert founded.json("move", "--to-sqlite", "--yes")["size"] == 4
    assert founded.json("verify") == there and there["size"] == 4
    assert founded.refused("move", "--to-sqlite", "--yes") == (8, "store.same")
    argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", founded.word]
    assert founded.json(*argv, *founded.signers())["sealed"]
    assert founded.json("move", "--to-database", database, "--yes")["size"] == 5
    assert founded.json("verify")["size"] == 5


def test_the_file_that_was_left_is_no_ledger_any_more(carried: OfficeDesk) -> None:
    folder = carried.folder / "ledger"
    carried.json(*appended(carried))
    (folder / "database.toml").rename(carried.folder / "kept.toml")
    for argv in (["status"], ["verify"], appended(carried)):
        assert carried.refused(*argv) == (8, "store.moved"), argv
    (carried.folder / "kept.toml").rename(folder / "database.toml")
    assert carried.json("verify")["size"] == 4


def test_an_old_copy_of_the_folder_adds_nothing(founded: OfficeDesk, database: str) -> None:
    """Two offices by mistake on one computer: the copy was made before the rows went to the database, or after."""
    shutil.copytree(founded.folder / "ledger", founded.folder / "before")
    founded.json("move", "--to-database", database, "--yes")
    shutil.copytree(founded.folder / "ledger", founded.folder / "after")
    founded.json(*appended(founded))
    for copy in ("before", "after"):
        assert founded.refused(*appended(founded, "--ledger", copy))[1] in ("guard.path", "guard.behind"), copy
        assert founded.refused("move", "--to-database", database, "--yes", "--ledger", copy)[1] in (
            "guard.path",
            "store.same",
            "guard.behind",
        )
    assert founded.json("verify")["size"] == 4


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Callable[[OfficeDesk, str], None]:
    """Sit down at a computer: its id and its own state folder."""

    def at(office: OfficeDesk, name: str) -> None:
        monkeypatch.setattr(guard, "_system_id", lambda: name)
        office.desk.environ["CUSTODY_STATE"] = str(office.folder / f"state-{name}")

    return at


def test_two_offices_by_mistake_on_two_computers(office: OfficeDesk, database: str, sit: Callable[[OfficeDesk, str], None]) -> None:
    sit(office, "satu")
    office.found()
    office.kangae()
    office.json("move", "--to-database", database, "--yes")
    shutil.copytree(office.folder / "ledger", office.folder / "second")
    shutil.copytree(office.folder / "state-satu", office.folder / "state-tiruan")
    sit(office, "dua")
    assert office.json("verify", "--ledger", "second")["size"] == 3  # looking is free
    assert office.refused(*appended(office, "--ledger", "second")) == (8, "guard.missing")
    sit(office, "tiruan")  # with the state folder copied as well
    assert office.refused(*appended(office, "--ledger", "second")) == (8, "guard.machine")
    sit(office, "satu")
    assert office.json(*appended(office))["sealed"]


def test_the_office_goes_to_another_computer_and_its_rows_stay_where_they_are(
    office: OfficeDesk, database: str, sit: Callable[[OfficeDesk, str], None]
) -> None:
    sit(office, "satu")
    office.found()
    office.kangae()
    office.json("move", "--to-database", database, "--yes")
    sit(office, "dua")
    office.json("move", "--request", "to.request")
    sit(office, "satu")
    office.json("move", "--to", "to.request", "--key", "kpu-1", "--passphrase-file", office.word, "--yes", "--out", "to.note")
    assert office.refused(*appended(office)) == (8, "guard.moved")
    shutil.copytree(office.folder / "ledger", office.folder / "new")
    sit(office, "dua")
    assert office.json("move", "--accept", "to.note", "--ledger", "new")["size"] == 3
    assert office.json(*appended(office, "--ledger", "new"))["sealed"]


def test_an_older_database_put_back_is_not_written_on(carried: OfficeDesk, cluster: Server, database: str) -> None:
    """A dump from yesterday, a restore to an earlier moment, a standby that lagged behind and was promoted: all look whole."""
    name = Address.parse(database).database
    cluster.sql(f"CREATE DATABASE older TEMPLATE {name}")
    try:
        cluster.sql("REVOKE ALL ON DATABASE older FROM PUBLIC", "GRANT CONNECT ON DATABASE older TO custody_app")
        assert carried.json(*appended(carried))["sealed"]
        settings = carried.folder / "ledger" / "database.toml"
        settings.write_text(settings.read_text().replace(f"/{name}?", "/older?"))
        assert carried.json("verify", exit=3)["faults"][0]["code"] == "outside.longer"  # this machine's guard knows of more
        argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", carried.word]
        assert carried.refused(*argv, *carried.signers()) == (3, "guard.behind")
        settings.write_text(settings.read_text().replace("/older?", f"/{name}?"))
        assert carried.json(*argv, *carried.signers())["sealed"]
    finally:
        cluster.sql("DROP DATABASE older WITH (FORCE)")


def test_a_backup_of_a_database_is_a_ledger_in_a_folder(carried: OfficeDesk, cluster: Server) -> None:
    receipt = carried.json("receipt", "2", "--out", "two.receipt")
    assert receipt
    made = carried.json("backup", ".", "--passphrase-file", carried.word)
    assert made["size"] == 3
    before = carried.json("verify")
    names = carried.json("key", "list")
    shutil.move(carried.folder / "ledger", carried.folder / "burnt")
    carried.desk.environ["CUSTODY_LEDGER"] = str(carried.folder / "back")
    answer = carried.json("restore", made["file"], "--against", "two.receipt", "--passphrase-file", carried.word)
    assert answer["size"] == 3
    assert (carried.folder / "back" / "ledger.db").exists() and not (carried.folder / "back" / "database.toml").exists()
    assert carried.json("verify") == before
    assert carried.json("key", "list") == names
    fresh = copied(cluster)
    try:
        assert carried.json("move", "--to-database", fresh, "--yes")["size"] == 3
        assert carried.json(*appended(carried))["sealed"]
    finally:
        dropped(cluster, fresh)


def test_the_offices_computer_is_lost_and_the_database_lives_on(
    office: OfficeDesk, database: str, sit: Callable[[OfficeDesk, str], None]
) -> None:
    """Keys and folder come from a backup that is older than the ledger; the rows are judged where they lie."""
    sit(office, "satu")
    office.found()
    office.kangae()
    office.json("move", "--to-database", database, "--yes")
    made = office.json("backup", ".", "--passphrase-file", office.word)
    office.json(*appended(office))
    office.json("receipt", "3", "--out", "three.receipt")
    shutil.rmtree(office.folder / "ledger")
    sit(office, "dua")
    office.desk.environ["CUSTODY_LEDGER"] = str(office.folder / "new")
    argv = ["restore", made["file"], "--against", "three.receipt", "--passphrase-file", office.word]
    assert office.refused(*argv) == (3, "restore.older")  # the rows of the backup alone are too few
    assert office.json(*argv, "--database", database)["size"] == 4
    assert not list((office.folder / "new").glob("*.db*"))
    word = ["key", "add", "--role", "guard", "--place", "530719", "--out", "g.key", "--new-passphrase-file", office.word]
    assert office.json(*word, *office.signers())["sealed"]
    office.json("move", "--to-sqlite", "--yes")
    shutil.rmtree(office.folder / "new")
    sit(office, "tiga")
    assert office.refused(*argv, "--database", database) == (8, "store.moved")  # the ledger has left it
    assert not (office.folder / "new").exists()


def test_a_move_cut_off_after_the_old_place_was_closed(founded: OfficeDesk, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from custody.ledger.dwelling import Dwelling

    def cut(*_: object) -> None:
        raise OSError(28, "penuh", "database.toml")

    with monkeypatch.context() as patch:
        patch.setattr(Dwelling, "write", cut)
        assert founded.run("move", "--to-database", database, "--yes").exit != 0
    for argv in (["status"], appended(founded)):
        assert founded.refused(*argv) == (8, "store.moved")  # neither place takes anything, and says what to do
    assert founded.json("move", "--to-database", database, "--yes")["size"] == 3
    assert founded.json(*appended(founded))["sealed"]
    with monkeypatch.context() as patch:
        patch.setattr(Dwelling, "write", cut)
        assert founded.run("move", "--to-sqlite", "--yes").exit != 0
    assert founded.refused("move", "--to-database", database.replace("/ledger_", "/lain_"), "--yes") == (8, "database.other")
    assert founded.json("move", "--to-sqlite", "--yes")["size"] == 4
    assert founded.json("verify")["size"] == 4


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("no toml", "url =", "ledger.settings"),
        ("no url", 'format = 1\nlives = "database"\n', "ledger.settings"),
        ("a place that is none", 'format = 1\nurl = "postgresql://a@b/c"\nlives = "awan"\n', "ledger.settings"),
        ("a key more", 'format = 1\nurl = "postgresql://a@b/c"\nlives = "database"\nx = 1\n', "ledger.settings"),
        ("newer", 'format = 2\nurl = "postgresql://a@b/c"\nlives = "database"\n', "store.newer"),
        ("a password", 'format = 1\nurl = "postgresql://a:rahasia@b/c"\nlives = "database"\n', "database.secret"),
        ("another database", 'format = 1\nurl = "mysql://b/c"\nlives = "database"\n', "database.url"),
    ],
)
def test_settings_that_nobody_wrote(founded: OfficeDesk, name: str, text: str, code: str) -> None:
    (founded.folder / "ledger" / "database.toml").write_text(text)
    assert founded.refused("status")[1] == code


def test_the_settings_hold_no_password_and_are_their_owners_alone(carried: OfficeDesk) -> None:
    path = carried.folder / "ledger" / "database.toml"
    assert path.stat().st_mode & 0o077 == 0
    assert "custody_app" in path.read_text() and "password=" not in path.read_text()


def test_what_was_left_in_the_folder_is_still_a_whole_file(carried: OfficeDesk) -> None:
    with closing(sqlite3.connect(Path(carried.folder) / "ledger" / "ledger.db")) as database:
        assert database.execute("SELECT count(*), min(turn) FROM entry, head").fetchone() == (3, -1)


def test_without_the_extra_custody_says_what_to_install(office: OfficeDesk) -> None:
    """In a Python of its own, where psycopg cannot be imported."""
    code = """
import sys
sys.modules["psycopg"] = None
from custody.assembly.placing import in_database
from custody.core.errors import Refused
from custody_cli.main import main
try:
    in_database("postgresql://custody_app@db1/custody")
except Refused as error:
    print(error.code)
main(["database"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.startswith("database.driver\n") and "CREATE SCHEMA custody" in done.stdout, done.stderr
