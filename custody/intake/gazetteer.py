"""Codes and names of areas from one or several lists, checked against each other (docs/adr/0002-intake-room.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from custody.intake.areacode import above, dotted, level
from custody.intake.arearows import AreaRow, Areas
from custody.intake.faults import Faults
from custody.intake.spelling import bare, fold, nearest
from custody.intake.table import Table


def same_name(left: str, right: str) -> bool:
    """Tell whether two names are one but for spelling and the word for what they name."""
    return fold(bare(left)) == fold(bare(right))


@dataclass
class Gazetteer:
    """Names by code. `official`: an official list was read, and no other code is accepted."""

    names: dict[str, str] = field(default_factory=dict)
    official: bool = False

    def read_official(self, areas: Areas, faults: Faults) -> None:
        """Take an official list: codes once each, and every place below a kabupaten under one that is listed. Closes `faults`."""
        refuse_doubles(areas.rows, areas.table, faults)
        self.names = {row.code: row.name for row in areas.rows}
        told: set[str] = set()
        for row in areas.rows:
            if len(row.code) > 4:
                self._require(row, above(row.code), areas.table, faults, told)
        faults.close()
        self.official = True

    def take(self, rows: Iterable[AreaRow], table: Table, faults: Faults) -> None:
        """Take the rows of another list; what they name must agree with what is known. Closes `faults`."""
        rows = tuple(rows)
        for row in rows:
            if self.official and row.code not in self.names:
                self._unlisted(row, table, faults)
                continue
            if row.name:
                self._learn(row.code, row.name, row.line, table.spot("nama"), faults)
            for code, name in row.names.items():
                self._learn(code, name, row.line, table.spot(level(code)), faults)
        faults.close()
        told: set[str] = set()
        for row in rows:
            for code in (row.code, row.code[:6], row.code[:4]):
                self._require(row, code, table, faults, told)
        faults.close()

    def _learn(self, code: str, name: str, line: int, spot: str, faults: Faults) -> None:
        known = self.names.setdefault(code, name)
        if known == name or same_name(known, name):
            return
        if self.official:
            faults.warn("import.name.differs", line, spot, code=dotted(code), name=name, known=known)
        else:
            faults.add("import.name.two", line, spot, code=dotted(code), name=name, known=known)

    def _require(self, row: AreaRow, code: str | None, table: Table, faults: Faults, told: set[str]) -> None:
        if code and code not in self.names and code not in told:
            told.add(code)
            faults.add("import.parent.unknown", row.line, table.spot("kode"), code=dotted(row.code), parent=dotted(code), kind=level(code))

    def _unlisted(self, row: AreaRow, table: Table, faults: Faults) -> None:
        """Refuse a code that the official list has not; the desa of the nearest name under the same kabupaten may be meant."""
        folded = {fold(name): code for code, name in self.names.items() if len(code) == len(row.code) and code[:4] == row.code[:4]}
        near = nearest(fold(row.name), folded) if row.name else None
        if near is None:
            faults.add("import.code.unlisted", row.line, table.spot("kode"), code=dotted(row.code))
        else:
            meant = folded[near]
            faults.add(
                "import.code.meant", row.line, table.spot("kode"), code=dotted(row.code), meant=dotted(meant), name=self.names[meant]
            )


def refuse_doubles(rows: Iterable[AreaRow], table: Table, faults: Faults) -> None:
    """Note every code that stands on two lines, however it is written there."""
    lines: dict[str, int] = {}
    for row in rows:
        if row.code in lines:
            faults.add("import.code.twice", row.line, table.spot("kode"), code=dotted(row.code), other=lines[row.code])
        lines.setdefault(row.code, row.line)


def say_same_names(rows: Iterable[AreaRow], names: dict[str, str], table: Table, faults: Faults) -> None:
    """Warn of names that two places under one share (desa of a kecamatan and so on): whoever types them will be asked back."""
    lines = {code: row.line for row in rows for code in (row.code[:4], row.code[:6], row.code) if len(code) > 2}
    seen: dict[tuple[str | None, str], str] = {}
    for code in sorted(lines):
        other = seen.setdefault((above(code), fold(names[code])), code)
        if other != code:
            spot = table.spot("nama" if len(code) == 10 else level(code))
            faults.warn("import.name.same", lines[code], spot, name=names[code], code=dotted(code), other=dotted(other))
