"""The process that holds the ledger key for a shift; started by `custody ledger unlock`, never by hand (custody/ledger/holder.py).

Everything it needs comes as one line of JSON on its standard input, so that no passphrase stands in arguments or the environment.
"""

import json
import os
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_APART = 0x00000008 | 0x00000200  # Windows: DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP


@dataclass(frozen=True)
class Order:
    """What to hold: key file and its passphrase, ledger, state folder, ledger folder, and for how many seconds."""

    key: str
    passphrase: str
    origin: str
    state: str
    folder: str
    seconds: int

    def line(self) -> bytes:
        """As it goes over the pipe."""
        return json.dumps(asdict(self)).encode() + b"\n"


def hold(order: Order) -> None:
    """Open the key and answer until the shift is over. Raises `KeyTrouble`."""
    from custody.assembly import file_key, guard_of
    from custody.core.checkpoint import Checkpoint
    from custody.core.errors import Refused
    from custody.core.moment import from_seconds
    from custody.ledger.holder import Holder, Shift, serve

    state, token = Path(order.state), secrets.token_hex(32)
    signer = file_key(Path(order.key), order.origin, lambda: order.passphrase.encode("utf-8", "surrogateescape"))
    guard = guard_of(state, order.origin, Path(order.folder))

    def floor() -> Checkpoint | None:
        mark = guard.mark()
        if mark is not None and mark.status == "moved":
            raise Refused("guard.moved", size=mark.checkpoint().size)
        return None if mark is None else mark.checkpoint()

    def shift(address: str) -> Shift:
        now = int(time.time())
        return Shift(address, token, os.getpid(), str(signer.key), from_seconds(now), from_seconds(now + order.seconds))

    serve(Holder(signer.key, signer.sign, token, floor), state, shift, order.seconds)


def start(order: Order) -> None:
    """Start the holding process, cut loose from this terminal, and hand it the order."""
    import subprocess

    child = subprocess.Popen(
        [sys.executable, "-m", "custody_cli.keys.hold"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=order.state,
        creationflags=_APART if sys.platform == "win32" else 0,
        start_new_session=sys.platform != "win32",
    )
    assert child.stdin is not None
    with child.stdin as pipe:
        pipe.write(order.line())
    child.returncode = 0  # it outlives this process on purpose: nobody is to wait for it, or to warn that nobody did


def _no_dump() -> None:
    """A crash must not write the key to a disk."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read the order and hold."""
    _no_dump()
    hold(Order(**json.loads(sys.stdin.buffer.readline())))


if __name__ == "__main__":
    main()
