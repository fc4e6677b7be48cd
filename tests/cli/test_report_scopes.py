"""`custody report muatan|kejadian|petugas|regu`: what officers type, and what they get (docs/spec/13-report.md, REPORT-13)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended

ROOM = "530719"
NOTED: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
LOAD = "7c1f09aa" * 4


class Night:
    """The boxes of one polling station at the PPS; a manifest, an incident and a shift of the room are on record."""

    def __init__(self, root: Path) -> None:
        self.evening = Evening(root, desa=(HABI,))
        self.evening.labels()
        self.evening.seal()
        self.evening.hand()
        boxes = sorted(self.evening.of(TPS))
        listed = {"boxes": boxes, "due": None, "from": HABI, "id": LOAD, "officer": "pps-08", "order": None, "part": 1, "parts": 1}
        self.list = self._put("manifest", "pps-08", **listed, things=[], to=ROOM, vehicles=1)
        wet = {"about": [], "boxes": boxes[:2], "code": "wet", "due": None, "owner": None, "place": HABI, "settles": []}
        self.wet = self._put("incident", "guard-1", **wet)
        shift = {"counted": 0, "door": "locked", "door_seal": None, "equipment": [], "incidents": [], "incoming": "guard-1"}
        self.shift = self._put("shift", "guard-1", **shift, lock="intact", outgoing=None, place=ROOM, team=2, visitors=0)

    def _put(self, kind: str, who: str, **body: Any) -> tuple[int, str]:
        """Log a statement; its entry and its id."""
        with self.evening.office.open() as office:
            made = office.draft(kind, **NOTED, **body)
            receipt = office.submit([self.evening.office.signed(made, who)]).receipts[0]
        return receipt.index, made.sid

    def report(self, *argv: str) -> Ended:
        keys = ("--key", self.evening.key("kasatops-1"), "--passphrase-file", self.evening.word())
        return self.evening.desk.run("report", *argv, *keys, "--json")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return Night(tmp_path_factory.mktemp("night"))


def test_each_word_and_its_english_and_every_way_to_name_it(night: Night) -> None:
    (listed, _), (wet, sid), (shift, other) = night.list, night.wet, night.shift
    cases = {
        ("muatan", LOAD[:6]): ("consignment", LOAD), ("consignment", str(listed)): ("consignment", LOAD),
        ("kejadian", str(wet)): ("incident", sid), ("incident", sid[:12]): ("incident", sid), ("KEJADIAN", sid): ("incident", sid),
        ("regu", str(shift)): ("shift", other), ("shift", other[:12]): ("shift", other),
        ("petugas", "pps-08"): ("officer", "pps-08"), ("officer", "guard"): ("officer", "guard-1"),
    }  # fmt: skip
    for number, (argv, (kind, code)) in enumerate(cases.items()):
        ended = night.report(*argv, "--out", f"{number}.pdf")
        assert ended.exit == 0, ended.err
        assert json.loads(ended.out)["scope"] == {"kind": kind, "code": code}, argv


def test_the_file_names_what_it_is_about_and_checks(night: Night) -> None:
    for argv, name in (
        (("muatan", LOAD), "laporan-muatan-7c1f09aa"),
        (("kejadian", str(night.wet[0])), f"laporan-kejadian-{night.wet[0]}"),
        (("petugas", "guard-1"), "laporan-petugas-guard-1"),
        (("regu", str(night.shift[0])), f"laporan-regu-{night.shift[0]}"),
    ):
        told = json.loads(night.report(*argv).out)
        assert Path(told["path"]).name == f"{name}-{told['entry']}.pdf"
        checked = night.evening.desk.run("check", told["path"], "--json")
        found = json.loads(checked.out)
        assert (checked.exit, found["outcome"], found["left_out"], found["since"]) == (0, "intact", [], [])
        assert found["scope"]["kind"] in ("consignment", "incident", "officer", "shift")


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("kejadian", "shift"), "cli.report.no-incident"),
        (("regu", "wet"), "cli.report.no-shift"),
        (("muatan", "wet"), "cli.report.no-load"),
        (("muatan", "abcdef"), "cli.load.manifest"),
        (("muatan", "7c1"), "cli.load.manifest"),
        (("petugas", "kpps"), "cli.report.no-officer"),
        (("petugas", "siapa"), "cli.report.no-officer"),
        (("kejadian", "99999"), "ledger.statement"),
    ],
)
def test_what_is_something_else_or_nothing_is_told_and_nothing_is_logged(night: Night, argv: tuple[str, str], code: str) -> None:
    entries = {"shift": str(night.shift[0]), "wet": str(night.wet[0])}
    with night.evening.office.open() as office:
        before = office.ledger.size
    ended = night.report(argv[0], entries.get(argv[1], argv[1]))
    assert ended.exit != 0
    assert json.loads(ended.err.splitlines()[-1])["code"] == code
    with night.evening.office.open() as office:
        assert office.ledger.size == before
