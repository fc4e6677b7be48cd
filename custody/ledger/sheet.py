"""A sheet: statements drafted together that wait for signatures, as a file that goes from table to table (no chapter of the spec).

Lines of canonical JSON (docs/spec/01-json.md): the founding of the ledger, then one statement a line, broken here for width:

    {"custody":"sheet/v1","founding":"<base64 of the text of the founding>"}
    {"custody":"sheet/v1","lines":["<base64 of a signature line>",…],"openings":[{"field":…,"salt":…,"value":…},…],
     "text":"<base64 of the text of a statement>"}

A sheet is trusted with nothing: texts are parsed strictly, openings are held against the commitments of the text, and the ledger checks
every signature. Every statement names the founding by its hash: whoever signs on a machine of his own sees whose ledger it is, and whether
it is a drill, in words that were signed themselves. With its openings it shows the authorities whom they enrol; it is therefore sent like
an official letter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
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
_HEAD = record({"custody": one_of(_MARK), "founding": text(131_072)})
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


@dataclass(frozen=True)
class Sheet:
    """Drafts for one ledger, and the founding of that ledger, which each of them names."""

    founding: Statement
    drafts: tuple[Draft, ...]


def write(sheet: Sheet) -> bytes:
    """The file of a sheet."""
    head = {"custody": _MARK, "founding": note.encode_base64(sheet.founding.text).decode()}
    return canonical.encode(head) + b"\n" + b"".join(_row(draft) for draft in sheet.drafts)


def read(data: bytes) -> Sheet:
    """A sheet, its drafts in order.

    :raises Malformed: `sheet.line` with the line number; `sheet.ledger` for a statement of another ledger than the founding; `statement.…`.
    """
    first, _, rest = data.partition(b"\n")
    founding = _founding(first.removesuffix(b"\r"))
    rows = ((number, row.removesuffix(b"\r")) for number, row in enumerate(rest.split(b"\n"), 2) if row.strip())
    drafts = tuple(_draft(row, number, founding.sid) for number, row in rows)
    if not drafts:
        raise Malformed("sheet.line", line=2)
    return Sheet(founding, drafts)


def merge(sheets: Iterable[Sheet]) -> Sheet:
    """Several copies of one sheet as one: each draft once, with the signatures of all. :raises Malformed: `sheet.ledgers`."""
    merged, foundings = dict[str, Draft](), dict[str, Statement]()
    for sheet in sheets:
        foundings[sheet.founding.sid] = sheet.founding
        for draft in sheet.drafts:
            known = merged.get(draft.statement.sid)
            merged[draft.statement.sid] = draft if known is None else known.signed(draft.lines)
    if len(foundings) != 1:
        raise Malformed("sheet.ledgers", operations=tuple(one.body["operation"] for one in foundings.values()))
    return Sheet(next(iter(foundings.values())), tuple(merged.values()))


def kinds(drafts: Iterable[Draft]) -> dict[str, int]:
    """How many statements of each kind there are."""
    return dict(Counter(draft.statement.kind.name for draft in drafts))


def _row(draft: Draft) -> bytes:
    lines = [note.encode_base64(line.format()).decode() for line in draft.lines]
    openings = [one._asdict() for one in draft.openings]
    body = {"custody": _MARK, "lines": lines, "openings": openings, "text": note.encode_base64(draft.statement.text).decode()}
    return canonical.encode(body) + b"\n"


def _founding(row: bytes) -> Statement:
    try:
        body = canonical.decode(row)
        found = parse(note.decode_base64(body["founding"].encode(), "sheet.line")) if _HEAD.ok(body) else None
    except Malformed:
        raise Malformed("sheet.line", line=1) from None
    if found is None or found.kind.name != "founding":
        raise Malformed("sheet.line", line=1)
    return found


def _draft(row: bytes, number: int, ledger: str) -> Draft:
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
        if statement.body.get("ledger") != ledger:
            raise Malformed("sheet.ledger", line=number)
        return Draft(statement, note.split(said + b"\n" + lines)[1] if lines else (), openings)
    except Malformed as error:
        if error.code.startswith(("statement.", "sheet.ledger")):
            raise
        raise Malformed("sheet.line", line=number) from None


def _commitments(body: dict[str, Any]) -> Iterator[str]:
    """The commitments that stand directly in a statement, as those of an enrolment do."""
    return (value["c"] for value in body.values() if isinstance(value, dict) and value.keys() == {"c"})
