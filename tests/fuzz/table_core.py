"""Parsers of the core: JSON, notes, checkpoints, proofs, trust files, statements, bundles, excerpts, forks, requests, codes."""

import base64
import io
import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from custody.core import boxid, bundle, canonical, checkpoint, ed25519, entry, labelcode, moment, note, statement
from custody.core.addcheckpoint import AddCheckpoint, lines_for
from custody.core.bundle import Answers, Head
from custody.core.checkpoint import Checkpoint
from custody.core.enclosed import Rows
from custody.core.excerpt import Excerpt
from custody.core.fork import Fork
from custody.core.note import VerifierKey
from custody.core.policy import Policy
from custody.core.proof import Proof
from custody.core.signedrequest import claimed
from fixtures.actors import BAWASLU, GIVER, LEDGER
from fixtures.vectorsets import core_bundle, core_checkpoint, core_note, core_policy, core_proof
from fixtures.vectorsets.core_tree import LEAVES
from tests.fuzz.parser import KB, MB, Parser, accepted, octets, samples, text

NOTE = note.MAX_BYTES
_SHAPES = "closed shapes, 8 deep (JSON-2)"
_LINES = f"{note.MAX_LINES} signature lines"


def _split_back(value: Any) -> bytes:
    said, lines = value
    return bytes(said + b"\n" + b"".join(line.format() for line in lines))


def _entry_back(value: entry.Entry) -> bytes:
    return note.join(value.statement.text, value.lines)


def _statement_back(value: statement.Statement) -> bytes:
    return f"custody/{value.kind.name}/v1\n".encode() + canonical.encode(value.body) + b"\n"


def _policy(data: bytes) -> Policy:
    """A trust file; written anew it says the same."""
    found = Policy.parse(data)
    assert Policy.parse(found.format()) == found
    return found


def _head(data: bytes) -> tuple[Head, tuple[note.Line, ...]]:
    return Head.parse(data), note.split_statement(data)[1]


def _head_resigned(line: bytes) -> Head:
    """A head whose sender signed whatever it says."""
    said = b"custody/bundle/v1\n" + line + b"\n"
    return Head.parse(said + b"\n" + core_bundle._sign("ndao")(said).format())


def _parts(data: bytes) -> list[bundle.Part]:
    return list(bundle.Reader(io.BytesIO(data).read))


@cache
def _bundles() -> Sequence[bytes]:
    return tuple(base64.b64decode(given["file"]) for given in accepted("23-bundle", "bundle.read"))


def _head_lines() -> Sequence[bytes]:
    return tuple(Head.parse(_parts_of(one)).text().split(b"\n")[1] for one in _bundles())


def _parts_of(data: bytes) -> bytes:
    """The first part of a bundle: its signed head."""
    line, _, rest = data.removeprefix(bundle.MAGIC).partition(b"\n")
    return rest[: json.loads(line)["size"]]


def _packed() -> Sequence[bytes]:
    return (bundle.packed([b"entri 412", b"entri 413"]), bundle.packed([b"x", core_note.EXAMPLE]))


def _request_fields(data: bytes) -> Any:
    """Six fields of a request, a line each, as HTTP hands them on."""
    rows = [*data.decode("latin-1").split("\n"), *[""] * 6]
    return claimed(*rows[:6])


def _requests() -> Sequence[bytes]:
    fields = ("method", "path", "query", "content-digest", "signature-input", "signature")
    return tuple("\n".join(given[field] for field in fields).encode() for given in accepted("24-network", "request.read"))


def _proven(read: Callable[[bytes], Any], data: bytes) -> Any:
    return read(data)


_POLICY = Policy.parse(core_proof.POLICY.encode())


def _of_excerpts(do: str) -> Callable[[], Sequence[bytes]]:
    return samples("16-excerpt", do)


def _excerpt_policy(do: str) -> Policy:
    return Policy.parse(next(accepted("16-excerpt", do))["policy"].encode())


def _replayed(data: bytes) -> Any:
    policy = _excerpt_policy("excerpt.replay")
    found = Excerpt.parse(data)
    found.head()
    found.prove(policy)
    return found.replay(policy)


CORE = (
    Parser(
        "custody.core.canonical:decode",
        canonical.decode,
        samples("01-json", "json.decode"),
        NOTE,
        _SHAPES,
        canonical.encode,
        ("custody.core.canonical:decode_form",),
    ),
    Parser("custody.core.note:split", note.split, samples("02-note", "note.split"), NOTE, _LINES, _split_back, beyond="note.size"),
    Parser(
        "custody.core.note:split_statement",
        note.split_statement,
        samples("02-note", "note.statement"),
        NOTE,
        _LINES,
        _split_back,
        beyond="note.size",
    ),
    Parser(
        "custody.core.note:decode_base64",
        lambda data: note.decode_base64(data, "note.base64"),
        lambda: (b"AAEC", b"/+8="),
        NOTE,
        "one value",
        note.encode_base64,
    ),
    Parser(
        "custody.core.note:VerifierKey.parse",
        lambda data: VerifierKey.parse(text(data)),
        samples("02-note", "note.key", "key"),
        4 * KB,
        "one key",
        lambda key: octets(str(key)),
    ),
    Parser(
        "custody.core.ed25519:verify",
        lambda data: ed25519.verify(GIVER.key.public, data, b"a"),
        lambda: (GIVER.sign(b"a"),),
        64,
        "64 bytes",
        also=("custody.core.ed25519:check_public",),
    ),
    Parser("custody.core.ed25519:check_public", ed25519.check_public, lambda: (GIVER.key.public,), 32, "32 bytes"),
    Parser(
        "custody.core.checkpoint:Checkpoint.parse",
        Checkpoint.parse,
        samples("04-checkpoint", "checkpoint.parse"),
        NOTE,
        "three lines",
        Checkpoint.text,
    ),
    Parser(
        "custody.core.checkpoint:open_note",
        lambda data: checkpoint.open_note(data, [LEDGER.key]),
        lambda: (core_checkpoint.EXAMPLE,),
        NOTE,
        _LINES,
        beyond="note.size",
    ),
    Parser(
        "custody.core.checkpoint:cosignatures",
        lambda data: checkpoint.cosignatures(data, [BAWASLU.key]),
        lambda: (core_checkpoint.EXAMPLE,),
        NOTE,
        _LINES,
        beyond="note.size",
        also=("custody.core.checkpoint:cosignature_times",),
    ),
    Parser(
        "custody.core.proof:Proof.parse",
        Proof.parse,
        samples("05-proof", "proof.parse"),
        256 * KB,
        "63 hashes",
        Proof.format,
        beyond="proof.size",
    ),
    Parser(
        "custody.core.proof:Proof.verify",
        lambda data: Proof.parse(data).verify(LEAVES[4], _POLICY),
        lambda: (core_proof.EXAMPLE,),
        256 * KB,
        "63 hashes",
        beyond="proof.size",
    ),
    Parser(
        "custody.core.policy:Policy.parse",
        _policy,
        samples("06-policy", "policy.parse"),
        128 * KB,
        "64 logs, witnesses and groups each",
        beyond="policy.size",
    ),
    Parser(
        "custody.core.policy:Policy.witnessed",
        Policy.parse(core_policy.EXAMPLE.encode()).witnessed,
        lambda: (core_checkpoint.EXAMPLE,),
        NOTE,
        _LINES,
        beyond="note.size",
        also=("custody.core.policy:Policy.checkpoint",),
    ),
    Parser(
        "custody.core.statement:parse",
        statement.parse,
        samples("08-kinds", "statement.parse"),
        NOTE,
        _SHAPES,
        _statement_back,
        ("custody.core.statement:glance",),
    ),
    Parser(
        "custody.core.entry:parse",
        entry.parse,
        samples("07-statement", "entry.parse"),
        NOTE,
        f"{_SHAPES}, {_LINES}",
        _entry_back,
        beyond="note.size",
    ),
    Parser(
        "custody.core.bundle:Reader",
        _parts,
        _bundles,
        1 << 30,
        f"{bundle.MOST_PARTS} parts of {bundle.MOST_NOTES} notes, read one by one",
        runs=30_000,
    ),
    Parser(
        "custody.core.bundle:Head.parse",
        _head,
        lambda: tuple(map(_parts_of, _bundles())),
        NOTE,
        _SHAPES,
        lambda value: note.join(value[0].text(), value[1]),
        beyond="note.size",
    ),
    Parser(
        "custody.core.bundle:Head.parse, signed", _head_resigned, _head_lines, 48 * KB, _SHAPES, lambda head: head.text().split(b"\n")[1]
    ),
    Parser(
        "custody.core.bundle:Answers.parse",
        Answers.parse,
        samples("23-bundle", "bundle.answers"),
        bundle.MOST_PART,
        f"{bundle.MOST_SPANS} spans, {bundle.MOST_ANSWERS} refusals",
        Answers.format,
    ),
    Parser(
        "custody.core.bundle:unpacked",
        lambda data: bundle.unpacked(data, 2),
        _packed,
        bundle.MOST_PART,
        f"{bundle.MOST_NOTES} notes",
        bundle.packed,
    ),
    Parser(
        "custody.core.enclosed:Rows.parse",
        Rows.parse,
        samples("23-bundle", "bundle.rows"),
        bundle.MOST_PART,
        "256 openings, 256 codes",
        Rows.format,
    ),
    Parser(
        "custody.core.addcheckpoint:AddCheckpoint.parse",
        AddCheckpoint.parse,
        samples("26-witnesses", "witness.request"),
        128 * KB,
        "63 hashes",
        AddCheckpoint.format,
        beyond="witness.request.size",
    ),
    Parser(
        "custody.core.addcheckpoint:lines_for",
        lambda data: lines_for(core_checkpoint.EXAMPLE, data),
        lambda: (core_checkpoint.EXAMPLE.partition(b"\n\n")[2],),
        NOTE,
        _LINES,
        beyond="note.size",
    ),
    Parser(
        "custody.core.excerpt:Excerpt.parse",
        Excerpt.parse,
        samples("16-excerpt", "excerpt.parse"),
        96 * MB,
        "5,000 entries",
        Excerpt.format,
        runs=50_000,
    ),
    Parser(
        "custody.core.excerpt:Excerpt.prove",
        lambda data: Excerpt.parse(data).prove(_excerpt_policy("excerpt.prove")),
        lambda: samples("16-excerpt", "excerpt.prove")()[:1],
        96 * MB,
        "5,000 entries",
        runs=50_000,
    ),
    Parser("custody.core.excerpt:Excerpt.replay", _replayed, _of_excerpts("excerpt.replay"), 96 * MB, "5,000 entries", runs=20_000),
    Parser(
        "custody.core.fork:Fork.parse",
        Fork.parse,
        samples("27-receipts", "fork.parse"),
        256 * KB,
        "63 hashes",
        Fork.format,
        beyond="fork.form",
    ),
    Parser(
        "custody.core.fork:Fork.verify",
        lambda data: Fork.parse(data).verify(Policy.parse(next(accepted("27-receipts", "fork.verify"))["policy"].encode())),
        lambda: samples("27-receipts", "fork.verify")()[:1],
        256 * KB,
        "63 hashes",
        beyond="fork.form",
    ),
    Parser("custody.core.signedrequest:claimed", _request_fields, _requests, 64 * KB, "one key of 200 characters"),
    Parser(
        "custody.core.boxid:BoxId.parse",
        lambda data: boxid.BoxId.parse(text(data)),
        samples("07-statement", "box.read", "box"),
        4 * KB,
        "one id",
        lambda box: octets(str(box)),
    ),
    Parser(
        "custody.core.moment:to_seconds",
        lambda data: moment.to_seconds(text(data)),
        samples("07-statement", "moment.read", "moment"),
        4 * KB,
        "one moment",
        lambda seconds: octets(moment.from_seconds(seconds)),
    ),
    Parser(
        "custody.core.labelcode:parse",
        lambda data: labelcode.parse(text(data)),
        samples("11-label-code", "label.parse", "typed"),
        4 * KB,
        "one code",
        also=("custody.core.labelcode:from_random",),
    ),
    Parser(
        "custody.core.labelcode:check_symbol",
        lambda data: labelcode.check_symbol(text(data)),
        samples("11-label-code", "label.check", "code"),
        4 * KB,
        "one code",
    ),
)
