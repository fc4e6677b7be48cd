"""A sheet: statements drafted together that wait for signatures, as a file that goes from table to table (no chapter of the spec).

Lines of canonical JSON (docs/spec/01-json.md), one statement a line, broken here for width:

    {"custody":"sheet/v1","lines":["<base64 of a signature line>",…],"openings":[{"field":…,"salt":…,"value":…},…],
     "text":"<base64 of the text of a statement>"}

A sheet is trusted with nothing: texts are parsed strictly, openings are held against the commitments of the text, and the ledger checks
every signature. With its openings it shows the authorities whom they enrol; it is therefore sent like an official letter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from custody.core import canonical, note
from custody.core.errors import Malformed
from custody.core.note import Line
from custody.core.private import Opening
from custody.core.schema import many, one_of, record, text
from custody.core.shapes import NONCE
from custody.core.statement import Statement, parse

MOST_BYTES = 64 << 20
_MARK = "sheet/v1"
_OPENING = record({"field": text(40), "salt": NONCE, "value": text(10_000)})
_ROW = record(
    {
        "custody": one_of(_MARK),
        "lines": many(text(200), 0, note.MAX_LINES),
        "openings": many(_OPENING, 0, 16),
        "text": text(131_072),
    }
)


@dataclass(frozen=True)
class Draft:
    """A statement, the signature lines that it has so far, and what opens its commitments, for the eyes of those who sign."""

    statement: Statement
    lines: tuple[Line, ...] = ()
    openings: tuple[Opening, ...] = ()

    def signed(self, lines: Iterable[Line]) -> "Draft":
        """With these lines; a key that has signed already keeps its line."""
        known = {(line.name, line.key_id): line for line in (*lines, *self.lines)}
        return replace(self, lines=tuple(known[one] for one in sorted(known)))

    def note(self) -> bytes:
        """The signed note. :raises Malformed: `note.…`, such as `note.lines` where nobody has signed."""
        return note.join(self.statement.text, self.lines)


def write(drafts: Sequence[Draft]) -> bytes:
    """The file of a sheet."""
    return b"".join(_row(draft) for draft in drafts)


def read(data: bytes) -> list[Draft]:
    """The drafts of a sheet, in order. :raises Malformed: `sheet.line` with the line number; `statement.…`."""
    drafts = []
    for number, row in enumerate(data.split(b"\n"), 1):
        if row.strip():
            drafts.append(_draft(row.removesuffix(b"\r"), number))
    if not drafts:
        raise Malformed("sheet.line", line=1)
    return drafts


def merge(sheets: Iterable[Sequence[Draft]]) -> list[Draft]:
    """The drafts of several copies of one sheet, each once, with the signatures of all copies."""
    merged: dict[str, Draft] = {}
    for draft in (draft for sheet in sheets for draft in sheet):
        known = merged.get(draft.statement.sid)
        merged[draft.statement.sid] = draft if known is None else known.signed(draft.lines)
    return list(merged.values())


def kinds(drafts: Iterable[Draft]) -> dict[str, int]:
    """How many statements of each kind there are."""
    return dict(Counter(draft.statement.kind.name for draft in drafts))


def _row(draft: Draft) -> bytes:
    lines = [note.encode_base64(line.format()).decode() for line in draft.lines]
    openings = [one._asdict() for one in draft.openings]
    body = {"custody": _MARK, "lines": lines, "openings": openings, "text": note.encode_base64(draft.statement.text).decode()}
    return canonical.encode(body) + b"\n"


def _draft(row: bytes, number: int) -> Draft:
    try:
        body = canonical.decode(row)
        if not _ROW.ok(body):
            raise Malformed("sheet.line", line=number)
        said = note.decode_base64(body["text"].encode(), "sheet.line")
        lines = b"".join(note.decode_base64(line.encode(), "sheet.line") for line in body["lines"])
        openings = tuple(Opening(**item) for item in body["openings"])
        statement = parse(said)
        if not {one.commitment() for one in openings} <= set(_commitments(statement.body)):
            raise Malformed("sheet.line", line=number)
        return Draft(statement, note.split(said + b"\n" + lines)[1] if lines else (), openings)
    except Malformed as error:
        if error.code.startswith("statement."):
            raise
        raise Malformed("sheet.line", line=number) from None


def _commitments(body: dict[str, Any]) -> Iterator[str]:
    """The commitments that stand directly in a statement, as those of an enrolment do."""
    return (value["c"] for value in body.values() if isinstance(value, dict) and value.keys() == {"c"})
