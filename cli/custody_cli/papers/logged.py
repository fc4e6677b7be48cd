"""A paper that was logged and then could not be written: its entry stays, and whoever printed it is told so (spec chapter 13)."""

from collections.abc import Iterator
from contextlib import contextmanager

from custody_cli.ground.app import App


@contextmanager
def logged(app: App, what: str, entries: str) -> Iterator[None]:
    """Write what was logged. Where the disk says no, the entries and the next step are told, and the error goes on.

    what: `paper` or `labels`.
    """
    try:
        yield
    except OSError:
        app.console.warn(app.say(f"cli.logged.{what}", entries=entries))
        raise
