"""Key files within reach: in the folder where one works, on sticks, and where CUSTODY_KEYS points; only their names are read."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.keys.signing import public_of

if TYPE_CHECKING:
    from custody.core.roster import Key
    from custody_cli.boxes.known import Known

MOST = 2_000
RECORDERS = ("guard", "leader")
_LATELY = 40  # entries that are looked through for who signed here last
LEAST = 2  # letters that filter the list
FEW = 6  # keys of a folder that are named where a folder was typed


def within_reach(
    app: App, known: "Known | None" = None, slot: str = "", kinds: Sequence[str] = ("handoff", "seal"), place: str | None = None
) -> list[Path]:
    """Key files that can be named by a number, each once; with `known` those first whose owner may stand in a slot of these kinds there."""
    found: dict[Path, None] = {}
    for folder in _folders(app):
        found |= {path.resolve(): None for path in keys_in(folder)}
    keys = list(found)[:MOST]
    if known is None:
        return keys
    return [keys[at] for at in ranked(known, keys, slot, kinds, (place,) if place is not None else ())]


def ranked(known: "Known", keys: Sequence[Path], slot: str, kinds: Sequence[str], near: Sequence[str] = ()) -> list[int]:
    """The keys, by their places in the list, the likeliest first: by role, by place, who holds boxes to give, who signed here lately."""
    first = _holding(known) if slot in ("giver", "sealer") else _signed_lately(known)

    def rank(at: int) -> tuple[int, bool, int, int]:
        key = known.key(name := name_of(keys[at]))
        if key is None:
            return 3, True, 0, 0
        may, records = known.may(key, slot, kinds), slot != "recorder" or key.role in RECORDERS
        away, fresh = _way_off(known, key, slot, near) if may and near else 0, name in first
        return (1 if may else 2, not records, *((not fresh, away) if slot == "recorder" else (away, not fresh)))

    return sorted(range(len(keys)), key=rank)


def _way_off(known: "Known", key: "Key", slot: str, near: Sequence[str]) -> int:
    """How far somebody works from these places: 0 at the next one of a planned way up, 1 at one of them, above or below; 2 elsewhere.

    Who gives works below who receives; on the way out it is the other way round, which comes second.
    """
    places, size = known.office.ledger.state.places, known.office.ledger.size
    below = {code for one in key.places for code in places.path(one, size)}
    up = {end for place in near for end in places.onward(place, size)} if slot != "giver" else set()
    down = slot != "receiver" and any(not set(near).isdisjoint(places.onward(one, size)) for one in key.places)
    if down or not key.places.isdisjoint(up):
        return 0
    return 1 if any(place in below or not key.places.isdisjoint(places.path(place, size)) for place in near) else 2


def _holding(known: "Known") -> set[str | None]:
    """The names of those who hold boxes."""
    return {row.holder for row in known.office.ledger.boxes()}


def _signed_lately(known: "Known") -> set[str | None]:
    """The names of those who signed the last entries; whoever is enrolled has only said which key is his."""
    from custody.core import entry as entries

    ledger = known.office.ledger
    parsed = (entries.parse(ledger.note(index)) for index in range(max(0, ledger.size - _LATELY), ledger.size))
    return {line.name for one in parsed if one.statement.kind.name != "enrol" for line in one.lines}


def name_of(path: Path) -> str | None:
    """The name of a key; None where the file tells none."""
    try:
        return public_of(path).name
    except CustodyError:
        return None


def enrolled(known: "Known", path: Path) -> "Key | None":
    """The enrolled key of a file; None where the file tells none, or another key goes by that name."""
    try:
        public = public_of(path)
    except CustodyError:
        return None
    key = known.key(public.name)
    return key if key is not None and key.public == public.public else None


def resolved(app: App, path: Path) -> Path:
    """A key file as it was named on the command line; a bare name is that of a file within reach, of the key in it, or of its person.

    Raises WrongUse("cli.ask.key.several") where the words fit more than one person.
    """
    if path.parent != Path() or path.exists():
        return path
    keys = within_reach(app)
    named = [one for one in keys if path.name in (one.name, one.stem)]
    return next(iter(named), None) or next((one for one in keys if name_of(one) == path.name), None) or _of_person(app, path, keys)


def _of_person(app: App, path: Path, keys: Sequence[Path]) -> Path:
    """The key within reach of the one person whose name these words are, else of whose name they are a part; else the path as it came."""
    typed = " ".join(path.name.lower().split())
    names = {name: one for one in reversed(keys) if (name := name_of(one)) is not None} if len(typed) >= LEAST else {}
    people = {name: told for name, told in (_people(app) if names else {}).items() if name in names}
    fit = [name for name, told in people.items() if told.lower() == typed]
    fit = fit or [name for name, told in people.items() if typed in told.lower()]
    if len(fit) > 1:
        raise WrongUse("cli.ask.key.several", typed=path.name, names=tuple(f"{people[name]} ({name})" for name in sorted(fit)[:FEW]))
    return names[fit[0]] if fit else path


def _people(app: App) -> Mapping[str, str]:
    """Key name -> rank and name of its person; none where no ledger is at hand: the command itself says what is wrong with that."""
    from custody_cli.ground.desk import office

    with suppress(CustodyError, OSError), office(app) as opened:
        return Names(opened).people
    return {}


def keys_in(folder: Path) -> list[Path]:
    """The key files that lie in a folder; none where it cannot be read."""
    try:
        halves = sorted(folder.glob("*.pub"))
    except OSError:
        return []
    return [path for half in halves if (path := half.with_suffix("")).is_file()]


def _folders(app: App) -> Iterator[Path]:
    named = app.environ.get("CUSTODY_KEYS")
    yield from map(Path, named.split(os.pathsep) if named else ())
    yield Path()
    yield from sticks()


def sticks() -> Iterator[Path]:
    """The folders of removable media, as far as this system shows them."""
    if sys.platform == "win32":  # pragma: no cover - tried on no Windows machine
        yield from (path for letter in "DEFGHIJ" if (path := Path(f"{letter}:\\")).is_dir())
        return
    for root in (Path("/media"), Path("/run/media"), Path("/Volumes")):
        for depth in ("*", "*/*"):
            yield from (path for path in root.glob(depth) if path.is_dir())


PAIRS = {
    "giver": "receiver", "receiver": "giver",
    "sealer": "witness", "witness": "sealer",
    "outgoing": "incoming", "incoming": "outgoing",
}  # fmt: skip


def check_pair(known: "Known", names: Mapping[str, str | None]) -> None:
    """No key, and no person, stands on both sides. :param names: slot -> key name. Raises WrongUse("cli.ask.key.same")."""
    for slot, name in names.items():
        key, other = known.key(name), known.key(names.get(PAIRS.get(slot, "")))
        if key is not None and other is not None and key.person == other.person:
            raise WrongUse("cli.ask.key.same", one=slot, other=PAIRS[slot])
