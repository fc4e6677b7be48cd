"""Printing labels: codes are drawn, told to the ledger, kept in the private register, and only then put on paper (spec chapters 11 and 12).

A drill calls `draw`, `log` and `write` one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from custody.core import labelcode
from custody.core.boxid import BoxId
from custody.core.errors import Locked, Refused
from custody.durable import write_new
from custody.i18n import dates, words
from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.ground.desk import span
from custody_cli.papers import letterhead

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.paper.label.labels import LabelFacts
    from custody.paper.label.stocks import Stock
    from custody.station.table import Seat

MOST_COPIES = 999
COVER = "pengantar-label"  # the name of the file that goes along with a print
_PLAIN = (0.9, 0.9, 0.9)


@dataclass(frozen=True)
class Drawn:
    """A code drawn for one print: 16 symbols, the hash that the ledger holds (32 bytes), the box or None for a spare, the copy number."""

    symbols: str
    hash: bytes
    box: str | None
    copy: int


class Sheets(NamedTuple):
    """One file of labels: where it lies, the place it is for in words, and how many labels and pages it has."""

    path: Path
    place: str
    labels: int
    pages: int


def copies(office: Office) -> dict[str, int]:
    """The highest copy number printed for each box."""
    found: dict[str, int] = {}
    for printed in office.ledger.state.register.codes.values():
        if printed.box is not None:
            found[printed.box] = max(printed.copy, found.get(printed.box, 0))
    return found


def draw(office: Office, boxes: Sequence[str | None], random: daily.Random) -> list[Drawn]:
    """Draw a fresh code for each box (None: a spare). Raises `Refused("labels.copies")`."""
    printed, drawn = copies(office), []
    for box in boxes:
        copy = printed.get(box, 0) + 1 if box is not None else 1
        if copy > MOST_COPIES:
            raise Refused("labels.copies", box=box or "-")
        symbols = _symbols(random)
        drawn.append(Drawn(symbols, labelcode.commitment(symbols, office.founding.sid), box, copy))
    return drawn


def _symbols(random: daily.Random) -> str:
    while (symbols := labelcode.from_random(random(labelcode.RANDOM_BYTES))) is None:
        continue
    return symbols


def log(office: Office, drawn: Sequence[Drawn], seat: Seat, reason: str) -> Submitted:
    """Keep the codes, then put the `label` statements into the ledger, signed by who prints.

    Nothing may be put on paper that the ledger does not know: raises `Locked("labels.locked")` while the ledger key is locked.
    At a station what waits is known there, and the codes travel with it.
    """
    from custody.station import manifest

    if not office.unlocked and not office.station:
        raise Locked("labels.locked")
    rows = [{"box": one.box, "code": one.hash.hex(), "copy": one.copy} for one in drawn]
    statements = manifest.labels(office.common(), rows, reason)
    office.private.put_codes(cast("Any", drawn))  # same three fields; only the assembly may import the store's own row
    return daily.submit(office, statements, [seat])


def write(
    office: Office,
    drawn: Sequence[Drawn],
    stock: Stock,
    folder: Path,
    lang: str,
    by: str = "kecamatan",
    advance: Callable[[int], None] = lambda _: None,
    dpi: int | None = None,
) -> list[Sheets]:
    """Draw the sheets, one set for each kecamatan or desa; nothing that exists is overwritten. Returns the files.

    dpi: of a label printer that takes ZPL text (203 or 300); PDF without it. Raises as `zpl.labels`.

    A set is named for the smallest place that holds all its boxes: what is printed desa by desa does not look like one kecamatan again.
    """
    from custody.paper.label import zpl
    from custody.paper.label.labels import sheets

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files, most = list[Sheets](), stock.per_page * stock.pages_per_file
    names = Names(office)
    for _, group in groupby(drawn, key=lambda one: area_of(one.box, by)):
        labels = list(group)
        area, again = _common(one.box for one in labels), all(one.copy > 1 for one in labels)
        title = names.place(area) if area else words.say("labels.spares", {}, lang)
        facts = _counted(label_facts(office, labels, lang), advance)
        said = words.say("labels.title", {"place": title}, lang)
        made = sheets(facts, stock, said, lang) if dpi is None else zpl.labels(facts, stock, dpi, lang)
        stem = f"label-{'-'.join((area, _slug(title))) if area else 'cadangan'}{'-ulang' if again else ''}"
        for number, data in enumerate(made, 1):
            path = _free(folder, stem, number, ".pdf" if dpi is None else ".zpl")
            write_new(path, data, 0o600)  # whoever has the codes can print the labels again
            count = min(most, len(labels) - most * (number - 1))
            files.append(Sheets(path, title, count, -(-count // stock.per_page)))
    return files


def cover(office: Office, files: Sequence[Sheets], done: Submitted, by: str, reason: str, stock: str, lang: str) -> Path:
    """The sheet that goes along with a print, in the folder of its files: what the labels rest on (LABEL-17)."""
    from custody.paper.codes import headcode
    from custody.paper.deeds.labelcover import CoverFacts, draw

    head, rows = office.ledger.head(), tuple((one.path.name, one.place, one.labels, one.pages) for one in files)
    entries, when = numbered(done, lang), dates.when(office.now(), office.zone, lang)
    facts = CoverFacts(
        lang, office.drill, letterhead.head(office, lang), when, by, reason, stock, entries, rows, office.origin, head.short,
        headcode.of(head).format(),
    )  # fmt: skip
    drawn = draw(facts)
    path = _free(files[0].path.parent, COVER, 1, ".pdf")
    write_new(path, drawn, 0o600)
    return path


def numbered(done: Submitted, lang: str) -> str:
    """The entries of what was submitted; at a station it has none yet, and is said to wait."""
    return span(receipt.index for receipt in done.receipts) if done.sealed else words.say("cli.station.no-entry", {}, lang)


def label_facts(office: Office, drawn: Iterable[Drawn], lang: str) -> Iterator[LabelFacts]:
    """What each label shows."""
    from custody.paper.label.labels import LabelFacts
    from custody.paper.label.tincture import HATCHES

    founding = office.founding.body
    types = {item["code"]: item for item in founding["profile"]["types"]}
    names, said = Names(office), {"drill": office.drill, "operation": founding["operation"]}
    for one in drawn:
        payload, typed = labelcode.payload(one.symbols), labelcode.printed(one.symbols)
        if one.box is None:
            yield LabelFacts(payload, typed, "", "", "", "", _PLAIN, "", "", "", _kabupaten(office, names), 1, spare=True, **said)
            continue
        box, area = BoxId.parse(one.box), _areas(office, one.box, names)
        kind = types.get(box.type, {"name": box.type, "colour": "-"})
        colour = words.say(f"colour.{kind['colour']}", {}, lang) if words.known(f"colour.{kind['colour']}") else kind["colour"]
        rgb = HATCHES[kind["colour"]][0] if kind["colour"] in HATCHES else _PLAIN
        known = office.ledger.state.register.boxes.get(one.box)
        later = words.say(f"rerun.{known.reason}", {}, lang) if known is not None and known.later else ""
        facts = (payload, typed, one.box, box.type, kind["name"], colour, rgb, box.station, *area, one.copy)
        yield LabelFacts(*facts, later=later, **said)


def _areas(office: Office, box: str, names: Names) -> tuple[str, str, str]:
    """Names of desa, kecamatan and kabupaten of a box; empty where it has none."""
    state, size = office.ledger.state, office.ledger.size
    found = {"desa": "", "kecamatan": "", "kabupaten": ""}
    for code in state.places.path(BoxId.parse(box).place, size):
        place = state.places.get(code, size)
        if place is not None and place.kind in found:
            found[place.kind] = place.name
    return found["desa"], found["kecamatan"], found["kabupaten"]


def _kabupaten(office: Office, names: Names) -> str:
    state, size = office.ledger.state, office.ledger.size
    found = [code for code in state.places.versions if (place := state.places.get(code, size)) is not None and place.kind == "kabupaten"]
    return names.place(found[0]) if len(found) == 1 else ""


def _common(boxes: Iterable[str | None]) -> str:
    """The code of the smallest place that holds all these boxes: TPS, desa or kecamatan; "" for spares."""
    homes = {BoxId.parse(box).place for box in boxes if box is not None}
    desa = {home.partition("-")[0] for home in homes}
    return next(iter(homes)) if len(homes) == 1 else next(iter(desa)) if len(desa) == 1 else next(iter(homes))[:6] if homes else ""


def area_of(box: str | None, by: str) -> str:
    """The code of the desa or kecamatan that a label's file is for; "" for spares."""
    if box is None:
        return ""
    one = BoxId.parse(box)
    return one.area[:6] if by == "kecamatan" or one.station == "PPK" else one.area


def _counted(facts: Iterator[LabelFacts], advance: Callable[[int], None]) -> Iterator[LabelFacts]:
    for one in facts:
        yield one
        advance(1)


def _slug(name: str) -> str:
    return "-".join("".join(mark if mark.isascii() and mark.isalnum() else " " for mark in name.lower()).split())[:40] or "area"


def _free(folder: Path, stem: str, number: int, ending: str) -> Path:
    """A name that no file has: a second print of the same area does not touch the first."""
    path, again = folder / f"{stem}-{number}{ending}", 1
    while path.exists():
        again += 1
        path = folder / f"{stem}-{number}-berkas{again}{ending}"
    return path
