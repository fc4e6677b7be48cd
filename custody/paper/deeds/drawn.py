"""The deeds that the ledger proves: facts and evidence in, the bytes of a PDF out, one copy behind the other (spec chapters 13 and 21)."""

from collections.abc import Callable, Iterable, Iterator

from custody.core.errors import Undecided
from custody.i18n import words
from custody.paper.canvas import attach
from custody.paper.canvas.sheet import Sheet
from custody.paper.codes import pagefoot
from custody.paper.deeds import handoff, kinds
from custody.paper.deeds.blocks import Block, Deed
from custody.paper.deeds.maker import Maker
from custody.paper.deeds.page import DeedPage, sheet_of
from custody.paper.proven.evidence import NAMES, Evidence, Reading

WORDS = (
    "deed-page",
    "deed-kind",
    "report",
    "report-scope",
    "bearing",
    "law",
    "terms",
    "sealstate",
    "date",
)  # the catalogues whose words stand in a deed


Tell = Callable[[Maker], Iterator[Block]]


def draw(reading: Reading) -> bytes:
    """The deed that the facts ask for: a berita acara of the statement, or the receipt or waybill of a handoff (DEED-1, DEED-2).

    Raises `Undecided("check.drawing")` for a receipt or waybill of another kind of statement: nothing of ours draws that.
    """
    deed = told(reading)
    sheet = sheet_of(deed)
    sheet.canvas.setProducer(f"custody, {reading.facts.renderer}")

    def foot(sheet: Sheet, x: float, y: float, shown: Iterable[int]) -> None:
        pagefoot.put(sheet, reading, x, y, shown)

    DeedPage(sheet, deed, foot).draw()
    shown = [words.say(f"report.file.{part}", {}, reading.facts.lang) for part in Evidence._fields]
    attach.attach(sheet, dict(zip(NAMES, zip(reading.evidence, shown, strict=True), strict=True)))
    return sheet.finish()


def told(reading: Reading) -> Deed:
    """What stands on a deed, as its drawing says. Raises as `draw`."""
    return told_by(Maker(reading))


def told_by(make: Maker) -> Deed:
    """The same, by a maker of its own. Raises as `draw`."""
    drawing = make.reading.facts.drawing
    if not shows(drawing, make.kind):
        raise Undecided("check.drawing", drawing=drawing)
    return _deed(make, *FORMS[drawing])


def shows(drawing: str, kind: str) -> bool:
    """Whether one of `FORMS` can be drawn of a statement of this kind (DEED-2)."""
    return drawing == "deed-1" or kind == "handoff"


def _deed(make: Maker, form: str, tell: Tell) -> Deed:
    """Everything that stands on it, in its order."""
    blocks = (
        *make.intro(make.body["from"] if form == "waybill" and handoff.departs(make.act) else make.place),
        *tell(make),
        *make.lacks(),
        *make.since(),
        *make.found(),
        make.closing(),
        make.signatures(),
        make.rests(),
    )
    founding, facts = make.teller.founding, make.reading.facts
    return Deed(
        lang=facts.lang,
        head=make.head(),
        title=kinds.title(make, form),
        number=make.number(),
        subject=f"{founding['operation']} · {make.sid}",
        drill=founding["drill"],
        blocks=blocks,
        foot=make.foot(),
        copies=facts.copies,
        shown=make.entries,
    )


FORMS: dict[str, tuple[str, Tell]] = {
    "deed-1": ("", kinds.blocks),
    "deed-receipt-1": ("receipt", handoff.receipt),
    "deed-waybill-1": ("waybill", handoff.waybill),
}
