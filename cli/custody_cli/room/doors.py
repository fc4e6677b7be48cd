"""Doors, locks, equipment and defects as people type them, in either language, and as screens show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from custody.core.errors import Malformed
from custody.i18n import words
from custody_cli.ground.app import App
from custody_cli.ground.questions import NONE

if TYPE_CHECKING:
    from custody.assembly import Office

# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
DOORS = ("sealed", "locked", "closed", "open", "damaged")
LOCKS = ("intact", "changed", "broken", "none")
DEFECTS = ("leak", "no-light", "no-cctv", "window", "roof", "wall", "door", "lock", "pests", "damp", "fire-hazard", "other")
_ALSO = {
    "door": {"disegel": "sealed", "tertutup": "closed", "tutup": "closed", "closed": "closed", "buka": "open", "kunci": "locked"},
    "lock": {"baik": "intact", "ganti": "changed", "rusak": "broken", "dibongkar": "broken", "hilang": "none", "none": "none"},
}
MOST_THINGS = 32
MOST_COUNT = 99_999


def word(prefix: str, codes: Sequence[str], typed: str) -> str | None:
    """The code whose words were typed: `terkunci` → `locked`; None for none of them."""
    plain = _plain(typed)
    found = next((code for code in codes if plain in _words(prefix, code)), None)
    return found or _ALSO.get(prefix, {}).get(plain)


def _words(prefix: str, code: str) -> set[str]:
    return {_plain(code), *(_plain((words.find(f"{prefix}.{code}") or {}).get(lang, code)) for lang in words.LANGUAGES)}


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").split())


def equipment(typed: str) -> dict[str, int]:
    """`senter 2, APAR 1` → {senter: 2, apar: 1}; a thing without a figure is one.

    :raises Malformed: `guardroom.equipment`, `guardroom.thing`.
    """
    from custody.station.guardroom import thing

    found: dict[str, int] = {}
    for part in typed.replace(";", ",").replace("=", " ").split(","):
        pieces = part.split()
        figures = [piece for piece in pieces if piece.isascii() and piece.isdigit()]
        names = [piece for piece in pieces if piece not in figures]
        if not names or len(figures) > 1 or any(int(figure) > MOST_COUNT for figure in figures):
            raise Malformed("guardroom.equipment", text=part.strip()[:40])
        found[thing(" ".join(names))] = int(figures[0]) if figures else 1
    if len(found) > MOST_THINGS:
        raise Malformed("guardroom.equipment", text=typed[:40])
    return found


def things(typed: str) -> dict[str, int]:
    """As `equipment`; that there is nothing is said in words."""
    return {} if typed.lower().strip() in NONE else equipment(typed)


def things_told(app: App, counted: Mapping[str, int]) -> str:
    """Equipment as a sentence lists it: `apar 1, senter 2`."""
    return ", ".join(f"{thing.replace('-', ' ')} {count}" for thing, count in sorted(counted.items())) or app.say("cli.room.nothing")


def door_told(app: App, state: str, lock: str, seal: str | None) -> str:
    """The door in one line: `pintu disegel (segel A12), gembok utuh`."""
    return app.say("cli.room.door.sealed" if seal else "cli.room.door", door=state, lock=lock, seal=seal or "")


def onward(app: App, opened: Office, room: str, door: str | None, lock: str | None) -> list[str]:
    """What is to be done where a door or lock is not as it should be: whoever saw it is told, not left with a receipt.

    An incident about it that is open already is named instead of a second one.
    """
    from custody.assembly import duty
    from custody_cli.boxes.named import Names
    from custody_cli.table.handing import typed

    if door not in ("open", "damaged") and lock not in ("changed", "broken", "none"):
        return []
    place = Names(opened).place(room)
    where = f'"{place}"' if " " in place else place
    what = "-".join(app.say("happening.intrusion").lower().split())
    steps = {"incident": f"incident --code {what} --place {where}", "inspect": f"inspect {where}"}
    told = [app.say(f"cli.room.onward.{step}", command=typed(app, command)) for step, command in steps.items()]
    known = [one.entry for one in duty.open_incidents(opened, room) if one.body["code"] == "intrusion" and one.entry is not None]
    if known:
        told[0] = app.say("cli.room.onward.known", entry=known[-1], command=typed(app, f"incident --settles {known[-1]}"))
    return [app.say("cli.next"), *(f"  {one}" for one in (app.say("cli.room.onward.call"), *told))]


def defects(typed: Sequence[str]) -> list[str]:
    """Defects by their words in either language, or as code words of their own. :raises Malformed: `guardroom.thing`."""
    from custody.station.guardroom import thing

    return sorted({word("defect", DEFECTS, one) or thing(one) for one in typed})
