"""Boxes and places as people name them on the command line: codes, names, box ids, files of any of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.boxid import BoxId
from custody.core.errors import CustodyError, Malformed
from custody.reading import read
from custody_cli.boxes import resolver
from custody_cli.boxes.directory import Directory
from custody_cli.boxes.resolver import Meant
from custody_cli.ground import blind
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import argument, gathered, option

if TYPE_CHECKING:
    from custody.station.manifest import Seen
    from custody.station.scanrun import Reading

MOST_FILE = 4_000_000


@dataclass(frozen=True)
class Boxes:
    """Boxes as the command line names them: by words, of some types only, by a file of scanned codes, typed codes and words."""

    what: tuple[str, ...]
    file: Path | None
    types: tuple[str, ...]


with_boxes = gathered(
    "boxes",
    Boxes,
    argument("what", nargs=-1),
    option("--boxes", "file", type=click.Path(path_type=Path)),
    option("--type", "types", multiple=True),
    room="cli.boxes",
)


class Choosing(Directory):
    """Finds what people mean among the places and boxes of one office."""

    def meant(self, text: str, command: str = "") -> Meant:
        """The one place or box that a text means. Raises as `resolver.meant`."""
        return resolver.meant(self, text, command)

    def place(self, text: str) -> str:
        """The code of the one place that a text means. Raises as `resolver.place`."""
        return resolver.place(self, text)

    def box(self, text: str) -> str:
        """The one box that a text means. Raises WrongUse("cli.photo.box"), and as `resolver.meant`."""
        found = self.meant(text)
        if found.kind != "box":
            raise WrongUse("cli.photo.box", value=text)
        return found.code

    def place_of(self, key: str | None, flag: str) -> str:
        """The place where a key may act, if it is one. Raises WrongUse("cli.handoff.where")."""
        found = self.known.key(key)
        if found is None or len(found.places) != 1:
            raise WrongUse("cli.handoff.where", flag=flag)
        return next(iter(found.places))

    def area(self, text: str, command: str = "") -> list[str]:
        """The boxes of a place, or the one box that a text means. Raises as `resolver.meant`."""
        from custody.assembly.whereabouts import boxes_under

        found = self.meant(text, command)
        blind.untouched(self.office.folder.path, *self._counted(found.code))
        return [found.code] if found.kind == "box" else boxes_under(self.office, found.code)

    def _counted(self, code: str) -> list[str]:
        """The rooms under count that a place is, or that lie above or below it: to list its boxes would tell what they should hold."""
        path, size = self.office.ledger.state.places.path, self.office.ledger.size
        rooms = (one.place for one in blind.counts(self.office.folder.path))
        return [room for room in rooms if code in path(room, size) or room in path(code, size)]

    def chosen(self, words: Sequence[str], types: Sequence[str] = ()) -> list[str]:
        """All boxes that the words mean, in order of place and type, each once; all registered boxes where there are no words."""
        from custody.assembly.arrivals import order

        everything = self.office.ledger.state.register.boxes
        found = self._named(words) if words else set(everything)
        kept = [box for box in found if not types or BoxId.parse(box).type in types]
        return sorted(kept, key=order)

    def _named(self, words: Sequence[str]) -> set[str]:
        """The boxes of each word; where one alone names nothing (`TPS 3 Habi` without quotes), of all words together."""
        try:
            return {box for word in words for box in self.area(word)}
        except CustodyError as alone:
            try:
                return set(self.area(" ".join(words)))
            except WrongUse as together:
                told = together if together.code.startswith("cli.meant.") and together.code != "cli.meant.id.unknown" else alone
                raise told from None

    def seen(self, boxes: Boxes) -> list[Seen]:
        """Boxes as people at the table saw them: those named by words were told by sight. Raises WrongUse("cli.boxes.none")."""
        from custody.station.manifest import Seen

        found = {box: Seen(box) for box in (self.chosen(boxes.what, boxes.types) if boxes.what else ())}
        for reading in self.readings(boxes.file) if boxes.file is not None else ():
            box = self.box_of(reading)
            found[box] = Seen(box, reading.how, reading.label)
        if not found:
            raise WrongUse("cli.boxes.none")
        return list(found.values())

    def readings(self, file: Path) -> Iterable[Reading]:
        """The lines of a file as readings; empty lines and lines that begin with # are passed over."""
        data = read(file, MOST_FILE)
        for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                found = self.reading(line.strip())
                if found is None:
                    raise Malformed("cli.boxes.file", path=str(file), line=number, text=line.strip()[:80])
                yield found

    def reading(self, text: str) -> Reading | None:
        """One line as a reading, or None where it names no box for certain."""
        from custody.intake.scanline import Scanner
        from custody.station.scanrun import Reading

        for scan in Scanner().feed(text + "\n", 0):
            if scan.kind == "ours" and scan.code is not None:
                return Reading(scan.how, self.hash(scan.code))
            if self.known.other(scan.text) is not None:
                return Reading("other-code", text=scan.text)
        sure = self.boxes.read(text).sure
        return Reading("sight", box=sure.box) if sure is not None else None

    def like_ours(self, text: str) -> bool:
        """Whether a text may be a code of ours with a wrong symbol, and is nobody's code."""
        from custody.intake.scanline import like_ours

        return like_ours(text) and self.known.other(text) is None

    def box_of(self, reading: Reading) -> str:
        """The box of a reading. Raises `WrongUse("cli.boxes.unknown-code")`."""
        if reading.box is not None:
            return reading.box
        if reading.label is not None:
            printed = self.known.printed(reading.label)
            box = printed.box or self.known.bound(reading.label) if printed is not None else None
        else:
            box = self.known.other(reading.text)
        if box is None:
            raise WrongUse("cli.boxes.unknown-code", text=(reading.label or reading.text)[:12])
        return box
