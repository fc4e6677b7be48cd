"""`custody station`: a laptop away from the office: ask for a place, be admitted, take over the ledger, see who is out there."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.boxes.travel import last_heard
from custody_cli.ground import target as targets
from custody_cli.ground.desk import named, office, random, state_dir
from custody_cli.ground.exits import Exit
from custody_cli.ground.runtime import App, argument, group, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.station.heard import Heard

_PATH = click.Path(path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@group("station")
def command() -> None: ...


@define("station.request", parent=command)
@argument("name")
@argument("target", type=_PATH)
@pass_app
def request(app: App, name: str, target: Path) -> None:
    """On the new laptop: its device key, whose public half goes to the office."""
    from custody.assembly import stations
    from custody.ledger.folder import Folder

    folder = app.ledger()
    targets.put(target, ".pub")
    key = stations.request(folder, name, random)
    path = stations.publish(Folder(folder).device_key, target)
    document = {"folder": str(folder), "name": key.name, "file": str(path), "key": str(key)}
    facts = {"name": key.name, "path": str(path), "office": f"custody station admit {shlex.quote(str(path))} --area …"}
    app.answer("station.request", document, app.say("cli.station.request.done", **facts))


@define("station.admit", parent=command)
@argument("public", type=_FILE)
@option("--area", "areas", multiple=True)
@option("--out", "target", type=_PATH)
@pass_app
def admit(app: App, public: Path, areas: tuple[str, ...], target: Path | None) -> None:
    """At the office: the device is known from now on, and the whole ledger is written for it."""
    from custody.assembly import sending, stations
    from custody.station.keyfile import read_public

    targets.put(target or public.parent, ".bundle")
    with office(app, write=True, proven=True) as opened:
        choosing = Choosing(opened)
        codes = [choosing.place(one) for one in areas]
        admitted = stations.admit(opened, read_public(public), codes)
        sent = sending.write(opened, target or public.parent, admitted.key, random, 0)
        own = stations.own_key(opened, random).key_id.hex()
        names = [Names(opened).place(code) for code in admitted.areas]
    document = {"name": admitted.name, "areas": list(admitted.areas), "file": str(sent.path), "entries": sent.entries, "rows": sent.rows}
    facts = {"name": admitted.name, "path": str(sent.path), "entries": sent.entries, "rows": sent.rows, "areas": tuple(names), "key": own}

    def human() -> str:
        told = app.say("cli.station.admit.done" if names else "cli.station.admit.bare", **facts)
        there = f"custody station new {shlex.quote(str(sent.path or ''))}"
        return (
            f"{told}\n{app.say('cli.station.admit.key', key=own)}\n{app.say('cli.next')} {app.say('cli.station.admit.next', command=there)}"
        )

    app.answer("station.admit", document, human)


@define("station.new", parent=command)
@argument("bundle", type=_FILE)
@option("--trust", type=_FILE)
@pass_app
def new(app: App, bundle: Path, trust: Path | None) -> None:
    """On the new laptop: the copy of the ledger."""
    from custody.assembly import joining, read_policy

    policy = None if trust is None else read_policy(trust)
    joined = joining.join(app.ledger(), bundle, state_dir=state_dir(app), clock=app.clock, trust=policy)
    document = {"folder": str(joined.folder), "origin": joined.origin, "size": joined.size, "head": joined.short}
    facts = {"operation": joined.operation, "origin": joined.origin, "size": joined.size, "short": joined.short, "key": joined.office}

    def human() -> str:
        lines = [app.say("cli.station.new.done", **facts)]
        lines += [app.say("cli.station.new.compare", **facts)] if trust is None else []
        lines.append(app.say("cli.station.new.key", **facts))
        return "\n".join([*lines, f"{app.say('cli.next')} custody scan{named(app)}"])

    app.answer("station.new", document, human)


@define("station.dismiss", parent=command)
@argument("name")
@pass_app
def dismiss(app: App, name: str) -> None:
    """At the office: a laptop that is lost, stolen or no longer used."""
    from custody.assembly import stations

    with office(app, write=True, proven=True) as opened:
        gone = stations.dismiss(opened, name)
    document = {"name": name, "keys": [str(one.key) for one in gone]}
    app.answer("station.dismiss", document, lambda: app.say("cli.station.dismiss.done", name=name))


@define("station.list", parent=command)
@pass_app
def listed(app: App) -> int | None:
    """Every device that was heard of, with what it last said, and which of them was copied."""
    from custody.assembly import stations

    with office(app, proven=True) as opened:
        known, zone = stations.others(opened).all(), opened.zone
        office_key = opened.device.office if opened.device is not None else None
        rows = [_row(app, one, zone, one.key == office_key) for one in known]
    copied = [one for one in known if one.copied]

    def human() -> str | None:
        if not rows:
            return app.say("cli.station.list.none")
        heads = [app.say(f"cli.station.list.{one}") for one in ("name", "areas", "last", "size")]
        app.console.table(heads, rows)
        lines = [app.say("cli.station.copied", name=one.name, counters=one.copied) for one in copied]
        steps = [f"{app.say('cli.next')} {app.next_step('cli.station.copied')}"] * bool(copied)
        return "\n".join([*lines, *steps]) if lines else None

    app.answer("station.list", {"stations": [_told(one) for one in known]}, human)
    return Exit.FINDINGS if copied else None


def _row(app: App, one: "Heard", zone: str, ours: bool) -> list[str]:
    name = one.name if one.admitted or ours else app.say("cli.station.list.stranger", name=one.name)
    return [name, ", ".join(one.areas) or "—", last_heard(app, one, zone), str(one.size)]


def _told(one: "Heard") -> dict[str, Any]:
    last = one.last
    return {
        "name": one.name,
        "key": str(one.key),
        "admitted": one.admitted,
        "areas": list(one.areas),
        "counter": last.counter if last is not None else None,
        "at": last.at if last is not None else None,
        "size": one.size,
        "copied": list(one.copied),
        "refused": len(one.refused),
    }
