"""Stickers of seal points and badges as files: what each shows, from the state of the ledger (spec chapter 12, LABEL-15 and LABEL-16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.boxid import BoxId
from custody.durable import write_new
from custody.i18n import words
from custody_cli.boxes.named import Names

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.label.slips import Slip
    from custody.paper.label.stocks import Stock


def write(slips: Sequence[Slip], stock: Stock, folder: Path, stem: str, lang: str) -> list[Path]:
    """The files, in a folder that is made; nothing that exists is overwritten. Raises FileExistsError."""
    from custody.paper.label.slips import pages

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for number, data in enumerate(pages(slips, stock, words.say("slip.subject", {}, lang), lang), 1):
        files.append(folder / f"{stem}-{number}.pdf")
        write_new(files[-1], data, 0o600)
    return files


def seal_points(office: Office, boxes: Sequence[str], lang: str) -> Iterator[Slip]:
    """A sticker for every seal point of every box, numbered as the screen numbers them (`segel 2 robek`)."""
    from custody.paper.label.slips import Slip

    names, state = Names(office), office.ledger.state
    for box in boxes:
        held = state.holding(box)
        points = (
            [seal[0] for seal in held.seals] if held is not None and held.seals else state.points_in(held.phase if held is not None else "")
        )
        for number, point in enumerate(points, 1):
            code = f"sealpoint.{point}"
            told = words.say(code, {}, lang) if words.known(code) else point
            big = words.say("slip.seal-point", {"number": number, "point": told}, lang)
            yield Slip("seal-point", big, names.place(BoxId.parse(box).place), box, drill=office.drill)


def places(office: Office, codes: Sequence[str]) -> Iterator[Slip]:
    """A badge for each place: its code types the place."""
    from custody.paper.label.slips import Slip

    names = Names(office)
    return (Slip("place", names.place(code), below=code, typed=code, drill=office.drill) for code in codes)


def officers(office: Office, named: bool, lang: str) -> Iterator[Slip]:
    """A badge for each key that counts: its code types the name of the key. named: the person's name stands there too."""
    from custody.paper.label.slips import Slip

    names, state = Names(office), office.ledger.state
    size = office.ledger.size
    for key in sorted(state.roster.keys.values()):
        if key.counts(size) and key.role != "ledger":
            role = words.say(f"role.{key.role}", {}, lang) if words.known(f"role.{key.role}") else key.role
            shown = names.people.get(key.name, "") if named else ""
            yield Slip("officer", key.name, role, shown, key.name, drill=office.drill)
