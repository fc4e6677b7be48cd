"""Servers that come back with less than was acknowledged: they look whole, and the guard outside of them refuses to go on."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody import assembly
from custody.assembly.auditing import verify_office
from custody.core.errors import Altered, CustodyError
from custody.core.verdict import Verdict
from custody.ledger.commits import Commits
from custody.ledger.receipt import Receipt
from custody.ledger.restore import outside
from custody.store.postgres import PostgresStore
from fixtures.smalloffice import MACHINE, SmallOffice
from fixtures.smallworld import place
from tests.cluster import Server, in_memory, own_place, require_server
from tests.faults.pair import Pair

Note = Callable[[str, object], None]


class Worked:
    """A small office whose rows lie in a server, and the receipts that it handed out."""

    def __init__(self, root: Path, url: str) -> None:
        self.office, self.url = SmallOffice(root), url
        self.receipts: list[Receipt] = []
        assembly.carried(self.office.folder, url, state_dir=self.office.state, machine=MACHINE)

    def work(self, count: int) -> None:
        with self.office.open() as opened:
            for _ in range(count):
                code = f"53{len(self.receipts):02d}"
                drafted = opened.draft("places", legs=[], places=[place(code, "kabupaten", f"Kabupaten Contoh {code}", None)])
                self.receipts += opened.submit([self.office.signed(drafted, "kpu-1", "polri-1")]).receipts

    def refused(self) -> str:
        """What the office says when somebody wants to go on."""
        with pytest.raises(CustodyError) as caught, self.office.open():
            pass
        return caught.value.code

    def verified(self) -> Verdict:
        """The judgment over what lies in the server now, with the newest receipt held outside."""
        with self.office.open(write=False) as opened:
            held = [outside("tanda terima", self.receipts[-1].format())]
            return verify_office(opened, None, held)

    def unwitnessed(self) -> Verdict:
        with self.office.open(write=False) as opened:
            return verify_office(opened, None, [])


@pytest.fixture
def server() -> Iterator[Server]:
    require_server()
    made = Server(own_place(in_memory()), settings={"max_wal_senders": "3", "full_page_writes": "on"})
    made.make()
    with (made.data / "pg_hba.conf").open("a") as file:
        file.write("host replication all 127.0.0.1/32 trust\n")
    made.start()
    yield made
    made.throw_away()


def judged(worked: Worked) -> None:
    """Held against this machine's guard the shorter one is not the ledger, nor held against one receipt; nothing is appended to it."""
    assert "outside.longer" in {fault.code for fault in worked.unwitnessed().faults}
    assert "outside.longer" in {fault.code for fault in worked.verified().faults}
    assert worked.refused() == "guard.behind"


def test_an_older_base_backup_is_put_back(server: Server, tmp_path: Path) -> None:
    worked = Worked(tmp_path, server.prepared("ledger"))
    worked.work(3)
    backup = server.place / "backup"
    server.run(
        "pg_basebackup", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "-D", str(backup), "-X", "stream", "-c", "fast"
    )
    worked.work(4)
    server.stop("fast")
    shutil.rmtree(server.data)
    backup.rename(server.data)
    server.start()
    judged(worked)


def test_the_end_of_the_write_ahead_log_is_gone(server: Server, tmp_path: Path) -> None:
    """A server that was killed reads its log back; where the log is cut it comes up as if the rest had never been."""
    worked = Worked(tmp_path, server.prepared("ledger"))
    server.sql("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")
    worked.work(6)
    server.kill()
    server.forget()
    newest = max((server.data / "pg_wal").glob("0*"), key=lambda path: path.stat().st_mtime)
    data = bytearray(newest.read_bytes())
    used = len(data.rstrip(b"\0"))
    cut_at = max(used // 2, used - 20_000)
    data[cut_at:] = bytes(len(data) - cut_at)
    newest.write_bytes(data)
    server.start()
    with closing(PostgresStore.open(worked.url)) as store:
        assert store.size() < 7
    judged(worked)


def test_a_standby_that_lagged_behind_is_promoted(tmp_path: Path) -> None:
    """Somebody promotes an asynchronous standby, or the wrong one."""
    require_server()
    pair = Pair.made(synchronous=False)
    try:
        worked = Worked(tmp_path, pair.url)
        worked.work(2)
        pair.wait("async")
        pair.standby.sql("SELECT pg_wal_replay_pause()")
        pair.line.silent.set()
        pair.line.cut()
        worked.work(3)
        pair.primary.kill()
        pair.standby.sql("SELECT pg_wal_replay_resume()")
        pair.standby.promote()
        judged(worked)
    finally:
        pair.throw_away()


def test_a_failover_with_the_synchronous_standby_is_none_of_that(tmp_path: Path) -> None:
    require_server()
    pair = Pair.made()
    try:
        worked = Worked(tmp_path, pair.url)
        worked.work(3)
        pair.primary.kill()
        pair.standby.promote()
        worked.work(2)
        assert worked.verified().fault_count == 0
        with worked.office.open(write=False) as opened:
            for receipt in worked.receipts:
                assert opened.ledger.note(receipt.index) == receipt.note
    finally:
        pair.throw_away()


def test_two_servers_that_both_went_on(server: Server, tmp_path: Path) -> None:
    """A restored copy was written on elsewhere, with a guard of its own; the first guard sees that it is another ledger."""
    worked = Worked(tmp_path / "one", server.prepared("ledger"))
    worked.work(3)
    server.sql("CREATE DATABASE other TEMPLATE ledger", "REVOKE ALL ON DATABASE other FROM PUBLIC")
    server.sql("GRANT CONNECT ON DATABASE other TO custody_app")
    shutil.copytree(worked.office.state, tmp_path / "state")
    worked.work(2)
    settings = worked.office.folder / "database.toml"
    before = settings.read_text()
    settings.write_text(before.replace(worked.url, server.url("other")))
    with worked.office.open(state=tmp_path / "state") as opened:  # the other office, with what it knew
        for at in range(3):
            one = opened.draft("places", legs=[], places=[place(f"54{at:02d}", "kabupaten", "Kabupaten Contoh Lain", None)])
            opened.submit([worked.office.signed(one, "kpu-1", "polri-1")])
    with pytest.raises(Altered) as caught, worked.office.open():
        pass
    assert caught.value.code == "guard.fork"
    settings.write_text(before)
    worked.work(1)


def test_an_office_with_eight_writers_does_not_notice_a_failover(tmp_path: Path, record_property: Note) -> None:
    """Group commit, the guard, and trying again, all in use: every thread gets its receipt, and every receipt holds afterwards."""
    require_server()
    pair = Pair.made()
    try:
        worked = Worked(tmp_path, pair.url)
        receipts: list[Receipt] = []
        with worked.office.open() as opened:
            together = Commits(opened.ledger)

            notes = [
                worked.office.signed(opened.draft("places", legs=[], places=[row]), "kpu-1", "polri-1")
                for row in (place(f"53{at:02d}", "kabupaten", f"Kabupaten Contoh {at}", None) for at in range(96))
            ]

            def work(name: int) -> None:
                for note in notes[name::8]:
                    receipts.append(together.append(note))

            threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
            for thread in threads:
                thread.start()
            while len(receipts) < 30:
                time.sleep(0.01)
            pair.primary.kill()
            pair.standby.promote()
            for thread in threads:
                thread.join(timeout=120)
            assert len(receipts) == 96
            with opened.store.read() as reader:
                checkpoints = sum(1 for _ in reader.checkpoints())
        record_property("receipts", len(receipts))
        record_property("checkpoints", checkpoints)
        assert worked.unwitnessed().faults == ()
        with worked.office.open(write=False) as opened:
            assert sorted(receipt.index for receipt in receipts) == list(range(1, 97))
            assert all(opened.ledger.note(receipt.index) == receipt.note for receipt in receipts)
        assert checkpoints < 97  # some went together
    finally:
        pair.throw_away()
