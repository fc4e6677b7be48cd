"""The page of an incident: what happened, to which boxes, who says so, and what it rests on (spec chapter 20).

Facts in, the bytes of one A4 page out, always the same. It is drawn the moment the incident is recorded, to be handed on.
"""

from dataclasses import dataclass

from custody.i18n import words
from custody.paper.canvas import qr, typeface
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import A4, BLACK, MM, PALE, WHITE, Sheet

LEFT, RIGHT, TOP, BOTTOM = 15.0, 195.0, 284.0, 24.0
_CODE = 34.0  # side of the code with its white
_NAMED, _TOLD = 50.0, RIGHT - LEFT - 50.0
_LIMITS = ("content", "later", "names")
_LEADING = 4.4


@dataclass(frozen=True)
class BoxLine:
    """A box, or `count` boxes that stand alike: name, where last, who held them, their seals; empty where the ledger knows nothing."""

    name: str
    place: str = ""
    holder: str = ""
    seals: str = ""
    count: int = 1


@dataclass(frozen=True)
class IncidentFacts:
    """What the page of an incident shows, in words of one language.

    what: the kind of incident. when: when it happened, and how that is known; recorded: when it was written down. boxes: those that are
    shown one by one, `count` of them in all. people: who signed. owner, due, note, settles, settled: empty where there is none.
    photos: SHA-256 in hex. entry: its number in the ledger, None while it waits for the ledger key. size, root (hex): the checkpoint that
    it rests on. short: its short line. mark: what the code holds.
    """

    lang: str
    operation: str
    drill: bool
    what: str
    when: str
    recorded: str
    place: str
    boxes: tuple[BoxLine, ...]
    count: int
    people: tuple[str, ...]
    origin: str
    sid: str
    entry: int | None
    size: int
    root: str
    short: str
    mark: str
    owner: str = ""
    due: str = ""
    note: str = ""
    settles: tuple[str, ...] = ()
    settled: str = ""
    photos: tuple[str, ...] = ()


def draw(facts: IncidentFacts) -> bytes:
    """The page as a PDF. Raises `Malformed("qr.long")` for a mark that no code can hold."""
    page = _Page(facts)
    page.head()
    page.told()
    page.boxes()
    page.rests()
    return page.finish()


class _Page:
    """Writes one page from top to bottom; what it rests on stands at the foot, and the boxes get what is between."""

    def __init__(self, facts: IncidentFacts) -> None:
        self.facts = facts
        self.sheet = Sheet(A4, self.say("title"), f"{facts.what} · {facts.sid}", facts.lang)
        self.y = TOP
        if facts.drill:
            self.sheet.watermark(words.say("paper.drill", {}, facts.lang))

    def say(self, code: str, **values: object) -> str:
        return words.say(f"paper.incident.{code}", values, self.facts.lang)

    def head(self) -> None:
        """Title and what happened, large; a drill says so in a black band."""
        sheet, facts = self.sheet, self.facts
        sheet.fitted(LEFT, self.y, facts.operation.upper(), typeface.BOLD, 8, RIGHT - LEFT)
        sheet.text(LEFT, self.y - 9, self.say("title"), typeface.BOLD, 19)
        self.y -= 13
        if facts.drill:
            sheet.box(LEFT, self.y - 7, RIGHT - LEFT, 7, BLACK, None)
            sheet.centred((LEFT + RIGHT) / 2, self.y - 5.2, self.say("drill"), typeface.BOLD, 12, WHITE)
            self.y -= 8
        sheet.box(LEFT, self.y - 13, RIGHT - LEFT, 12, PALE, 0.4)
        text = facts.what.upper()
        size = typeface.fitting_size(text, typeface.BOLD, 20, (RIGHT - LEFT - 6) * MM, 8)
        sheet.fitted(LEFT + 3, self.y - 9.2, text, typeface.BOLD, size, RIGHT - LEFT - 6, size)
        self.y -= 19

    def told(self) -> None:
        """When, where, who, what is being done."""
        facts = self.facts
        photos = self.say("photos.told", count=len(facts.photos), first=facts.photos[0][:16]) if facts.photos else ""
        state = facts.settled or self.say("open")
        rows = (("when", facts.when), ("recorded", facts.recorded), ("place", facts.place), ("signed", "; ".join(facts.people)),
                ("state", state), ("owner", facts.owner), ("due", facts.due), ("settles", "; ".join(facts.settles)), ("photos", photos),
                ("note", facts.note))  # fmt: skip
        for code, value in rows:
            if value:
                self._pair(self.say(code), value, 6 if code == "note" else 3)

    def boxes(self) -> None:
        """The boxes one by one with where they were last, as many as the page holds."""
        facts, foot = self.facts, BOTTOM + _CODE + 26
        self.y -= 3
        self.sheet.text(LEFT, self.y, self.say("boxes", count=facts.count), typeface.BOLD, 11)
        self.y -= 1.5
        room = int((self.y - foot) / _LEADING) - 1
        shown = facts.boxes[:room]
        for one in shown:
            self.y -= _LEADING
            spots: list[tuple[float, float, str, str]] = [(LEFT, 50, one.name, typeface.BOLD), (LEFT + 52, 30, one.place, typeface.PLAIN)]
            spots += [(LEFT + 84, 60, one.holder, typeface.PLAIN), (LEFT + 146, RIGHT - LEFT - 146, one.seals, typeface.PLAIN)]
            for x, wide, text, font in spots:
                self.sheet.fitted(x, self.y, text or "—", font, 8, wide)
            self.sheet.rule(LEFT, self.y - 1.2, RIGHT, self.y - 1.2, 0.1)
        left = facts.count - sum(one.count for one in shown)
        if left:
            self.y -= _LEADING
            self.sheet.text(LEFT, self.y, self.say("more", count=left), typeface.PLAIN, 8)

    def rests(self) -> None:
        """Which entry, under which checkpoint: its short line large enough to be read aloud, and a code; what the page cannot prove."""
        facts, sheet = self.facts, self.sheet
        top = BOTTOM + _CODE + 20
        sheet.rule(LEFT, top, RIGHT, top, 0.6, BLACK)
        modules = 17 + 4 * qr.smallest_version(len(facts.mark.encode())) + 2 * QUIET
        qr.draw(sheet, RIGHT - _CODE, top - 2 - _CODE, _CODE / modules, facts.mark)
        sheet.text(LEFT, top - 5.5, self.say("rests"), typeface.BOLD, 10)
        entry = self.say("waiting") if facts.entry is None else self.say("entry", entry=facts.entry)
        sheet.fitted(LEFT, top - 10.5, entry, typeface.PLAIN, 8.5, RIGHT - LEFT - _CODE - 4)
        sheet.fitted(LEFT, top - 18, facts.short, typeface.CODE, 16, RIGHT - LEFT - _CODE - 4)
        told = (self.say("short"), self.say("checkpoint", size=facts.size, root=facts.root), facts.origin, self.say("sid", sid=facts.sid))
        for row, text in enumerate(told):
            sheet.fitted(LEFT, top - 22.5 - row * 3.6, text, typeface.NARROW, 7, RIGHT - LEFT - _CODE - 4)
        self.y = top - 38.5
        for code in _LIMITS:
            self._limit(self.say(f"limit.{code}"), top - _CODE - 2)

    def _limit(self, sentence: str, below: float) -> None:
        """One sentence with a mark before it; above `below` it leaves room for the code."""
        room = RIGHT - LEFT - (_CODE + 4 if self.y > below else 0)
        for line in typeface.wrapped(f"■ {sentence}", typeface.NARROW, 7.4, room * MM):
            self.sheet.text(LEFT, self.y, line, typeface.NARROW, 7.4)
            self.y -= 3.3

    def finish(self) -> bytes:
        """The foot, and the document."""
        self.sheet.rule(LEFT, 15, RIGHT, 15)
        self.sheet.fitted(LEFT, 11, words.say("report.companion", {}, self.facts.lang), typeface.NARROW, 7, RIGHT - LEFT)
        self.sheet.next_page()
        return self.sheet.finish()

    def _pair(self, name: str, value: str, most: int) -> None:
        """A name and what it is, over a few lines where it is long."""
        self.sheet.fitted(LEFT, self.y, name, typeface.PLAIN, 8.5, _NAMED - 2)
        lines = typeface.wrapped(value, typeface.PLAIN, 9.5, _TOLD * MM)
        if len(lines) > most:
            lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
        for line in lines:
            self.sheet.fitted(LEFT + _NAMED, self.y, line, typeface.PLAIN, 9.5, _TOLD)
            self.y -= _LEADING
        self.y -= 0.8
