"""Thousands of short texts searched at once: by a part, and within a few typing errors (docs/adr/0002-intake-room.md)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from custody.intake.spelling import distance, mask


@dataclass(frozen=True)
class Haystack:
    """Numbered texts laid end to end, so that one search runs through all of them."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Haystack":
        """Lay texts without line feeds end to end; they are numbered from 0."""
        lines = [f"{text}\n" for text in texts]
        return cls("".join(lines), (0, *accumulate(map(len, lines))))

    def holding(self, part: str) -> Iterator[int]:
        """The numbers of the texts that hold `part`, in order, once each."""
        at = self.text.find(part) if part else -1
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            yield number
            at = self.text.find(part, self.starts[number + 1])


@dataclass(frozen=True)
class Forms:
    """Forms of numbered names by their length, each with its letters as bits: what is compared for typing errors."""

    by_length: dict[int, list[tuple[int, str, int]]]

    @classmethod
    def of(cls, names: Iterable[Iterable[str]]) -> "Forms":
        """Take the forms of every name; the names are numbered from 0."""
        by_length: dict[int, list[tuple[int, str, int]]] = {}
        for number, forms in enumerate(names):
            for form in dict.fromkeys(forms):
                by_length.setdefault(len(form), []).append((mask(form), form, number))
        return cls(by_length)

    def near(self, text: str, most: int) -> dict[int, int]:
        """The numbers of names with a form at most `most` edits from `text`, and the edits of the nearest."""
        bits, bound = mask(text), 2 * most
        found: dict[int, int] = {}
        for length in range(len(text) - most, len(text) + most + 1):
            for marks, form, number in self.by_length.get(length, ()):
                if (marks ^ bits).bit_count() <= bound:
                    far = distance(text, form, most)
                    if far <= min(most, found.get(number, most)):
                        found[number] = far
        return found
