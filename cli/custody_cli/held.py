"""What somebody holds outside the ledger: a checkpoint, a receipt or an old report, read from a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError, Malformed

if TYPE_CHECKING:
    from custody.core.verify import Outside

_LARGEST = 256 * 1024 * 1024


def outside(path: Path) -> "Outside":
    """Read one file. Raises `Malformed("outside.form")`, naming the file, for anything that is none of the three."""
    from custody.ledger import restore

    data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    try:
        return _report(path.name, data) if data[:1024].count(b"%PDF-") else restore.outside(path.name, data)
    except CustodyError as error:
        raise Malformed("outside.form", name=path.name, why=error.code) from error


def _report(name: str, data: bytes) -> "Outside":
    """The checkpoint that a report carries. The rest of the report is the business of `custody check`."""
    from custody.core.excerpt import Excerpt
    from custody.core.verify import Outside
    from custody.paper.pdffile import attachments

    return Outside(name, Excerpt.parse(attachments(data, ("ledger.excerpt",))["ledger.excerpt"]).checkpoint)
