"""A key file on the command line: by its path, or by a bare name within reach (CUSTODY_KEYS, sticks): of a file, a key or its person."""

from pathlib import Path
from typing import Any

import click

from custody_cli.ground.app import App


class KeyPath(click.Path):
    """As a path; a bare name that is no file here is looked for among the keys within reach."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path of the key; as it was typed where nothing is found, so that whoever reads it says what is wrong. As `resolved`."""
        found = super().convert(value, param, ctx)
        app = ctx.find_object(App) if ctx is not None else None
        if app is None or not isinstance(found, Path):
            return found
        from custody_cli.keys.keyring import resolved

        return resolved(app, found)


KEY = KeyPath()
