"""Stickers of seal points and badges as files: what each shows, from the state of the ledger (spec chapter 12, LABEL-15 and LABEL-16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.core.boxid import BoxId
from custody.durable import write_new
from custody.i18n import dates, words
from custody_cli.boxes.named import Names
from custody_cli.papers import letterhead
from custody_cli.papers.labelling import Sheets

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.label.slips import Slip
    from custody.paper.label.stocks import Stock

STEMS = {"officer": "lencana-petugas", "place": "lencana-tempat", "seal-point": "titik-segel"}  # how the files of a kind are called


class Written(NamedTuple):
    """What was made: the files with what stands in them, and the cover."""

    files: list[Sheets]
    cover: Path


def write(office: Office, slips: Sequence[Slip], stock: Stock, folder: Path, lang: str) -> Written:
    """The files and their cover, in a folder that is made; nothing that exists is overwritten. Raises FileExistsError."""
    from custody.paper.label.slips import pages

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files, most = list[Sheets](), stock.per_page * stock.pages_per_file
    for number, data in enumerate(pages(slips, stock, words.say("slip.subject", {}, lang), lang), 1):
        path, some = folder / f"{STEMS[slips[0].kind]}-{number}.pdf", slips[most * (number - 1) : most * number]
        write_new(path, data, 0o600)
        files.append(Sheets(path, _span(some), len(some), -(-len(some) // stock.per_page)))
    return Written(files, _cover(office, slips[0].kind, files, stock.name, lang))


def _span(slips: Sequence[Slip]) -> str:
    """The first and the last of a file; of markers the boxes' places."""
    ends = [one.above if one.kind == "seal-point" else one.big for one in (slips[0], slips[-1])]
    return " – ".join(dict.fromkeys(ends))


def _cover(office: Office, kind: str, files: Sequence[Sheets], stock: str, lang: str) -> Path:
    """The sheet that goes along with them (LABEL-17)."""
    from custody.paper.codes import headcode
    from custody.paper.deeds.labelcover import SlipCover, draw_slips

    head, when = office.ledger.head(), dates.when(office.now(), office.zone, lang)
    rows = tuple((one.path.name, one.place, one.labels, one.pages) for one in files)
    told = letterhead.head(office, lang), kind, when, stock, rows, office.origin, head.short, headcode.of(head).format()
    path = files[0].path.parent / f"pengantar-{STEMS[kind]}-1.pdf"
    write_new(path, draw_slips(SlipCover(lang, office.drill, *told)), 0o600)
    return path


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
