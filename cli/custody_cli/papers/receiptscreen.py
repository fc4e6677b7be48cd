"""The code of a receipt for a phone: on the screen of the guard, or as a picture (docs/spec/27-receipts.md)."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody.ledger.receipt import Receipt

_SCREEN = Path("-")


class Code(NamedTuple):
    """A code that was made. lines: for the screen, else none; image: PNG, else empty."""

    path: Path
    proof: str
    lines: list[str]
    image: bytes

    def document(self) -> dict[str, object]:
        """What `--json` tells: what the code says, which no screen needs to show then."""
        return {"proof": self.proof}


def check(path: Path | None) -> None:
    """Before any work. Raises `WrongUse("cli.receipt.qr.name")` for a name that no picture has."""
    if path is not None and path != _SCREEN and path.suffix.lower() != ".png":
        raise WrongUse("cli.receipt.qr.name", path=str(path))


def code(app: App, receipt: "Receipt", path: Path) -> Code:
    """The proof without the note, as on a strip. Raises `WrongUse("cli.receipt.qr.narrow")`, `Malformed("qr.long")`."""
    from custody.paper.canvas import qrpicture
    from custody_cli.papers import receiptstrip

    proof = receiptstrip.proof(receipt)
    if path != _SCREEN:
        return Code(path, proof, [], qrpicture.picture(proof))
    lines = qrpicture.blocks(proof)
    columns, rows = shutil.get_terminal_size()
    if app.console.out.isatty() and (columns < len(lines[0]) or rows < len(lines)):
        raise WrongUse("cli.receipt.qr.narrow", columns=len(lines[0]), rows=len(lines))
    return Code(path, proof, lines, b"")


def put(app: App, made: Code, entry: int) -> str:
    """Write the picture, or give the lines of the screen. Raises `OSError`; an old file stays."""
    from custody.durable import write_new

    if made.path != _SCREEN:
        write_new(made.path, made.image)
        return app.say("cli.receipt.qr", path=str(made.path), entry=entry)
    return "\n".join(paint(line, "lit") for line in made.lines)
