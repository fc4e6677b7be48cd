"""`custody labels`: the QR labels of boxes as sheets or for a thermal printer, reprints of what was spoiled, spares for the night."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Locked, Refused
from custody_cli.boxes.choosing import Choosing
from custody_cli.ground.app import App
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import listed
from custody_cli.ground.runtime import argument, gathered, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.papers import labelling
from custody_cli.papers.logged import logged
from custody_cli.table.handing import seat

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.label.stocks import Stock
    from custody.station.table import Seat

_FILE = click.Path(path_type=Path)
REPRINTS = ("reprint", "torn", "unreadable", "lost", "wrong-box", "copied", "other")  # those of the kind `label`; help loads no core
MOST_SPARES = 5_000


@dataclass(frozen=True)
class Paper:
    """What is printed on: the name of a stock, a file of one's own stocks, PDF or ZPL, the dots an inch of its printer."""

    stock: str | None
    own: Path | None
    form: str
    dpi: str


@dataclass(frozen=True)
class Slips:
    """What is printed instead of labels: markers of seal points, badges and of whom, whether with names."""

    points: bool
    badges: str | None
    named: bool


_OWN = click.Path(exists=True, dir_okay=False, path_type=Path)
with_paper = gathered(
    "paper",
    Paper,
    option("--stock"),
    option("--stock-file", "own", type=_OWN),
    option("--format", "form", type=click.Choice(("pdf", "zpl")), default="pdf"),
    option("--dpi", type=click.Choice(("203", "300")), default="203"),
)
with_slips = gathered(
    "slips",
    Slips,
    option("--seal-points", "points", is_flag=True),
    option("--badges", type=click.Choice(("places", "officers"))),
    option("--names", "named", is_flag=True),
)


@define("labels")
@argument("what", nargs=-1)
@option("--key", type=KEY)
@option("--passphrase-file", "word", type=_FILE)
@option("--type", "types", multiple=True)
@with_paper
@option("--by", type=click.Choice(("kecamatan", "desa")), default="kecamatan")
@option("--reprint", is_flag=True)
@option("--reason", "why", type=WordChoice("printreason", REPRINTS))
@option("--page", type=click.IntRange(1))
@option("--spare", type=click.IntRange(1, MOST_SPARES))
@with_slips
@option("--out", type=click.Path(path_type=Path, file_okay=False))
@option("--yes", is_flag=True)
@pass_app
def command(
    app: App,
    what: tuple[str, ...],
    key: Path | None,
    word: Path | None,
    types: tuple[str, ...],
    paper: Paper,
    by: str,
    reprint: bool,
    why: str | None,
    page: int | None,
    spare: int | None,
    slips: Slips,
    out: Path | None,
    yes: bool,
) -> None:
    _fitting(reprint, page, why, yes)
    sheet = _stock(paper.stock or ("thermal-100x50" if paper.form == "zpl" else "a4-24"), paper.own)
    if slips.points or slips.badges is not None:
        return _slips(app, what, types, sheet, slips, out)
    if key is None:
        raise WrongUse("cli.labels.key")
    dots = _dots(sheet, paper.form, paper.dpi)
    with office(app, write=True) as opened:
        if not opened.unlocked and not opened.station:
            raise Locked("labels.locked")
        boxes = [None] * spare if spare else _wanted(app, opened, Choosing(opened).chosen(what, types), reprint, page, sheet, by)
        reason = "spare" if spare else "reprint" if reprint else "first"
        if reprint:
            why = why or listed(app, app.say("cli.labels.why"), "printreason", REPRINTS)
        count = {"count": len(boxes), "pages": -(-len(boxes) // sheet.per_page)}
        agreed(app, app.say(f"cli.labels.agree.{reason}", stock=sheet.name, **count), yes)
        _print(app, opened, boxes, out, lambda: seat(app, "label", key, word), why or reason, stock=sheet, by=by, dpi=dots)
    return None


def _print(
    app: App, opened: "Office", boxes: Sequence[str | None], out: Path | None, signer: "Callable[[], Seat]", reason: str, **how: Any
) -> None:
    """Draw the codes, log that they are printed, write the files and tell of them. how: stock, by and dpi of `labelling.write`."""
    folder = out or Path(f"label-{app.clock():%Y%m%d-%H%M%S}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # before anything is logged
    drawn = labelling.draw(opened, boxes, random)
    who = signer()
    done = labelling.log(opened, drawn, who, reason)
    numbers = labelling.numbered(done, app.lang)
    with logged(app, "labels", numbers), app.console.progress(app.say("cli.labels.progress"), len(drawn)) as advance:
        files = labelling.write(opened, drawn, folder=folder, lang=app.lang, advance=advance, **how)
    cover = labelling.cover(opened, files, done, who.key.name, reason, how["stock"].name, app.lang)
    entries = [receipt.index for receipt in done.receipts]
    document = {
        "reason": reason, "labels": len(drawn), "files": [str(one.path) for one in files], "cover": str(cover), "entries": entries,
    }  # fmt: skip
    facts = {"count": len(drawn), "files": len(files), "folder": str(folder), "cover": cover.name}
    facts["entries"] = numbers
    app.answer("labels", document, app.say("cli.labels.done", **facts))


def _slips(app: App, what: tuple[str, ...], types: tuple[str, ...], stock: "Stock", slips: Slips, out: Path | None) -> None:
    """Stickers of seal points or badges: nothing of them is put into the ledger, and no key is needed. Raises as `Choosing`."""
    from custody_cli.papers import slipping

    with office(app, write=False) as opened:
        choosing = Choosing(opened)
        if slips.badges == "officers":
            made = list(slipping.officers(opened, slips.named, app.lang))
        elif slips.badges == "places":
            known = opened.ledger.state.places
            codes = [choosing.place(text) for text in what] or [
                code for code in sorted(known.versions) if "-" not in code or not code[-3:].isdigit()
            ]
            made = list(slipping.places(opened, codes))
        else:
            made = list(slipping.seal_points(opened, choosing.chosen(what, types), app.lang))
        if not made:
            raise WrongUse("cli.boxes.none")
        folder = out or Path(f"label-{app.clock():%Y%m%d-%H%M%S}")
        written = slipping.write(opened, made, stock, folder, app.lang)
    document = {"slips": len(made), "files": [str(one.path) for one in written.files], "cover": str(written.cover)}
    facts = {"count": len(made), "files": len(written.files), "folder": str(folder), "cover": written.cover.name}
    app.answer("labels", document, app.say("cli.labels.slips", **facts))


def _fitting(reprint: bool, page: int | None, why: str | None, yes: bool) -> None:
    """Raises WrongUse for options that do not go together."""
    if page is not None and not reprint:
        raise WrongUse("cli.labels.page")
    if why is not None and not reprint:
        raise WrongUse("cli.labels.reason-alone")
    if reprint and why is None and yes:
        raise WrongUse("cli.labels.reason")


def _dots(stock: "Stock", form: str, dpi: str) -> int | None:
    """Dots an inch of a label printer, None for PDF. Raises as `zpl.fitted`, before a code is drawn."""
    if form != "zpl":
        return None
    from custody.paper.label import zpl

    zpl.fitted(stock, int(dpi))
    return int(dpi)


def _stock(name: str, own: Path | None) -> "Stock":
    """A stock of the program or of a file. Raises `WrongUse("cli.labels.stock")`, and as `stockfile.read`."""
    from custody.paper.label import stockfile
    from custody.paper.label.stocks import STOCKS

    known = {**STOCKS, **(stockfile.read(own.read_bytes(), str(own)) if own is not None else {})}
    if name not in known:
        raise WrongUse("cli.labels.stock", stock=name, known=tuple(known))
    return known[name]


def _wanted(app: App, opened: "Office", boxes: list[str], reprint: bool, page: int | None, stock: "Stock", by: str) -> "list[str | None]":
    """The boxes to print: those that have no label yet, or with `reprint` those named, one page of a sheet set where a page is named."""
    if not boxes:
        raise WrongUse("cli.boxes.none")
    if reprint:
        return list(_page(boxes, page, stock, by) if page is not None else boxes)
    printed = labelling.copies(opened)
    fresh = [box for box in boxes if box not in printed]
    if not fresh:
        raise Refused("labels.printed", count=len(boxes))
    if len(fresh) < len(boxes):
        app.console.warn(app.say("cli.labels.skipped", count=len(boxes) - len(fresh)))
    return list(fresh)


def _page(boxes: list[str], page: int, stock: "Stock", by: str) -> list[str]:
    """One page of the sheets of an area, counted as they came out of the printer. Raises `WrongUse("cli.labels.page-area")`."""
    areas = {labelling.area_of(box, by) for box in boxes}
    part = boxes[(page - 1) * stock.per_page : page * stock.per_page]
    if len(areas) != 1 or not part:
        raise WrongUse("cli.labels.page-area", pages=-(-len(boxes) // stock.per_page), areas=tuple(sorted(areas)[:6]))
    return part
