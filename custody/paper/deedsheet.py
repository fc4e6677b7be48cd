"""The deeds that the ledger proves: facts and evidence in, the bytes of a PDF out, one copy behind the other (spec chapters 13 and 21)."""

from collections.abc import Callable, Iterable, Iterator

from custody.core.errors import Undecided
from custody.i18n import words
from custody.paper import attach, deedkinds, pagefoot
from custody.paper.deedform import Block, Deed
from custody.paper.deedpage import DeedPage, sheet_of
from custody.paper.deedtext import Maker
from custody.paper.evidence import NAMES, Evidence, Reading
from custody.paper.sheet import Sheet

WORDS = ("deed-page", "deed-kind", "report", "report-scope", "law", "terms", "date")  # the catalogues whose words stand in a deed


def draw(reading: Reading) -> bytes:
    """The berita acara of a statement (DEED-1)."""
    return _drawn(reading, "", deedkinds.blocks)


def receipt(reading: Reading) -> bytes:
    """The receipt of a handoff. Raises `Undecided("check.drawing")` for a statement of another kind: nothing of ours draws that."""
    return _drawn(_handoff(reading), "receipt", deedkinds.receipt)


def waybill(reading: Reading) -> bytes:
    """The paper that goes along with a load. Raises as `receipt`."""
    return _drawn(_handoff(reading), "waybill", deedkinds.waybill)


def _handoff(reading: Reading) -> Reading:
    if {one.kind for one in reading.told if one.sid == reading.facts.scope[1]} != {"handoff"}:
        raise Undecided("check.drawing", drawing=reading.facts.drawing)
    return reading


def _drawn(reading: Reading, form: str, tell: Callable[[Maker], Iterator[Block]]) -> bytes:
    deed = _deed(Maker(reading), form, tell)
    sheet = sheet_of(deed)
    sheet.canvas.setProducer(f"custody, {reading.facts.renderer}")

    def foot(sheet: Sheet, x: float, y: float, shown: Iterable[int]) -> None:
        pagefoot.put(sheet, reading, x, y, shown)

    DeedPage(sheet, deed, foot).draw()
    shown = [words.say(f"report.file.{part}", {}, reading.facts.lang) for part in Evidence._fields]
    attach.attach(sheet, dict(zip(NAMES, zip(reading.evidence, shown, strict=True), strict=True)))
    return sheet.finish()


def _deed(make: Maker, form: str, tell: Callable[[Maker], Iterator[Block]]) -> Deed:
    """Everything that stands on it, in its order."""
    blocks = (
        *make.intro(),
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
        title=deedkinds.title(make, form),
        number=make.number(),
        subject=f"{founding['operation']} · {make.sid}",
        drill=founding["drill"],
        blocks=blocks,
        foot=make.foot(),
        copies=facts.copies,
        shown=make.entries,
    )
