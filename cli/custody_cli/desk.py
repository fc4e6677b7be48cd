"""Opening the office for a command: folder, state and clock of this run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from custody_cli.app import App

if TYPE_CHECKING:
    from custody.assembly import Office


def from_home(text: str) -> Path:
    """A path that may begin with ~; one whose owner nobody knows stays as it was typed."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def state_dir(app: App) -> Path:
    """The state folder of this run."""
    from custody.assembly import state_folder

    return state_folder(app.environ)


@contextmanager
def office(app: App, write: bool = False) -> "Iterator[Office]":
    """The office that this run is about. Raises as `custody.assembly.open_office`."""
    from custody.assembly import open_office

    with open_office(app.ledger(), state_dir=state_dir(app), clock=app.clock, write=write) as opened:
        yield opened


def random(size: int) -> bytes:
    """Unpredictable bytes."""
    import secrets

    return secrets.token_bytes(size)
