"""What others held is kept whole, twice, within bounds, and read again whatever became of the files (chapter 27)."""

from pathlib import Path

import pytest

from custody.core.errors import CustodyError
from custody.core.verify import Outside
from custody.ledger import evidence
from custody.ledger.evidence import NEWEST, Evidence, evidence_of
from fixtures.actors import ORIGIN
from fixtures.vectorsets.outside_gossip import EXAMPLE
from tests.witness.test_witness import head


@pytest.fixture
def kept(tmp_path: Path) -> Evidence:
    return evidence_of(tmp_path / "keadaan", ORIGIN, tmp_path / "buku")


def test_kept_in_both_places_and_told_once(kept: Evidence) -> None:
    assert len(kept.keep(Outside("titik", head(5)))) == 2
    assert len(kept.keep(Outside("titik lagi", head(5)))) == 2  # the same again is the same file
    assert [item.note for item in kept.items()] == [head(5)]
    for path in (kept.folders[0]).iterdir():
        path.unlink()
    assert [item.note for item in kept.items()] == [head(5)]


def test_of_what_agreed_the_largest_head_is_remembered(kept: Evidence) -> None:
    for size in (3, 8, 5):
        kept.keep_newest(head(size))
    assert [item.note for item in kept.items()] == [head(8)]


def test_a_proof_of_a_fork_gives_both_its_heads(kept: Evidence) -> None:
    kept.keep_fork(EXAMPLE)
    assert [item.note for item in kept.items()] == [EXAMPLE.earlier, EXAMPLE.later]
    assert [fork for _, fork in kept.forks()] == [EXAMPLE]


@pytest.mark.parametrize("harm", [b"", b"\xff" * 40, b"x" * 300_000], ids=["empty", "bytes", "huge"])
@pytest.mark.parametrize("name", ["5-0000.checkpoint", "5-0000-1.tlog-proof", NEWEST])
def test_a_file_that_cannot_be_read_proves_nothing_and_stops_nobody(kept: Evidence, name: str, harm: bytes) -> None:
    kept.keep(Outside("titik", head(8)))
    (kept.folders[0] / name).write_bytes(harm)
    assert sorted(item.unreadable is not None for item in kept.items()) == [False, True]


def test_a_damaged_fork_is_passed_over(kept: Evidence) -> None:
    kept.keep_fork(EXAMPLE)
    for folder in kept.folders:
        for path in folder.glob("*.fork"):
            path.write_bytes(path.read_bytes()[:-30])
    assert kept.forks() == [] and kept.items() == []


def test_where_one_folder_cannot_be_written_the_other_serves(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_bytes(b"")  # a file stands where a folder is wanted
    both = Evidence([tmp_path / "berkas" / "x", tmp_path / "boleh"])
    assert both.keep(Outside("titik", head(5))) == list((tmp_path / "boleh").iterdir())
    with pytest.raises(CustodyError, match=r"evidence\.unwritable"):
        Evidence([tmp_path / "berkas" / "x"]).keep(Outside("titik", head(5)))


def test_no_more_is_kept_than_fits(kept: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST", 2)
    kept.keep(Outside("satu", head(1)))
    kept.keep(Outside("dua", head(2)))
    with pytest.raises(CustodyError, match=r"evidence\.unwritable"):
        kept.keep(Outside("tiga", head(3)))
    assert len(kept.keep(Outside("satu", head(1)))) == 2
