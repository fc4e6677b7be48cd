"""Leaving the table: a draft stays where anything was done with it, and goes where nothing was (no chapter of the spec)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from custody.station.draft import Draft


@contextmanager
def held(draft: Draft) -> Iterator[Draft]:
    """Work with a draft; who leaves before anything was scanned, counted or answered leaves nothing behind."""
    try:
        yield draft
    finally:
        if draft.hollow:
            draft.finish()
        else:
            draft.close()
