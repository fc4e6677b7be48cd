"""`custody verify` stopped by Ctrl-C and typed again: it goes on where it was, and says what it did not read again (SNAP-4, SNAP-5)."""

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from custody.core import ahead
from custody.core.ahead import Waiting
from custody.core.merkle import Tree
from tests.cli.daily_kit import EVENING, HABI, Evening
from tests.cli.harness import Ended
from tests.cli.test_verify import Intruder

BLOCK = 4


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """A polling station sealed and handed over."""
    night = Evening(tmp_path_factory.mktemp("night"), desa=(HABI,))
    night.labels()
    night.seal()
    night.hand()
    return night


@pytest.fixture
def evening(night: Evening, tmp_path: Path) -> Evening:
    """The same night, its ledger and state copied, so that harm can be done to it."""
    night.desk.now = EVENING
    shutil.copytree(night.office.folder, tmp_path / "ledger")
    shutil.copytree(night.office.state, tmp_path / "state")
    night.desk.environ.update(CUSTODY_LEDGER=str(tmp_path / "ledger"), CUSTODY_STATE=str(tmp_path / "state"))
    return night


Press = Callable[[int], None]


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    """Lets somebody press Ctrl-C while so many blocks of four entries have been read; 0 for nobody."""
    whole, after = ahead.blocks, [0]

    def blocks(notes: Iterator[bytes], tree: Tree) -> Iterator[list[Waiting]]:
        for number, block in enumerate(whole(notes, tree), 1):
            if number == after[0]:
                signal.raise_signal(signal.SIGINT)
            yield block

    monkeypatch.setattr(ahead, "BLOCK", BLOCK)
    monkeypatch.setattr(ahead, "blocks", blocks)
    return lambda count: after.__setitem__(0, count)


def typed(evening: Evening, *argv: str) -> Ended:
    return evening.desk.run("verify", *argv)


def test_ctrl_c_and_again_goes_on_where_it_was(evening: Evening, press: Press) -> None:
    whole = typed(evening, "--json")
    press(2)
    stopped = typed(evening)
    assert (stopped.exit, stopped.out) == (130, "")
    assert "8 dari " in stopped.err
    assert "Ini belum putusan" in stopped.err
    assert "Perintah yang sama melanjutkan" in stopped.err
    press(0)
    evening.desk.now += timedelta(minutes=5)
    again = typed(evening)
    assert again.exit == 0
    assert again.out.startswith("KONSISTEN SEJAUH DIBACA, tanpa saksi")
    assert "  entri 0–7: dibaca 27 November 2024 pukul 19.42 WITA" in again.out
    assert "  entri 8 dan seterusnya: dibaca sekarang" in again.out
    assert "Isi 8 entri pertama TIDAK dibaca lagi" in again.out
    assert typed(evening, "--json").out == whole.out, "the third reads all again"


def test_stopped_twice_names_both_runs(evening: Evening, press: Press) -> None:
    press(1)
    assert typed(evening).exit == 130
    press(2)
    assert "12 dari " in typed(evening).err
    press(0)
    document = json.loads(typed(evening, "--json").out)
    assert [end for end, _ in document["runs"]] == [4, 12]
    assert document["reread"] == document["size"] - 12
    assert document["integrity"] == "consistent"


def test_as_errors_are_told_to_programs(evening: Evening, press: Press) -> None:
    press(1)
    stopped = typed(evening, "--json")
    told = json.loads(stopped.err)
    assert (stopped.exit, stopped.out, told["code"], told["facts"]["read"], told["exit"]) == (130, "", "cli.verify.stopped", 4, 130)


def test_anew_reads_all(evening: Evening, press: Press) -> None:
    press(2)
    typed(evening)
    press(0)
    document = json.loads(typed(evening, "--anew", "--json").out)
    assert (document["runs"], document["reread"]) == ([], document["size"])


def test_entries_that_were_read_and_are_gone_since_are_told(evening: Evening, press: Press) -> None:
    """The newest of those that the run before had read: nothing behind them shows the gap."""
    press(2)
    typed(evening)
    press(0)
    intruder = Intruder(Path(evening.desk.environ["CUSTODY_LEDGER"]))
    intruder.run("DELETE FROM entry WHERE idx BETWEEN 6 AND 7")
    intruder.close()
    again = typed(evening, "--json")
    assert again.exit == 3
    assert [(one["code"], one["entry"]) for one in json.loads(again.out)["faults"]] == [("entry.missing", 6), ("entry.missing", 7)]


def test_what_was_changed_meanwhile_is_never_called_as_it_was_signed(evening: Evening, press: Press) -> None:
    """A body that was read before the stop: the answer says that it was not read again, and --anew finds it."""
    press(2)
    typed(evening)
    press(0)
    intruder = Intruder(Path(evening.desk.environ["CUSTODY_LEDGER"]))
    intruder.run("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'kpu-1', 'kpu-7') AS BLOB) WHERE idx = 1")
    intruder.close()
    again = typed(evening)
    assert again.out.startswith("KONSISTEN SEJAUH DIBACA")
    assert "TIDAK dibaca lagi" in again.out
    anew = typed(evening, "--anew")
    assert (anew.exit, anew.out.startswith("DIUBAH")) == (3, True)
    assert typed(evening).exit == 3, "nothing is gone on from any more"


def test_altered_entries_are_told_at_once_and_nothing_is_remembered(evening: Evening, press: Press) -> None:
    intruder = Intruder(Path(evening.desk.environ["CUSTODY_LEDGER"]))
    intruder.run("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'kpu-1', 'kpu-7') AS BLOB) WHERE idx = 1")
    intruder.close()
    press(2)
    stopped = typed(evening)
    assert (stopped.exit, stopped.out.startswith("DIUBAH")) == (3, True)
    assert "entri 1" in stopped.out
    assert "Dihentikan sesudah 8 entri; sisanya belum dibaca." in stopped.out
    assert not list(Path(evening.desk.environ["CUSTODY_STATE"]).glob("verify/*"))


@pytest.mark.parametrize("size", [3, 16])
def test_a_ledger_that_is_shorter_by_now_is_held_against_what_was_seen(evening: Evening, press: Press, size: int) -> None:
    """Cut below what was read, and behind it: the head that the ledger had when it was stopped tells both."""
    press(3)
    typed(evening)
    press(0)
    intruder = Intruder(Path(evening.desk.environ["CUSTODY_LEDGER"]))
    for sql in (f"DELETE FROM entry WHERE idx >= {size}", f"DELETE FROM checkpoint WHERE size > {size}"):
        intruder.run(sql)
    intruder.close()
    document = json.loads(typed(evening, "--json").out)
    assert document["integrity"] == "altered"
    assert "outside.longer" in {fault["code"] for fault in document["faults"]}
    assert document["runs"] == ([[12, int(EVENING.timestamp())]] if size > 12 else [])


def test_what_was_remembered_and_changed_is_said_and_not_used(evening: Evening, press: Press) -> None:
    press(2)
    typed(evening)
    press(0)
    (path,) = Path(evening.desk.environ["CUSTODY_STATE"]).glob("verify/*.halfway")
    path.write_bytes(path.read_bytes() + b" ")
    ended = typed(evening)
    assert (ended.exit, ended.out.startswith("KONSISTEN, tanpa saksi")) == (0, True)
    assert str(path) in ended.err


def test_another_ledger_is_not_gone_on_with(evening: Evening, press: Press, tmp_path: Path) -> None:
    """What is remembered is of one folder; a copy elsewhere is read whole."""
    press(2)
    typed(evening)
    press(0)
    shutil.copytree(evening.desk.environ["CUSTODY_LEDGER"], tmp_path / "copy")
    assert json.loads(typed(evening, "--json", "--ledger", str(tmp_path / "copy")).out)["runs"] == []


def test_progress_stands_on_a_terminal_alone(evening: Evening) -> None:
    evening.desk.terminal = True
    try:
        shown = typed(evening)
    finally:
        evening.desk.terminal = False
    assert "%" in shown.err
    assert "Memeriksa entri" in shown.err
    assert typed(evening).err == ""
