"""What crosses from box to box: seal numbers, and codes read on boxes that are not theirs (spec chapters 09 REG-4 and REG-5, 10 LAW-9)."""

from collections.abc import Callable
from typing import NamedTuple

from custody.core.act import Act

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
    def of(cls, act: Act, box: str, at: int, code: str) -> "Mark":
        """What an act says of a box. code: the finding for which its signers may have stated a reason."""
        stated = next((one["reason"] for one in act.body["irregular"] if one["finding"] == code), "-") if act.body["irregular"] else "-"
        return cls(box, at, act.sid[:16], act.entry, stated)

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """As it is kept."""
        box, at, sid, entry, stated = text.split()
        return cls(box, int(at), sid, int(entry), stated)

    @property
    def order(self) -> tuple[int, str]:
        """Of two the earlier keeps what both claim (LAW-9, REG-5): by the time claimed, then by sid, never by arrival."""
        return self.at, self.sid

    def text(self) -> str:
        """To be kept."""
        return " ".join(map(str, self))


class Facts:
    """Short facts by topic and key, as they are kept beside the boxes.

    `seal`: of a seal number the statement that keeps it (`Mark`). `spare`: of a code that was read on boxes though not theirs the
    reading that keeps it (`Mark`), and the box that came last; of such a code and box, `CODE BOX`, the entry and the box before, as
    `13 BOX` or `13 -`.
    """

    def __init__(self, recall: Recalled | None = None) -> None:
        self.known: dict[tuple[str, str], str] = {}
        self._recall = recall

    def get(self, topic: str, key: str) -> str | None:
        """One fact, called up if it is not at hand."""
        known = self.known.get((topic, key))
        return self._recall(topic, key) if known is None and self._recall is not None else known

    def sealed(self, number: str, mark: Mark) -> tuple[Mark, Mark] | None:
        """Put a seal number on a box. Where it stands on another too: the statement that keeps it, and the one that does not."""
        kept = self.get("seal", number)
        first, last = sorted((mark, Mark.parse(kept) if kept is not None else mark), key=lambda one: one.order)
        if kept is None or first is mark:
            self.known["seal", number] = first.text()
        return (first, last) if first.box != last.box else None

    def read(self, code: str, mark: Mark) -> dict[str, int]:
        """Keep that a code was read on a box that is not its own. However many there are, it costs the same.

        Returns which boxes do not keep it since this reading, and the entry that read it there.
        """
        if self.get("spare", f"{code} {mark.box}") is not None:
            return {}
        kept, last = self._kept(code)
        first, other = sorted((mark, kept or mark), key=lambda one: one.order)
        self.known["spare", code], self.known["spare", f"{code} {mark.box}"] = f"{first.text()} {mark.box}", f"{mark.entry} {last}"
        return {other.box: other.entry} if other.box != first.box else {}

    def _kept(self, code: str) -> tuple[Mark | None, str]:
        kept = self.get("spare", code)
        if kept is None:
            return None, "-"
        first, last = kept.rsplit(" ", 1)
        return Mark.parse(first), last

    def first_reader(self, code: str) -> str | None:
        """The box that keeps a code which was read on boxes though not their own."""
        kept, _ = self._kept(code)
        return kept.box if kept is not None else None

    def readers(self, code: str) -> dict[str, int]:
        """The boxes that a code was read on and that it was not printed for, as they came; and the first entry of each."""
        found = dict[str, int]()
        _, box = self._kept(code)
        while box not in found and (told := self.get("spare", f"{code} {box}")) is not None:
            entry, before = told.split()
            found[box], box = int(entry), before
        return dict(reversed(found.items()))
