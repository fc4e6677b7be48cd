"""Statements: what people sign; one line of kind, one line of JSON, named by their hash (spec chapter 07)."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from custody.core import canonical
from custody.core.errors import Malformed, quoted
from custody.core.kinds import KINDS, Kind
from custody.core.schema import check

MOST_BYTES = 65_535  # a note must fit an entry bundle of tlog-tiles
_PREFIX = {kind.name: f"custody/{kind.name}/v1\n".encode() for kind in KINDS.values()}
_BY_PREFIX = {prefix: KINDS[name] for name, prefix in _PREFIX.items()}


class Statement(NamedTuple):
    """A parsed statement.

    kind: its row in the table of kinds.
    body: the JSON object; read only, since `text` is what was signed.
    text: the signed bytes, never rebuilt.
    sid: lower-case hex SHA-256 of `text`, the statement id.
    """

    kind: Kind
    body: dict[str, Any]
    text: bytes
    sid: str


_statement: Callable[[tuple[Kind, dict[str, Any], bytes, str]], Statement] = partial(tuple.__new__, Statement)  # for one of every entry


def glance(text: bytes) -> Statement | None:
    """The statement in a text where one look shows that it is one, in printable ASCII on two lines; None where it takes a closer look."""
    head = text.find(b"\n") + 1
    kind = _BY_PREFIX.get(text[:head])
    body = kind.shape.glance(text[head:-1]) if kind is not None and text.endswith(b"\n") else None
    return None if kind is None or body is None else _statement((kind, body, text, sha256(text).hexdigest()))


def parse(text: bytes) -> Statement:
    """Read the text of a statement.

    Raises `Malformed`: `statement.kind` (unknown first line), `statement.text` (not two lines), `statement.field`
    (a field missing, unknown or of another shape), `json.…` (outside the subset of spec chapter 01).
    """
    seen = glance(text)
    if seen is not None:
        return seen
    head = text.find(b"\n") + 1
    kind = _BY_PREFIX.get(text[:head])
    if kind is None:
        raise Malformed("statement.kind", line=quoted(text[:40].split(b"\n")[0]))
    line = text[head:-1]
    if not text.endswith(b"\n") or b"\n" in line:
        raise Malformed("statement.text", kind=kind.name)
    body = canonical.decode_form(line)
    try:
        check(kind.shape, body, kind.name)
    except Malformed:
        canonical.decode(line)  # what is no JSON of chapter 1 is called that, whatever field it is in
        raise
    return Statement(kind, body, text, sha256(text).hexdigest())


def boxes_of(statement: Statement) -> list[str]:
    """The boxes that a statement speaks of, in any field, each once."""
    body = statement.body
    found = dict.fromkeys(item if type(item) is str else item["box"] for item in body.get("boxes", ()))
    found.update((item["box"], None) for item in body.get("labels", ()) if item["box"] is not None)
    for field in ("missing", "extra"):
        found.update(dict.fromkeys(body.get(field, ())))
    return list(found)


def found_here(body: Mapping[str, Any]) -> bool:
    """Whether the body of a handoff tells of boxes that were found where they lay: nobody gave them, there was no way (chapter 08)."""
    return body["unsigned"] is not None and body["unsigned"]["reason"] == "found" and body["from"] == body["to"]


def draft(kind: str, body: Mapping[str, Any]) -> Statement:
    """Write a statement of `kind` and read it back, so that nobody can sign what `parse` would refuse.

    Raises `Malformed` as `parse`, and `statement.size` when the text leaves no room for signatures.
    """
    if kind not in _PREFIX:
        raise Malformed("statement.kind", line=quoted(kind))
    text = _PREFIX[kind] + canonical.encode(dict(body)) + b"\n"
    if len(text) > MOST_BYTES - 4_096:
        raise Malformed("statement.size", kind=kind, bytes=len(text))
    return parse(text)
