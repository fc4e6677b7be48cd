"""Places by part of a name, spelling variants and typing errors (docs/adr/0002-intake-room.md)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from custody.intake.areacode import PlaceName, above
from custody.intake.lookup import Forms, Haystack
from custody.intake.spelling import allowed, bare, fold, letters, plain

HOWS = ("code", "exact", "prefix", "folded", "part", "near")  # how a name was matched, best first; words: search.how.*
CERTAIN = frozenset({"code", "exact", "folded"})  # the person wrote this name, though perhaps in another spelling
_KINDS = {
    "desa": "desa", "ds": "desa", "kelurahan": "desa", "kel": "desa", "pps": "desa",
    "kecamatan": "kecamatan", "kec": "kecamatan", "distrik": "kecamatan", "ppk": "kecamatan",
    "kabupaten": "kabupaten", "kab": "kabupaten",
}  # fmt: skip
_ALONE = {"gudang": "warehouse", "gudang kpu": "warehouse"}  # words for a place of which there may be only one
_FIRST_WORD = re.compile(r"([a-z]+)\b[. ]*(?=\S)")
_UNDER = re.compile(r"\s*,\s*|\s+(?=(?:kecamatan|kec|distrik|kabupaten|kab)\b)")
_TPS = re.compile(r"\btps\b[\s.:_-]*([0-9]{1,3})\b|\btps([0-9]{1,3})\b")
_BARE = re.compile(r"([0-9]{1,3})")
_TAIL_NUMBER = re.compile(r"(.*\S)\s+([0-9]{1,3})")
_HEAD_NUMBER = re.compile(r"([0-9]{1,3})\s+(\D.*)")
_CODE = re.compile(r"([0-9]{2}(?:\.[0-9]{2}){0,2}(?:\.[0-9]{4})?|[0-9]{4}|[0-9]{6}|[0-9]{10})(?:-([0-9]{1,3}))?")
LONGEST_QUERY = 200


class Found(NamedTuple):
    """A place that a query may mean, how it was matched (one of `HOWS`), and the typing errors between (0 but for `near`)."""

    place: PlaceName
    how: str
    errors: int = 0

    @property
    def certain(self) -> bool:
        """Whether the query wrote this place's name or code, whatever the spelling."""
        return self.how in CERTAIN


class _Entry(NamedTuple):
    """A place with its name as compared: lower case, folded, and its words folded (none for a name of one word)."""

    place: PlaceName
    plain: str
    folded: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class PlaceIndex:
    """All places of an operation, built once; a lookup among 4,000 names takes a few milliseconds."""

    by_code: Mapping[str, PlaceName]
    _entries: tuple[_Entry, ...]
    _names: Mapping[str, tuple[_Entry, ...]]
    _folded: Haystack
    _written: Haystack
    _forms: Forms

    @classmethod
    def of(cls, places: Iterable[PlaceName]) -> "PlaceIndex":
        """Build the index. Polling stations are found by their number within a desa, all other places by name."""
        by_code = {place.code: place for place in places}
        entries = tuple(_entry(place) for place in by_code.values() if place.kind != "tps")
        names: dict[str, list[_Entry]] = {}
        for entry in entries:
            names.setdefault(entry.folded, []).append(entry)
        written = [letters(entry.plain) for entry in entries]
        forms = [(entry.folded, text, *filter(_is_long, entry.words)) for entry, text in zip(entries, written, strict=True)]
        same = {name: tuple(entries) for name, entries in names.items()}
        return cls(by_code, entries, same, Haystack.of(entry.folded for entry in entries), Haystack.of(written), Forms.of(forms))

    def find(self, text: str, limit: int = 10) -> tuple[Found, ...]:
        """The places that a text may mean, best first: a code, or part of a name with `TPS 3` and the place above if wanted."""
        query = plain(text[:LONGEST_QUERY])
        coded = self.coded(query)
        if coded:
            return (Found(coded, "code"),)
        desa, _, tail = query.partition("-")
        if tail.isascii() and tail.isdigit() and (below := self.coded(desa)):
            return tuple(self._instead([Found(below, "code")], tail)[:limit])
        name, number = self._without_number(query)
        found = self.named(name) if name else self._desa()
        if number is not None:
            found = self._stations(found, number) or self._instead(found, number)
        return tuple(found[:limit])

    def resolve(self, text: str, kinds: frozenset[str] | None = None) -> tuple[PlaceName | None, tuple[Found, ...]]:
        """The one place that a text means for certain, or None; and what it may mean, all of these kinds if given.

        Two places of one name are never certain, nor is another spelling where the text begins a name as it is written.
        """
        found = tuple(match for match in self.find(text, 1000) if kinds is None or match.place.kind in kinds)
        return self._only(text, kinds) or sole(found), found[:10]

    def _only(self, text: str, kinds: frozenset[str] | None) -> PlaceName | None:
        """The one place of its kind, where the text is no more than the word for that kind."""
        kind = _ALONE.get(plain(text[:LONGEST_QUERY]))
        found = [entry.place for entry in self._entries if entry.place.kind == kind and (kinds is None or kind in kinds)]
        return found[0] if len(found) == 1 else None

    def coded(self, query: str) -> PlaceName | None:
        """The place of an official code, with or without dots, or of a code of our own such as `5307-GUDANG`."""
        match = _CODE.fullmatch(query)
        if match is None:
            return self.by_code.get(query.upper())
        digits = match[1].replace(".", "")
        return self.by_code.get(digits if match[2] is None else f"{digits}-{int(match[2]):03d}")

    def named(self, name: str, loose: bool = True) -> list[Found]:
        """Places by name, best first. `loose`: also by beginning, part and typing errors, not only where the name was written.

        `Habi, Kangae` and `Habi kec. Kangae` ask for a Habi below a Kangae; so does `Habi Kangae` where no place has that name.
        """
        head, *over = _UNDER.split(plain(name))
        kind, head = _kind(head)
        found = self._matches(head, kind, loose)
        if not over and not any(match.certain for match in found):
            found = self._split(head, kind) or found
        return sorted((match for match in found if self._is_under(match.place, over)), key=_order)

    def station(self, desa: str, number: str) -> PlaceName | None:
        """A polling station of a desa by its three digits."""
        return self.by_code.get(f"{desa}-{number}")

    def above(self, place: PlaceName) -> Iterator[PlaceName]:
        """The places above one, nearest first."""
        code = place.parent or above(place.code)
        while code and code in self.by_code:
            yield self.by_code[code]
            code = self.by_code[code].parent

    def _matches(self, name: str, kind: str | None, loose: bool) -> list[Found]:
        folded = fold(name)
        if not folded:
            return []
        entries = self._like(name, folded) if loose else self._names.get(folded, ())
        found = [Found(entry.place, how) for entry in entries if (how := _how(entry, name, folded))]
        if loose and not any(match.certain for match in found):
            found += self._near(name, folded, {match.place.code for match in found})
        return [match for match in found if kind is None or match.place.kind == kind]

    def _like(self, name: str, folded: str) -> Iterator[_Entry]:
        """Entries worth a look: those that hold what was typed, or, where several words were, might be abbreviated so."""
        numbers = {*self._folded.holding(folded), *self._written.holding(letters(name))}
        if " " in name and not numbers:
            return (entry for entry in self._entries if entry.words)
        return (self._entries[number] for number in sorted(numbers))

    def _near(self, name: str, folded: str, known: set[str]) -> list[Found]:
        """Names within a few typing errors, as written or folded: a letter left out may change how the rest folds."""
        errors: dict[int, int] = {}
        for text in dict.fromkeys((folded, letters(name))):
            for number, far in self._forms.near(text, allowed(text)).items() if allowed(text) else ():
                errors[number] = min(far, errors.get(number, far))
        places = ((self._entries[number].place, far) for number, far in errors.items())
        return [Found(place, "near", far) for place, far in places if place.code not in known]

    def _split(self, name: str, kind: str | None) -> list[Found]:
        """Read the last words as the name of a place above, or else the first: the longest part that is a name wins."""
        words = name.split()
        for cut in range(len(words) - 1, 0, -1):
            for part, over in ((words[:cut], words[cut:]), (words[-cut:], words[:-cut])):
                found = self._matches(" ".join(part), kind, loose=False)
                under = [match for match in found if self._is_under(match.place, [" ".join(over)])]
                if under:
                    return under
        return []

    def _is_under(self, place: PlaceName, over: list[str]) -> bool:
        names = [fold(bare(higher.name)) for higher in self.above(place)]
        return all(any(name.startswith(fold(bare(wanted))) for name in names) for wanted in over if fold(bare(wanted)))

    def _without_number(self, query: str) -> tuple[str, str | None]:
        """Take the number of a polling station out of a query; a bare number at either end is one unless a place has it in its name."""
        match = _TPS.search(query) or _BARE.fullmatch(query)
        if match:
            rest = f"{query[: match.start()]} {query[match.end() :]}".strip(" ,-")
            return rest, f"{int(next(filter(None, match.groups()))):03d}"
        tail, head = _TAIL_NUMBER.fullmatch(query), _HEAD_NUMBER.fullmatch(query)
        name, number = (tail[1], tail[2]) if tail else (head[2], head[1]) if head else (query, None)
        if number is None or any(found.how in ("exact", "prefix", "folded") for found in self._matches(query, None, loose=True)):
            return query, None
        return name, f"{int(number):03d}"

    def _stations(self, found: list[Found], number: str) -> list[Found]:
        places = ((self.station(match.place.code, number), match) for match in found)
        return [Found(place, match.how, match.errors) for place, match in places if place]

    def _instead(self, found: list[Found], number: str) -> list[Found]:
        """No such polling station: those of the same desa with the nearest numbers, and nothing that could be taken for certain."""
        near: list[Found] = []
        for match in found:
            inside = [place for code, place in self.by_code.items() if place.kind == "tps" and place.parent == match.place.code]
            inside.sort(key=lambda place: abs(int(place.code[-3:]) - int(number)))
            near += [Found(place, "near", match.errors + 1) for place in inside[:3]]
        return near + [Found(match.place, "near", match.errors + 1) for match in found]

    def _desa(self) -> list[Found]:
        return [Found(entry.place, "part") for entry in self._entries if entry.place.kind == "desa"]


def sole(found: Sequence[Found]) -> PlaceName | None:
    """The place that stands first if it is certain and no other is."""
    certain = [match.place for match in found if match.certain]
    return certain[0] if len(certain) == 1 and found[0].certain else None


def _entry(place: PlaceName) -> _Entry:
    words = tuple(fold(word) for word in plain(place.name).split())
    return _Entry(place, plain(bare(place.name)), fold(bare(place.name)), words if len(words) > 1 else ())


def _is_long(word: str) -> bool:
    """A word of its own within a name, not Barat's "A" or a number."""
    return len(word) > 3


def _how(entry: _Entry, name: str, folded: str) -> str | None:
    """How a name matches an entry, best first, or None."""
    if entry.plain == name:
        return "exact"
    if entry.folded == folded:
        return "folded"
    if entry.plain.startswith(name) or entry.folded.startswith(folded):
        return "prefix"
    if len(folded) > 1 and folded in entry.folded:
        return "part"
    return "part" if entry.words and " " in name and _abbreviates(name, entry.words) else None


def _abbreviates(name: str, words: tuple[str, ...]) -> bool:
    """Tell whether each word typed begins a word of the name, in order: `kefa utara` → Kefamenanu Utara."""
    left = iter(words)
    return all(any(word.startswith(typed) for word in left) for typed in map(fold, name.split()))


def _kind(name: str) -> tuple[str | None, str]:
    """Take the word for the kind of place off the front: `kec. kangae` → kecamatan, `kangae`."""
    match = _FIRST_WORD.match(name)
    kind = _KINDS.get(match[1]) if match else None
    return (kind, name[match.end() :]) if match and kind else (None, name)


def _order(found: Found) -> tuple[int, int, int, str]:
    return HOWS.index(found.how), found.errors, len(found.place.name), found.place.code
