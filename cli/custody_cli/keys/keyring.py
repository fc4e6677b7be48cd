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
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import NONE, command_word, line
from custody_cli.ground.settings import from_home
from custody_cli.keys.signing import public_of

if TYPE_CHECKING:
    from custody.core.roster import Key
    from custody_cli.boxes.known import Known

MOST = 2_000
SHOWN = 10  # keys on one screen, the likely ones first; the others are found by a part of a name, a role or a place
_RECORDERS = ("guard", "leader")
_LATELY = 40  # entries that are looked through for who signed here last
_LEAST = 2  # letters that filter the list
_FEW = 6  # keys of a folder that are named where a folder was typed


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
    return [keys[at] for at in _ranked(known, keys, slot, kinds, (place,) if place is not None else ())]


def _ranked(known: "Known", keys: Sequence[Path], slot: str, kinds: Sequence[str], near: Sequence[str] = ()) -> list[int]:
    """The keys, by their places in the list, the likeliest first: by role, by place, who holds boxes to give, who signed here lately."""
    first = _holding(known) if slot in ("giver", "sealer") else _signed_lately(known)

    def rank(at: int) -> tuple[int, bool, int, bool]:
        key = known.key(name := _name(keys[at]))
        if key is None:
            return 3, True, 0, True
        may, records = known.may(key, slot, kinds), slot != "recorder" or key.role in _RECORDERS
        return 1 if may else 2, not records, _way_off(known, key, slot, near) if may and near else 0, name not in first

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
    """The names of those who signed the last entries."""
    from custody.core import entry as entries

    ledger = known.office.ledger
    notes = (ledger.note(index) for index in range(max(0, ledger.size - _LATELY), ledger.size))
    return {one.name for note in notes for one in entries.parse(note).lines}


def _name(path: Path) -> str | None:
    """The name of a key; None where the file tells none."""
    try:
        return public_of(path).name
    except CustodyError:
        return None


def resolved(app: App, path: Path) -> Path:
    """A key file as it was named on the command line; a bare name is that of a file within reach, of the key in it, or of its person.

    Raises WrongUse("cli.ask.key.several") where the words fit more than one person.
    """
    if path.parent != Path() or path.exists():
        return path
    keys = within_reach(app)
    named = [one for one in keys if path.name in (one.name, one.stem)]
    return next(iter(named), None) or next((one for one in keys if _name(one) == path.name), None) or _of_person(app, path, keys)


def _of_person(app: App, path: Path, keys: Sequence[Path]) -> Path:
    """The key within reach of the one person whose name these words are, else of whose name they are a part; else the path as it came."""
    typed = " ".join(path.name.lower().split())
    names = {name: one for one in reversed(keys) if (name := _name(one)) is not None} if len(typed) >= _LEAST else {}
    people = {name: told for name, told in (_people(app) if names else {}).items() if name in names}
    fit = [name for name, told in people.items() if told.lower() == typed]
    fit = fit or [name for name, told in people.items() if typed in told.lower()]
    if len(fit) > 1:
        raise WrongUse("cli.ask.key.several", typed=path.name, names=tuple(f"{people[name]} ({name})" for name in sorted(fit)[:_FEW]))
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


def ask_key(
    app: App,
    known: "Known",
    slot: str,
    question: str,
    keys: Sequence[Path],
    without: str | None,
    taken: Mapping[str, Path] | None = None,
    kinds: Sequence[str] = ("handoff", "seal"),
) -> Path | None:
    """A key file by its number in the list, its name, or its path; None where people say in words that there is none.

    `without` is the code of what tells that this may be said; None where somebody must sign. A key whose role may not stand in the slot
    of these kinds is told at once, and taken only when that is said; one that stands on the other side already (`taken`) is not. Enter
    alone is no answer. Whoever put a stick in after the question was asked need not ask again. Raises `Back`, `Stop`.
    """
    if not keys:
        app.console.note(app.say("cli.ask.key.none"))
    beside = {other: public_of(path).name for other, path in (taken or {}).items()}
    _show_likely(app, known, slot, kinds, keys, beside)
    while True:
        typed = line(app, question)
        if command_word(app, typed):
            continue
        if without is not None and typed.lower() in NONE:
            return None
        path = named(app, known, typed, keys)
        if path is None and (fresh := _plugged_in(app, known, slot, kinds, keys)):
            keys, path = fresh, None if typed.isdigit() else named(app, known, typed, fresh)  # a number was one of the former list
            if path is None:
                continue
        if path is None:
            _unknown(app, known, typed, keys, without)
            continue
        try:
            public = public_of(path)
            check_pair(known, {slot: public.name, **beside})
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            continue
        key = known.key(public.name)
        if key is None or key.public != public.public:
            app.console.warn(app.say("table.unknown", name=public.name, key_id=public.key_id.hex()))
        elif known.may(key, slot, kinds) or confirm(app.prompter, _odd(app, slot, key), app.lang, False):
            return path


def _plugged_in(app: App, known: "Known", slot: str, kinds: Sequence[str], keys: Sequence[Path]) -> list[Path]:
    """The keys within reach, which are shown, if there are some now that were not there when it was asked; else none."""
    fresh = within_reach(app, known, slot, kinds)
    if set(fresh) <= set(keys):
        return []
    show_keys(app, known, Names(known.office), fresh)
    return fresh


def _unknown(app: App, known: "Known", typed: str, keys: Sequence[Path], without: str | None) -> None:
    """Say why this is no key, and what may be answered."""
    if typed and _matching(app, known, typed.lower(), keys):
        return app.console.note(app.say("cli.ask.key.which", typed=typed))
    if told_badge(app, known, typed):
        return None
    folder = typed and from_home(typed).is_dir()
    if typed:
        app.console.warn(app.say("cli.ask.key.folder" if folder else "cli.ask.key.missing", file=typed))
    within = [path.name for path in keys_in(from_home(typed))] if folder else []
    if within:
        few = [*within[:_FEW], *["…"][: len(within) > _FEW]]
        app.console.note(app.say("cli.ask.key.within", names=few, example=from_home(typed) / within[0]))
    choices = [app.say("cli.ask.key.numbers", last=len(keys))] if keys else []
    choices += [app.say("cli.ask.key.path"), *([app.say(without)] if without else [])]
    return app.console.note(app.say("cli.ask.choices", choices=" · ".join(choices)))


def told_badge(app: App, known: "Known", typed: str) -> bool:
    """Whether what was typed is a badge that names no key within reach: of a place, or of somebody whose key is not here. It is told."""
    badge = known.badge(typed)
    if badge is None:
        return False
    code = "badge.place-here" if badge.kind == "place" else "badge.key-away"
    names = Names(known.office)
    name = names.place(badge.code) if badge.kind == "place" else names.person(badge.code)
    app.console.warn(app.say(code, text=badge.code, name=name))
    app.console.note(f"  {app.say('cli.next')} {app.next_step(code, text=badge.code, name=name)}")
    return True


def _odd(app: App, slot: str, key: "Key") -> str:
    return app.say("cli.scan.odd", slot=slot, key=key.name, role=key.role)


def named(app: App, known: "Known", typed: str, keys: Sequence[Path]) -> Path | None:
    """The key that is meant: by number, path, file, key or person, or by words of its role and places; of several these are shown."""
    if not typed:
        return None
    if typed.isdigit() and 1 <= int(typed) <= len(keys):
        return keys[int(typed) - 1]
    path = from_home(typed)
    if path.is_file():
        return path
    found = _matching(app, known, typed.lower(), keys)
    if not found and (badge := known.badge(typed)) is not None and badge.kind == "officer":
        found = [at for at, one in enumerate(keys) if _name(one) == badge.code]
    if len({_name(keys[at]) for at in found}) == 1:
        return keys[found[0]]
    if found:
        _show(app, known, [(at + 1, keys[at]) for at in found])
    return None


def _matching(app: App, known: "Known", typed: str, keys: Sequence[Path]) -> list[int]:
    """The places in the list of the keys of that name; else of whose name it is a part; else of whose role and places it is."""
    names = Names(known.office)
    told = [{path.name.lower(), path.stem.lower(), _name(path) or "", names.people.get(_name(path) or "", "").lower()} for path in keys]
    exact = [at for at, texts in enumerate(told) if typed in texts]
    if exact or len(typed) < _LEAST:
        return exact
    part = [at for at, texts in enumerate(told) if any(typed in text for text in texts)]
    return part or [at for at, path in enumerate(keys) if _has_words(_duty(app, known, names, path).lower().split(), typed.split())]


def _has_words(told: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether each typed word is the beginning of one that is told."""
    return all(any(word.startswith(one) for word in told) for one in typed)


def show_keys(app: App, known: "Known", names: Names, keys: Sequence[Path]) -> None:
    """The keys within reach, numbered, with role and place; of many the first, how many more there are, and how to find them."""
    _show(app, known, list(enumerate(keys, 1)), names)


def _show_likely(app: App, known: "Known", slot: str, kinds: Sequence[str], keys: Sequence[Path], beside: Mapping[str, str]) -> None:
    """Of many keys those that are likely for this slot, after who stands in the others, unless the list began with them anyway."""
    if len(keys) <= SHOWN or not beside:
        return
    near = sorted({place for name in beside.values() if (key := known.key(name)) is not None for place in key.places})
    likely = [at for at in _ranked(known, keys, slot, kinds, near) if _name(keys[at]) not in beside.values()]
    _show(app, known, [(at + 1, keys[at]) for at in likely])


def _show(app: App, known: "Known", numbered: Sequence[tuple[int, Path]], names: Names | None = None) -> None:
    names = names or Names(known.office)
    for number, path in numbered[:SHOWN]:
        at = paint(f"{number:2}", "head")
        app.console.note(f"  {at}  {names.person(_name(path) or path.name)}  {_duty(app, known, names, path)}  {path.parent}")
    if len(numbered) > SHOWN:
        app.console.note(app.say("cli.ask.key.more", count=len(numbered) - SHOWN))


def _duty(app: App, known: "Known", names: Names, path: Path) -> str:
    """Role and places of the owner of a key, in words."""
    key = known.key(_name(path) or path.name)
    return f"{app.say(f'title.{key.role}')} · {', '.join(sorted(map(names.place, key.places))) or '—'}" if key is not None else "—"
