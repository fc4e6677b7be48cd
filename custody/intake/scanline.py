"""What a USB scanner or a person types into the scan loop, told apart (docs/spec/11-label-code.md; docs/adr/0002-intake-room.md)."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from custody.core import labelcode
from custody.core.errors import Malformed
from custody.intake.keyboards import readings

PAYLOAD = len(labelcode.PREFIX) + labelcode.LENGTH + 1  # every code of ours is this long, so that run-together codes can be parted
LONGEST = 2_000  # characters of one input; more is somebody leaning on the keyboard, or another thing than a label
STRAY = 3  # so many characters before a code are noise of the scanner, and say nothing
_END = frozenset("\r\n\t")
_RUBOUT = frozenset("\b\x7f")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # the mark some scanners put before a code to name its symbology
_GROUPS = re.compile(r"[0-9A-Za-z]{4}(?:[ -][0-9A-Za-z]{4}){3}[ -][0-9A-Za-z]")
_TOGETHER = re.compile(r"[0-9A-Za-z]{17}")
_BOX_ID = re.compile(r"[A-Za-z]{2,4}[0-9]{2}[ _/-]+[0-9]{10}[ _/-].*")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/|www\.", re.IGNORECASE)
_DATA = re.compile(r"[\[{<\"]|.*[|;=&^~#].*[|;=&^~#]", re.DOTALL)
_LONG_NUMBER = re.compile(r"[0-9]{11,}")
_SOLID = re.compile(r"[^\s]{16,}")

Kind = Literal["ours", "broken", "other", "typed", "stray", "enter"]


@dataclass(frozen=True)
class Scan:
    """One input.

    kind: `ours` a label of ours, `code` holds its 16 symbols; `broken` one of ours that was read or typed wrongly, `trouble` says how
    (`labelcode.*`); `other` a machine's code that is not ours, perhaps KPU's; `typed` words of a person; `stray` words that a scan cut
    off before Enter; `enter` that key alone. text: what came, without control characters. again: the same within the double time.
    layout: how the keyboard is set (`keyboards.LAYOUTS`) where a code of ours shows it.
    """

    kind: Kind
    text: str
    code: str | None = None
    how: Literal["scanned", "typed"] = "scanned"
    layout: str = "us"
    trouble: str | None = None
    again: bool = False


@dataclass
class Scanner:
    """Takes keystrokes or whole lines with the time they came, in milliseconds of any steady clock, and gives back scans.

    gap: a machine presses its keys faster than this, so a longer pause ends what it sent, also without Enter or Tab.
    double: the same code within this time is one reading that came twice.
    ends: whether Enter alone, later than `double` after what came last, is told: a scanner may send more than one line end.
    words: commands that people type; they are never taken for a scan, however fast they come, and wait for Enter like all that is typed.
    """

    gap: int = 60
    double: int = 1_000
    words: frozenset[str] = frozenset()
    ends: bool = False
    _held: str = ""
    _at: int = 0
    _fast: bool = True
    _last: tuple[str, int] = field(default=("", -1_000_000_000))

    def feed(self, text: str, at: int) -> list[Scan]:
        """Take characters that came at `at`; give the inputs that they complete, in order."""
        scans = self.idle(at)
        if self._held and at - self._at > self.gap:
            self._fast = False
        whole = not self._held and not _END.isdisjoint(text)
        for mark in text:
            scans += self._take(mark, at, whole)
        return scans

    def idle(self, at: int) -> list[Scan]:
        """Nothing came until `at`: a machine that ends its codes with no key has finished. A person may go on typing."""
        if not self._fast or len(self._held) < 6 or at - self._at <= self.gap:
            return []
        text = cleaned(self._held)
        typed = any(word.startswith(text.lower()) for word in self.words) or _classify(text, True, self.words).kind == "typed"
        return [] if typed else self._end(at)

    def flush(self, at: int) -> list[Scan]:
        """The input is closed: give what is held."""
        return self._end(at)

    def _take(self, mark: str, at: int, whole: bool) -> list[Scan]:
        if mark in _END:
            return self._alone(at, whole)
        if mark in _RUBOUT:
            self._held = self._held[:-1]
            return []
        self._held, self._at = self._held + mark, at
        if len(self._held) >= LONGEST:
            return self._end(at, whole)
        return self._ours_at_end(at)

    def _ours_at_end(self, at: int) -> list[Scan]:
        """A code of ours is complete with its last symbol, whatever key follows or none."""
        found = _ours(self._held[-PAYLOAD:]) if len(self._held) >= PAYLOAD else None
        if found is None:
            return []
        before, self._held, self._fast = self._held[:-PAYLOAD], "", True
        cut_off = cleaned(before)
        scans = [_classify(cut_off, False, self.words)] if len(cut_off) > STRAY else []
        cut = [replace(scan, kind="stray") if scan.kind == "typed" else scan for scan in scans]
        return [self._seen(scan, at) for scan in [*cut, found]]

    def _end(self, at: int, whole: bool = False) -> list[Scan]:
        """What is held is one input; a line that came whole says nothing about the speed of its typing."""
        text, fast = cleaned(self._held), self._fast and not whole
        self._held, self._fast = "", True
        if text:
            return [self._seen(_classify(text, fast, self.words), at)]
        return []

    def _alone(self, at: int, whole: bool) -> list[Scan]:
        """A line end: of what is held; alone, and so long after what came last that no scanner sent it, it is the key of a person."""
        late = at - self._last[1] > self.double
        return self._end(at, whole) or ([Scan("enter", "", how="typed")] if self.ends and late else [])

    def _seen(self, scan: Scan, at: int) -> Scan:
        name = scan.code or scan.text
        before, self._last = self._last, (name, at)
        again = scan.kind != "typed" and before[0] == name and at - before[1] <= self.double
        return replace(scan, again=again)


def like_ours(text: str) -> bool:
    """Whether it is letters and digits, as many as a code of ours has, one more or one less: perhaps one with a wrong symbol."""
    bare = "".join(text.upper().replace("-", " ").split())
    fits = abs(len(bare) - labelcode.LENGTH - 1) <= 1 and bare.isascii() and bare.isalnum()
    return fits and not bare.isdigit() and not bare.isalpha()


def is_scan(text: str) -> bool:
    """Tell whether a text holds a code of ours, however the keyboard is set: a passphrase prompt throws such input away."""
    return any(_ours(text[at : at + PAYLOAD]) for at in range(min(len(text), LONGEST) - PAYLOAD + 1))


def cleaned(text: str) -> str:
    """Without control characters and the mark of the symbology that some scanners send first."""
    bare = _CONTROLS.sub("", _ESCAPES.sub("", text)).strip()
    return _AIM.sub("", bare)


def _ours(text: str) -> Scan | None:
    """A whole code of ours with its prefix, in any layout of the keyboard."""
    for layout, read in readings(text):
        if read.startswith(labelcode.PREFIX) and len(read) == PAYLOAD:
            try:
                return Scan("ours", read, labelcode.parse(read), layout=layout)
            except Malformed:
                continue
    return None


def _classify(text: str, fast: bool, words: frozenset[str]) -> Scan:
    if text.lower() in words:
        return Scan("typed", text, how="typed")
    found = _ours(text) or _typed_code(text) or _broken(text)
    if found:
        return found
    if _BOX_ID.fullmatch(text):
        return Scan("typed", text, how="typed")
    machine = _ADDRESS.match(text) or _DATA.match(text) or _LONG_NUMBER.fullmatch(text) or _is_solid(text)
    if machine or (fast and len(text) >= 6 and " " not in text):
        return Scan("other", text)
    return Scan("typed", text, how="typed")


def _is_solid(text: str) -> bool:
    """A long piece without a space, of letters and digits mixed: no name of a place looks like this."""
    return bool(_SOLID.fullmatch(text)) and any(mark.isdigit() for mark in text) and any(mark.isalpha() for mark in text)


def _typed_code(text: str) -> Scan | None:
    """The code beside the QR: in groups of four, or together; words of 17 letters that pass the check by chance have no digit."""
    grouped = _GROUPS.fullmatch(text)
    together = _TOGETHER.fullmatch(text) and any(mark.isdigit() for mark in text)
    if not grouped and not together:
        return None
    try:
        return Scan("ours", text, labelcode.parse(text), how="typed")
    except Malformed as error:
        hyphened = grouped and text.count("-") == 4
        return Scan("broken", text, how="typed", trouble=error.code) if hyphened else None


def _broken(text: str) -> Scan | None:
    """Something that begins with our prefix, in any layout, and is not whole."""
    for layout, read in readings(text):
        if read.startswith(labelcode.PREFIX):
            try:
                labelcode.parse(read)
            except Malformed as error:
                return Scan("broken", text, layout=layout, trouble=error.code)
    return None
