"""Kangae on a desk: two desa, labels printed, the boxes of one polling station sealed; commands are typed at 19.42 WITA."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from custody.core import labelcode
from custody.station.manifest import Escort, Journey, Seen
from custody_cli.boxes import daily
from custody_cli.papers import labelling
from fixtures.daydesk import DayDesk
from fixtures.smalloffice import fixed_random
from tests.cli.harness import Desk, Ended

EVENING = datetime(2024, 11, 27, 11, 42, tzinfo=UTC)
TPS = "5307192008-001"
HABI, LANGIR = "5307192008", "5307192009"


@dataclass
class Evening:
    """The office, the desk to type at, and the payload of every label that was printed."""

    root: Path
    use: str = "file"
    desa: tuple[str, ...] = (HABI, LANGIR)
    changes: dict[str, Any] = field(default_factory=dict)
    office: DayDesk = field(init=False)
    desk: Desk = field(init=False)
    code: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = DayDesk(self.root, self.desa, use=self.use, **self.changes)
        self.random = fixed_random("evening")
        environ = {"CUSTODY_LEDGER": str(self.office.folder), "CUSTODY_STATE": str(self.office.state)}
        self.desk = Desk(self.root, environ, EVENING)

    def watch(self) -> None:
        """The computer counts its seconds, and people have said today that its clock is right."""
        self.desk.uptime = 3600.0
        self.office.state.mkdir(mode=0o700, exist_ok=True)
        kept = {"clock": self.desk.now.timestamp(), "uptime": self.desk.uptime}
        (self.office.state / "clock-right").write_text(json.dumps(kept), encoding="utf-8")

    def labels(self) -> None:
        """Print a label for every box (codes only, no paper)."""
        with self.office.open() as office:
            drawn = labelling.draw(office, sorted(self.office.boxes), self.random)
            labelling.log(office, drawn, self.office.seat("label", "kasatops-1"), "first")
        self.code = {one.box: labelcode.payload(one.symbols) for one in drawn if one.box is not None}

    def of(self, place: str) -> list[str]:
        """The boxes of a place, in order."""
        return sorted(box for box in self.office.boxes if f"-{place}-" in box)

    def seal(self, tps: str = TPS) -> None:
        """KPPS seals the boxes of a polling station."""
        who = self.kpps(tps)
        with self.office.open() as office:
            seats = [self.office.seat("sealer", who), self.office.seat("witness", "guard-1")]
            daily.record_seal(office, [self.seen(box) for box in self.of(tps)], seats, place=tps, sealer=who, witness="guard-1")

    def seen(self, box: str) -> Seen:
        """A box whose label was scanned, if it has one."""
        if box not in self.code:
            return Seen(box)
        return Seen(box, "scanned", labelcode.commitment(labelcode.parse(self.code[box]), self.office.founding.sid).hex())

    def hand(self, tps: str = TPS) -> None:
        """KPPS hands them to the PPS."""
        who, pps = self.kpps(tps), self.pps(tps)
        with self.office.open() as office:
            seats = [self.office.seat("giver", who), self.office.seat("receiver", pps)]
            journey = Journey(tps, tps[:10], tps[:10], who, pps, escort=Escort(1))
            daily.record_handoff(office, journey, [self.seen(box) for box in self.of(tps)], seats, random=self.random)

    def pass_on(self, area: str, giver: str, receiver: str, start: str, end: str, sealed_by_kpps: bool = False) -> None:
        """All boxes of a desa go on; those that the KPPS still hold go to the giver first."""
        boxes = sorted(box for box in self.office.boxes if f"-{area}-" in box)
        if sealed_by_kpps:
            for tps in sorted({box[6:20] for box in boxes}):
                self.hand(tps)
        with self.office.open() as office:
            seats = [self.office.seat("giver", giver), self.office.seat("receiver", receiver)]
            journey = Journey(start, end, end, giver, receiver, escort=Escort(3, (), "Sprin/1"))
            daily.record_handoff(office, journey, [self.seen(box) for box in boxes], seats, random=self.random)

    def kpps(self, tps: str) -> str:
        return f"kpps-{tps[8:10]}-{int(tps[11:])}"

    def pps(self, tps: str) -> str:
        return f"pps-{tps[8:10]}"

    def key(self, name: str) -> str:
        """A key file on its own stick."""
        return str(self.office.own_key(name))

    def word(self) -> str:
        """The passphrase file of everybody."""
        return str(self.office.word_file())

    def scan(self, *lines: str, end: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> Ended:
        """The guard's screen at the desk of TPS 1 Habi: the clock is right, then these lines, `selesai`, and the answers of `end`."""
        keys = ("--giver", self.key(self.kpps(TPS)), "--receiver", self.key(self.pps(TPS)))
        return self.desk.run("scan", *keys, *options, answers=["y", *lines, "selesai", *end])

    def state(self, box: str):  # type: ignore[no-untyped-def]
        """The judgment on a box and its findings."""
        with self.office.open(write=False) as office:
            return office.ledger.judge([box])[box]

    def drafts(self) -> list[Path]:
        return sorted((self.office.folder / "drafts").glob("*.jsonl"))
