"""What crosses from box to box: seal numbers, and codes read on boxes that are not theirs (spec chapters 09 REG-4 and REG-5, 10 LAW-9)."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.register import Printed

SEAL, SPARE = "seal", "spare"
OTHERS = {SEAL: "seal.other", SPARE: "spare.other"}  # the topics of the boxes that do not keep a number, or a code
TOPICS = (*OTHERS, *OTHERS.values())
FINDINGS = {SEAL: "seal.reused", SPARE: "label.two-boxes"}

Recalled = Callable[[str, str], str | None]


class Mark(NamedTuple):
    """A statement that puts a number, or a code, on a box: when it claims to have happened (Unix seconds), the head of its sid, its entry.

    stated: the reason that its signers gave for it, `-` without any.
    """

    box: str
    at: int
    sid: str
    entry: int
    stated: str = "-"

    @classmethod
    def of(cls, act: Act, box: str, at: int, topic: str) -> "Mark":
        """What an act says of a box, with the reason that its signers stated for it."""
        code = FINDINGS[topic]
        stated = next((one["reason"] for one in act.body["irregular"] if one["finding"] == code), "-") if act.body["irregular"] else "-"
        return cls(box, at, act.sid[:16], act.entry, stated)

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """As it is kept."""
        box, at, sid, entry, stated = text.split()
        return cls(box, int(at), sid, int(entry), stated)

    @property
    def order(self) -> tuple[int, str, str, int]:
        """Of two the earlier keeps what both claim (LAW-9, REG-5): by the time claimed, then by sid, never by arrival."""
        return self.at, self.sid, self.box, self.entry

    def text(self) -> str:
        """To be kept."""
        return " ".join(map(str, self))


class Facts:
    """Short facts by topic and key, as they are kept beside the boxes.

    `seal`: of a seal number the earliest statement that puts it on a box (`Mark`); `spare`: of a code that was read on boxes though not
    theirs the earliest reading. Behind it, of several boxes, the last one entered of those that do not keep it, else `-`.
    `seal.other`, `spare.other`: of such a number or code and box, `CODE BOX`, the earliest statement, and the one entered before it or `-`.
    All are functions of the set of statements, but for the order in which the other boxes are entered.
    """

    def __init__(self, recall: Recalled | None = None) -> None:
        self.known: dict[tuple[str, str], str] = {}
        self._recall = recall

    def get(self, topic: str, key: str) -> str | None:
        """One fact, called up if it is not at hand."""
        known = self.known.get((topic, key))
        return self._recall(topic, key) if known is None and self._recall is not None else known

    def put(self, topic: str, code: str, mark: Mark) -> None:
        """Keep that a statement puts a number or a code on a box. However many boxes there are, it costs the same."""
        kept = self.get(topic, code)
        if kept is None:
            self.known[topic, code] = f"{mark.text()} -"
            return
        first, last = parse(kept)
        if mark.box != first.box:
            said = self.get(OTHERS[topic], f"{code} {mark.box}")
            mark = min(mark, parse(said)[0], key=_order) if said is not None else mark
            first, other = sorted((first, mark), key=_order)
            last = self._enter(topic, code, other, last)
        elif mark.order < first.order:
            first = mark
        self.known[topic, code] = f"{first.text()} {last}"

    def _enter(self, topic: str, code: str, mark: Mark, last: str) -> str:
        """Note a box that does not keep a code. Returns the last one entered."""
        key = f"{code} {mark.box}"
        said = self.get(OTHERS[topic], key)
        self.known[OTHERS[topic], key] = f"{mark.text()} {parse(said)[1] if said is not None else last}"
        return last if said is not None else mark.box

    def readers(self, code: str) -> Iterator[str]:
        """The boxes that a code was read on and that it was not printed for."""
        kept = self.get(SPARE, code)
        if kept is None:
            return
        first, box = parse(kept)
        yield first.box
        while (said := self.get(OTHERS[SPARE], f"{code} {box}")) is not None:
            if box != first.box:
                yield box
            box = parse(said)[1]

    def told(self, codes: Mapping[str, Printed]) -> Iterator[Finding]:
        """What is found of the facts at hand. codes: the printed codes, of which only spares may stick on any box."""
        for (topic, key), kept in self.known.items():
            found = crossed(topic, key, kept, self.get, codes) if topic in OTHERS.values() else None
            if found is not None:
                yield found


def parse(kept: str) -> tuple[Mark, str]:
    """A fact as it is kept: its statement, and the box behind it or `-`. Raises `ValueError`."""
    mark, box = kept.rsplit(" ", 1)
    return Mark.parse(mark), box


def crossed(topic: str, key: str, kept: str, get: Recalled, codes: Mapping[str, Printed]) -> Finding | None:
    """What is found of one fact of the other boxes: that another box has its number, or spare, since before (LAW-9, REG-5)."""
    whose, (code, box) = topic.removesuffix(".other"), key.split()
    first = get(whose, code)
    keeper = parse(first)[0].box if first is not None else box
    printed = codes.get(code)
    if keeper == box or (whose == SPARE and (printed is None or printed.box is not None)):
        return None
    mark, _ = parse(kept)
    if whose == SPARE:
        found = finding("label.two-boxes", mark.entry, box=box, other=keeper, value=code)
    else:
        found = finding("seal.reused", mark.entry, box=box, other=keeper, value=code)
    return found._replace(stated=mark.stated if mark.stated != "-" else None)


def _order(mark: Mark) -> tuple[int, str, str, int]:
    return mark.order
