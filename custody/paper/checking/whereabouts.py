"""Where a paper differs from the drawn one: which page, which line, which entry it rests on (spec chapter 13, CHECK-11).

The verdict is made before (`check`); this only tells people where to look. What the given file says is quoted and never believed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pikepdf

from custody.core.errors import Fact, Undecided
from custody.i18n import words
from custody.i18n.screen import clean
from custody.paper.checking import pagelines, pagesigns, pdffile
from custody.paper.checking.pagelines import Fonts, Line

LONGEST = 120  # letters of a line that are quoted
_LEAD = 50  # of them before the first that differs
_FRAME = frozenset(("/Parent", "/Contents"))
_SAVED = frozenset(("/Producer", "/ModDate", "/CreationDate"))
_LEADING = frozenset(("/StructTreeRoot", "/AcroForm", "/Perms"))
_BOXES = ("/CropBox", "/MediaBox")
OF_A_LINE = frozenset(f"check.at.{one}" for one in ("line", "line-less", "covered", "hidden", "painted"))
Box = tuple[float, float, float, float]


class Place(NamedTuple):
    """The first place at which a paper differs.

    code: what happened there, words of `check-at.toml`. page: its number, 0 outside the pages. ledger: the line as the ledger draws it.
    given: what stands there now, cut and made harmless, not to be believed. entries: the entries on which the line rests, as it says.
    member: what was added, taken or changed, by its name in the file; or the page that stands here instead.
    """

    code: str
    page: int
    ledger: str = ""
    given: str = ""
    entries: str = ""
    member: str = ""

    @property
    def facts(self) -> dict[str, Fact]:
        """For the words of its code. what: the member, by the code of its words where there are any."""
        what = self.member.lower().replace("/", "-")
        told = {name: value for name, value in self._asdict().items() if name != "code"}
        return {**told, "what": what if words.known(f"check.member.{what}") else self.member}


def place(given: bytes, drawn: bytes, page: int) -> Place | None:
    """Where two documents differ that `pdffile.first_difference` found to differ on this page (0: outside). None where nobody can tell."""
    try:
        with pdffile.opened(given) as one, pdffile.opened(drawn) as other:
            return _outside(one, other) if page == 0 else _inside(one, other, page)
    except (Undecided, RecursionError):
        return None


def _outside(one: pikepdf.Pdf, other: pikepdf.Pdf) -> Place:
    """What leads to pages is looked at last: there a page that was written otherwise counts as another."""
    saved = pdffile.saved(one.Root)
    first, rest = pdffile.differing(one.Root, other.Root, saved | _LEADING), pdffile.differing(one.Root, other.Root, saved)
    member = first or pdffile.differing(one.docinfo, other.docinfo, _SAVED | {*other.docinfo.keys()} - {*one.docinfo.keys()}) or rest or ""
    names = _deeper(one.Root, other.Root, member) if first else _named(member)
    return Place("check.at.outside", 0, member=names)


def _inside(one: pikepdf.Pdf, other: pikepdf.Pdf, page: int) -> Place:
    number = page - 1
    if number >= len(other.pages):
        return Place("check.at.page-more", page)
    wanted = other.pages[number].obj
    content = pdffile.unpacked(wanted.Contents)
    fonts = _fonts(wanted)
    drawn = pagelines.lines(content, fonts)
    if number >= len(one.pages):
        return Place("check.at.page-less", page, ledger=_quoted(drawn[0].text) if drawn else "")
    page_given = one.pages[number].obj
    now = _content(page_given, 3 * len(content) + 65_536)
    if now == content or pagesigns.same([now], content):
        return _frame(page_given, wanted, page, drawn, pdffile.paired(one, other))
    moved = _which(other, now)
    if moved:
        return Place("check.at.page-moved", page, member=str(moved))
    return _line(page, drawn, pagelines.lines(now, fonts)) or _painted(page, drawn, content, now)


def _fonts(page: Any) -> Fonts:
    """The letters of the fonts of a drawn page."""
    found = page.Resources.get("/Font", {})
    return {name.encode(): pagelines.letters(pdffile.unpacked(font.ToUnicode)) for name, font in found.items() if "/ToUnicode" in font}


def _content(page: Any, most: int) -> bytes:
    """What a given page draws, in one piece, up to a bound."""
    found = page.get("/Contents")
    streams = list(found)[:64] if isinstance(found, pikepdf.Array) else [found]
    return b"\n".join(pdffile.begun(one, most) for one in streams if isinstance(one, pikepdf.Stream))[:most]


def _which(other: pikepdf.Pdf, content: bytes) -> int:
    """Which page of the drawn paper has this content; 0 for none."""
    for number, page in enumerate(other.pages, 1):
        if pdffile.unpacked(page.obj.Contents) == content:
            return number
    return 0


# -- a line of text ------------------------------------------------------------------------------------------------------------------


def _line(page: int, drawn: Sequence[Line], now: Sequence[Line]) -> Place | None:
    """The first line that says something else, lacks or is new; None where all lines are the same."""
    known = {line.y: line for line in now}
    for number, line in enumerate(drawn):
        other = known.get(line.y)
        if other is None or other.text != line.text:
            return _changed(page, drawn, number, "" if other is None else other.text)
    heights = {line.y for line in drawn}
    for line in now:
        if line.y not in heights:
            above = [one for one in drawn if one.y > line.y]
            return Place("check.at.line-more", page, _quoted(above[-1].text) if above else "", _quoted(line.text))
    return None


def _changed(page: int, drawn: Sequence[Line], number: int, now: str) -> Place:
    text = drawn[number].text
    at = next((at for at, (one, other) in enumerate(zip(text, now, strict=False)) if one != other), min(len(text), len(now)))
    code = "check.at.line" if now else "check.at.line-less"
    return Place(code, page, _quoted(text, at), _quoted(now, at), pagelines.entries(drawn, number))


def _quoted(text: str, at: int = 0) -> str:
    """A part of a line around a letter, fit for a screen."""
    begin = 0 if len(text) <= LONGEST else max(0, min(at - _LEAD, len(text) - LONGEST))
    return ("…" if begin else "") + clean(text[begin:], LONGEST)


# -- something else than text --------------------------------------------------------------------------------------------------------


def _painted(page: int, drawn: Sequence[Line], content: bytes, now: bytes) -> Place:
    """Something was drawn, or is no longer: over a line where a rectangle was added, else behind the line that was written last."""
    wanted, given = _signs(content), _signs(now)
    begin = next((at for at, (one, other) in enumerate(zip(wanted, given, strict=False)) if one != other), min(len(wanted), len(given)))
    for box in _rectangles(given[begin : begin + max(64, len(given) - len(wanted))]):
        covered = [number for number, line in enumerate(drawn) if _within(line, box)]
        if covered:
            return _touched("check.at.covered", page, drawn, covered[0])
    before = [(run.at, number) for number, line in enumerate(drawn) for run in line.runs if run.at < begin]
    return _touched("check.at.painted", page, drawn, max(before)[1] if before else None)


def _signs(content: bytes) -> list[bytes]:
    found = []
    try:
        for _, sign in pagesigns.signs(content):
            found.append(sign)
    except ValueError:
        pass
    return found


def _rectangles(signs: Sequence[bytes]) -> Iterator[Box]:
    """Rectangles among signs of a content, where nothing was moved or turned before."""
    for at, sign in enumerate(signs):
        if sign == b"re" and at >= 4:
            try:
                x, y, width, height = (float(one) for one in signs[at - 4 : at])
            except ValueError:
                continue
            yield min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height)


def _within(line: Line, box: Box) -> bool:
    return box[1] <= line.y <= box[3] and any(box[0] <= run.x <= box[2] for run in line.runs)


def _touched(code: str, page: int, drawn: Sequence[Line], number: int | None, member: str = "") -> Place:
    if number is None:
        return Place(code if member else "check.at.painted-first", page, member=member)
    return Place(code, page, _quoted(drawn[number].text), "", pagelines.entries(drawn, number), member)


def _frame(given: Any, wanted: Any, page: int, drawn: Sequence[Line], pages: set[tuple[Any, Any]]) -> Place:
    """What is around the content: a box that hides rows, a stamp, a font; else how the content itself is kept. pages: compared apart."""
    member = pdffile.differing(given, wanted, _FRAME | pdffile.unsaid(given, wanted), pages) or "/Contents"
    hidden = [number for number in range(len(drawn)) if _hides(given, member, drawn[number])]
    if hidden:
        return _touched("check.at.hidden", page, drawn, hidden[0], _named(member))
    names = _deeper(given, wanted, member) if member else ""
    written = [number for number, line in enumerate(drawn) for run in line.runs if names == f"Resources/Font/{_named(run.font.decode())}"]
    return _touched("check.at.font", page, drawn, written[0], names) if written else Place("check.at.frame", page, member=names)


def _hides(given: Any, member: str, line: Line) -> bool:
    """Whether a line lies outside a box that was narrowed, or under something that was stuck on."""
    if member in _BOXES:
        box = _box(given.get(member))
        return box is not None and not box[1] <= line.y <= box[3]
    found = given.get(member) if member == "/Annots" else None
    stuck = list(found)[:1_000] if isinstance(found, pikepdf.Array) else []
    boxes = [_box(one.get("/Rect")) for one in stuck if isinstance(one, pikepdf.Dictionary)]
    return any(box is not None and _within(line, box) for box in boxes)


def _box(found: Any) -> Box | None:
    """Four numbers, the smaller first."""
    if not isinstance(found, pikepdf.Array) or len(found) != 4:
        return None
    try:
        x, y, right, top = (float(one) for one in found)
    except (TypeError, ValueError):
        return None
    return min(x, right), min(y, top), max(x, right), max(y, top)


def _deeper(given: Any, wanted: Any, key: str) -> str:
    """The way to what differs below a key, two steps further at most."""
    names = _named(key)
    for _ in range(2):
        given, wanted = given.get(key), wanted.get(key)
        if not (isinstance(given, pikepdf.Dictionary) and isinstance(wanted, pikepdf.Dictionary)):
            break
        found = pdffile.differing(given, wanted)
        if found is None:
            break
        key, names = found, f"{names}/{_named(found)}"
    return names


def _named(member: str) -> str:
    return clean(member.removeprefix("/"), 40)
