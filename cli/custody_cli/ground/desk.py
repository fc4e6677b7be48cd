"""Opening the office for a command: folder, state and clock of this run."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.intake.badges import Badge


def typed_name(started: str, here: Path) -> str:
    """How this program is typed in a folder: `custody` where that is found, else its path. :param started: the program's argv[0]."""
    found, path = shutil.which("custody"), Path(started)
    if not path.name.startswith("custody") or not path.exists() or (found is not None and Path(found).samefile(path)):
        return "custody"
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def named(app: App, folder: Path | None = None) -> str:
    """What a next step must carry to find the ledger of this run: ` --ledger FOLDER`, nothing where settings or environment say it."""
    told = app.settings.origins.get("ledger") in ("env", "file")
    path = folder or app.ledger_path
    return "" if told or path is None else f" --ledger {shlex.quote(str(path))}"


def zone_here(app: App) -> str:
    """The zone of this computer's clock where it is one of Indonesia's, else UTC: for moments that are shown before a ledger is open."""
    offset = app.clock().astimezone().utcoffset()
    hours = int(offset.total_seconds()) // 3600 if offset is not None else 0
    return {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}.get(hours, "UTC")


def state_dir(app: App) -> Path:
    """The state folder of this run."""
    from custody.assembly import state_folder

    return state_folder(app.environ)


@contextmanager
def office(app: App, write: bool = False, proven: bool = False) -> Iterator[Office]:
    """The office that this run is about. Raises as `custody.assembly.open_office`.

    :param proven: only what stands in the ledger; without it, at a station, what waits to reach the office counts too.
    """
    from custody.assembly import open_office

    app.away.station = _away(app.ledger())
    with open_office(app.ledger(), state_dir=state_dir(app), clock=app.clock, write=write) as opened:
        app.away.size = opened.ledger.size if opened.station and not proven else None
        app.badges.read = lambda text: badge_in(opened, text)
        try:
            yield opened if proven or not opened.station else _ahead(opened)
        finally:
            _tell_flushed(app, opened)


def badge_in(opened: Office, text: str) -> Badge | None:
    """The badge of this ledger that types a text, or a hand that types what stands on one; None for other words."""
    from custody.intake.badges import badge

    state, size = opened.ledger.state, opened.ledger.size
    return badge(text, lambda code: state.places.get(code, size) is not None, lambda name: state.roster.find(name, size) is not None)


def _away(path: Path) -> bool:
    """Whether a station's folder lies there; also of one that cannot be opened, so that its errors are told as a station's."""
    from custody.assembly.office import device_of
    from custody.ledger.folder import Folder

    with suppress(CustodyError, OSError):
        device = device_of(Folder(path))
        return device is not None and device.station
    return False


def _ahead(opened: Office) -> Office:
    from custody.assembly.stations import looking_ahead

    return looking_ahead(opened)


def _tell_flushed(app: App, opened: Office) -> None:
    """What had waited in the outbox and became entries, or was refused, while something else was done: never in silence."""
    refused = [answer for answer in opened.flushed if isinstance(answer, CustodyError)]
    if len(opened.flushed) > len(refused):
        entries = span(answer.index for answer in opened.flushed if not isinstance(answer, CustodyError))
        app.console.note(app.say("cli.ledger.flushed", count=len(opened.flushed) - len(refused), entries=entries))
    for error in refused:
        app.console.warn(app.say("cli.ledger.refused", why=app.say(error.code, **error.facts)))
    if refused:
        app.console.warn(f"{app.say('cli.next')} {app.next_step('cli.ledger.refused')}")


def span(indexes: Iterable[int]) -> str:
    """The entries that were written, as people write them: `198`, `198–201`."""
    found = sorted(indexes)
    return str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}"


def random(size: int) -> bytes:
    """Unpredictable bytes."""
    import secrets

    return secrets.token_bytes(size)


def receipts(app: App, sub: Submitted) -> str:
    """The commands that write the receipts of what was submitted, one for each entry."""
    return " · ".join(f"custody receipt {one.index}{named(app)}" for one in sub.receipts)
