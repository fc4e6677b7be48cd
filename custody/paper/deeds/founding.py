"""The founding deed on paper: what was founded, by whom, its number and the trust file, to be signed in ink (docs/spec/06-policy.md).

Indonesian first, English beside it. The same facts give the same bytes, as with labels and reports.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from custody.core.note import VerifierKey
from custody.core.policy import Policy
from custody.i18n import dates, words
from custody.paper.canvas import qr, typeface
from custody.paper.canvas.flow import Flow
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import A4, BLACK, GREY, MM, PALE, WHITE, Sheet

LEFT, RIGHT, TOP, BOTTOM = 15.0, 195.0, 286.0, 23.0
_CODE = 44.0  # side of the code that holds the trust file, with its white
_SIGNED = 18.0  # height of one authority's row
_PROVEN, _UNPROVEN = ("text", "trust", "copy"), ("people", "boxes", "later")


@dataclass(frozen=True)
class Signer:
    """One authority. person: rank, name, number and unit as they may be shown, empty where they may not; key_id: 8 hex digits.

    signed: whether the key signed the founding.
    """

    institution: str
    key: str
    key_id: str
    person: str = ""
    signed: bool = False


@dataclass(frozen=True)
class DeedFacts:
    """What a founding deed shows.

    operation, election, types (the kinds of boxes): in words, as the founding has them. drill: whether it counts for a drill only.
    domain: as in the origin. sid: id of the founding statement, 64 hex digits. founded: UTC moment of the text (`YYYY-MM-DDTHH:MM:SSZ`),
    zone: IANA name. signers: the authorities in the order of the text, `threshold` of whom decide; `supervisors` sign a ruling, clocks may
    differ by `skew` seconds. key_use: `file` or `unlocked`. trust: the bytes of the trust file, which names the ledger's key.
    titles: role and title, where the office has its own.
    """

    operation: str
    election: str
    types: str
    drill: bool
    domain: str
    sid: str
    founded: str
    zone: str
    signers: tuple[Signer, ...]
    threshold: int
    supervisors: int
    skew: int
    key_use: str
    trust: bytes
    titles: tuple[tuple[str, str], ...] = ()


def draw(facts: DeedFacts) -> bytes:
    """The deed as a PDF of one or two A4 pages.

    Raises `Malformed`: `policy.…` for a trust file that cannot be read, `qr.long` for one that no code can hold, `date.…`.
    """
    page = _Page(facts)
    page.head()
    page.pairs()
    page.number()
    page.trusted()
    page.signed()
    page.proven()
    return page.finish()


def fingerprint(key: VerifierKey) -> str:
    """SHA-256 of a raw public key in hex, in groups of four for reading aloud."""
    return grouped(sha256(key.public).hexdigest())


def grouped(text: str, size: int = 4) -> str:
    """Digits in groups."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


class _Page(Flow):
    """Writes the deed from top to bottom; every page ends with the number of the founding and a place for initials."""

    def __init__(self, facts: DeedFacts) -> None:
        self.facts, self.policy = facts, Policy.parse(facts.trust)
        super().__init__(Sheet(A4, self.say("title"), f"{facts.operation} · {facts.sid}", "id"), BOTTOM)
        self.begin()

    def say(self, code: str, lang: str = "id", **values: object) -> str:
        return words.say(f"paper.deed.{code}", values, lang, dict(self.facts.titles))

    def begin(self) -> None:
        self.y = TOP
        if self.facts.drill:
            self.sheet.watermark(words.say("paper.drill", {}, "id"))

    def end(self) -> None:
        sheet = self.sheet
        sheet.rule(LEFT, 19, RIGHT, 19)
        sheet.text(LEFT, 14.5, f"{self.say('initials')} / {self.say('initials', 'en')}", typeface.NARROW, 7, GREY)
        sheet.rule(LEFT + 30, 14.2, LEFT + 110, 14.2, 0.2, BLACK)
        sheet.text(LEFT, 9.5, grouped(self.facts.sid), typeface.CODE, 6)
        page = sheet.pages + 1
        sheet.numbered(RIGHT, 14.5, lambda pages: self.say("page", page=page, pages=pages), typeface.BOLD, 7)
        sheet.text(LEFT, 6.5, self.say("companion"), typeface.NARROW, 6.5, GREY)
        sheet.next_page()

    def finish(self) -> bytes:
        self.end()
        return self.sheet.finish()

    # -- pieces ----------------------------------------------------------------------------------------------------------------

    def head(self) -> None:
        """Title, and whether this counts, as large as it can be said."""
        sheet = self.sheet
        sheet.fitted(LEFT, self.y - 8, self.say("title"), typeface.BOLD, 19, RIGHT - LEFT)
        sheet.fitted(LEFT, self.y - 13, self.say("title", "en"), typeface.PLAIN, 9, RIGHT - LEFT)
        self.y -= 30
        kind = "drill" if self.facts.drill else "real"
        fill, ink = (BLACK, WHITE) if self.facts.drill else (None, BLACK)
        sheet.box(LEFT, self.y, RIGHT - LEFT, 15, fill, 0.8)
        for lang, up, most in (("id", 6.2, 22.0), ("en", 1.8, 9.0)):
            text = self.say(kind, lang)
            size = typeface.fitting_size(text, typeface.BOLD, most, (RIGHT - LEFT - 6) * MM, 6)
            sheet.centred((LEFT + RIGHT) / 2, self.y + up, text, typeface.BOLD, size, ink)
        self.y -= 3

    def pairs(self) -> None:
        """What was founded, when, how many decide, and how its key is kept."""
        facts, some = self.facts, len(self.facts.signers) > 1

        def told(code: str, lang: str) -> str:
            return self.say(code, lang, threshold=facts.threshold, count=len(facts.signers), supervisors=facts.supervisors, skew=facts.skew)

        self._pair("operation", facts.operation)
        self._pair("election", facts.election)
        self._pair("types", facts.types)
        self._pair("domain", facts.domain)
        self._pair("founded", *(f"{dates.when(facts.founded, facts.zone, lang)} ({facts.zone})" for lang in words.LANGUAGES))
        self._pair("threshold", *(told("decide" if some else "decide.one", lang) for lang in words.LANGUAGES))
        self._pair("rulings", *(told("ruled", lang) for lang in words.LANGUAGES))
        self._pair("skew", *(told("differ", lang) for lang in words.LANGUAGES))
        self._pair("keyuse", *(words.say(f"keyuse.{facts.key_use}", {}, lang) for lang in words.LANGUAGES))
        self.y -= 1

    def _pair(self, code: str, value: str, other: str = "") -> None:
        """A name and what it is; the English beside it, or below it where there is no room."""
        self.y -= 4.6
        room = RIGHT - LEFT - 46
        self.sheet.fitted(LEFT, self.y, f"{self.say(code)} / {self.say(code, 'en')}", typeface.PLAIN, 7.5, 44)
        size = self.sheet.fitted(LEFT + 46, self.y, value, typeface.BOLD, 9.5, room)
        if other:
            used = typeface.width(value, typeface.BOLD, size) / MM + 3
            if used + typeface.width(other, typeface.NARROW, 6) / MM > room:
                self.y, used = self.y - 3, 0
            self._grey(LEFT + 46 + used, self.y, other, room - used)

    def number(self) -> None:
        """The whole number of the founding, to be read aloud and compared."""
        self._heading("sid")
        half = len(self.facts.sid) // 2
        self.sheet.box(LEFT, self.y - 15, RIGHT - LEFT, 15, PALE, None)
        for row, part in enumerate((self.facts.sid[:half], self.facts.sid[half:])):
            text = grouped(part)
            size = typeface.fitting_size(text, typeface.CODE, 17, (RIGHT - LEFT - 8) * MM, 6)
            self.sheet.centred((LEFT + RIGHT) / 2, self.y - 6 - row * 7, text, typeface.CODE, size)
        self.y -= 16

    def trusted(self) -> None:
        """The trust file as a code and as text, and the key of the ledger that it names."""
        self.room(_CODE + 14)
        self._heading("trust")
        top, text = self.y, self.facts.trust.decode("utf-8", "surrogateescape")
        modules = 17 + 4 * qr.smallest_version(len(self.facts.trust)) + 2 * QUIET
        qr.draw(self.sheet, RIGHT - _CODE, top - _CODE, _CODE / modules, text)
        for row, lang in enumerate(words.LANGUAGES):
            self._grey(RIGHT - _CODE + 4, top - _CODE - row * 2.8, self.say("scan", lang), _CODE - 4)
        self.y -= 1
        for number, line in enumerate(_typed(text, RIGHT - LEFT - _CODE - 8), 1):
            self.y -= 1
            for step, part in enumerate(line):
                self.y -= 4
                if step == 0:
                    self.sheet.text(LEFT, self.y, str(number), typeface.BOLD, 8.5, GREY)
                self.sheet.text(LEFT + 5, self.y, part, typeface.CODE, _TYPED)
        self.y -= 2
        self._both("lines", RIGHT - LEFT - _CODE - 4)
        for key in self.policy.logs:
            self.y -= 2
            self._both("ledgerkey", RIGHT - LEFT - _CODE - 4, id=key.key_id.hex())
            for part in _halves(fingerprint(key)):
                self.y -= 3.6
                self.sheet.text(LEFT + 5, self.y, part, typeface.CODE, 7.5)
        self.y = min(self.y, top - _CODE - 4)

    def signed(self) -> None:
        """A row for each authority, with places for ink."""
        self.room(_SIGNED + 14)
        self._heading("signers")
        spots = ((LEFT + 84, LEFT + 146, "ink"), (LEFT + 150, RIGHT, "date"))
        for number, one in enumerate(self.facts.signers, 1):
            self.room(_SIGNED)
            self.y -= _SIGNED
            self.sheet.fitted(LEFT, self.y + 12.8, f"{number}. {one.institution.upper()}", typeface.BOLD, 10, 80)
            self.sheet.fitted(LEFT + 5, self.y + 9.4, one.person or "……………………………………………………", typeface.PLAIN, 8, 74)
            self._grey(LEFT + 5, self.y + 6.4, self.say("key", name=one.key, id=one.key_id), 74)
            code = "signed" if one.signed else "unsigned"
            self.sheet.fitted(LEFT + 5, self.y + 2.8, self.say(code), typeface.BOLD, 8, 74)
            self._grey(LEFT + 5, self.y + 0.2, self.say(code, "en"), 74)
            for start, end, spot in spots:
                self.sheet.rule(start, self.y + 2.8, end, self.y + 2.8, 0.25, BLACK)
                self._grey(start, self.y + 0.2, f"{self.say(spot)} / {self.say(spot, 'en')}", end - start)
        self.y -= 1

    def proven(self) -> None:
        """What the deed proves and what it does not."""
        self.room(78)  # all of it on one page
        for code, told in (("proves", _PROVEN), ("proves-not", _UNPROVEN)):
            self._heading(code)
            for one in told:
                self.sheet.text(LEFT, self.y - 3.6, "■", typeface.PLAIN, 5)
                self._both(f"{code}.{one}", RIGHT - LEFT - 4, LEFT + 4)
                self.y -= 1
        self.y -= 1
        self._both("keep", RIGHT - LEFT)

    # -- lines -----------------------------------------------------------------------------------------------------------------

    def _heading(self, code: str) -> None:
        """Indonesian bold, English beside it."""
        self.y -= 6
        text = self.say(code)
        self.sheet.text(LEFT, self.y, text, typeface.BOLD, 10)
        used = typeface.width(text, typeface.BOLD, 10) / MM + 3
        self._grey(LEFT + used, self.y, self.say(code, "en"), RIGHT - LEFT - used)
        self.y -= 1.5

    def _grey(self, x: float, y: float, text: str, room: float) -> None:
        size = typeface.fitting_size(text, typeface.NARROW, 7, room * MM, 4.5)
        self.sheet.text(x, y, typeface.cut(text, typeface.NARROW, size, room * MM), typeface.NARROW, size, GREY)

    def _both(self, code: str, room: float, x: float = LEFT, **values: object) -> None:
        """A sentence in Indonesian, below it in English."""
        for lang, font, size, colour in (("id", typeface.PLAIN, 8.0, BLACK), ("en", typeface.NARROW, 7.0, GREY)):
            for line in typeface.wrapped(self.say(code, lang, **values), font, size, room * MM):
                self.y -= 3.5
                self.sheet.text(x, self.y, line, font, size, colour)


_TYPED = 8.5  # points of the trust file's letters


def _typed(text: str, room: float) -> Iterator[list[str]]:
    """The lines of the trust file, each in parts that fit; a part never ends or begins with a space, so that none gets lost."""
    most = int(room * MM / typeface.width("0", typeface.CODE, _TYPED))
    for line in text.splitlines():
        parts = [""]
        for char in line:
            if len(parts[-1]) >= most and char != " " and not parts[-1].endswith(" "):
                parts.append("")
            parts[-1] += char
        yield parts


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle].strip(), text[middle:].strip()
