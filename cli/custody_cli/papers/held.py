"""What somebody holds outside the ledger: a checkpoint, a receipt or an old report, read from a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError, Malformed
from custody.reading import read

if TYPE_CHECKING:
    from custody.core.verify import Outside

MOST = 256 << 20  # bytes: a report of a whole province


def outside(path: Path) -> "Outside":
    """Read one file. Raises as `reading.read`, and `Malformed("outside.form")`, naming the file, for what is none of the three."""
    from custody.ledger import restore

    data = read(path, MOST)
    try:
        return _report(path.name, data) if data[:1024].count(b"%PDF-") else restore.outside(path.name, data)
    except CustodyError as error:
        raise Malformed("outside.form", name=path.name, why=error.code) from error


def _report(name: str, data: bytes) -> "Outside":
    """The checkpoint that a report carries. The rest of the report is the business of `custody check`."""
    from custody.core.excerpt import Excerpt
    from custody.core.verify import Outside
    from custody.paper.checking.pdffile import attachments

    return Outside(name, Excerpt.parse(attachments(data, ("ledger.excerpt",))["ledger.excerpt"]).checkpoint)
