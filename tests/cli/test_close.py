"""`custody close`: authorities only, with a permit; what speaks against it is told before; afterwards nothing follows."""

import json
from pathlib import Path
from typing import Any

import pytest

from custody.core import shapes
from custody_cli.occasions import closing
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended

DPR = f"PEM24-{TPS}-DPR-1"
BOTH = ("kpu-1", "polri-1")


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    return made


def close(evening: Evening, *argv: str, by: tuple[str, ...] = BOTH, what: str = "TPS 1 Habi DPR") -> Ended:
    keys = [word for name in by for word in ("--key", evening.key(name))]
    end = ("--end", "archived", "--permit", "ANRI/7/2026", "--seals-unseen", "--reason", "order")
    return evening.desk.run("close", what, *end, *argv, *keys, "--passphrase-file", evening.word(), "--yes", "--json")


def warned(ended: Ended) -> set[str]:
    assert ended.out, ended.err
    return {one["code"] for one in json.loads(ended.out)["warned"]}


def code(ended: Ended) -> str:
    assert ended.out == "", ended.out
    return str(json.loads(ended.err.splitlines()[-1])["code"])


def holding(evening: Evening) -> Any:
    return evening.state(DPR)[0].holding


def test_the_ends_are_those_of_the_statements() -> None:
    assert closing.ENDS == shapes.ENDS


def test_closed_by_enough_authorities(evening: Evening) -> None:
    ended = close(evening)
    assert ended.exit in (0, 1), ended.err
    assert evening.state(DPR)[0].status == "closed" and holding(evening).kind == "closing"
    assert evening.state(f"PEM24-{TPS}-DPD-1")[0].status == "ok"


REFUSED = {
    "one authority": ((), ("kpu-1",), "authorise.short"),
    "a supervisor": ((), ("kpu-1", "kasatops-1"), "authorise.unknown"),
    "no number of a permit": (("--permit", "#"), BOTH, "cli.close.permit"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_anybody_signs(evening: Evening, name: str) -> None:
    argv, by, refused = REFUSED[name]
    assert code(close(evening, *argv, by=by)) == refused
    assert evening.state(DPR)[0].status == "ok"


def test_without_a_permit_the_permit_is_asked_for_by_its_name(evening: Evening) -> None:
    ended = evening.desk.run("close", "TPS 1 Habi DPR", "--end", "archived", "--seals-unseen", "--yes", "--json")
    assert code(ended) == "cli.close.no-permit"


def test_not_everything_at_once(evening: Evening) -> None:
    ended = evening.desk.run("close", "--end", "archived", "--permit", "A/1", "--seals-unseen", "--yes", "--json")
    assert code(ended) == "cli.close.which"


def test_what_speaks_against_it_is_told_and_forbids_nothing(tmp_path: Path) -> None:
    evening = Evening(tmp_path, desa=(HABI,))
    evening.labels()
    evening.seal()
    report = ("--code", "wet", "--key", evening.key("guard-1"), "--passphrase-file", evening.word(), "--yes")
    assert evening.desk.run("incident", "TPS 1 Habi DPR", *report, "--place", "TPS 1 Habi").exit == 0
    ended = close(evening)
    assert {"incident", "retention-unknown"} <= warned(ended)
    assert "Kejadian entri" in ended.err and "Masa simpan tidak disebut" in ended.err
    assert code(close(evening)) == "close.closed", "a second closing is no slip of the hand"
    assert "closed" in warned(close(evening, "--again")), "a second closing is told, and kept as what it is"


def test_a_sheet_that_was_overtaken_is_not_sealed(evening: Evening) -> None:
    word = ("--passphrase-file", evening.word(), "--yes")
    rest = ("--end", "destroyed", "--permit", "A/1", "--seals-unseen", "--reason", "order", "--sheet", "t.sheet", "--yes")
    assert evening.desk.run("close", "TPS 1 Habi DPR", *rest).exit in (0, 1)
    for name in BOTH:
        ended = evening.desk.run("key", "sign", "t.sheet", "--key", evening.key(name), *word, "--out", f"{name}.sheet")
        assert ended.exit == 0 and "dimusnahkan, izin A/1" in ended.err, ended.err
    evening.hand()
    assert code(evening.desk.run("key", "submit", "kpu-1.sheet", "polri-1.sheet", "--yes", "--json")) == "sheet.stale"


def test_asked_at_the_table(evening: Evening) -> None:
    keys = [word for name in BOTH for word in ("--key", evening.key(name))]
    ended = evening.desk.run("close", "TPS 1 Habi DPR", *keys, answers=["ya", "1", "KPU/9", "y", WORD, WORD])
    assert ended.exit == 0 and "DITUTUP: 1 kotak, diarsipkan, izin KPU/9." in ended.out, ended.err
    assert "MENUTUP 1 kotak: diarsipkan" in ended.err
