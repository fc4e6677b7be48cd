"""Drafts: work at the table that a power cut must not undo, one file of JSON lines each (no chapter of the spec).

A draft is a list of events. The first tells what it is; every further one is on disk before anybody is told that it counted. A last line
that a power cut tore is left out. The file goes away when the receipts are there, or when somebody says so.
"""

import errno
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from custody.core.errors import Locked, Malformed, Refused
from custody.durable import sync_folder

FORM = "custody/draft/v1"
MOST_BYTES = 16_000_000
_BESIDE = frozenset(("head", "look", "forget", "drop"))  # what is done with a draft before its work begins
CLOCKS = frozenset(("happened", "at.opened", "at.closed"))  # what the clock showed then is not asked again
_NAME = re.compile(r"[0-9A-Za-z-]{1,80}\.jsonl")


class Draft:
    """An open draft. One process holds it at a time; whoever opened it closes it (`with`, or `close`)."""

    def __init__(self, path: Path, handle: int, events: list[dict[str, Any]]) -> None:
        """Use `begin` or `open`."""
        self.path, self._handle, self.events = path, handle, events

    @classmethod
    def begin(cls, folder: Path, name: str, **head: Any) -> "Draft":
        """Start a draft `name`.jsonl; `head` tells what it is about, in JSON values.

        :raises Malformed: `draft.name`. :raises Refused: `draft.exists`, `draft.unwritable`.
        """
        path = folder / f"{name}.jsonl"
        if _NAME.fullmatch(f"{name}.jsonl") is None:
            raise Malformed("draft.name", name=ascii(name)[:100])
        with _speaking(path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            draft = cls(path, handle, [])
            _lock(handle, path)
            draft.add(form=FORM, **head)
            sync_folder(folder)
        return draft

    @classmethod
    def open(cls, path: Path) -> "Draft":
        """Take up a draft again; what was torn off its end is cut away.

        :raises Locked: `draft.locked` while another process has it. :raises Refused: `draft.unwritable`. :raises Malformed: `draft.form`.
        """
        with _speaking(path):
            handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
            try:
                _lock(handle, path)
                data = _read(handle)
                events, whole = parse(data, path)
                if whole < len(data):
                    os.ftruncate(handle, whole)
                    os.fsync(handle)
                os.lseek(handle, 0, os.SEEK_END)
            except BaseException:
                os.close(handle)
                raise
        return cls(path, handle, events)

    @property
    def head(self) -> dict[str, Any]:
        """What the draft is about, with what was changed of it since (`do: head`)."""
        changes = [event["head"] for event in self.events if event.get("do") == "head"]
        return {name: value for one in (self.events[0], *changes) for name, value in one.items()}

    @property
    def hollow(self) -> bool:
        """Whether nothing of the work itself is in it: people and places were said, and what the clock showed, and no more."""
        return all(event.get("do") in _BESIDE or event.get("what") == "happened" for event in self.events[1:])

    def add(self, **event: Any) -> None:
        """Write one event; it is durable when this returns. :raises Refused: `draft.unwritable`."""
        line = orjson.dumps(event) + b"\n"
        with _speaking(self.path):
            at = os.lseek(self._handle, 0, os.SEEK_END)
            try:
                _write(self._handle, line)
                os.fsync(self._handle)
            except OSError:
                with suppress(OSError):  # no half line before the next one
                    os.ftruncate(self._handle, at)
                raise
        self.events.append(event)

    def finish(self) -> None:
        """The receipts are there, or nobody wants it any more: the file goes away."""
        with _speaking(self.path):
            self.close()
            self.path.unlink(missing_ok=True)
            sync_folder(self.path.parent)

    def close(self) -> None:
        """Let go of the file; it stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> "Draft":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def waiting(folder: Path) -> list[Path]:
    """The drafts in a folder, oldest name first; whether another process has one, `Draft.open` tells."""
    with _speaking(folder):
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name)) if folder.is_dir() else []


def parse(data: bytes, path: Path) -> tuple[list[dict[str, Any]], int]:
    """The whole events of a draft, and how many bytes they take. :raises Malformed: `draft.form` where a line before the last is none."""
    events: list[dict[str, Any]] = []
    whole = 0
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            event = None
        if not isinstance(event, dict) or not _fits(event):
            if number == len(lines) - 1 and events:  # the last line was torn where a block of the disk ends
                break
            raise Malformed("draft.form", path=str(path), line=number)
        events.append(event)
        whole += len(line) + 1
    if not events or events[0].get("form") != FORM:
        raise Malformed("draft.form", path=str(path), line=1)
    return events, whole


def _fits(event: dict[str, Any]) -> bool:
    """Whether it has what readers of its kind ask of it."""
    match event.get("do"):
        case "head":
            return isinstance(event.get("head"), dict)
        case "answer":
            return isinstance(event.get("what"), str) and "value" in event
        case "drop":
            return isinstance(event.get("what"), list)
    return True


def answers(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What people answered, by question: the last answer to each. `drop` takes back some, `forget` all but the clock's (`CLOCKS`)."""
    found: dict[str, Any] = {}
    for event in events:
        if event.get("do") == "answer":
            found[event["what"]] = event["value"]
        elif event.get("do") == "drop":
            found = {what: value for what, value in found.items() if what not in event["what"]}
        elif event.get("do") == "forget":
            found = {what: value for what, value in found.items() if what in CLOCKS}
    return found


def _read(handle: int) -> bytes:
    data = b""
    while len(data) <= MOST_BYTES and (chunk := os.read(handle, 1 << 16)):
        data += chunk
    return data


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _lock(handle: int, path: Path) -> None:
    """Hold the file for this process; the system lets go of it when the process ends, however it ends."""
    try:
        if os.name == "nt":  # pragma: no cover - tried on no Windows machine
            import msvcrt

            os.lseek(handle, MOST_BYTES * 2, os.SEEK_SET)  # a byte far behind the end, so that reading is not hindered
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise Locked("draft.locked", path=str(path)) from None
        raise


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise Refused("draft.exists", path=str(path)) from None
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, "OSError")
        raise Refused("draft.unwritable", path=str(path), reason=reason) from error
