"""Who signs, asked for at the table: a key within reach by number, name, badge or path; many keys are shown the likely ones first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import NONE, command_word, line
from custody_cli.ground.settings import from_home
from custody_cli.keys.keyring import FEW, LEAST, check_pair, enrolled, keys_in, name_of, ranked, within_reach
from custody_cli.keys.signing import public_of

if TYPE_CHECKING:
    from custody.core.roster import Key
    from custody_cli.boxes.known import Known

SHOWN = 10  # keys on one screen, the likely ones first; the others are found by a part of a name, a role or a place


@dataclass(frozen=True)
class Slot:
    """What is asked for: a slot of these kinds of statement.

    without: the code of what tells that nobody may be there; None where somebody must sign. usual: whom Enter takes; None where Enter
    alone is no answer.
    """

    name: str
    kinds: Sequence[str] = ("handoff", "seal")
    without: str | None = None
    usual: Path | None = None


def ask_key(
    app: App,
    known: "Known",
    slot: Slot,
    question: str,
    keys: Sequence[Path],
    taken: Mapping[str, Path] | None = None,
    first: str | None = None,
) -> Path | None:
    """A key file by its number in the list, its name, or its path; None where people say in words that there is none.

    A key whose role may not stand in the slot is told at once, and taken only when that is said; one that stands on the other side already
    (`taken`) is not. Whoever put a stick in after the question was asked need not ask again. Raises `Back`, `Stop`.

    :param first: what was typed already, where another question was answered with it.
    """
    if not keys:
        app.console.note(app.say("cli.ask.key.none"))
    beside = {other: public_of(path).name for other, path in (taken or {}).items()}
    if first is None:
        _show_likely(app, known, slot, keys, beside)
    shown = f"{question} [{Names(known.office).person(name_of(slot.usual))}]" if slot.usual is not None else question
    while True:
        typed, first = line(app, shown) if first is None else first, None
        if command_word(app, typed):
            continue
        if slot.without is not None and typed.lower() in NONE:
            return None
        path = named(app, known, typed, keys) if typed else slot.usual
        if path is None and (fresh := _plugged_in(app, known, slot, keys)):
            keys, path = fresh, None if typed.isdigit() else named(app, known, typed, fresh)  # a number was one of the former list
            if path is None:
                continue
        if path is None:
            _unknown(app, known, typed, keys, slot.without)
        elif _fits(app, known, slot, path, beside):
            return path


def _fits(app: App, known: "Known", slot: Slot, path: Path, beside: Mapping[str, str]) -> bool:
    """Whether this key is taken for the slot, beside the names in the other ones; else it is told why not."""
    try:
        public = public_of(path)
        check_pair(known, {slot.name: public.name, **beside})
    except CustodyError as error:
        app.console.warn(app.say(error.code, **error.facts))
        return False
    key = enrolled(known, path)
    if key is None:
        app.console.warn(app.say("table.unknown", name=public.name, key_id=public.key_id.hex()))
        return False
    return known.may(key, slot.name, slot.kinds) or confirm(app.prompter, _odd(app, slot.name, key), app.lang, False)


def _plugged_in(app: App, known: "Known", slot: Slot, keys: Sequence[Path]) -> list[Path]:
    """The keys within reach, which are shown, if there are some now that were not there when it was asked; else none."""
    fresh = within_reach(app, known, slot.name, slot.kinds)
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
        few = [*within[:FEW], *["…"][: len(within) > FEW]]
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
        found = [at for at, one in enumerate(keys) if name_of(one) == badge.code]
    if len({name_of(keys[at]) for at in found}) == 1:
        return keys[found[0]]
    if found:
        _show(app, known, [(at + 1, keys[at]) for at in found])
    return None


def _matching(app: App, known: "Known", typed: str, keys: Sequence[Path]) -> list[int]:
    """The places in the list of the keys of that name; else of whose name it is a part; else of whose role and places it is."""
    names = Names(known.office)
    told = [{path.name.lower(), path.stem.lower(), name_of(path) or "", names.people.get(name_of(path) or "", "").lower()} for path in keys]
    exact = [at for at, texts in enumerate(told) if typed in texts]
    if exact or len(typed) < LEAST:
        return exact
    part = [at for at, texts in enumerate(told) if any(typed in text for text in texts)]
    return part or [at for at, path in enumerate(keys) if _has_words(_duty(app, known, names, path).lower().split(), typed.split())]


def _has_words(told: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether each typed word is the beginning of one that is told."""
    return all(any(word.startswith(one) for word in told) for one in typed)


def show_keys(app: App, known: "Known", names: Names, keys: Sequence[Path]) -> None:
    """The keys within reach, numbered, with role and place; of many the first, how many more there are, and how to find them."""
    _show(app, known, list(enumerate(keys, 1)), names)


def _show_likely(app: App, known: "Known", slot: Slot, keys: Sequence[Path], beside: Mapping[str, str]) -> None:
    """Of many keys those that are likely for this slot, after who stands in the others, unless the list began with them anyway."""
    if len(keys) <= SHOWN or not beside:
        return
    near = sorted({place for name in beside.values() if (key := known.key(name)) is not None for place in key.places})
    likely = [at for at in ranked(known, keys, slot.name, slot.kinds, near) if name_of(keys[at]) not in beside.values()]
    _show(app, known, [(at + 1, keys[at]) for at in likely])


def _show(app: App, known: "Known", numbered: Sequence[tuple[int, Path]], names: Names | None = None) -> None:
    names = names or Names(known.office)
    for number, path in numbered[:SHOWN]:
        at = paint(f"{number:2}", "head")
        app.console.note(f"  {at}  {names.person(name_of(path) or path.name)}  {_duty(app, known, names, path)}  {path.parent}")
    if len(numbered) > SHOWN:
        app.console.note(app.say("cli.ask.key.more", count=len(numbered) - SHOWN))


def _duty(app: App, known: "Known", names: Names, path: Path) -> str:
    """Role and places of the owner of a key, in words."""
    key = known.key(name_of(path) or path.name)
    return f"{app.say(f'title.{key.role}')} · {', '.join(sorted(map(names.place, key.places))) or '—'}" if key is not None else "—"
