"""Names in place of codes, as sentences and lists need them; what nobody has named stays the code."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from custody.i18n import words

if TYPE_CHECKING:
    from custody_cli.boxes.named import Named, Names
    from custody_cli.ground.app import App


def told(names: "Named", value: object) -> object:
    """A fact of a finding: the name of a place or of a person with the key, where the value is the code of one."""
    if not isinstance(value, str):
        return value
    if value in names.state.places.versions:
        return names.place(value)
    return names.person(value) if names.state.roster.find(value, names.size) is not None else value


def titled(app: "App", names: "Names", code: str) -> str:
    """A place with the word for what it is: `PPS Habi`, `PPK Kangae`; TPS and stores bring theirs along."""
    ledger = names.office.ledger
    found = ledger.state.places.get(code, ledger.size)
    kind = f"cli.status.kind.{found.kind}" if found is not None else ""
    return app.say(kind, name=names.place(code)) if words.known(kind) else names.place(code)


def homes(names: "Names", codes: Sequence[str]) -> str:
    """TPS that follow each other, desa by desa: `TPS 001–004 Habi, TPS 001 Langir`; one TPS or another place by its name."""
    found = []
    for area, inside in groupby(codes, lambda code: code.partition("-")[0]):
        listed = list(inside)
        numbers = [code.rpartition("-")[2] for code in listed]
        if len(listed) > 1 and all(number.isdecimal() for number in numbers):
            found.append(f"TPS {', '.join(_runs(numbers))} {names.place(area)}")
        else:
            found += map(names.place, listed)
    return ", ".join(found)


def _runs(numbers: Sequence[str]) -> list[str]:
    """Numbers that follow each other as `001–004`."""
    found = []
    for _, run in groupby(enumerate(numbers), lambda item: int(item[1]) - item[0]):
        first, *rest = [number for _, number in run]
        found.append(f"{first}–{rest[-1]}" if rest else first)
    return found
