"""The deed of one statement, in as many copies as the facts ask for (spec chapter 13): facts and evidence in, the bytes of a PDF out."""

from custody.i18n import words
from custody.paper import attach, pagefoot, typeface
from custody.paper.evidence import NAMES, Evidence, Reading
from custody.paper.sheet import A4, Sheet
from custody.paper.teller import Teller

WORDS = ("report", "report-scope", "law", "terms", "date")  # the catalogues whose words stand in a deed, with what their sentences look up
_LEFT, _RIGHT, _TOP, _BOTTOM, _LEADING = 15.0, 195.0, 280.0, 30.0, 4.4


def draw(reading: Reading) -> bytes:
    """Title, checkpoint and the fields of the statement, once for each copy."""
    teller, facts = Teller(reading), reading.facts
    act = next(reading.act(one.entry) for one in reading.told if one.sid == facts.scope[1])
    title = teller.say(f"kind.{act.statement.kind.name}")
    sheet = Sheet(A4, title, f"{teller.founding['operation']} · {act.sid}", facts.lang)
    sheet.canvas.setProducer(f"custody, {facts.renderer}")
    lines = [teller.say("report.foot", origin=reading.head.origin, size=reading.head.size, root=reading.head.root.hex()[:16]), act.sid]
    lines += [f"{name}: {value}" for name, value in act.body.items()]
    for copy in range(1, facts.copies + 1):
        y = _begin(sheet, teller, title, copy)
        for line in (part for one in lines for part in typeface.wrapped(one, typeface.NARROW, 8, (_RIGHT - _LEFT) * 72 / 25.4)):
            if y < _BOTTOM:
                _end(sheet, teller, reading)
                y = _begin(sheet, teller, title, copy)
            sheet.text(_LEFT, y, line, typeface.NARROW, 8)
            y -= _LEADING
        _end(sheet, teller, reading)
    shown = [words.say(f"report.file.{part}", {}, facts.lang) for part in Evidence._fields]
    attach.attach(sheet, dict(zip(NAMES, zip(reading.evidence, shown, strict=True), strict=True)))
    return sheet.finish()


def _begin(sheet: Sheet, teller: Teller, title: str, copy: int) -> float:
    if teller.founding["drill"]:
        sheet.watermark(words.say("paper.drill", {}, teller.lang))
    sheet.text(_LEFT, _TOP, f"{title} · {copy}/{teller.facts.copies}", typeface.BOLD, 14)
    return _TOP - 8


def _end(sheet: Sheet, teller: Teller, reading: Reading) -> None:
    page, lang = sheet.pages + 1, teller.lang
    sheet.fitted(_LEFT, 8.5, words.say("report.companion", {}, lang), typeface.NARROW, 6.5, _RIGHT - _LEFT - pagefoot.SIDE - 2)
    sheet.numbered(
        _RIGHT - pagefoot.SIDE - 2, 11.5, lambda pages: words.say("report.page", {"page": page, "pages": pages}, lang), typeface.BOLD, 7
    )
    pagefoot.put(sheet, reading, _RIGHT - pagefoot.SIDE, 6, reading.spoken)
    sheet.next_page()
