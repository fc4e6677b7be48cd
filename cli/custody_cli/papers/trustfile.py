"""The trust file that somebody names: read as people copy it, and told what was put right (docs/spec/06-policy.md)."""

from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import Malformed, Undecided
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.core.policy import Policy


def trust_file(app: App, path: Path) -> "Policy":
    """The policy in a file that somebody copied, with Windows line ends, a byte order mark or an unfinished last line put right.

    The last line is shown where it did not end: only who copied it knows that nothing is missing. Raises as `assembly.read_policy`; a file
    that cannot be read decides nothing: `Undecided` with `policy.…`, or `trust.numbered`, `trust.broken` for what the deed makes one do.
    """
    from custody.assembly import read_policy
    from custody.core.policy import MAX_BYTES
    from custody.intake.trusttext import plain, slip
    from custody.reading import read

    told: list[tuple[tuple[str, ...], str]] = []

    def tidied(data: bytes) -> bytes:
        data, mended = plain(data)
        told.append((mended, data.rstrip(b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")))
        return data

    try:
        policy = read_policy(path, plain=tidied)
    except Malformed as error:
        if not error.code.startswith("policy."):
            raise
        found = slip(plain(read(path, MAX_BYTES))[0])
        raise (Undecided(f"trust.{found[0]}", path=str(path), line=found[1]) if found else Undecided(error.code, **error.facts)) from None
    for mended, last in told:
        for one in mended:
            app.console.note(app.say(f"cli.trust.{one}", path=str(path), last=last))
    return policy
