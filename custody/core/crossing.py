"""What crosses from box to box: seal numbers, and codes read on boxes that are not theirs (spec chapters 09 REG-4 and REG-5, 10 LAW-9)."""

from collections.abc import Callable

Recalled = Callable[[str, str], str | None]


class Facts:
    """Short facts by topic and key, as they are kept beside the boxes.

    `seal`: of a seal number the box that it was first put on. `spare`: of a code that was read on boxes though not theirs the first and the
    last of these, `BOX BOX`; of such a code and box, `CODE BOX`, the entry and the box before, as `13 BOX` or `13 -`.
    """

    def __init__(self, recall: Recalled | None = None) -> None:
        self.known: dict[tuple[str, str], str] = {}
        self._recall = recall

    def get(self, topic: str, key: str) -> str | None:
        """One fact, called up if it is not at hand."""
        known = self.known.get((topic, key))
        return self._recall(topic, key) if known is None and self._recall is not None else known

    def first_sealed(self, number: str, box: str) -> str:
        """The box that a seal number stands for: the first, which keeps it; this one if there is none."""
        self.known["seal", number] = first = self.get("seal", number) or box
        return first

    def read(self, code: str, box: str, index: int) -> bool:
        """Keep that a code was read on a box that is not its own; whether that is new. However many there are, it costs the same."""
        if self.get("spare", f"{code} {box}") is not None:
            return False
        ends = self.get("spare", code)
        first, last = ends.split() if ends is not None else (box, "-")
        self.known["spare", code], self.known["spare", f"{code} {box}"] = f"{first} {box}", f"{index} {last}"
        return True

    def first_reader(self, code: str) -> str | None:
        """The first box that a code was read on though not its own."""
        ends = self.get("spare", code)
        return ends.split()[0] if ends is not None else None

    def readers(self, code: str) -> dict[str, int]:
        """The boxes that a code was read on or printed for, and was not theirs alone, as they came; and the first entry of each."""
        ends, found = self.get("spare", code), dict[str, int]()
        box = ends.split()[1] if ends is not None else "-"
        while box not in found and (kept := self.get("spare", f"{code} {box}")) is not None:
            entry, before = kept.split()
            found[box], box = int(entry), before
        return dict(reversed(found.items()))
